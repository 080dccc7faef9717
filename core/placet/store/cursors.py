"""Cursors of lists: opaque, and valid only for the list that they come from."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import Any

import orjson

from placet.errors import MalformedError


def fingerprint(*parts: Any) -> str:
    """A digest of a list's query."""
    return sha256(orjson.dumps(parts, default=str)).hexdigest()[:12]


def encode(of: str, values: list[Any]) -> str:
    """A cursor after the row with these key values, in the list with this fingerprint."""
    return urlsafe_b64encode(orjson.dumps([of, *values])).decode().rstrip("=")


def decode(cursor: str, of: str, types: tuple[type, ...]) -> list[Any]:
    """The key values after which the list goes on. Raises `MalformedError` for a cursor of another list."""
    try:
        found = orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, NotBase64) as error:
        raise _foreign(cursor) from error
    fits = (
        isinstance(found, list)
        and len(found) == len(types) + 1
        and found[0] == of
        and all(type(value) is kind for value, kind in zip(found[1:], types, strict=True))
        and all(_storable(value) for value in found[1:])
    )
    if not fits:
        raise _foreign(cursor)
    return list(found[1:])


def _storable(value: str | int) -> bool:
    """Whether a database takes the value: a client can put anything into a cursor."""
    return "\0" not in value if isinstance(value, str) else 0 <= value < 2**63


def _foreign(cursor: str) -> MalformedError:
    return MalformedError(f'the cursor "{cursor[:80]}" is not from this list: ask for the first page again')
