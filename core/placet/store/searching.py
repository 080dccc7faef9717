"""What checks search for: children, links, and items by state and indexed fields, by their indexes alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, select

from placet.engine.ports import Condition
from placet.engine.records import ItemRef
from placet.store.conditions import NAMING, compared, given
from placet.store.statements import ITEMS
from placet.store.tables import evidence, item_states, item_values, items, links

Search = tuple[Select[Any], dict[str, Any]]


def children(ref: ItemRef, type: str | None) -> Search:
    """Items below another, in order of key."""
    parameters = {"workspace": ref.workspace, "number": ref.number}
    return (_CHILDREN, parameters) if type is None else (_CHILDREN_OF_TYPE, parameters | {"type": type})


_CHILDREN = ITEMS.where(
    items.c.parent_workspace == bindparam("workspace"), items.c.parent_number == bindparam("number")
).order_by(items.c.workspace, items.c.number)
_CHILDREN_OF_TYPE = _CHILDREN.where(items.c.type == bindparam("type"))


def linking(link_type: str, ref: ItemRef) -> Search:
    """Items with a link of a type to another."""
    return _LINKING, {"workspace": ref.workspace, "number": ref.number, "link_type": link_type}


_LINKING = (
    ITEMS.join(links, and_(links.c.workspace == items.c.workspace, links.c.number == items.c.number))
    .where(
        links.c.target_workspace == bindparam("workspace"),
        links.c.target_number == bindparam("number"),
        links.c.link_type == bindparam("link_type"),
    )
    .order_by(items.c.workspace, items.c.number)
)


def evidence_holders(sha256: str) -> Search:
    """Items that hold bytes."""
    return _HOLDERS, {"sha256": sha256}


_HOLDERS = (
    ITEMS.join(evidence, and_(evidence.c.workspace == items.c.workspace, evidence.c.number == items.c.number))
    .where(evidence.c.sha256 == bindparam("sha256"))
    .order_by(items.c.workspace, items.c.number)
)


def search(workspace: str, type: str, states: Sequence[str], where: Sequence[Condition]) -> Search:
    """A workspace's items of a type by state and indexed fields."""
    parameters: dict[str, Any] = {"workspace": workspace, "type": type, **given(where)}
    parameters |= {f"state_{n}": state for n, state in enumerate(states)}
    return _search_by(len(states), tuple(condition.op for condition in where)), parameters


@lru_cache(maxsize=256)
def _search_by(n_states: int, operators: tuple[str, ...]) -> Select[Any]:
    """The statement of a search of this shape: building one costs more than running it.

    What names values leads to the items, by `IN` over the index; the rest is looked up for the items that are left. The
    other way round, a bound on one side or a state may be true of all that ever was.
    """
    statement = ITEMS.where(items.c.workspace == bindparam("workspace"), items.c.type == bindparam("type"))
    leads = False
    for n, op in enumerate(operators):
        if op in NAMING:
            leads = True
            statement = statement.where(_among(item_values, *compared(item_values, n, op)))
    if n_states:
        states: list[BindParameter[Any]] = [bindparam(f"state_{n}") for n in range(n_states)]
        statement = statement.where(
            items.c.state.in_(states)
            if leads
            else _among(item_states, item_states.c.type == bindparam("type"), item_states.c.state.in_(states))
        )
        leads = True
    for n, op in enumerate(operators):
        if op not in NAMING:
            bounds = compared(item_values, n, op)
            statement = statement.where(_looked_up(*bounds) if leads else _among(item_values, *bounds))
    return statement.order_by(items.c.number)


def _among(table: Any, *criteria: Any) -> Any:
    """Items to which rows of the workspace lead."""
    return items.c.number.in_(
        select(table.c.number).where(table.c.workspace == bindparam("workspace"), *criteria)
    )


def _looked_up(*criteria: Any) -> Any:
    """Items of which a value fulfils something."""
    same = and_(item_values.c.workspace == items.c.workspace, item_values.c.number == items.c.number)
    return exists(select(1).select_from(item_values).where(same, *criteria).correlate(items))
