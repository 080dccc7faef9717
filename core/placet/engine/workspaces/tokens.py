"""Tokens: their stored form, and a cache of those that were accepted a moment ago."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from placet.definitions.wording import spoken_utc
from placet.engine.act.people import Actor, Token
from placet.errors import ForbiddenError, InvalidError

SCOPES = ("read", "write", "admin")
#: How long an invitation can be used.
INVITED_FOR = timedelta(days=7)
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


def bounded(expires_at: datetime | None, maker: Token | None) -> datetime | None:
    """The end of a new token: not after that of the token that makes it. Raises `InvalidError`."""
    if maker is None or maker.expires_at is None:
        return expires_at
    if expires_at is not None and expires_at > maker.expires_at:
        raise InvalidError.at(
            "/expires_at",
            f"is after {spoken_utc(maker.expires_at)}, when the token ends that you make it with",
        )
    return expires_at or maker.expires_at


def issuer(actor: Actor, person: str) -> str | None:
    """Who counts as the maker of a token; `None` for a person's own.

    A token for oneself is as much one's own as the token that made it, so that nobody makes somebody's own token out
    of one that they made for them. The machine's command line makes full tokens.
    """
    if actor.kind == "system":
        return None
    return actor.token_issued_by if actor.id == person else actor.id


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
