"""People and service accounts, and their tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from placet.definitions.roles import SYSTEM
from placet.definitions.wording import spoken_utc
from placet.engine.act.access import demand_admin
from placet.engine.act.input import ACTOR_ID, clean_text
from placet.engine.act.installation import note
from placet.engine.act.journal import new_id
from placet.engine.act.people import INSTALLATION, Actor, Invitation, Token
from placet.engine.act.proposals import Proposal
from placet.engine.act.queries import Page
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import added as added_row
from placet.engine.act.sources import ended_rows, set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.offices import (
    demand_machine,
    demand_without_roles,
    gives_office,
    made_by_machine,
    propose_office,
    save_change,
)
from placet.engine.workspaces.standing import (
    demand_another_administrator,
    demand_in_use,
    known_actor,
)
from placet.engine.workspaces.tokens import (
    INVITED_FOR,
    SCOPES,
    KnownTokens,
    bounded,
    demand_held,
    issuer,
    token_digest,
)
from placet.errors import (
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)

#: Longest mail address (RFC 5321).
_MAIL_LIMIT = 254
_TOKEN_PREFIX = "placet_"  # noqa: S105  # lets secret scanners recognize a leaked token


class People:
    """People, service accounts and authentication. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, *, two_administrators: bool = False) -> None:
        self._acts = acts
        self._two_administrators = two_administrators
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
        auditor: bool = False,
    ) -> Actor:
        """Add a person or a service account.

        Raises:
            ConflictError: the id is already in use.
            ForbiddenError: two administrators give an office: it is proposed once the actor is there.
        """
        demand_admin(actor, "adding actors")
        _demand_fitting(id, kind, email)
        _demand_one_office(admin=admin, auditor=auditor)
        shown = clean_text(name, "/name", limit=200, empty=False, lines=False)
        if email is not None:
            email = clean_text(email, "/email", limit=_MAIL_LIMIT)

        def do(unit: UnitOfWork) -> Actor:
            added = Actor(id, shown, email, kind, admin, unit.now, auditor)
            _demand_free(unit, id)
            if self._two_administrators and (admin or auditor):
                demand_machine(unit, actor, id)
            unit.session.people.save_actor(added)
            note(
                unit,
                "actor_added",
                actor,
                {"person": id, "actor_kind": kind, "admin": admin, "auditor": auditor},
                [added_row("actors", asdict(added))],
            )
            return added

        return self._acts.administer("add_actor", do)

    def change(
        self,
        actor: Actor,
        id: str,
        *,
        name: str | None = None,
        email: str | None = None,
        admin: bool | None = None,
        auditor: bool | None = None,
    ) -> Actor | Proposal:
        """Change an actor's name or address, and who administers or audits the installation; `None` keeps a value.

        Returns:
            The actor as they are now; or, where two administrators give an office, the proposal of the whole change.

        Raises:
            BlockedError: no other administrator could decide on it.
            ConflictError: nobody would be left to administer, or the person holds a role and would be an auditor.
            InvalidError, NotFoundError
        """
        demand_admin(actor, "changing actors")
        shown = None if name is None else clean_text(name, "/name", limit=200, empty=False, lines=False)
        if email is not None:
            _demand_fitting(id, "person", email)
            email = clean_text(email, "/email", limit=_MAIL_LIMIT)
        given: dict[str, Any] = {"name": shown, "email": email, "admin": admin, "auditor": auditor}

        def do(unit: UnitOfWork) -> Actor | Proposal:
            old = known_actor(unit, id)
            new = replace(old, **{member: value for member, value in given.items() if value is not None})
            _demand_one_office(admin=new.admin, auditor=new.auditor)
            if old.admin and not new.admin:
                demand_another_administrator(unit, old)
            if new.auditor and not old.auditor:
                demand_without_roles(unit, old)
            if new == old:
                return old
            if self._two_administrators and gives_office(old, new) and not made_by_machine(unit, actor):
                return propose_office(unit, old, new, actor)
            save_change(unit, old, new, actor)
            return new

        changed = self._acts.administer("change_actor", do)
        self._known.forget()
        return changed

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Actor]:
        """All actors, in order of id. Names are shown to colleagues; mail addresses to administrators."""

        def see(unit: UnitOfWork) -> Page[Actor]:
            page = unit.session.people.list_actors(after, limit)
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
        maker: Token | None = None,
    ) -> tuple[str, Token]:
        """Issue a token, which is shown once: administrators for anybody, everybody for themselves.

        `maker` is the token of the request: the new one has no other scopes, does not end later, and is not the
        person's own where that one is not. To issue a token for somebody else takes the scope `admin`; it is not
        their own.
        """
        for n, scope in enumerate(scopes):
            if scope not in SCOPES:
                raise InvalidError.unknown(f"/scopes/{n}", "scope", scope[:50], SCOPES)
        held = SCOPES if maker is None else maker.scopes
        demand_held([*scopes, *(["admin"] if actor.id != person else [])], held)
        if actor.id != person:
            demand_admin(actor, "issuing tokens for others")
        ends = bounded(expires_at, maker)

        def do(unit: UnitOfWork) -> tuple[str, Token]:
            if expires_at is not None and expires_at <= unit.now:
                now = unit.titles(INSTALLATION, "").moment(unit.now)
                raise InvalidError.at("/expires_at", f"is not after now, {now}")
            demand_in_use(unit, known_actor(unit, person))
            issued_by = issuer(actor, person)
            return self._issued(unit, actor, person, name, scopes, ends, issued_by=issued_by)

        return self._acts.administer("issue_token", do)

    def _issued(
        self,
        unit: UnitOfWork,
        actor: Actor,
        person: str,
        name: str,
        scopes: Sequence[str],
        expires_at: datetime | None,
        *,
        issued_by: str | None = None,
        invitation: str | None = None,
    ) -> tuple[str, Token]:
        shown = clean_text(name, "/name", limit=200, empty=False, lines=False)
        secret = _TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = Token(
            new_id(),
            person,
            shown,
            token_digest(secret),
            tuple(dict.fromkeys(scopes)),
            unit.now,
            expires_at,
            issued_by=issued_by,
        )
        unit.session.people.save_token(token)
        about = {"person": person, "token": token.id, "scopes": list(token.scopes), "expires_at": expires_at}
        rows = [added_row("tokens", asdict(token))]
        if invitation is not None:
            rows += set_values("invitations", invitation, ended_at=unit.now)
        note(unit, "token_issued", actor, {**about, "invitation": invitation}, rows)
        return secret, token

    def tokens(self, actor: Actor, person: str) -> list[Token]:
        """All tokens of a person, the newest first: for themselves and administrators."""

        def see(unit: UnitOfWork) -> list[Token]:
            if actor.id != person:
                demand_admin(actor, "seeing the tokens of others")
                known_actor(unit, person)
            return list(unit.session.people.tokens_of(person))

        return self._acts.look(see)

    def revoke_token(self, actor: Actor, id: str) -> None:
        """Revoke a token: one's own, or any for administrators. Other processes learn of it within a second."""

        def do(unit: UnitOfWork) -> None:
            token = unit.session.people.token_by_id(id)
            if token is None or (token.actor != actor.id and not actor.admin):
                raise NotFoundError("token", id[:100])
            if token.revoked_at is None:
                unit.session.people.revoke_token(id, unit.now)
                rows = set_values("tokens", id, revoked_at=unit.now)
                note(unit, "token_revoked", actor, {"person": token.actor, "token": id}, rows)

        self._acts.administer("revoke_token", do)
        self._known.forget()

    def invite(self, actor: Actor, person: str) -> tuple[str, Invitation]:
        """Make a code by which a person gets a token of their own, once; an earlier code is not valid any more.

        Raises:
            ConflictError: the person is switched off.
            ForbiddenError: two administrators give offices here, and the person has had a token of their own: one
                administrator would get theirs, and decide as the second person.
        """
        demand_admin(actor, "inviting people")
        code = secrets.token_urlsafe(32)

        def do(unit: UnitOfWork) -> Invitation:
            demand_in_use(unit, known_actor(unit, person))
            if self._two_administrators and actor.id != SYSTEM:
                _demand_first(unit, person)
            ends = unit.now + INVITED_FOR
            made = Invitation(new_id(), person, token_digest(code), actor.id, unit.now, ends)
            rows = ended_rows("invitations", unit.session.people.end_invitations(person, unit.now), unit.now)
            unit.session.people.invite(made)
            about = {"person": person, "invitation": made.id, "expires_at": ends}
            note(unit, "invited", actor, about, [*rows, added_row("invitations", asdict(made))])
            return made

        return code, self._acts.administer("invite", do)

    def redeem(self, code: str, *, name: str) -> tuple[str, Token]:
        """Exchange a code of an invitation for the person's own token, with all scopes that they can use.

        Their own tokens of before end, so that nobody decides beside them by an invitation without their noticing.

        Raises:
            ConflictError: the person is switched off.
            ForbiddenError: the code is unknown, was used or replaced, or has expired.
        """

        def do(unit: UnitOfWork) -> tuple[str, Token]:
            invitation = unit.session.people.invitation(token_digest(code))
            usable = invitation is not None and unit.now < invitation.expires_at
            if (
                invitation is None
                or not usable
                or not unit.session.people.use_invitation(invitation.id, unit.now)
            ):
                raise ForbiddenError(
                    "the code is unknown, used, replaced or expired: ask for a new invitation",
                    needs=["invitation"],
                )
            person = known_actor(unit, invitation.actor)
            demand_in_use(unit, person)
            scopes = [scope for scope in SCOPES if scope != "admin" or person.admin]
            _end_own_tokens(unit, person, invitation.id)
            return self._issued(unit, person, person.id, name, scopes, None, invitation=invitation.id)

        issued = self._acts.administer("redeem_invitation", do)
        self._known.forget()
        return issued

    def authenticate(self, secret: str) -> tuple[Actor, Token]:
        """The actor of a token. Raises `UnauthenticatedError` for one that is unknown, expired or revoked."""
        digest = token_digest(secret)
        known = self._known.get(digest)
        if known is None:
            with self._acts.store.reading(whole=False) as session:
                found = session.people.token(digest)
            if found is None or found[0].revoked_at is not None:
                raise UnauthenticatedError("the token is unknown or revoked: ask for a new one")
            if found[1].deactivated_at is not None:
                raise UnauthenticatedError(f"{found[1].id} is switched off: ask an administrator")
            known = found[1], found[0]
            self._known.remember(digest, *known)
        expires = known[1].expires_at
        if expires is not None and expires <= self._acts.clock.now():
            raise UnauthenticatedError(f"the token expired on {spoken_utc(expires)}: ask for a new one")
        return known

    def forget_tokens(self) -> None:
        """Look every token up again at its next use in this process."""
        self._known.forget()

    def remember_token(self, digest: str, actor: Actor, token: Token, *, seconds: float) -> None:
        """Accept a token of this process's own for a while; it is not stored."""
        self._known.remember(digest, actor, token, seconds=seconds)

    def recall(self, secret: str) -> tuple[Actor, Token] | None:
        """The actor of a token that was looked up a moment ago and does not expire soon: reads nothing."""
        known = self._known.get(token_digest(secret))
        return known if known is not None and known[1].expires_at is None else None


def _demand_free(unit: UnitOfWork, id: str) -> None:
    """Raises `ConflictError` for an id that somebody has, be it in another case: few see `Ann` beside `ann`."""
    alike = unit.session.people.actor_alike(id)
    if alike == id:
        raise ConflictError(f'the actor id "{id}" is already in use')
    if alike is not None:
        raise ConflictError(f'the actor id "{id}" differs from "{alike}" in case alone: choose another one')


def _demand_first(unit: UnitOfWork, person: str) -> None:
    """Raises `ForbiddenError` for somebody who has had a token of their own."""
    if any(token.issued_by is None for token in unit.session.people.tokens_of(person)):
        raise ForbiddenError(
            f"{known_actor(unit, person).name} has had a token of their own, and with another one somebody could "
            "decide in their place: they make another one themselves, or placet actor invite invites them, on the "
            "machine of the database",
            needs=[person],
        )


def _end_own_tokens(unit: UnitOfWork, person: Actor, invitation: str) -> None:
    """End the tokens that are somebody's own, since they were invited anew; those that others made stay theirs."""
    for token in unit.session.people.tokens_of(person.id):
        if token.revoked_at is None and token.issued_by is None:
            unit.session.people.revoke_token(token.id, unit.now)
            about = {"person": person.id, "token": token.id, "invitation": invitation}
            rows = set_values("tokens", token.id, revoked_at=unit.now)
            note(unit, "token_revoked", person, about, rows)


def _demand_one_office(*, admin: bool, auditor: bool) -> None:
    if admin and auditor:
        raise InvalidError.at(
            "/auditor", "an administrator writes, and an auditor does not: choose one of them"
        )


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
