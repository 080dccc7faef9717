"""Headers that restrict browsers, as OWASP's ASVS 5.0 requires (3.4.3 to 3.4.6, 14.3.2).

Strict-Transport-Security (3.4.1) is for the proxy that terminates TLS in front of this server.
"""

from __future__ import annotations

Headers = list[tuple[bytes, bytes]]

#: Pages without scripts, forms, frames and foreign resources. An answer's own policy takes precedence.
_BARE = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PROTECTION: Headers = [
    (b"content-security-policy", _BARE),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


def styled(style_hash: str) -> str:
    """The policy of a page with one style sheet of its own, by its hash as CSP writes it."""
    return f"{_BARE.decode()}; style-src '{style_hash}'"


def protect(headers: Headers) -> None:
    """Add the missing headers to an answer."""
    given = {name.lower() for name, _ in headers}
    headers += [each for each in _PROTECTION if each[0] not in given]
