"""The state of a workspace as its events give it: its name and configuration, and the proposals about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from placet.definitions.calendar import calendar_document
from placet.definitions.document import plain
from placet.engine.act.journal import make_event
from placet.engine.act.patches import BECAME, Operation, differences, patched
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.records import EventRecord


def configuration_data(record: WorkspaceRecord) -> dict[str, Any]:
    """The configuration of a workspace as it is stored, with all versions of its calendars."""
    return {
        "methods": list(record.methods),
        "settings": plain(record.settings),
        "gate_modes": plain(record.gate_modes),
        "calendars": {
            name: [[since, calendar_document(calendar)] for since, calendar in timetable.versions]
            for name, timetable in record.calendars.items()
        },
        "notification_rules": plain(record.notification_rules),
        "record_refusals": record.record_refusals,
        "require_if_match": record.require_if_match,
        "longest_delegation": int(record.longest_delegation.total_seconds()),
        "effects_with": list(record.effects_with),
        "governed": list(record.governed),
        "governed_by": list(record.governed_by),
        "gates": plain(record.gates),
        "roles": plain(record.roles),
    }


def became(
    old: WorkspaceRecord | None, new: WorkspaceRecord, rows: Sequence[Operation] = ()
) -> list[Operation]:
    """The changes of a workspace at an event; `old` is `None` for its first, `rows` are changes of its proposals."""
    before = {} if old is None else _content(old)
    return [*differences(before, _content(new)), *rows]


def with_event(
    old: WorkspaceRecord | None,
    new: WorkspaceRecord,
    kind: str,
    now: datetime,
    actor: str,
    data: Mapping[str, Any],
    rows: Sequence[Operation] = (),
) -> tuple[WorkspaceRecord, EventRecord]:
    """A workspace as it is written with an event of its own history, and that event; `old` as `became` takes it."""
    version = new.version if old is None else old.version + 1
    entry = {**data, BECAME: became(old, new, rows), "workspace_version": version}
    event = make_event(new, kind, now, actor, entry)
    return replace(new, seq=event.seq, head=event.hash, version=version), event


def _content(record: WorkspaceRecord) -> dict[str, Any]:
    return {"name": record.name, "configuration": configuration_data(record)}


def replayed(before: dict[str, Any] | None, event: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a workspace after an event of its log, in JSON; `before` may be changed.

    Raises:
        LookupError, TypeError, ValueError: the event does not fit, as somebody tampered with it.
    """
    state = before if before is not None else {"created_at": event["at"], "proposals": {}}
    state["version"] = event["workspace_version"]
    return patched(state, event.get(BECAME, ()))  # type: ignore[no-any-return]  # a state stays one


def installation_replayed(before: dict[str, Any] | None, event: Mapping[str, Any]) -> dict[str, Any]:
    """The state of the installation after an event of its own log, in JSON: rows of its tables, by id.

    Raises as `replayed`.
    """
    tables = ("actors", "tokens", "invitations", "delegations", "webhooks", "installation", "proposals")
    state: dict[str, Any] = before if before is not None else {name: {} for name in tables}
    return patched(state, event.get(BECAME, ()))  # type: ignore[no-any-return]
