"""Queries of people, of their tokens and of delegations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, exists, insert, or_, select, update

from placet.engine.act.guards import delegated
from placet.engine.act.people import Actor, Delegation, Invitation, Token
from placet.engine.act.queries import Page
from placet.errors import Some
from placet.store import cursors, guards
from placet.store.failures import unique
from placet.store.reader import Reader
from placet.store.rows import actor_record, actor_row, record_of
from placet.store.tables import actors, delegations, invitations, preferences, sendings, tokens

_ACTOR = select(actors).where(actors.c.id == bindparam("id", type_=actors.c.id.type))
_OTHERS = actors.alias("others")
#: By an index, as names are looked up whenever a sentence is made.
_NAME = select(
    actors.c.name,
    exists().where(_OTHERS.c.name == actors.c.name, _OTHERS.c.id != actors.c.id).label("shared"),
).where(actors.c.id == bindparam("id", type_=actors.c.id.type))
_ACTORS = select(actors).order_by(actors.c.id).limit(bindparam("limit", type_=Integer))
_ACTORS_AFTER = _ACTORS.where(actors.c.id > bindparam("after", type_=actors.c.id.type))
_ACTORS_OF = select(actors).where(actors.c.id.in_(bindparam("ids", expanding=True)))
_DELEGATIONS = select(delegations).order_by(delegations.c.id.desc())
_DELEGATIONS_OF = _DELEGATIONS.where(
    or_(
        delegations.c.from_actor == bindparam("actor", type_=delegations.c.from_actor.type),
        delegations.c.to_actor == bindparam("actor", type_=delegations.c.to_actor.type),
    )
)
_TOKEN = (
    select(
        tokens, actors.c.name.label("holder_name"), actors.c.email, actors.c.kind, actors.c.admin,
        actors.c.created_at.label("since"), actors.c.auditor, actors.c.deactivated_at, actors.c.erased_at,
    )
    .join(actors, actors.c.id == tokens.c.actor)
    .where(tokens.c.digest == bindparam("digest", type_=tokens.c.digest.type))
)  # fmt: skip


class SqlPeople:
    """Implements `placet.engine.act.session.People`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def actor(self, id: str) -> Actor | None:
        found = self._reader.fetch(_ACTOR, {"id": id})
        return actor_record(found[0]) if found else None

    def actors(self, ids: Iterable[str]) -> dict[str, Actor]:
        """The existing ones of some actors, by id."""
        wanted = list(ids)
        if not wanted:
            return {}
        return {row.id: actor_record(row) for row in self._reader.fetch(_ACTORS_OF, {"ids": wanted})}

    def actor_alike(self, id: str) -> str | None:
        alike = select(actors.c.id).where(actors.c.folded == id.lower())
        found: str | None = self._reader.connection.scalar(alike)
        return found

    def name_of(self, id: str) -> tuple[str, bool] | None:
        found = self._reader.fetch(_NAME, {"id": id})
        return (found[0].name, bool(found[0].shared)) if found else None

    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        """All ids where there are so many at most; otherwise `Some`, those that begin like a misspelt one."""
        in_order = select(actors.c.id).order_by(actors.c.id)
        found = list(self._reader.connection.scalars(in_order.limit(limit + 1)))
        if len(found) <= limit:
            return found
        alike = in_order.where(actors.c.id.istartswith(like[:1], autoescape=True)).limit(limit)
        return Some(self._reader.connection.scalars(alike))

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]:
        """Actors in order of id."""
        of = cursors.fingerprint("actors")
        if after is None:
            found = self._reader.fetch(_ACTORS, {"limit": limit + 1})
        else:
            last = cursors.decode(after, of, (str,))[0]
            found = self._reader.fetch(_ACTORS_AFTER, {"limit": limit + 1, "after": last})
        rows = [actor_record(row) for row in found[:limit]]
        return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > limit else None)

    def save_actor(self, actor: Actor) -> None:
        with unique(f'actor id "{actor.id}", or one that differs from it in case alone,'):
            self._reader.connection.execute(insert(actors), actor_row(actor))

    def change_actor(self, actor: Actor) -> None:
        """Write an existing actor."""
        self._reader.connection.execute(
            update(actors).where(actors.c.id == actor.id).values(actor_row(actor))
        )

    def administrators(self) -> list[str]:
        """Administrators in use, by id."""
        found = select(actors.c.id).where(
            actors.c.admin, actors.c.kind == "person", actors.c.deactivated_at.is_(None)
        )
        return list(self._reader.connection.scalars(found.order_by(actors.c.id)))

    def token(self, digest: str) -> tuple[Token, Actor] | None:
        """A token by its digest, with its actor."""
        found = self._reader.fetch(_TOKEN, {"digest": digest})
        if not found:
            return None
        row = found[0]
        token = _token(row)
        holder = Actor(
            row.actor,
            row.holder_name,
            row.email,
            row.kind,
            row.admin,
            row.since,
            row.auditor,
            row.deactivated_at,
            row.erased_at,
            token.issued_by,
        )
        return token, holder

    def token_by_id(self, id: str) -> Token | None:
        row = self._reader.connection.execute(select(tokens).where(tokens.c.id == id)).first()
        return None if row is None else _token(row)

    def save_token(self, token: Token) -> None:
        self._reader.connection.execute(insert(tokens), asdict(token) | {"scopes": list(token.scopes)})

    def revoke_token(self, id: str, at: datetime) -> None:
        """Revoke a token; the first of two concurrent revocations counts."""
        self._reader.connection.execute(
            update(tokens).where(tokens.c.id == id, tokens.c.revoked_at.is_(None)).values(revoked_at=at)
        )

    def tokens_of(self, actor: str) -> list[Token]:
        """All tokens of an actor, the newest first."""
        found = select(tokens).where(tokens.c.actor == actor).order_by(tokens.c.id.desc())
        return [_token(row) for row in self._reader.connection.execute(found)]

    def end_tokens(self, actor: str, at: datetime) -> list[str]:
        """Revoke all tokens of an actor; returns the ids of those that were in use."""
        not_ended = (tokens.c.actor == actor, tokens.c.revoked_at.is_(None))
        ended = update(tokens).where(*not_ended).values(revoked_at=at).returning(tokens.c.id)
        return sorted(self._reader.connection.scalars(ended))

    def invite(self, invitation: Invitation) -> None:
        """Add an invitation."""
        self._reader.connection.execute(insert(invitations), asdict(invitation))

    def end_invitations(self, actor: str, at: datetime) -> list[str]:
        """End the invitations of an actor; returns the ids of those that had not ended."""
        not_ended = (invitations.c.actor == actor, invitations.c.ended_at.is_(None))
        ended = update(invitations).where(*not_ended).values(ended_at=at).returning(invitations.c.id)
        return sorted(self._reader.connection.scalars(ended))

    def invitation(self, digest: str) -> Invitation | None:
        """An invitation by the digest of its code."""
        row = self._reader.connection.execute(
            select(invitations).where(invitations.c.digest == digest)
        ).first()
        return None if row is None else record_of(Invitation, row)

    def use_invitation(self, id: str, at: datetime) -> bool:
        """End an invitation; the first of two concurrent uses counts."""
        not_ended = (invitations.c.id == id, invitations.c.ended_at.is_(None))
        return (
            self._reader.connection.execute(
                update(invitations).where(*not_ended).values(ended_at=at)
            ).rowcount
            == 1
        )

    def end_delegations(self, actor: str, at: datetime, by: str) -> list[Delegation]:
        """Revoke the delegations from and to a person that have not ended, in somebody's name; returns them."""
        ended = [
            replace(each, revoked_at=at, revoked_by=by)
            for each in self.list_delegations(actor)
            if each.revoked_at is None and each.ends_at > at
        ]
        for each in ended:
            self.revoke_delegation(each)
        return ended

    def erase_person(self, actor: Actor) -> None:
        """Write an actor without personal data, and remove what else names the person or their addresses."""
        connection = self._reader.connection
        self.change_actor(actor)
        connection.execute(update(tokens).where(tokens.c.actor == actor.id).values(name=""))
        connection.execute(delete(sendings).where(sendings.c.actor == actor.id, sendings.c.sent_at.is_(None)))
        connection.execute(delete(preferences).where(preferences.c.actor == actor.id))

    def save_delegation(self, delegation: Delegation) -> None:
        """Add a delegation. Only acts that have read delegations of the two people start again."""
        self._reader.connection.execute(
            insert(delegations), asdict(delegation) | {"roles": list(delegation.roles)}
        )
        self._count(delegation)

    def delegation(self, id: str) -> Delegation | None:
        row = self._reader.connection.execute(select(delegations).where(delegations.c.id == id)).first()
        return None if row is None else _delegation(row)

    def revoke_delegation(self, delegation: Delegation) -> None:
        """End a delegation; the first of two concurrent revocations counts."""
        self._reader.connection.execute(
            update(delegations)
            .where(delegations.c.id == delegation.id, delegations.c.revoked_at.is_(None))
            .values(revoked_at=delegation.revoked_at, revoked_by=delegation.revoked_by)
        )
        self._count(delegation)

    def _count(self, delegation: Delegation) -> None:
        people = (delegation.from_actor, delegation.to_actor)
        guards.count(self._reader.connection, [delegated(each).name for each in people])

    def list_delegations(self, actor: str | None) -> list[Delegation]:
        """Delegations from or to an actor, the newest first; for `None` all of them."""
        if actor is None:
            return [_delegation(row) for row in self._reader.fetch(_DELEGATIONS, {})]
        if self._reader.reads is not None:
            # The counter has to be read before the delegations.
            self._reader.reads.saw_guards(self._reader.counts(delegated(actor)))
        return [_delegation(row) for row in self._reader.fetch(_DELEGATIONS_OF, {"actor": actor})]


def _delegation(row: Any) -> Delegation:
    return record_of(Delegation, row, roles=tuple(row.roles))


def _token(row: Any) -> Token:
    return record_of(Token, row, scopes=tuple(row.scopes))
