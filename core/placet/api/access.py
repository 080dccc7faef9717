"""Access: who is asking, what their token may do, and how often."""

from __future__ import annotations

import time

from starlette.requests import Request

from placet.api.problems import RATE_LIMITED, HttpError
from placet.app import House
from placet.engine.records import Actor, Token
from placet.errors import ForbiddenError, UnauthenticatedError
from placet.store import bridge

_MINUTE = 60.0
#: Tokens whose use is counted at once.
_COUNTED = 10_000
#: Longer than any token of ours.
_SECRET_LIMIT = 500


async def asker(house: House, request: Request) -> tuple[Actor, Token]:
    """Who is asking. Raises `UnauthenticatedError`."""
    sent = request.headers.get("authorization", "")
    scheme, _, secret = sent.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > _SECRET_LIMIT or not secret.isascii():
        raise UnauthenticatedError("there is no token: send it as Authorization: Bearer TOKEN")
    known = house.engine.recall(secret)
    if known is not None:
        return known
    return await bridge.run(house.store, lambda: house.engine.authenticate(secret))


def demand_scope(actor: Actor, token: Token, scope: str) -> None:
    """Raises `ForbiddenError` where the token does not have the scope."""
    if scope not in token.scopes:
        raise ForbiddenError(
            f"the token {token.name} of {actor.id} has the scopes {', '.join(token.scopes)}, and this needs {scope}",
            needs=[f"scope {scope}"],
        )


class Rates:
    """Counts each token's requests: so many a minute, refilled evenly. Each process counts by itself."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left: dict[str, tuple[float, float]] = {}

    def count(self, token: str) -> None:
        """Raises `HttpError` with the seconds to wait."""
        if not self._per_minute:
            return
        now = time.monotonic()
        if len(self._left) >= _COUNTED:
            self._left.clear()
        left, at = self._left.get(token, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - at) * self._per_minute / _MINUTE)
        if left < 1:
            wait = int((1 - left) * _MINUTE / self._per_minute) + 1
            raise HttpError(
                RATE_LIMITED,
                f"more than {self._per_minute} requests a minute with one token: wait {wait} s",
                {"Retry-After": str(wait)},
            )
        self._left[token] = (left - 1, now)
