"""Checks of addresses that users give, before they are called.

A name is resolved once, and the checked addresses are those that are then called: it may lead elsewhere the next time.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

_SCHEMES = {"http": 80, "https": 443}
#: Characters of an address.
URL_LIMIT = 2000

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
    except (OSError, UnicodeError) as error:
        raise UnsafeAddressError(f"leads to {host[:100]}, which does not resolve: {error}") from None
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
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return _reason(inner)
    kinds = {
        "a loopback address": address.is_loopback,
        "a link-local address": address.is_link_local,
        "a multicast address": address.is_multicast,
        "a private or reserved address": not address.is_global,
        "this machine": _is_here(address),
    }
    return next((kind for kind, fits in kinds.items() if fits), "")


def _is_here(address: Resolved) -> bool:
    """Whether an address belongs to this machine: only such addresses can be bound."""
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
