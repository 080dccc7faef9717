"""The configuration of a workspace, given, checked and compared: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from placet.catalog.catalog import Catalog
from placet.definitions.calendar import (
    DEFAULT_CALENDAR,
    BusinessCalendar,
    Timetable,
    calendar_document,
    calendar_of,
)
from placet.definitions.document import plain
from placet.definitions.verdicts import Blocker, GateMode, worded
from placet.definitions.wording import Wording, entitled, listed, with_article
from placet.engine.act.input import clean_text
from placet.engine.act.people import NotificationChoice, WorkspaceRecord
from placet.engine.act.proposals import ERASURE, GATES, ROLES, WINDOWS
from placet.engine.act.workspace_state import configuration_data
from placet.engine.workspaces.calendars import checked_calendar
from placet.errors import Fault, InvalidError

#: Parts of the configuration that are rules and that a request changes: all but the name, and the gates of items.
PARTS = (
    "methods", "settings", "gate_modes", "calendars", "notification_rules", "record_refusals", "require_if_match",
    "longest_delegation", "effects_with",
)  # fmt: skip
#: Rules, and acts in a workspace, that can need a second person.
GOVERNABLE = (*PARTS, GATES, WINDOWS, ROLES, ERASURE)
_DURATION = TypeAdapter(timedelta)
#: How those parts of a proposal are read that are values of classes, entry by entry.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "gate_modes": GateMode,
    "calendars": calendar_of,
    "notification_rules": lambda choice: NotificationChoice(choice["off"], tuple(choice["to"])),
}


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
    #: Names of the parts that need a second person, see `GOVERNABLE`.
    governed: Sequence[str] | None = None
    #: Ids of roles whose holders may be that person.
    governed_by: Sequence[str] | None = None


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
        governed=old.governed
        if what.governed is None
        else tuple(p for p in GOVERNABLE if p in what.governed),
        governed_by=old.governed_by if what.governed_by is None else tuple(dict.fromkeys(what.governed_by)),
    )


def workspace_name(name: str) -> str:
    """The name as it is stored. Raises `InvalidError`."""
    return clean_text(name, "/name", limit=200, empty=False, lines=False)


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
    """The workspace's configuration, as its history shows it: the calendars in force, and who holds roles apart."""
    parts = configuration_data(workspace)
    del parts["roles"]
    calendars = {name: calendar_document(timetable.latest) for name, timetable in workspace.calendars.items()}
    longest = plain(workspace.longest_delegation)
    return {"name": workspace.name, **parts, "calendars": calendars, "longest_delegation": longest}


def proposed(changes: Mapping[str, Sequence[Any]]) -> Decided:
    """The change that a proposal holds, from `{part: [before, after]}` in the form of `configuration`."""
    after = {part: pair[1] for part, pair in changes.items()}
    for part, read in _READ.items():
        if part in after:
            after[part] = {name: read(each) for name, each in after[part].items()}
    if "longest_delegation" in after:
        after["longest_delegation"] = _DURATION.validate_python(after["longest_delegation"])
    return Decided(**after)


def governed_parts(old: WorkspaceRecord, changes: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The changed parts that need a second person. To govern more parts needs none, to govern fewer does."""
    parts = [part for part in old.governed if part in changes]
    if old.governed and "governed" in changes and not set(old.governed) <= set(changes["governed"][1]):
        parts.append("governed")
    if old.governed and "governed_by" in changes:
        parts.append("governed_by")
    return tuple(parts)


def demand_governable(parts: Iterable[str]) -> None:
    """Raises `InvalidError` for names of parts that cannot be governed."""
    faults = [
        fault
        for n, part in enumerate(parts)
        if part not in GOVERNABLE
        for fault in InvalidError.unknown(f"/governed/{n}", "part", part[:200], GOVERNABLE).faults
    ]
    if faults:
        raise InvalidError(faults)


def demand_roles(catalog: Catalog, roles: Iterable[str]) -> None:
    """Raises `InvalidError` for roles that nobody can hold in the workspace."""
    faults: list[Fault] = []
    for n, role in enumerate(roles):
        pointer, known = f"/governed_by/{n}", catalog.roles.get(role)
        if known is None:
            faults += InvalidError.unknown(pointer, "role", role[:200], catalog.roles).faults
        elif known.held_on:
            types = listed(
                [with_article(catalog.item_type(each).title.lower()) for each in known.held_on], "or"
            )
            named = entitled(known.title, role)
            faults.append(Fault(pointer, f"{named} is held on {types}, and nobody holds it in the workspace"))
    if faults:
        raise InvalidError(faults)


def demand_rules(
    core: Iterable[str],
    always: Collection[str],
    catalog: Catalog,
    choices: Mapping[str, NotificationChoice],
) -> None:
    """Raises `InvalidError` for choices that name what does not exist, or switch off a rule of `always`."""
    known = [*core, *always, *catalog.notification_rules]
    faults: list[Fault] = []
    for id, choice in choices.items():
        if choice.off and id in always:
            faults.append(Fault(f"/notification_rules/{id}/off", "changes of rules are always notified"))
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


def stranding(titles: Wording, type: str, state: str, count: int) -> Blocker:
    """The blocker of a change under which items would be stranded; `titles` are those of the rules until now."""
    return worded(
        "{items:count item} of the type {type:type} ({type}) in {standing:state} ({state}) would be stranded",
        "finish or move them first, or send force to strand them: they stay readable and cannot move",
        {"type": type, "state": state, "standing": f"{type}:{state}", "items": count},
        wording=titles,
        message_id="workspace.stranded",
        gate="workspace",
        check="workspace.stranded",
        source=type.partition(".")[0],
    )
