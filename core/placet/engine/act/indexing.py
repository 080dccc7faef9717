"""The values by which items are searched and sorted, as they follow from stored fields and the definition in force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from placet.definitions.items import ItemType
from placet.engine.act.input import differing
from placet.engine.act.lenient import defaults
from placet.engine.act.queries import Condition, Scalar
from placet.engine.act.records import ItemRecord
from placet.engine.act.sorting import as_compared, sortable

#: Values of an item by indexed field; several for a list, none for an empty field.
Values = Mapping[str, tuple[Scalar, ...]]
#: Computes the values of an item, where those that are stored do not follow its definition yet.
ValuesOf = Callable[[ItemRecord], Values]


def index_values(
    item_type: ItemType,
    fields: Mapping[str, object],
    unfit: Collection[str] = (),
    *,
    names: Collection[str] | None = None,
) -> dict[str, tuple[Scalar, ...]]:
    """The values of an item that the store indexes, by field.

    Args:
        item_type: the definition in force.
        fields: the stored ones; a field that was never given has its default.
        unfit: fields whose stored values do not fit: they count as empty.
        names: the only fields of interest; `None` for all.
    """
    found: dict[str, tuple[Scalar, ...]] = {}
    given = defaults(item_type.fields)
    for name in item_type.indexed:
        if names is not None and name not in names:
            continue
        value = None if name in unfit else fields.get(name, given.get(name))
        if value is None:
            found[name] = ()
        elif isinstance(value, list):
            kept = (each for each in value if isinstance(each, str | int | float | bool))
            found[name] = tuple(as_compared(item_type.fields, name, each) for each in kept)
        elif isinstance(value, str | int | float | bool):
            found[name] = (as_compared(item_type.fields, name, value),)
    return found


def changed_values(
    item_type: ItemType,
    before: Mapping[str, object],
    after: Mapping[str, object],
    unfit_before: Collection[str],
    unfit_now: Collection[str],
) -> dict[str, tuple[Scalar, ...]]:
    """The indexed values that differ between two contents of an item, as they are after.

    Values that do not fit are compared in any case: the change of another field may make them fit.
    """
    names = {*differing(before, after), *unfit_before, *unfit_now}
    old = index_values(item_type, before, unfit_before, names=names)
    new = index_values(item_type, after, unfit_now, names=names)
    return {name: values for name, values in new.items() if values != old.get(name, ())}


def index_texts(values: Iterable[Scalar]) -> list[str]:
    """The texts that are stored for the values of a field; the empty one for a field without a value."""
    return list(dict.fromkeys(sortable(value) for value in values)) or [""]


def meets(values: Values, condition: Condition) -> bool:
    """Whether an item's values meet a condition, as a search by the index finds it."""
    if condition.field not in values:
        return False
    bounds = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    wanted = [sortable(bound) for bound in bounds]
    return any(_compares(text, condition.op, wanted) for text in index_texts(values[condition.field]))


def _compares(text: str, op: str, wanted: list[str]) -> bool:
    match op:
        case "lt":
            return "" != text < wanted[0]
        case "le":
            return "" != text <= wanted[0]
        case "gt":
            return text > wanted[0]
        case "ge":
            return text >= wanted[0]
        case _:
            return text in wanted
