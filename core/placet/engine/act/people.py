"""People, their tokens and delegations, and the workspaces that they work in, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from placet.catalog.catalog import Rules
from placet.definitions.added_gates import AddedGate
from placet.definitions.calendar import DEFAULT_CALENDAR, BusinessCalendar, Timetable
from placet.definitions.readonly import sealed
from placet.definitions.roles import AUDITOR
from placet.definitions.verdicts import GateMode
from placet.errors import NotFoundError

#: The longest time of a delegation, unless a workspace sets another.
LONGEST_DELEGATION = timedelta(days=90)


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
    #: Reads everything in all workspaces, and writes nothing.
    auditor: bool = False
    #: Since when it is switched off; `None` while it is in use.
    deactivated_at: datetime | None = None
    #: When the name and the address were erased.
    erased_at: datetime | None = None
    #: Who made the token that it acts with, if somebody else did; not stored.
    token_issued_by: str | None = None


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
    #: Who made it for its actor. `None` for the actor's own: from an invitation, from another token of their own, or
    #: from the command line of the installation's machine.
    issued_by: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code by which one person gets a token of their own, once; of the code only the hash is stored."""

    id: str
    actor: str
    #: SHA-256 of the code, in hex.
    digest: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    #: When it was used, replaced or withdrawn.
    ended_at: datetime | None = None


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
    #: When and by whom it was taken back, if it was.
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def counts_in(self, place: WorkspaceRecord, now: datetime) -> bool:
        """Whether it is in force in a workspace at a moment.

        It ends with the longest time that the workspace allows now, and counts only for a taker with a role there.
        """
        return (
            self.workspace in {None, place.key}
            and self.revoked_at is None
            and self.starts_at <= now < min(self.ends_at, self.starts_at + place.longest_delegation)
            and place.works_in(self.to_actor)
        )

    def covers(self, roles: Iterable[str]) -> bool:
        """Whether it is about one of these roles, or about all."""
        return not self.roles or not set(self.roles).isdisjoint(roles)


#: The name of the installation's own history where events name a workspace; no workspace can have it.
INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class InstallationRecord:
    """The end of the installation's own history."""

    #: Number and hash of its last event.
    seq: int = 0
    head: str = ""

    @property
    def key(self) -> str:
        return INSTALLATION


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
    #: The longest time for which somebody may delegate their votes here.
    longest_delegation: timedelta = LONGEST_DELEGATION
    #: Workspaces whose effects may write here, if they name this one too.
    effects_with: tuple[str, ...] = ()
    #: Parts of its configuration that change only with a second person, by name.
    governed: tuple[str, ...] = ()
    #: Roles of people who may be that person, besides administrators.
    governed_by: tuple[str, ...] = ()
    #: Gates that effects of items have added to its rules, in order of id.
    gates: tuple[AddedGate, ...] = ()

    def __post_init__(self) -> None:
        sealed(self, "settings", "gate_modes", "calendars", "roles", "notification_rules")

    def has(self, person: str) -> bool:
        """Whether somebody holds a role in the workspace."""
        return person in chain.from_iterable(self.roles.values())

    def works_in(self, person: str) -> bool:
        """Whether somebody holds a role there by which they may write: an auditor only reads."""
        return any(person in people for role, people in self.roles.items() if role != AUDITOR)

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
        return Rules(self.methods, self.settings, self.gate_modes, self.gates)
