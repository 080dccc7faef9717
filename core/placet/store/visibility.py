"""The items that somebody sees outside the workspaces that they belong to, as a selection of keys.

By a role of the item itself, by a role that it inherits from an item above it, or because they are asked to confirm
something on it. Where a nearer item has holders of its own for an inherited role, the selection has items too many: the
engine decides about each item by its key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, literal, select, true, union, union_all

from placet.engine.act.queries import Elsewhere
from placet.store.tables import item_roles, item_values, items, pending_confirmations


def parameters(elsewhere: Elsewhere) -> dict[str, Any]:
    """The parameters of `seen_elsewhere`."""
    return {
        "seer": elsewhere.actor,
        "elsewhere": list(elsewhere.workspaces),
        "inherited": list(elsewhere.roles),
        "through": list(elsewhere.through),
    }


@lru_cache(maxsize=2)
def seen_elsewhere(*, sqlite: bool) -> Select[Any]:
    """(workspace, number) of the items that `seer` sees in the workspaces `elsewhere`."""
    below = _below(sqlite=sqlite)
    found = union(
        *(
            select(table.c.workspace, table.c.number).where(*_of_seer(table))
            for table in (item_roles, pending_confirmations)
        ),
        select(below.c.workspace, below.c.number),
    ).subquery("seen_elsewhere")
    return select(found.c.workspace, found.c.number)


def _of_seer(table: Any) -> tuple[Any, ...]:
    return (
        table.c.actor == bindparam("seer", type_=table.c.actor.type),
        table.c.workspace.in_(bindparam("elsewhere", expanding=True)),
    )


def _below(*, sqlite: bool) -> Any:
    """The items on which the seer holds an inherited role, and all items below them or naming them."""
    held = item_roles.c.role.in_(bindparam("inherited", expanding=True))
    below = (
        select(item_roles.c.workspace, item_roles.c.number)
        .where(*_of_seer(item_roles), held)
        .cte("below_held", recursive=True)
    )
    key = below.c.workspace + literal("-") + cast(below.c.number, String)
    children = select(items.c.workspace, items.c.number).where(
        items.c.workspace == below.c.workspace,
        items.c.parent_workspace == below.c.workspace,
        items.c.parent_number == below.c.number,
    )
    naming = select(item_values.c.workspace, item_values.c.number).where(
        item_values.c.workspace == below.c.workspace,
        item_values.c.field.in_(bindparam("through", expanding=True)),
        item_values.c.value == key,
    )
    if sqlite:
        return below.union(children, naming)
    # PostgreSQL lets a recursive query refer to itself only once.
    step = union_all(children.correlate(below), naming.correlate(below)).lateral("step")
    return below.union(select(step.c.workspace, step.c.number).select_from(below.join(step, true())))
