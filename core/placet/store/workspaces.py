"""Queries of workspaces, people, tokens and delegations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, update

from placet.engine.act.guards import delegated
from placet.engine.act.people import Actor, Delegation, Token, WorkspaceRecord
from placet.engine.act.queries import Page
from placet.store import cursors, guards
from placet.store.rows import actor_record, delegation_record, token_record, workspace_record
from placet.store.tables import actors, delegations, tokens, workspaces

#: Gives the rows of a statement that was built once.
Fetch = Callable[[Select[Any], Mapping[str, Any]], Sequence[Any]]

_ACTOR = select(actors).where(actors.c.id == bindparam("id", type_=actors.c.id.type))
_TOKEN = (
    select(
        tokens, actors.c.name.label("holder_name"), actors.c.email, actors.c.kind, actors.c.admin,
        actors.c.created_at.label("since"),
    )
    .join(actors, actors.c.id == tokens.c.actor)
    .where(tokens.c.digest == bindparam("digest", type_=tokens.c.digest.type))
)  # fmt: skip


def load_workspace(connection: Connection, key: str) -> WorkspaceRecord:
    """A workspace that is there."""
    return workspace_record(connection.execute(select(workspaces).where(workspaces.c.key == key)).one())


def load_actor(fetch: Fetch, id: str) -> Actor | None:
    """One actor by id."""
    found = fetch(_ACTOR, {"id": id})
    return actor_record(found[0]) if found else None


def load_actors(connection: Connection, ids: Iterable[str]) -> dict[str, Actor]:
    """Those of some actors that exist, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = connection.execute(select(actors).where(actors.c.id.in_(wanted)))
    return {row.id: actor_record(row) for row in found}


def actor_ids(connection: Connection, like: str, limit: int) -> Sequence[str]:
    """Ids that begin as a misspelt one does, or where none does, the first there are."""
    begins = select(actors.c.id).where(actors.c.id.istartswith(like[:1], autoescape=True))
    found = list(connection.scalars(begins.order_by(actors.c.id).limit(limit)))
    return found or list(connection.scalars(select(actors.c.id).order_by(actors.c.id).limit(limit)))


def page_of_actors(connection: Connection, after: str | None, limit: int) -> Page[Actor]:
    """Actors in order of id."""
    of = cursors.fingerprint("actors")
    statement = select(actors).order_by(actors.c.id).limit(limit + 1)
    if after is not None:
        statement = statement.where(actors.c.id > cursors.decode(after, of, (str,))[0])
    found = connection.execute(statement).all()
    rows = [actor_record(row) for row in found[:limit]]
    return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > limit else None)


def save_actor(connection: Connection, actor: Actor) -> None:
    """A new actor."""
    connection.execute(insert(actors), asdict(actor))


def load_token(fetch: Fetch, digest: str) -> tuple[Token, Actor] | None:
    """A token by its digest, with whose it is."""
    found = fetch(_TOKEN, {"digest": digest})
    if not found:
        return None
    row = found[0]
    holder = Actor(row.actor, row.holder_name, row.email, row.kind, row.admin, row.since)
    return token_record(row), holder


def load_token_by_id(connection: Connection, id: str) -> Token | None:
    """A token by its id."""
    row = connection.execute(select(tokens).where(tokens.c.id == id)).first()
    return None if row is None else token_record(row)


def save_token(connection: Connection, token: Token) -> None:
    """A new token."""
    connection.execute(insert(tokens), asdict(token) | {"scopes": list(token.scopes)})


def revoke_token(connection: Connection, id: str, at: datetime) -> None:
    """Revoke a token; of two who do so at once, the first counts."""
    connection.execute(
        update(tokens).where(tokens.c.id == id, tokens.c.revoked_at.is_(None)).values(revoked_at=at)
    )


def save_delegation(connection: Connection, delegation: Delegation) -> None:
    """A new delegation. Acts that have looked at those of the two people start again, and no others."""
    connection.execute(insert(delegations), asdict(delegation) | {"roles": list(delegation.roles)})
    guards.count(connection, [delegated(each).name for each in (delegation.from_actor, delegation.to_actor)])


def list_delegations(connection: Connection, actor: str | None) -> list[Delegation]:
    """Delegations from or to somebody; all for `None`. The newest first."""
    statement = select(delegations).order_by(delegations.c.id.desc())
    if actor is not None:
        statement = statement.where(or_(delegations.c.from_actor == actor, delegations.c.to_actor == actor))
    return [delegation_record(row) for row in connection.execute(statement)]
