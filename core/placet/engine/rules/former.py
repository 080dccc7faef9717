"""Former fields: stored values that no rule knows any more, because their method is off or their type has lost them.

They are kept and shown apart from the item's fields, no check reads them, and an edit can clear them. If the rules that
know them return, they are fields again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.engine.act.access import ref_of
from placet.engine.act.input import declared
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FormerField:
    """A stored value that no rule knows any more."""

    value: Any
    #: The method that defined the field; `None` where no definition of the item's history has it.
    method: str | None


def has_former(item_type: ItemType | None, record: ItemRecord) -> bool:
    """Whether an item has values that its type does not know; a type that is missing itself cannot know."""
    return item_type is not None and not record.fields.keys() <= declared(item_type.fields).keys()


class FormerFields:
    """Reads the former fields of some items in one view, each definition once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        #: Methods by field, for each hash of a definition.
        self._owners: dict[str, Mapping[str, str]] = {}

    def of(self, record: ItemRecord) -> Mapping[str, FormerField]:
        """The former fields of an item, by name."""
        item_type = self._unit.item_type(record)
        if item_type is None or not has_former(item_type, record):
            return {}
        known = declared(item_type.fields)
        names = [name for name in record.fields if name not in known]
        owners = self._owners_in(record, names)
        return {name: FormerField(record.fields[name], owners.get(name)) for name in names}

    def _owners_in(self, record: ItemRecord, names: list[str]) -> Mapping[str, str]:
        """The methods of fields, by the definitions under which events of the item were made, the latest first."""
        found: dict[str, str] = {}
        for hash in self._definitions(record):
            known = self._owned(hash, record.type)
            found |= {name: known[name] for name in names if name in known and name not in found}
            if len(found) == len(names):
                break
        return found

    def _definitions(self, record: ItemRecord) -> Iterator[str]:
        yield record.definition
        events = self._unit.session.log.history(ref_of(record), 0, record.seq)
        hashes = (str(event.data.get("definition") or "") for event in reversed(events))
        yield from (hash for hash in dict.fromkeys(hashes) if hash != record.definition)

    def _owned(self, hash: str, type: str) -> Mapping[str, str]:
        if hash not in self._owners:
            definition = self._unit.session.definition(hash)
            fields = {} if definition is None else definition.document["fields"].get("properties", {})
            self._owners[hash] = {
                name: schema.get("source") or method_of(type) for name, schema in fields.items()
            }
        return self._owners[hash]
