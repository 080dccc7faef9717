"""Tokens: their stored form, and a cache of those that were accepted a moment ago."""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256

from placet.engine.act.people import Actor, Token
from placet.errors import ForbiddenError

SCOPES = ("read", "write", "admin")
#: Seconds for which a token is accepted without reading the store: the longest delay of a revocation elsewhere.
_TOKEN_MEMORY = 1.0
#: Tokens remembered at once.
_TOKENS_KEPT = 10_000


def token_digest(secret: str) -> str:
    """The stored form of a token. A plain hash is enough, as the token has 256 random bits."""
    return sha256(secret.encode()).hexdigest()


def demand_held(wanted: Sequence[str], held: Sequence[str]) -> None:
    """Raises `ForbiddenError` where a new token would have scopes that the token of the request has not."""
    missing = list(dict.fromkeys(scope for scope in wanted if scope not in held))
    if missing:
        raise ForbiddenError(
            f"your token has the scopes {', '.join(held)}, and this needs {', '.join(missing)}",
            needs=[f"scope {scope}" for scope in missing],
        )


class KnownTokens:
    """Tokens that were looked up a moment ago, by digest."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[float, Actor, Token]] = {}

    def get(self, digest: str) -> tuple[Actor, Token] | None:
        found = self._tokens.get(digest)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1], found[2]

    def remember(self, digest: str, actor: Actor, token: Token, *, seconds: float = _TOKEN_MEMORY) -> None:
        """Accept a token for a while without reading the store."""
        if len(self._tokens) >= _TOKENS_KEPT:
            self._tokens.clear()
        self._tokens[digest] = (time.monotonic() + seconds, actor, token)

    def forget(self) -> None:
        self._tokens.clear()
