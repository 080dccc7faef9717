"""Windows as wishes, and as the documents that a proposal keeps of them; who declares one alone.

Source: four-eyes principle for changes of controls: a window binds everybody in its workspace, as a rule does. Our
choice: a workspace says whether it is declared by two people; who moves a window in force is for its method to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from placet.definitions.document import method_of, plain
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE
from placet.definitions.verdicts import BlockedError, Blocker
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.proposals import WINDOWS
from placet.engine.act.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class WindowWish:
    """A window to be declared."""

    title: str
    start: datetime
    end: datetime
    kind: str | None = None
    rrule: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: JSON Pointer into the request.
    pointer: str = ""


def document_of(wish: WindowWish, type: str) -> dict[str, Any]:
    """A window as a proposal keeps it."""
    return {
        "type": type,
        "title": wish.title,
        "start": wish.start.isoformat(),
        "end": wish.end.isoformat(),
        "kind": wish.kind,
        "rrule": wish.rrule,
        "fields": plain(wish.fields),
    }


def wish_of(document: Mapping[str, Any]) -> WindowWish:
    """The window that a proposal keeps."""
    return WindowWish(
        document["title"],
        datetime.fromisoformat(document["start"]),
        datetime.fromisoformat(document["end"]),
        document["kind"],
        document["rrule"],
        document["fields"],
    )


def demand_alone(
    unit: UnitOfWork, place: WorkspaceRecord, item_type: ItemType, state: str | None = None
) -> None:
    """Raises `BlockedError` for an item that would bind others at once, where two people declare those."""
    if WINDOWS in place.governed and item_type.binds(state or item_type.workflow.initial.id):
        raise BlockedError(place.key, CREATE, [Blocker(
            message=f"windows in {place.key} are declared by two people",
            remedy=f"propose it with POST /workspaces/{place.key}/windows, for a second person to decide",
            message_id="window.governed", params={"workspace": place.key, "type": item_type.id}, gate="proposal",
            check="window.governed", source=method_of(item_type.id),
        )], wording=unit.titles(place.key, item_type.id))  # fmt: skip
