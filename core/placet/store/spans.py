"""Items that take place in a time: an index that finds overlaps without reading the whole past.

An index in the order of starts, or of ends, cannot do so. Spans are therefore kept in classes by their length: a span
that overlaps [after, before) began at most its class's length before `after`, so that each class is one short range of
an index. Spans without an end are in the last class, and always candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    delete,
    insert,
    select,
    union_all,
)

from placet.engine.act.input import parse_key
from placet.engine.act.queries import ItemSpan
from placet.store.statements import ITEMS
from placet.store.tables import item_spans, items

#: The longest span of each class.
_LENGTHS = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=31),
    timedelta(days=366),
    timedelta(days=3660),
    timedelta.max,
)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_ADD = insert(item_spans)
_TAKE = delete(item_spans).where(
    item_spans.c.workspace == bindparam("of_workspace", type_=item_spans.c.workspace.type),
    item_spans.c.number == bindparam("of_number", type_=item_spans.c.number.type),
)


def save(connection: Connection, spans: Mapping[str, ItemSpan | None], created: Container[str] = ()) -> None:
    """Store when items take place, by key, `None` for those that no longer do; `created` items have no row yet."""
    keys = {key: parse_key(key) for key in spans}
    old = [
        {"of_workspace": k.workspace, "of_number": k.number}
        for name, k in keys.items()
        if name not in created
    ]
    if old:
        connection.execute(_TAKE, old)
    rows = [{**keys[key]._asdict(), **span_row(span)} for key, span in spans.items() if span is not None]
    if rows:
        connection.execute(_ADD, rows)


def span_row(span: ItemSpan) -> dict[str, Any]:
    """A row of `item_spans`, besides its key."""
    return {**span._asdict(), "length": _class(span)}


def _class(span: ItemSpan) -> int:
    length = span.ends - span.starts
    return next(n for n, longest in enumerate(_LENGTHS) if length <= longest)


def _placed(of_class: Callable[[int], Sequence[ColumnElement[bool]]]) -> CompoundSelect[Any]:
    """Numbers and times of a workspace's items of a type, by the parameters of `bounds`; class by class."""
    spans = item_spans.c
    return union_all(
        *(
            select(spans.number, spans.starts, spans.ends).where(
                spans.workspace == bindparam("workspace", type_=spans.workspace.type),
                spans.type == bindparam("type", type_=spans.type.type),
                spans.length == n,
                spans.starts < bindparam("span_before", type_=spans.starts.type),
                *of_class(n),
            )
            for n in range(len(_LENGTHS))
        )
    )


#: Those that overlap the time. Some of them only touch it, as a moment is a span without length.
OVERLAPPING = _placed(
    lambda n: (
        item_spans.c.starts >= bindparam(f"span_from_{n}", type_=item_spans.c.starts.type),
        item_spans.c.ends >= bindparam("span_after", type_=item_spans.c.ends.type),
    )
)
#: Those that begin in the time.
BEGINNING = _placed(
    lambda _: (item_spans.c.starts >= bindparam("span_after", type_=item_spans.c.starts.type),)
)


def bounds(after: datetime, before: datetime) -> dict[str, Any]:
    """The parameters of `OVERLAPPING` and `BEGINNING`."""
    earliest = {f"span_from_{n}": _back(after, longest) for n, longest in enumerate(_LENGTHS)}
    return {**earliest, "span_after": after, "span_before": before}


def _back(moment: datetime, length: timedelta) -> datetime:
    try:
        return moment - length
    except OverflowError:
        return _BEGINNING


def placed(workspace: str, type: str, after: int, limit: int) -> tuple[Select[Any], dict[str, Any]]:
    """Items of a type that take place at a time, in order of number."""
    return _PLACED, {"workspace": workspace, "type": type, "after": after, "limit": limit}


_PLACED = (
    ITEMS.where(
        items.c.workspace == bindparam("workspace", type_=items.c.workspace.type),
        items.c.type == bindparam("type", type_=items.c.type.type),
        items.c.number > bindparam("after", type_=items.c.number.type),
        items.c.number.in_(
            select(item_spans.c.number).where(
                item_spans.c.workspace == bindparam("workspace", type_=items.c.workspace.type),
                item_spans.c.type == bindparam("type", type_=items.c.type.type),
            )
        ),
    )
    .order_by(items.c.number)
    .limit(bindparam("limit"))
)
