"""Channels of plugins: they check the addresses of people, and send notifications there.

People give addresses themselves, so that an address may only lead to a public host, whatever its channel. Addresses
that the administrator has configured are trusted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote

from placet import addresses
from placet.addresses import UnsafeAddressError
from placet.catalog.composition import one_line
from placet.catalog.sources import Channel
from placet.definitions.channels import Address, AddressError, ChannelError, MessageChannel
from placet.engine.act.notifications import Sending
from placet.engine.notifications.digests import composed
from placet.errors import InvalidError, NotInstalledError, SettingsError, nearest
from placet.settings import Settings
from placet.vault import Vault

_log = logging.getLogger(__name__)

T = TypeVar("T")
#: Calls a function of the plugin with this name.
Calls = Callable[[str, Callable[[], None]], None]

#: The distribution for mail and the common chats.
DISTRIBUTION = "placet-channels"
_PORT = 443


def _directly(_: str, send: Callable[[], None]) -> None:
    send()


class Channels:
    """Checks addresses, and sends to them."""

    def __init__(
        self, settings: Settings, vault: Vault, offered: Iterable[Channel], *, failed: Iterable[str] = ()
    ) -> None:
        """Open the channels of plugins.

        Args:
            settings: the allowed schemes, and the way of mail to people's own addresses.
            vault: encrypts addresses.
            offered: the channels of the plugins that run.
            failed: names of plugins that did not load, and may have offered a missing channel.

        Raises:
            SettingsError: the settings name a scheme that no plugin offers.
        """
        self._settings = settings
        self._vault = vault
        self._by_scheme: Mapping[str, Channel] = {
            scheme: each for each in offered for scheme in each.channel.schemes
        }
        chosen = settings.channel_schemas
        #: The allowed schemes of people's addresses.
        self._open = tuple(scheme for scheme in self._by_scheme if chosen is None or scheme in chosen)
        self._demand_offered(tuple(failed))

    def _demand_offered(self, failed: tuple[str, ...]) -> None:
        wanted = [("channel_schemas", scheme) for scheme in self._settings.channel_schemas or ()]
        if self._settings.mail_url is not None:
            wanted.append(("mail_url", self._settings.mail_url.partition("://")[0]))
        for setting, scheme in wanted:
            if scheme in self._by_scheme:
                continue
            message = f'the setting {setting} wants "{scheme}", {self._absent(scheme)}'
            # A plugin that failed may have offered it, and must not stop everything else.
            if not failed:
                raise SettingsError(message)
            _log.error("%s, or repair %s, which failed to load", message, ", ".join(failed))

    def _absent(self, scheme: str) -> str:
        if not self._by_scheme:
            return f"which no installed plugin offers: {NotInstalledError.remedy(DISTRIBUTION)}"
        return f"which no installed plugin offers{nearest(scheme, self._by_scheme, shown=20)}"

    def admitted(self, url: str, pointer: str) -> tuple[str, str]:
        """An address in the form that is shown to its owner, and encrypted.

        Raises:
            InvalidError: no channel takes it, or it leads to a host that is not allowed.
        """
        try:
            shown = self._admitted(url)
        except (AddressError, UnsafeAddressError, ChannelError) as error:
            raise InvalidError.at(pointer, str(error)) from None
        return shown, self._vault.lock(url)

    def _admitted(self, url: str) -> str:
        """The address in the form that is shown. Raises `AddressError` or `UnsafeAddressError`."""
        scheme, _, _ = url.partition("://")
        if not self._by_scheme:
            remedy = NotInstalledError.remedy(DISTRIBUTION)
            raise AddressError(f"cannot be used, as no channel is installed: {remedy}")
        if scheme not in self._open:
            raise AddressError(
                f'begins with "{scheme[:20]}", and the channels here are {", ".join(self._open)}'
            )
        offered = self._by_scheme[scheme]
        found = _asked(offered, lambda channel: channel.admit(url))
        if not isinstance(found, Address):
            raise AddressError(f"was not read, as the plugin {offered.plugin} returned no Address")
        for host in found.hosts:
            # A name may lead elsewhere the next time, so that it is checked again before each message.
            if host not in self._settings.channel_hosts:
                addresses.allowed(addresses.resolve(host, _PORT), private=False)
        return found.shown

    def send(self, sending: Sending, calls: Calls = _directly) -> None:
        """Send due notifications by one channel, as one message. Raises `ChannelError` with the reason.

        `calls` calls the code of the plugin with this name, such as within a time limit.
        """
        try:
            url, whose = self._destination(sending)
            message = composed(sending)
        except (AddressError, UnsafeAddressError) as error:
            raise ChannelError(f"the address {error}") from None
        offered = self._by_scheme.get(url.partition("://")[0])
        if offered is None:
            raise ChannelError(f"{whose} is of a kind {self._absent(url.partition('://')[0])}")
        try:
            calls(offered.plugin, lambda: _asked(offered, lambda channel: channel.send(url, message)))
        except AddressError as error:
            raise ChannelError(f"{whose} {error}") from None

    def _destination(self, sending: Sending) -> tuple[str, str]:
        """The address of a message, and its name in errors."""
        if sending.channel.sealed is None:
            template = self._settings.mail_url
            if template is None or sending.actor.email is None:
                raise ChannelError("no mail is sent from here, or the person's mail address is not known")
            return template.replace("{to}", quote(sending.actor.email, safe="@")), "PLACET_MAIL_URL"
        url = self._vault.unlock(sending.channel.sealed)
        self._admitted(url)
        return url, "the address"


def _asked(offered: Channel, ask: Callable[[MessageChannel], T]) -> T:
    """The result of a plugin's channel. Unexpected errors become failures of the plugin, by name.

    Even those that would end a thread, such as `sys.exit()`: with the sender's, nobody would get messages any more.
    """
    try:
        return ask(offered.channel)
    except (AddressError, ChannelError):
        raise
    except BaseException as error:
        _log.exception("the channel of the plugin %s failed", offered.plugin)
        raise ChannelError(f"the plugin {offered.plugin} failed: {one_line(error)}") from error
