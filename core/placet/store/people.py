"""Queries of people, of their tokens and of delegations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from placet.engine.act.guards import delegated
from placet.engine.act.people import Actor, Delegation, Token
from placet.engine.act.queries import Page
from placet.store import cursors, guards
from placet.store.failures import unique
from placet.store.reader import Reader
from placet.store.rows import actor_record, record_of
from placet.store.tables import actors, delegations, tokens

_ACTOR = select(actors).where(actors.c.id == bindparam("id", type_=actors.c.id.type))
_TOKEN = (
    select(
        tokens, actors.c.name.label("holder_name"), actors.c.email, actors.c.kind, actors.c.admin,
        actors.c.created_at.label("since"),
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
        found = self._reader.connection.execute(select(actors).where(actors.c.id.in_(wanted)))
        return {row.id: actor_record(row) for row in found}

    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        """Ids that begin like a misspelt one or, where none does, the first ids."""
        begins = select(actors.c.id).where(actors.c.id.istartswith(like[:1], autoescape=True))
        found = list(self._reader.connection.scalars(begins.order_by(actors.c.id).limit(limit)))
        return found or list(
            self._reader.connection.scalars(select(actors.c.id).order_by(actors.c.id).limit(limit))
        )

    def administrators(self) -> Sequence[str]:
        people = select(actors.c.id).where(actors.c.admin, actors.c.kind == "person")
        return list(self._reader.connection.scalars(people.order_by(actors.c.id)))

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]:
        """Actors in order of id."""
        of = cursors.fingerprint("actors")
        statement = select(actors).order_by(actors.c.id).limit(limit + 1)
        if after is not None:
            statement = statement.where(actors.c.id > cursors.decode(after, of, (str,))[0])
        found = self._reader.connection.execute(statement).all()
        rows = [actor_record(row) for row in found[:limit]]
        return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > limit else None)

    def save_actor(self, actor: Actor) -> None:
        with unique(f'actor id "{actor.id}"'):
            self._reader.connection.execute(insert(actors), asdict(actor))

    def token(self, digest: str) -> tuple[Token, Actor] | None:
        """A token by its digest, with its actor."""
        found = self._reader.fetch(_TOKEN, {"digest": digest})
        if not found:
            return None
        row = found[0]
        holder = Actor(row.actor, row.holder_name, row.email, row.kind, row.admin, row.since)
        return _token(row), holder

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

    def save_delegation(self, delegation: Delegation) -> None:
        """Add a delegation. Only acts that have read delegations of the two people start again."""
        self._reader.connection.execute(
            insert(delegations), asdict(delegation) | {"roles": list(delegation.roles)}
        )
        people = (delegation.from_actor, delegation.to_actor)
        guards.count(self._reader.connection, [delegated(each).name for each in people])

    def list_delegations(self, actor: str | None) -> list[Delegation]:
        """Delegations from or to an actor, the newest first; for `None` all of them."""
        statement = select(delegations).order_by(delegations.c.id.desc())
        if actor is not None:
            if self._reader.reads is not None:
                # The counter has to be read before the delegations.
                self._reader.reads.saw_guards(self._reader.counts(delegated(actor)))
            statement = statement.where(
                or_(delegations.c.from_actor == actor, delegations.c.to_actor == actor)
            )
        return [
            record_of(Delegation, row, roles=tuple(row.roles))
            for row in self._reader.connection.execute(statement)
        ]


def _token(row: Any) -> Token:
    return record_of(Token, row, scopes=tuple(row.scopes))
