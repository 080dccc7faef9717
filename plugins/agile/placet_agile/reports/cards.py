"""Stories and bugs as reports see them: stored items with their fields, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placet.api import CurrentActor, CurrentEngine, ItemRecord
from placet_agile.delivery.fields import WorkFields
from placet_agile.delivery.pull_order import Queued
from placet_agile.ids import WORK


@dataclass(frozen=True, slots=True)
class Card:
    """A story or bug on a board."""

    record: ItemRecord
    fields: WorkFields

    @classmethod
    def of(cls, record: ItemRecord) -> Card:
        """A stored item; fields that another method added are left out."""
        return cls(record, WorkFields.model_validate(own_fields(record, WorkFields.model_fields)))

    @property
    def queued(self) -> Queued:
        """The item as the pull order sees it."""
        fields = self.fields
        return Queued(
            self.record.key, fields.class_of_service, fields.rank or "",
            fields.selected_at or self.record.created_at, fields.due_date, fields.blocked,
        )  # fmt: skip


def own_fields(record: ItemRecord, names: Mapping[str, object]) -> dict[str, Any]:
    """An item's stored fields, of these names alone."""
    return {name: value for name, value in record.fields.items() if name in names}


def cards(
    engine: CurrentEngine, actor: CurrentActor, team: str, states: Sequence[str] = (), **where: Any
) -> list[Card]:
    """The stories and bugs of a team in some states that somebody may see: one search for each type."""
    return [
        Card.of(record)
        for type in WORK
        for record in engine.reports.search(actor, team, type, states=states, team=team, **where)
    ]
