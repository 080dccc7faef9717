"""The parts that the acts of an engine share, and the values that one act keeps through its attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placet.catalog.catalog import Catalog
from placet.definitions.calendar import Timetable
from placet.definitions.items import ItemType
from placet.engine.act.journal import new_id
from placet.engine.act.names import Names
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.plugin_calls import PluginCalls
from placet.engine.act.ports import EvidenceStore
from placet.engine.act.queries import ItemSpan
from placet.engine.act.records import ItemRecord, Schedule
from placet.engine.act.typed import TypedFields

#: A workspace's calendars by name.
Calendars = Callable[[str], Timetable]


class Identity:
    """The values that one act keeps through all attempts, so that each attempt would write the same act."""

    def __init__(self) -> None:
        #: The id of its first event.
        self.event = new_id()
        #: The numbers that its new items keep in every attempt, by workspace.
        self.numbers: dict[str, list[int]] = {}


@dataclass(frozen=True, slots=True)
class Derived:
    """Functions that derive data from an item; `engine.py` passes them in from packages above this one."""

    #: The span of an item of a type, by its fields and a time zone.
    span: Callable[[ItemType, Mapping[str, Any], str], ItemSpan | None]
    #: The schedule of an item: its timers, approvals, waivers and confirmations.
    schedule: Callable[[ItemRecord, ItemType | None, Calendars, datetime], Schedule]
    #: The same, if it differs from the schedule of the old item.
    rescheduled: Callable[
        [ItemRecord | None, ItemRecord, ItemType | None, Calendars, datetime], Schedule | None
    ]
    #: The item with its timers after an act (`create`, a transition, or empty for an edit) of an actor, and the marks
    #: that its event keeps. The first argument is the unit of work, which is made of these parts.
    timers: Callable[[Any, ItemRecord, ItemType, str, str], tuple[ItemRecord, list[dict[str, Any]]]]
    #: An item of a type with its fields computed again. The first argument is the unit of work.
    computed: Callable[[Any, ItemRecord, ItemType], ItemRecord]


@dataclass(frozen=True, slots=True)
class Environment:
    """The parts that all acts of one engine share."""

    #: The rules in force in a workspace.
    catalog_of: Callable[[WorkspaceRecord], Catalog]
    plugins: PluginCalls
    typed: TypedFields
    names: Names
    #: The store of documents that effects attach.
    evidence: EvidenceStore
    derived: Derived
    #: Whether people can decide with tokens that somebody else made.
    others_tokens_decide: bool
    #: By workspace: the version of its configuration, and the item types with the parts of their values that are known
    #: to follow the rules of that version.
    up_to_date: dict[str, tuple[int, frozenset[tuple[str, str]]]]
