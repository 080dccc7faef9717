"""Headers that tell browsers what not to do with an answer, as OWASP's ASVS 5.0 asks (3.4.3 to 3.4.6, 14.3.2).

Strict-Transport-Security (3.4.1) is said by the one who ends TLS in front of this server.
"""

from __future__ import annotations

Headers = list[tuple[bytes, bytes]]

#: A page without scripts, forms, frames and anything from elsewhere. What an answer says by itself goes before.
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
    """Add to an answer's headers those that it does not have."""
    given = {name.lower() for name, _ in headers}
    headers.extend(each for each in _PROTECTION if each[0] not in given)
