"""Stored values that do not fit the rules, counted: for `placet check`, and before rules are changed.

Reads every item of a type, so that the count is exact; nothing of it is on the path of an act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from placet.definitions.items import ItemType
from placet.definitions.wording import number_of
from placet.engine.act.lenient import misfits
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork

#: Items that are read at a time.
_BATCH = 500
FORMER, MISSING, UNFIT = "former", "missing", "unfit"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Items of one type whose stored values of one field do not fit."""

    type: str
    #: Empty for a rule about several fields.
    field: str
    #: `former`: no rule knows the field; `missing`: it is required, and has no value; `unfit`: its value does not fit.
    kind: str
    items: int

    def __str__(self) -> str:
        """A clause: `3 items of type own.order have no value in price, which is required`."""
        have = "has" if self.items == 1 else "have"
        subject = f"{number_of(self.items, 'item')} of type {self.type} {have}"
        match self.kind:
            case "former":
                return f"{subject} a value in {self.field}, which no rule knows"
            case "missing":
                return f"{subject} no value in {self.field}, which is required"
            case _ if self.field:
                return f"{subject} a value in {self.field} that does not fit"
            case _:
                return f"{subject} values that do not fit together"

    @property
    def remedy(self) -> str:
        """The way out, for people."""
        if self.kind == FORMER:
            return "the values stay, among the item's former_fields: clear them with null, or bring their rules back"
        return "give it a value by an edit; until then only what reads the field asks for it"


def counted(unit: UnitOfWork, place: str, item_type: ItemType) -> list[Misfit]:
    """The misfits of a type's items under a definition, by field."""
    found: Counter[tuple[str, str]] = Counter()
    for record in _items(unit, place, item_type.id):
        found.update(_of(item_type, record))
    return [Misfit(item_type.id, field, kind, n) for (field, kind), n in sorted(found.items())]


def _of(item_type: ItemType, record: ItemRecord) -> Iterator[tuple[str, str]]:
    for name in record.fields:
        if name not in item_type.fields.model_fields:
            yield name, FORMER
    for name in misfits(item_type.fields, record.fields):
        yield name, MISSING if name and name not in record.fields else UNFIT


def _items(unit: UnitOfWork, place: str, type: str) -> Iterator[ItemRecord]:
    after = 0
    while batch := unit.session.upkeep.batch(place, type, after, _BATCH):
        yield from batch
        after = batch[-1].number
