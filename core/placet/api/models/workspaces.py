"""Models of workspaces, their calendars and role holders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from placet.api.models.base import (
    LIST_LIMIT,
    ActorId,
    Answer,
    Body,
    Day,
    Label,
    Moment,
    Name,
    Names,
    PlainValues,
    Span,
    Values,
    WorkspaceKey,
)
from placet.api.models.patterns import shaped
from placet.definitions.calendar import BusinessCalendar, Timetable, calendar_document, calendar_of
from placet.definitions.roles import Role as RoleDefinition
from placet.definitions.verdicts import GateMode
from placet.engine.act import people
from placet.engine.workspaces.configuration import GOVERNABLE

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HoursText = Annotated[
    str,
    shaped(
        "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        "'{given}' is not a span of hours, such as 08:00-17:30",
    ),
]
Zone = Annotated[
    str,
    shaped(
        "^[A-Za-z][A-Za-z0-9_+/-]*$", "'{given}' is not a time zone, such as Europe/Vienna", max_length=64
    ),
]
_Spans = Annotated[list[HoursText], Field(max_length=24)]


# Requests


class CalendarForm(Body):
    """The working time of a workspace. Hours that close before they open end on the next day."""

    zone: Zone = "UTC"
    hours: dict[Weekday, _Spans] = Field(
        default={day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        description="Spans of hours by weekday; a weekday without hours is closed.",
    )
    closed_days: Annotated[list[Day], Field(max_length=1000)] = Field(default_factory=list)
    extra_days: Annotated[dict[Day, _Spans], Field(max_length=1000)] = Field(
        default_factory=dict, description="Days with hours of their own, even if they are also holidays."
    )
    country: Annotated[
        str, shaped("^([A-Z]{2})?$", "'{given}' is not a country of ISO 3166-1, such as AT")
    ] = Field(default="", description="The country whose public holidays are closed: ISO 3166-1, such as AT.")
    subdivision: Annotated[
        str,
        shaped(
            "^[A-Za-z0-9 -]*$",
            "'{given}' is not the code of a part of a country, such as 9 for Vienna",
            max_length=40,
        ),
    ] = Field(default="", description="Part of the country with holidays of its own, such as 9 for Vienna.")
    hours_per_day: Annotated[float, Field(gt=0, le=168)] | None = Field(
        default=None, description="The length of one business day, if not that of the longest weekday."
    )

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar of the form."""
        return calendar_of(self.model_dump(mode="json") | {"public_holidays": {}})


class NotificationChoiceForm(Body):
    """A workspace's choice about one notification rule."""

    off: bool = False
    to: Annotated[Names, Field(description="Further roles to be notified.")] = Field(default_factory=list)


_Settings = Annotated[dict[str, Values], Field(max_length=LIST_LIMIT)]
_Calendars = Annotated[
    dict[
        Annotated[
            str,
            shaped("^[a-z][a-z0-9_]{0,39}$", "'{given}' is not the name of a calendar, such as service_desk"),
        ],
        CalendarForm,
    ],
    Field(max_length=50, description="By name; the calendar named default always exists."),
]
_NotificationRules = Annotated[
    dict[Name, NotificationChoiceForm],
    Field(max_length=1000),
]
_LongestDelegation = Annotated[
    timedelta,
    Field(
        strict=False,
        gt=timedelta(0),
        le=timedelta(days=3660),
        description="The longest time until a delegation of votes ends, such as P30D; P90D unless it is set.",
    ),
]
_EffectsWith = Annotated[
    list[WorkspaceKey],
    Field(
        max_length=100,
        description="Workspaces whose effects may write here, if they name this workspace too and have the method.",
    ),
]
_GateModes = Annotated[dict[str, Annotated[GateMode, Field(strict=False)]], Field(max_length=1000)]


def _parts(value: object) -> object:
    """All parts for `true`, none for `false`."""
    return (list(GOVERNABLE) if value else []) if isinstance(value, bool) else value


_Governed = Annotated[
    Names,
    BeforeValidator(_parts),
    WithJsonSchema({
        "anyOf": [
            {"type": "boolean"}, {"type": "array", "items": {"type": "string", "enum": list(GOVERNABLE)}}
        ]
    }),
    Field(
        description="Parts of the configuration whose changes need a second person; `true` for all of them. To govern "
        "fewer needs a second person too."
    ),
]  # fmt: skip
_GovernedBy = Annotated[
    Names, Field(description="Roles of people who may be the second person, besides administrators.")
]


class NewWorkspace(Body):
    """A workspace to be opened."""

    key: WorkspaceKey
    name: Label
    methods: Names = Field(default_factory=list)
    settings: _Settings = Field(default_factory=dict)
    gate_modes: _GateModes = Field(default_factory=dict)
    calendars: _Calendars = Field(default_factory=dict)
    notification_rules: _NotificationRules = Field(default_factory=dict)
    record_refusals: bool = True
    require_if_match: bool = False
    longest_delegation: _LongestDelegation | None = None
    effects_with: _EffectsWith | None = None
    governed: _Governed = Field(default_factory=list)
    governed_by: _GovernedBy = Field(default_factory=list)


class WorkspacePatch(Body):
    """Changes of a workspace's configuration; settings are replaced method by method."""

    name: Label | None = None
    methods: Names | None = None
    settings: _Settings | None = None
    gate_modes: _GateModes | None = None
    calendars: _Calendars | None = None
    notification_rules: _NotificationRules | None = None
    record_refusals: bool | None = None
    require_if_match: bool | None = None
    longest_delegation: _LongestDelegation | None = None
    effects_with: _EffectsWith | None = None
    governed: _Governed | None = None
    governed_by: _GovernedBy | None = None
    force: bool = Field(default=False, description="Change methods even if items become stranded.")


class Holders(Body):
    """The new holders of a role; an empty list removes all."""

    actors: Annotated[list[ActorId], Field(max_length=LIST_LIMIT)]


def decided(form: NewWorkspace | WorkspacePatch) -> dict[str, Any]:
    """The parts of a form, by the names of the engine's verbs; omitted parts are `None`."""
    calendars, rules = form.calendars, form.notification_rules
    return {
        "name": form.name,
        "methods": form.methods,
        "settings": form.settings,
        "gate_modes": form.gate_modes,
        "calendars": None if calendars is None else {name: each.calendar for name, each in calendars.items()},
        "notification_rules": None if rules is None else _choices(rules),
        "record_refusals": form.record_refusals,
        "require_if_match": form.require_if_match,
        "longest_delegation": form.longest_delegation,
        "effects_with": form.effects_with,
        "governed": form.governed,
        "governed_by": form.governed_by,
    }


def _choices(forms: Mapping[str, NotificationChoiceForm]) -> dict[str, people.NotificationChoice]:
    return {
        id: people.NotificationChoice(form.off, tuple(dict.fromkeys(form.to))) for id, form in forms.items()
    }


# Answers


class Calendar(Answer):
    """The working time of a workspace, in the version that is in force."""

    zone: str
    hours: dict[Weekday, list[HoursText]]
    closed_days: list[str]
    extra_days: dict[str, list[HoursText]]
    country: str
    subdivision: str
    hours_per_day: float | None
    public_holidays_until: Annotated[
        str | None,
        Field(description="The last known public holiday; save the calendar again to look up later ones."),
    ]
    since: Annotated[
        Moment | None, Field(description="Since when this version is in force; null for the first.")
    ]

    @model_validator(mode="before")
    @classmethod
    def _latest(cls, timetable: Any) -> Any:
        if not isinstance(timetable, Timetable):
            return timetable
        document = calendar_document(timetable.latest)
        holidays = document.pop("public_holidays")
        known = {"public_holidays_until": max(holidays, default=None), "since": timetable.versions[-1][0]}
        return document | known


class NotificationChoice(Answer):
    """A workspace's choice about one notification rule."""

    off: bool
    to: list[str]


class AddedGate(Answer):
    """A gate that an item has added to the rules, as data."""

    id: str
    title: str
    item_type: str
    transition: str
    check: str
    params: PlainValues
    mode: GateMode
    label: str
    unless: Annotated[str | None, Field(description="The check that lets an item through in its place.")]
    unless_params: PlainValues
    only: Annotated[
        PlainValues,
        Field(
            description="The items that it is for: by field, its values, or at_least and at_most; an empty field is in"
            " scope. Without any it is for all.",
            examples=[{"type": ["normal"], "planned_outage_min": {"at_least": 30}}],
        ),
    ]
    item: Annotated[str, Field(description="Key of the item that it comes from.")]


class Workspace(Answer):
    """A workspace with its configuration."""

    key: WorkspaceKey
    name: str
    version: int
    methods: list[str]
    settings: dict[str, PlainValues]
    gate_modes: dict[str, GateMode]
    calendars: dict[str, Calendar]
    notification_rules: dict[str, NotificationChoice]
    record_refusals: bool
    require_if_match: bool
    longest_delegation: Span
    effects_with: list[str]
    governed: list[str]
    governed_by: list[str]
    gates: Annotated[
        list[AddedGate],
        Field(description="Gates that items have added to the rules; they change by acts on these items."),
    ]
    roles: dict[str, list[str]]
    created_at: Moment


class Workspaces(Answer):
    """Workspaces."""

    workspaces: list[Workspace]


class Role(Answer):
    """A role in a workspace with its holders; a role whose method is gone has no title."""

    id: str
    title: str | None
    decides: str | None
    max_holders: int | None
    held_on: Annotated[
        list[str],
        Field(description="Item types on whose items it is held, and below them; empty: in the workspace."),
    ]
    appointed_by: Annotated[
        list[str] | None,
        Field(description="Roles whose holders appoint it for one item; null: it is not given for one item."),
    ]
    actors: list[str]

    @classmethod
    def of(cls, id: str, role: RoleDefinition | None, actors: tuple[str, ...]) -> Role:
        """The role, as far as it is still defined."""
        title, decides, most = (role.title, role.decides, role.max_holders) if role else (None, None, None)
        held = [] if role is None else list(role.held_on)
        by = None if role is None or role.on_item is None else list(role.on_item.by)
        return cls(
            id=id, title=title, decides=decides, max_holders=most, held_on=held, appointed_by=by,
            actors=list(actors),
        )  # fmt: skip


class Roles(Answer):
    """The roles of a workspace."""

    roles: list[Role]
