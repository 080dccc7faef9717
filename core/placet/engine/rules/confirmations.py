"""Confirmations of an item as checks see them: who is named, what each confirmed, and whether it still counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from placet.definitions.confirmations import Confirmation
from placet.definitions.context import ConfirmationStatus
from placet.engine.act.questions import ConfirmationRecord
from placet.engine.act.records import ItemRecord


def named_by(confirmation: Confirmation, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The people whom the field of a confirmation names, each once, in order."""
    return tuple(dict.fromkeys(str(name) for name, _ in _parts(confirmation, fields) if name))


def part_about(confirmation: Confirmation, fields: Mapping[str, Any], person: str) -> list[Any]:
    """The parts of the field that name a person."""
    return [part for name, part in _parts(confirmation, fields) if name == person]


def _parts(confirmation: Confirmation, fields: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """(person, part of the value that names them) for each name in the field."""
    value = fields.get(confirmation.field)
    if value is None:
        return
    for part in value if isinstance(value, list) else [value]:
        yield part.get(confirmation.member) if isinstance(part, Mapping) else part, part


def subject_of(confirmation: Confirmation, fields: Mapping[str, Any], person: str) -> dict[str, Any]:
    """The subject of one person's confirmation: what the field says of them, and the values of material fields."""
    material = {name: fields.get(name) for name in confirmation.material_fields}
    return material | {confirmation.field: part_about(confirmation, fields, person)}


class ConfirmationOfItem:
    """One confirmation of an item, read at a moment."""

    def __init__(self, record: ItemRecord, confirmation: Confirmation, now: datetime) -> None:
        self._record = record
        self._confirmation = confirmation
        self._now = now

    @property
    def named(self) -> tuple[str, ...]:
        return named_by(self._confirmation, self._record.fields)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(p for p in self.named if self.status(p) is not ConfirmationStatus.CONFIRMED)

    def status(self, person: str) -> ConfirmationStatus | None:
        """One person's answer about the item as it is here; an answer about other material is pending again."""
        found = self._of(person)
        if found is None:
            return None
        subject = subject_of(self._confirmation, self._record.fields, person)
        if found.status is not ConfirmationStatus.WITHDRAWN and found.material != subject:
            return ConfirmationStatus.PENDING
        return found.status_at(self._now)

    def until(self, person: str) -> datetime | None:
        found = self._of(person)
        return found.expires_at if found is not None else None

    def _of(self, person: str) -> ConfirmationRecord | None:
        return self._record.confirmation(self._confirmation.id, person)


class NoConfirmation:
    """A confirmation of a method that is switched off: nobody is named, and nobody is missing."""

    named: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def status(self, person: str) -> ConfirmationStatus | None:  # noqa: ARG002  # of nobody
        return None

    def until(self, person: str) -> datetime | None:  # noqa: ARG002  # of nobody
        return None
