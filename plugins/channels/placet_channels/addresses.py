"""Which addresses are taken, and what each may say.

People give addresses themselves, so that one may say nothing but whom to reach: apprise itself can also read files, run
programs on this machine, and reach into its network.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from placet import Address, AddressError
from placet_channels.services import service_of, shown

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
#: Where the service of each scheme has the host that it calls; those without one call their maker's.
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
#: What addresses may begin with.
SCHEMES = tuple(_HOSTS)


def admitted(url: str) -> Address:
    """An address that people may be reached by.

    Raises:
        AddressError: it says more than whom to tell, or cannot be read.
    """
    _demand_members_known(url)
    service = service_of(url)
    place = _HOSTS[url.partition("://")[0]]
    # ntfy without a host of one's own calls its maker's.
    named = place is not None and getattr(service, "mode", "") != "cloud"
    return Address(shown(service), (getattr(service, str(place)),) if named else ())


def _demand_members_known(url: str) -> None:
    try:
        members = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=False)
    except ValueError as error:
        raise AddressError(f"is not a URL: {error}") from None
    for name, _value in members:
        if name.lower() not in _PARAMETERS:
            raise AddressError(f'has the member "{name[:50]}", and may have {", ".join(sorted(_PARAMETERS))}')
