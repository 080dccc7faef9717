"""People, their tokens and delegations, and the workspaces that they work in, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from placet.catalog.catalog import Rules
from placet.definitions.calendar import DEFAULT_CALENDAR, BusinessCalendar, Timetable
from placet.definitions.readonly import sealed
from placet.definitions.verdicts import GateMode
from placet.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a service account."""

    id: str
    name: str
    email: str | None = None
    #: `person` or `service`; `system` for timers and effects.
    kind: str = "person"
    #: May administer workspaces, people and settings; gives no right to move an item.
    admin: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, of which only the hash is stored."""

    id: str
    actor: str
    name: str
    #: SHA-256 of the token, in hex.
    digest: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """A delegation: one person may vote for another for a while."""

    id: str
    from_actor: str
    to_actor: str
    starts_at: datetime
    ends_at: datetime
    #: Empty: all roles.
    roles: tuple[str, ...] = ()
    #: `None`: every workspace.
    workspace: str | None = None
    created_by: str = ""
    created_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the delegation is in force at a moment."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class NotificationChoice:
    """A workspace's choice for one notification rule: whether it is off, and which further roles it notifies."""

    off: bool = False
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """A project or service that owns items, with its enabled methods and its role holders."""

    key: str
    name: str
    #: Increases with every change of the configuration or of a role holder.
    version: int
    methods: tuple[str, ...]
    #: Settings by method.
    settings: Mapping[str, Mapping[str, Any]]
    gate_modes: Mapping[str, GateMode]
    #: Calendars by name, with their former versions; one named `default` always exists.
    calendars: Mapping[str, Timetable]
    record_refusals: bool
    require_if_match: bool
    roles: Mapping[str, tuple[str, ...]]
    created_at: datetime
    #: Number and hash of the last event of the workspace's own history.
    seq: int = 0
    head: str = ""
    #: Its choices for notification rules, by their ids.
    notification_rules: Mapping[str, NotificationChoice] = field(default_factory=dict)
    #: Parts of its configuration that change only with a second person, by name.
    governed: tuple[str, ...] = ()
    #: Roles of people who may be that person, besides administrators.
    governed_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sealed(self, "settings", "gate_modes", "calendars", "roles", "notification_rules")

    @property
    def calendar(self) -> BusinessCalendar:
        """The current version of the calendar named `default`."""
        return self.calendars[DEFAULT_CALENDAR].latest

    def timetable(self, name: str = DEFAULT_CALENDAR) -> Timetable:
        """A calendar with its former versions. Raises `NotFoundError` with the existing names."""
        if name not in self.calendars:
            raise NotFoundError(f"calendar of {self.key}", name, self.calendars)
        return self.calendars[name]

    @property
    def rules(self) -> Rules:
        return Rules(self.methods, self.settings, self.gate_modes)
