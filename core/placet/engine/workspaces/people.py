"""People and service accounts, and their tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from placet.engine.act.access import demand_admin
from placet.engine.act.input import ACTOR_ID, clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor, Token
from placet.engine.act.queries import Page
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.tokens import SCOPES, KnownTokens, demand_held, token_digest
from placet.errors import ConflictError, Fault, InvalidError, NotFoundError, UnauthenticatedError

#: Longest mail address (RFC 5321).
_MAIL_LIMIT = 254
_TOKEN_PREFIX = "placet_"  # noqa: S105  # lets secret scanners recognize a leaked token


class People:
    """People, service accounts and authentication. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        self._known = KnownTokens()

    def add(
        self,
        actor: Actor,
        *,
        id: str,
        name: str,
        email: str | None = None,
        kind: str = "person",
        admin: bool = False,
    ) -> Actor:
        """Add a person or a service account. Raises `ConflictError` if the id is already in use."""
        demand_admin(actor, "adding actors")
        _demand_fitting(id, kind, email)
        shown = clean_text(name, "/name", limit=200, empty=False)
        if email is not None:
            email = clean_text(email, "/email", limit=_MAIL_LIMIT)

        def do(work: UnitOfWork) -> Actor:
            added = Actor(id, shown, email, kind, admin, work.now)
            if work.session.people.actor(id) is not None:
                raise ConflictError(f'the actor id "{id}" is already in use')
            work.session.people.save_actor(added)
            return added

        return self._acts.administer("add_actor", do)

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Actor]:
        """All actors, in order of id. Names are shown to colleagues; mail addresses to administrators."""

        def see(work: UnitOfWork) -> Page[Actor]:
            page = work.session.people.list_actors(after, limit)
            rows = (
                page.rows
                if actor.admin
                else [replace(a, email=None) if a.id != actor.id else a for a in page.rows]
            )
            return Page(rows, page.next_cursor)

        return self._acts.look(see)

    def issue_token(
        self,
        actor: Actor,
        person: str,
        *,
        name: str,
        expires_at: datetime | None = None,
        scopes: Sequence[str] = SCOPES,
        held: Sequence[str] = SCOPES,
    ) -> tuple[str, Token]:
        """Issue a token, which is shown once: administrators for anybody, everybody for themselves.

        `held` are the scopes of the token of the request: the new one can have no others. To issue a token for somebody
        else takes the scope `admin`.
        """
        for n, scope in enumerate(scopes):
            if scope not in SCOPES:
                raise InvalidError.unknown(f"/scopes/{n}", "scope", scope[:50], SCOPES)
        demand_held([*scopes, *(["admin"] if actor.id != person else [])], held)
        if actor.id != person:
            demand_admin(actor, "issuing tokens for others")
        shown = clean_text(name, "/name", limit=200, empty=False)
        secret = _TOKEN_PREFIX + secrets.token_urlsafe(32)

        def do(work: UnitOfWork) -> Token:
            if work.session.people.actor(person) is None:
                raise NotFoundError("actor", person[:100], work.session.people.actor_ids(person, 1000))
            if expires_at is not None and expires_at <= work.now:
                raise InvalidError.at("/expires_at", f"is not after now, {work.now.isoformat()}")
            token = Token(
                new_id(),
                person,
                shown,
                token_digest(secret),
                tuple(dict.fromkeys(scopes)),
                work.now,
                expires_at,
            )
            work.session.people.save_token(token)
            return token

        return secret, self._acts.administer("issue_token", do)

    def revoke_token(self, actor: Actor, id: str) -> None:
        """Revoke a token: one's own, or any for administrators. Other processes learn of it within a second."""

        def do(work: UnitOfWork) -> None:
            token = work.session.people.token_by_id(id)
            if token is None or (token.actor != actor.id and not actor.admin):
                raise NotFoundError("token", id[:100])
            work.session.people.revoke_token(id, work.now)

        self._acts.administer("revoke_token", do)
        self._known.forget()

    def authenticate(self, secret: str) -> tuple[Actor, Token]:
        """The actor of a token. Raises `UnauthenticatedError` for one that is unknown, expired or revoked."""
        digest = token_digest(secret)
        known = self._known.get(digest)
        if known is None:
            with self._acts.store.reading(whole=False) as session:
                found = session.people.token(digest)
            if found is None or found[0].revoked_at is not None:
                raise UnauthenticatedError("the token is unknown or revoked: ask for a new one")
            known = found[1], found[0]
            self._known.remember(digest, *known)
        expires = known[1].expires_at
        if expires is not None and expires <= self._acts.clock.now():
            raise UnauthenticatedError(f"the token expired at {expires.isoformat()}: ask for a new one")
        return known

    def remember_token(self, digest: str, actor: Actor, token: Token, *, seconds: float) -> None:
        """Accept a token of this process's own for a while; it is not stored."""
        self._known.remember(digest, actor, token, seconds=seconds)

    def recall(self, secret: str) -> tuple[Actor, Token] | None:
        """The actor of a token that was looked up a moment ago and does not expire soon: reads nothing."""
        known = self._known.get(token_digest(secret))
        return known if known is not None and known[1].expires_at is None else None


def _demand_fitting(id: str, kind: str, email: str | None) -> None:
    faults = []
    if not ACTOR_ID.match(id) or id in {"system", "me"}:
        faults.append(Fault("/id", "is not 1 to 100 letters, digits or . _ @ -, or is reserved (system, me)"))
    if kind not in {"person", "service"}:
        faults.append(Fault("/kind", 'is neither "person" nor "service"'))
    if email is not None and ("@" not in email[1:-1] or len(email) > _MAIL_LIMIT):
        faults.append(Fault("/email", "is not a mail address"))
    if faults:
        raise InvalidError(faults)
