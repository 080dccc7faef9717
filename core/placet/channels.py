"""Channels: mail and chat, by which people are told what happens. Only this module knows apprise.

People give the addresses of channels themselves, so that an address may lead nowhere but to a public host, by a
protocol that this module knows, and may say nothing but whom to tell: apprise itself can also read files, run on this
machine, and reach into its network. What the keeper of the installation has configured is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from placet import addresses
from placet.addresses import UnsafeAddressError
from placet.engine.act.notices import Sending
from placet.engine.notifications.digests import composed
from placet.errors import InvalidError
from placet.settings import Settings
from placet.vault import Vault

#: Members of an address that say whom to tell and as whom; others could name files, or lead elsewhere.
_PARAMETERS = frozenset(
    {
        "to",
        "from",
        "name",
        "reply",
        "smtp",
        "user",
        "pass",
        "mode",
        "channel",
        "channels",
        "team",
        "botname",
        "priority",
    }
)
#: Where each protocol takes the host that it calls from; those without one call their maker's.
_HOSTS: Mapping[str, str | None] = {
    "mailto": "smtp_host",
    "mailtos": "smtp_host",
    "mmost": "host",
    "mmosts": "host",
    "rocket": "host",
    "rockets": "host",
    "matrix": "host",
    "matrixs": "host",
    "ntfy": "host",
    "ntfys": "host",
    "workflows": "host",
    "slack": None,
    "discord": None,
    "tgram": None,
}
_PORT = 443
_ERRORS_LIMIT = 500


class ChannelError(Exception):
    """A message did not go out."""


class Channels:
    """Admits addresses, and sends to them."""

    def __init__(self, settings: Settings, vault: Vault) -> None:
        self._settings = settings
        self._vault = vault

    def admitted(self, url: str, pointer: str) -> tuple[str, str]:
        """An address as its owner is shown it, and encrypted.

        Raises:
            InvalidError: it is none that people can be told by, or leads where nobody is told.
        """
        try:
            service = self._service(url)
        except UnsafeAddressError as error:
            raise InvalidError.at(pointer, str(error)) from None
        return _shown(service), self._vault.lock(url)

    def _service(self, url: str) -> Any:
        """What apprise makes of an address that people may be told by. Raises `UnsafeAddressError`."""
        schema, _, _ = url.partition("://")
        known = self._settings.channel_schemas
        if schema not in known:
            raise UnsafeAddressError(
                f'begins with "{schema[:20]}", and people are told by {", ".join(known)}'
            )
        try:
            query = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=False)
        except ValueError as error:
            raise UnsafeAddressError(f"is no URL: {error}") from None
        for name, _value in query:
            if name.lower() not in _PARAMETERS:
                raise UnsafeAddressError(
                    f'has the member "{name[:50]}", and may have {", ".join(sorted(_PARAMETERS))}'
                )
        service = _instance(
            f"{url}{'&' if query else '?'}discovery=no" if schema.startswith("matrix") else url
        )
        if service is None:
            raise UnsafeAddressError(
                f"is no address of {schema} that apprise can read: see https://appriseit.com/services/"
            )
        place = _HOSTS[schema]
        # ntfy without a host of one's own calls its maker's.
        if place is not None and getattr(service, "mode", "") != "cloud":
            self._demand_public(getattr(service, place))
        return service

    def _demand_public(self, host: str) -> None:
        """Raises `UnsafeAddressError` for a host in this machine's own network that the keeper has not allowed."""
        if host not in self._settings.channel_hosts:
            addresses.allowed(addresses.resolve(host, _PORT), private=False)

    def send(self, sending: Sending) -> None:
        """Send what is due by one channel, as one message. Raises `ChannelError` with the reason."""
        try:
            service = self._destination(sending)
        except UnsafeAddressError as error:
            raise ChannelError(f"the address {error}") from None
        message = composed(sending)
        _notify(service, message.subject, message.body)

    def _destination(self, sending: Sending) -> Any:
        if sending.channel.sealed is None:
            template = self._settings.mail_url
            if template is None or sending.actor.email is None:
                raise ChannelError("no mail is sent from here, or the person's mail address is not known")
            service = _instance(template.replace("{to}", quote(sending.actor.email, safe="@")))
            if service is None:
                raise ChannelError("PLACET_MAIL_URL is no address that apprise can read")
            return service
        # Looked at again, as a name may lead elsewhere than it did when it was given.
        return self._service(self._vault.unlock(sending.channel.sealed))


def _asset() -> Any:
    import apprise  # noqa: PLC0415  # it takes half a second, and most processes never tell anybody anything

    return apprise.AppriseAsset(
        app_id="Placet",
        app_desc="Placet",
        app_url="",
        image_url_mask=None,
        image_url_logo=None,
        async_mode=False,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )


def _instance(url: str) -> Any:
    import apprise  # noqa: PLC0415

    return apprise.Apprise.instantiate(url, asset=_asset())


def _shown(service: Any) -> str:
    """The address without its secrets, and without what it says by default."""
    return str(service.url(privacy=True)).partition("?")[0]


def _notify(service: Any, subject: str, body: str) -> None:
    import apprise  # noqa: PLC0415

    said: list[str] = []
    # Nothing is ever attached, whatever an address says.
    sender = apprise.Apprise(asset=service.asset, location=apprise.ContentLocation.INACCESSIBLE)
    sender.add(service)
    sent = sender.notify(
        body=body,
        title=subject,
        body_format=apprise.NotifyFormat.TEXT,
        log_callback=lambda entry, _service: said.append(entry.message),
    )
    if not sent:
        reasons = [line for line in said if line]
        raise ChannelError(
            "; ".join(dict.fromkeys(reasons))[:_ERRORS_LIMIT] or "it was not taken, without a reason"
        )
