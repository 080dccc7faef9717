"""The configuration of a workspace, given, checked and compared: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from placet.catalog.catalog import Catalog
from placet.definitions.calendar import DEFAULT_CALENDAR, BusinessCalendar, Timetable, calendar_document
from placet.definitions.document import plain
from placet.definitions.verdicts import Blocker, GateMode
from placet.engine.act.input import clean_text
from placet.engine.act.people import NotificationChoice, WorkspaceRecord
from placet.engine.workspaces.calendars import checked_calendar
from placet.errors import Fault, InvalidError


@dataclass(frozen=True, slots=True)
class Decided:
    """A change of a workspace's configuration; `None` where a part stays as it is."""

    name: str | None = None
    methods: Sequence[str] | None = None
    #: Replaced method by method.
    settings: Mapping[str, Mapping[str, Any]] | None = None
    gate_modes: Mapping[str, GateMode] | None = None
    #: Replaced name by name.
    calendars: Mapping[str, BusinessCalendar] | None = None
    notification_rules: Mapping[str, NotificationChoice] | None = None
    record_refusals: bool | None = None
    require_if_match: bool | None = None
    longest_delegation: timedelta | None = None
    effects_with: Sequence[str] | None = None


def decided(old: WorkspaceRecord, now: datetime, what: Decided) -> WorkspaceRecord:
    """The workspace with the change. Raises `InvalidError` for an impossible name or calendar."""
    settings = old.settings if what.settings is None else {**old.settings, **what.settings}
    methods = old.methods
    if what.methods is not None:
        methods = tuple(dict.fromkeys(what.methods))
        # The settings of a method that is switched off go with it: they would be refused as unknown.
        given = what.settings or {}
        settings = {m: values for m, values in settings.items() if m in methods or m in given}
    return replace(
        old,
        name=old.name if what.name is None else workspace_name(what.name),
        methods=methods,
        settings=settings,
        gate_modes=old.gate_modes if what.gate_modes is None else what.gate_modes,
        calendars=old.calendars
        if what.calendars is None
        else changed_calendars(old.calendars, what.calendars, now),
        notification_rules=old.notification_rules
        if what.notification_rules is None
        else what.notification_rules,
        record_refusals=old.record_refusals if what.record_refusals is None else what.record_refusals,
        require_if_match=old.require_if_match if what.require_if_match is None else what.require_if_match,
        longest_delegation=old.longest_delegation
        if what.longest_delegation is None
        else what.longest_delegation,
        effects_with=old.effects_with
        if what.effects_with is None
        else tuple(dict.fromkeys(what.effects_with)),
    )


def workspace_name(name: str) -> str:
    """The name as it is stored. Raises `InvalidError`."""
    return clean_text(name, "/name", limit=200, empty=False)


def first_calendars(calendars: Mapping[str, BusinessCalendar], now: datetime) -> dict[str, Timetable]:
    """The calendars of a new workspace, which always include the default one."""
    made = {DEFAULT_CALENDAR: BusinessCalendar(), **_checked(calendars, now)}
    return {name: Timetable(((None, calendar),)) for name, calendar in made.items()}


def changed_calendars(
    old: Mapping[str, Timetable], calendars: Mapping[str, BusinessCalendar], now: datetime
) -> dict[str, Timetable]:
    """Existing calendars with the given ones; an existing calendar gets another version from now on."""
    found = dict(old)
    for name, calendar in _checked(calendars, now).items():
        found[name] = found[name].changed(calendar, now) if name in found else Timetable(((None, calendar),))
    return found


def _checked(calendars: Mapping[str, BusinessCalendar], now: datetime) -> dict[str, BusinessCalendar]:
    return {
        name: checked_calendar(calendar, f"/calendars/{name}", now) for name, calendar in calendars.items()
    }


def configuration(workspace: WorkspaceRecord) -> dict[str, Any]:
    """The workspace's configuration, as its history keeps it."""
    return {
        "name": workspace.name,
        "methods": list(workspace.methods),
        "settings": plain(workspace.settings),
        "gate_modes": plain(workspace.gate_modes),
        "calendars": {
            name: calendar_document(timetable.latest) for name, timetable in workspace.calendars.items()
        },
        "notification_rules": plain(workspace.notification_rules),
        "record_refusals": workspace.record_refusals,
        "require_if_match": workspace.require_if_match,
        "longest_delegation": plain(workspace.longest_delegation),
        "effects_with": list(workspace.effects_with),
    }


def demand_rules(core: Iterable[str], catalog: Catalog, choices: Mapping[str, NotificationChoice]) -> None:
    """Raises `InvalidError` for choices that name unknown notification rules or roles."""
    known = [*core, *catalog.notification_rules]
    faults: list[Fault] = []
    for id, choice in choices.items():
        if id not in known:
            faults += InvalidError.unknown(
                f"/notification_rules/{id}", "notification rule", id[:200], known
            ).faults
        for n, role in enumerate(choice.to):
            if role not in catalog.roles:
                pointer = f"/notification_rules/{id}/to/{n}"
                faults += InvalidError.unknown(pointer, "role", role[:200], catalog.roles).faults
    if faults:
        raise InvalidError(faults)


def stranding(type: str, state: str, count: int) -> Blocker:
    """The blocker of a change under which items would be stranded."""
    return Blocker(
        message=f"{count} item(s) of type {type} in state {state} would be stranded",
        remedy="finish or move them first, or send force to strand them: they stay readable and cannot move",
        message_id="workspace.stranded",
        params={"type": type, "state": state, "items": count},
        gate="workspace",
        check="workspace.stranded",
        source=type.partition(".")[0],
    )
