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
    """A bearer token; only its hash is known."""

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
    """One person may vote for another for a while."""

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
        """Whether it is in force at a moment."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class NotificationChoice:
    """What a workspace has decided about one notification rule: that it is off, or which further roles it notifies."""

    off: bool = False
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """A project or service that owns items, with the methods it has switched on and its role holders."""

    key: str
    name: str
    #: Goes up with every change of configuration or role holder.
    version: int
    methods: tuple[str, ...]
    #: Settings by method.
    settings: Mapping[str, Mapping[str, Any]]
    gate_modes: Mapping[str, GateMode]
    #: Calendars by name, with their former versions; there is always one named `default`.
    calendars: Mapping[str, Timetable]
    record_refusals: bool
    require_if_match: bool
    roles: Mapping[str, tuple[str, ...]]
    created_at: datetime
    #: Number and hash of the last event of the workspace's own history.
    seq: int = 0
    head: str = ""
    #: What it has decided about notification rules, by their ids.
    notification_rules: Mapping[str, NotificationChoice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sealed(self, "settings", "gate_modes", "calendars", "roles", "notification_rules")

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar named `default`, as it is now."""
        return self.calendars[DEFAULT_CALENDAR].latest

    def timetable(self, name: str = DEFAULT_CALENDAR) -> Timetable:
        """One of the calendars with its former versions. Raises `NotFoundError` with the names that there are."""
        if name not in self.calendars:
            raise NotFoundError(f"calendar of {self.key}", name, self.calendars)
        return self.calendars[name]

    @property
    def rules(self) -> Rules:
        return Rules(self.methods, self.settings, self.gate_modes)
