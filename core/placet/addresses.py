"""Checks of addresses that users give, before they are called.

A name is resolved once, and the checked addresses are those that are then called: it may lead elsewhere the next time.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_SCHEMES = {"http": 80, "https": 443}
#: Characters of an address.
URL_LIMIT = 2000

# All that not everybody can reach, by IANA's registries of special-purpose addresses (RFC 6890 and its updates). Python
# has such tables too, but they differ between its versions, and they count tunnels to private networks as global.
_NOT_GLOBAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
#: Within `192.0.0.0/24`: the anycast addresses of PCP and TURN.
_REACHABLE_V4 = frozenset({IPv4Address("192.0.0.9"), IPv4Address("192.0.0.10")})
#: All that has been allocated for global unicast (RFC 4291), less what serves protocols, tunnels and documentation.
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
_NOT_GLOBAL_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
#: The well-known prefix of translation to IPv4 (RFC 6052), in use where there is no IPv4. The prefix for local use,
#: `64:ff9b:1::/48` (RFC 8215), leads into the network of this machine.
_NAT64 = IPv6Network("64:ff9b::/96")
#: Prefixes whose last 32 bits are an IPv4 address: IPv4-compatible (deprecated), translated, NAT64.
_LAST_32_BITS = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), _NAT64)
#: The third quarter of an address that embeds IPv4 by ISATAP (RFC 5214), under any prefix.
_ISATAP = frozenset({bytes.fromhex("00005efe"), bytes.fromhex("02005efe")})

Resolved = IPv4Address | IPv6Address


class UnsafeAddressError(Exception):
    """An address that must not be called, with the reason."""


def target(url: str) -> tuple[str, int]:
    """Host and port of an address. Raises `UnsafeAddressError` for one that cannot be called."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsafeAddressError(f"is not a URL: {error}") from None
    if parts.scheme not in _SCHEMES:
        raise UnsafeAddressError("is not a URL that begins with https:// or http://")
    if not host or not url.isascii() or any(sign.isspace() for sign in url):
        raise UnsafeAddressError("is not a URL with a host, such as https://example.org/placet")
    if parts.username is not None or parts.password is not None:
        raise UnsafeAddressError("holds a name or a password: leave it out, deliveries are signed")
    if parts.fragment:
        raise UnsafeAddressError("holds a fragment, which is never sent: leave it out")
    return host, port or _SCHEMES[parts.scheme]


def resolve(host: str, port: int) -> list[Resolved]:
    """All addresses of a host. Raises `UnsafeAddressError` if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnsafeAddressError(
            f"leads to {host[:100]}, which does not resolve: check its spelling"
        ) from None
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def allowed(addresses: Iterable[Resolved], *, private: bool) -> list[Resolved]:
    """The addresses, if all of them may be called. Raises `UnsafeAddressError`, which names one that may not.

    Args:
        addresses: the resolved addresses of a name.
        private: whether loopback, private and link-local addresses may be called too.
    """
    found = list(addresses)
    for address in found:
        reason = "" if private else _reason(address)
        if reason:
            raise UnsafeAddressError(
                f"leads to {address}, which is {reason}: take one that everybody can reach"
            )
    return found


def _reason(address: Resolved) -> str:
    """Why an address must not be called; empty for one that everybody can reach."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return _reason(address.ipv4_mapped)
    kinds = {
        "a loopback address": address.is_loopback,
        "a link-local address": address.is_link_local,
        "a multicast address": address.is_multicast,
    }
    for kind, fits in kinds.items():
        if fits:
            return kind
    for inner in _embedded(address) if isinstance(address, IPv6Address) else ():
        if reason := _reason(inner):
            return reason
    if not _is_global_unicast(address):
        return "a private or reserved address"
    return "this machine" if _is_here(address) else ""


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses to which a gateway or a tunnel would carry a packet for an IPv6 address."""
    if any(address in prefix for prefix in _LAST_32_BITS) or address.packed[8:12] in _ISATAP:
        yield IPv4Address(address.packed[-4:])
    if address.sixtofour is not None:
        yield address.sixtofour
    yield from address.teredo or ()


def _is_global_unicast(address: Resolved) -> bool:
    if isinstance(address, IPv4Address):
        return address in _REACHABLE_V4 or not any(address in each for each in _NOT_GLOBAL_V4)
    if address in _NAT64:
        return True
    return address in _GLOBAL_UNICAST_V6 and not any(address in each for each in _NOT_GLOBAL_V6)


def _is_here(address: Resolved) -> bool:
    """Whether an address belongs to this machine: only such addresses can be bound."""
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
