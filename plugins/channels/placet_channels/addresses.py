"""The allowed addresses, and their allowed parts.

People give addresses themselves, so that an address may only say whom to reach: apprise itself can also read files, run
programs on this machine, and reach into its network.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from placet import Address, AddressError
from placet_channels.services import service_of, shown

#: Members of an address that name recipient and sender; others could name files, or lead elsewhere.
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
#: The attribute with the host, by scheme of the service; services without it call their maker's host.
_HOSTS: Mapping[str, str | None] = {
    "mailto": "smtp_host",
    "mailtos": "smtp_host",
    "slack": None,
    "workflows": "host",
    "mmost": "host",
    "mmosts": "host",
    "rocket": "host",
    "rockets": "host",
    "matrix": "host",
    "matrixs": "host",
    "tgram": None,
    "discord": None,
    "ntfy": "host",
    "ntfys": "host",
}
#: The allowed schemes.
SCHEMES = tuple(_HOSTS)


def admitted(url: str) -> Address:
    """Check an address that a person gives.

    Raises:
        AddressError: it has more than a recipient, or cannot be read.
    """
    _demand_members_known(url)
    service = service_of(url)
    place = _HOSTS[url.partition("://")[0]]
    # ntfy without a host calls that of its maker.
    named = place is not None and getattr(service, "mode", "") != "cloud"
    return Address(shown(service), (getattr(service, str(place)),) if named else ())


def _demand_members_known(url: str) -> None:
    try:
        members = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=False)
    except ValueError as error:
        raise AddressError(f"is not a URL: {error}") from None
    for name, _value in members:
        if name.lower() not in _PARAMETERS:
            raise AddressError(
                f'has the member "{name[:50]}", and only {", ".join(sorted(_PARAMETERS))} are allowed'
            )
