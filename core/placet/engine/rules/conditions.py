"""The conditions of a search by a check: read from its arguments, and judged on an item as this act leaves it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from placet.definitions.items import Fields, ItemType
from placet.engine.act.lenient import defaults
from placet.engine.act.queries import Condition
from placet.engine.act.records import ItemRecord
from placet.engine.act.sorting import as_compared, decimal_fields, sortable
from placet.errors import DefinitionError

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_OPERATORS = ("lt", "le", "gt", "ge", "has", "any")


def condition_of(item_type: ItemType, name: str, value: Any) -> Condition:
    """The condition of an argument such as `risk="high"` or `planned_start__lt=moment`.

    Raises:
        DefinitionError: the field is not indexed.
    """
    field, _, op = name.rpartition("__")
    if op not in _OPERATORS or not field:
        field, op = name, "eq"
    if field not in item_type.indexed:
        raise DefinitionError(
            f"a check searches {item_type.id} by {field}, which is not indexed: declare it in the item type's"
            " `indexed`"
        )
    fields = item_type.fields
    if op == "any":
        each = _JSON.dump_python([one for one in value if one is not None], mode="json")
        if field in decimal_fields(fields):
            each = [as_compared(fields, field, one) for one in each]
        return Condition(field, op, tuple(dict.fromkeys(each)))
    return Condition(field, op, as_compared(fields, field, _JSON.dump_python(value, mode="json")))


def holds(condition: Condition, item_type: ItemType, record: ItemRecord) -> bool:
    """Whether an item fits a condition."""
    value, bound = _compared(item_type.fields, condition.field, record), condition.value
    if isinstance(bound, tuple):
        return not set(bound).isdisjoint(value if isinstance(value, list) else [value])
    if condition.op == "has":
        return isinstance(value, list) and bound in value
    if condition.op == "eq":
        return bool(value == bound)
    if value is None:
        return False
    mine, bound = sortable(value), sortable(bound)
    match condition.op:
        case "lt":
            return mine < bound
        case "le":
            return mine <= bound
        case "gt":
            return mine > bound
        case _:
            return mine >= bound


def _compared(model: type[Fields], field: str, record: ItemRecord) -> Any:
    """A field of an item in the form that is compared with the conditions of a search."""
    value = record.fields.get(field, defaults(model).get(field))
    if field not in decimal_fields(model):
        return value
    if isinstance(value, list):
        return [as_compared(model, field, each) for each in value]
    return as_compared(model, field, value)
