"""Access: the actor of a request, the scopes of their token, and its rate limit."""

from __future__ import annotations

import time
from dataclasses import replace

from starlette.requests import Request

from placet.api.problems import RATE_LIMITED, HttpError
from placet.app import Application
from placet.engine.act.people import Actor, Token
from placet.errors import ForbiddenError, PlacetError, UnauthenticatedError
from placet.store import bridge

READ, ADMIN = "read", "admin"
MINUTE, HOUR = 60.0, 3600.0
#: Tokens whose use is counted at the same time.
_COUNTED = 10_000
#: Longer than any token of ours.
_SECRET_LIMIT = 500


async def authenticated(application: Application, request: Request) -> tuple[Actor, Token]:
    """The actor and token of a request. Raises `UnauthenticatedError`."""
    sent = request.headers.get("authorization", "")
    scheme, _, secret = sent.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > _SECRET_LIMIT or not secret.isascii():
        raise UnauthenticatedError("the request has no token: send one as Authorization: Bearer TOKEN")
    known = application.engine.people.recall(secret)
    if known is not None:
        return known
    return await bridge.run(application.store, lambda: application.engine.people.authenticate(secret))


async def admit(request: Request, application: Application, scope: str) -> None:
    """Admit a request; from here on its state has the actor and the token.

    A token without the scope `admin` writes by the roles of its actor, as if they were not an administrator: it neither
    decides on rules nor revokes the tokens of others, by whichever operation.

    Raises:
        ForbiddenError: the token does not have the scope.
        HttpError: it was used too often.
        UnauthenticatedError: the token is missing or not valid.
    """
    actor, token = await authenticated(application, request)
    rates: Rates = request.app.state.rates
    rates.demand(token.id)
    rates.charge(token.id, 1)
    demand_scope(actor, token, scope)
    if scope != READ and actor.admin and ADMIN not in token.scopes:
        actor = replace(actor, admin=False)
        request.state.reduced = True
    request.state.actor, request.state.token = actor, token


def demand_administrator(request: Request, refusal: PlacetError) -> None:
    """Raises `ForbiddenError` for a refusal of an administrator whose token does not have the scope `admin`."""
    if getattr(request.state, "reduced", False):
        actor: Actor = request.state.actor
        token: Token = request.state.token
        raise ForbiddenError(
            f"{refusal}; with the token {token.name}, which has the scopes {', '.join(token.scopes)}, {actor.name} "
            "writes by their roles alone: as an administrator they need a token with admin",
            needs=["scope admin"],
        ) from refusal


def demand_scope(actor: Actor, token: Token, scope: str) -> None:
    """Raises `ForbiddenError` where the token does not have the scope."""
    if scope not in token.scopes:
        raise ForbiddenError(
            f"the token {token.name} of {actor.name} has the scopes {', '.join(token.scopes)}, and this needs {scope}",
            needs=[f"scope {scope}"],
        )


class Rates:
    """A limit of something per token and time, which refills evenly. Each process counts for itself."""

    def __init__(self, allowed: int, *, seconds: float, what: str) -> None:
        """`allowed` per so many seconds, 0 for no limit; `what` names it, such as `requests a minute`."""
        self._allowed, self._seconds, self._what = float(allowed), seconds, what
        self._left: dict[str, tuple[float, float]] = {}

    def demand(self, token: str) -> None:
        """Raises `HttpError`, with the seconds to wait, if the limit is used up."""
        left, _ = self._now(token)
        if self._allowed and left < 1:
            wait = int((1 - left) * self._seconds / self._allowed) + 1
            raise HttpError(
                RATE_LIMITED,
                f"more than {self._allowed:.0f} {self._what} with one token: wait {wait} s",
                {"Retry-After": str(wait)},
            )

    def charge(self, token: str, amount: int) -> None:
        """Count the use. It may exceed the rest: then the wait becomes longer."""
        if self._allowed and amount:
            left, now = self._now(token)
            self._left[token] = (left - amount, now)

    def _now(self, token: str) -> tuple[float, float]:
        """The rest, and the present moment."""
        now = time.monotonic()
        if len(self._left) >= _COUNTED:
            self._left.clear()
        left, at = self._left.get(token, (self._allowed, now))
        return min(self._allowed, left + (now - at) * self._allowed / self._seconds), now
