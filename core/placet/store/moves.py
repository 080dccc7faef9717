"""Questions about transitions in the log, for figures that count them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, exists, func, literal_column, or_, select

from placet.definitions import figures as words
from placet.store.documents import Documents, Sql
from placet.store.tables import events, items


def of_move(of: Any, condition: words.MoveCondition, documents: Documents) -> Sql:
    """Whether a transition meets a condition; `of` has the columns of the log."""
    if isinstance(condition, words.SetAside):
        return or_(*(documents.given(of.c.body, part) for part in ("waived", "reported")))
    return ~exists(_refusals(of, documents))


def _refusals(of: Any, documents: Documents) -> Any:
    """Refusals of the same to the same person since the item had moved before."""
    before, refusal = events.alias(), events.alias()
    moved = (
        select(func.max(before.c.seq))
        .where(
            before.c.workspace == of.c.workspace,
            before.c.number == of.c.number,
            before.c.kind.in_(["created", "transition"]),
            before.c.seq < of.c.seq,
        )
        .correlate(of)
        .scalar_subquery()
    )
    same = documents.text(refusal.c.body, "transition") == documents.text(of.c.body, "transition")
    return (
        select(literal_column("1"))
        .select_from(refusal)
        .where(
            refusal.c.workspace == of.c.workspace,
            refusal.c.number == of.c.number,
            refusal.c.kind == "refused",
            refusal.c.actor == of.c.actor,
            same,
            refusal.c.seq < of.c.seq,
            refusal.c.seq > moved,
        )
        .correlate(of)
    )


def group_of_move(dimension: str | None, documents: Documents) -> Sql:
    """The group of a transition, as JSON like that of items; names of types and transitions are plain words."""
    if dimension is None:
        return literal_column("NULL")
    quote = literal_column("'\"'", String)
    name = items.c.type if dimension == "type" else documents.text(events.c.body, "transition")
    return quote + name + quote
