"""Item types: kinds of work items, with their fields and links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from placet.definitions.agenda import CalendarEntry
from placet.definitions.approvals import Approval
from placet.definitions.arguments import Title, at_least, written
from placet.definitions.checks import Effect, Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.context import CheckContext
from placet.definitions.once import once
from placet.definitions.places import Written
from placet.definitions.roles import Duty, Role, role_ids
from placet.definitions.timers import Timer
from placet.definitions.workflow import Workflow

#: The kind of name that follows each verb of an act.
ACTED_ON = {
    "transition": "transition", "vote": "approval", "named": "field", "edit": "field", "confirm": "confirmation",
    "waive": "gate", "review": "gate", "appoint": "role",
}  # fmt: skip
#: The forms of an act, for messages.
ACT_FORMS = (
    "create, transition:NAME, vote:APPROVAL, named:FIELD, edit:FIELD, attach:KIND, confirm:CONFIRMATION, waive:GATE,"
    " review:GATE or appoint:ROLE"
)
ITEM_KEY_PATTERN = "^[A-Z][A-Z0-9_]{0,19}-[1-9][0-9]{0,17}$"
#: Longest text that a field of type `Text` takes, in characters.
TEXT_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a field that holds the key of another work item, of one of these types (any if none)."""

    types: tuple[str, ...] = ()
    #: Whether a thread shows that item, and follows it upwards only. Such a field is indexed.
    trace: bool = False

    def __init__(self, *types: str, trace: bool = False) -> None:
        object.__setattr__(self, "types", types)
        object.__setattr__(self, "trace", trace)


@dataclass(frozen=True, slots=True)
class ActorRef:
    """Marks a field that holds the id of an actor."""

    #: Whether it assigns: it says who owns, does or asked for something, and not that they agreed.
    assigned: bool = False


#: A field that holds the key of a work item, such as `OPS-12`.
ItemKey = Annotated[str, StringConstraints(pattern=ITEM_KEY_PATTERN)]
#: A field that holds the id of an actor.
ActorId = Annotated[str, StringConstraints(min_length=1, max_length=100), ActorRef()]
#: A field that holds the id of an actor who owns, does or asked for something, which is not an agreement.
AssigneeId = Annotated[str, StringConstraints(min_length=1, max_length=100), ActorRef(assigned=True)]
#: A field that holds text of several lines.
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
#: A field that holds one line of text, up to 500 characters.
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


#: A moment with its time zone, kept in UTC.
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Fields(BaseModel):
    """Base of every item type's fields.

    A field without a default is required when the item is made. All others may be empty until a transition needs them,
    which its gates check.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_timedelta="iso8601", allow_inf_nan=False)


@lru_cache(maxsize=1024)
def json_schema(fields: type[Fields]) -> Mapping[str, Any]:
    """JSON Schema of all fields. It is made once and shared, as making it takes milliseconds: do not change it."""
    return fields.model_json_schema()


@written
class Computed(Written):
    """Computes one field: a pure function of the item and everything that its context can read.

    The field is up to date after every write of the item. Within one act the function runs again if parts of the item
    that it read have changed; a function that reads other items, or approvals, runs each time.
    """

    __slots__ = ("compute", "field", "origin")

    def __init__(self, field: str, compute: Callable[[CheckContext], Any], origin: str = "") -> None:
        self.field = field
        self.compute = compute
        #: The method that added it, whose settings it reads; empty for the item type's own.
        self.origin = origin


@written
@dataclass(frozen=True, slots=True)
class Consequence(Written):
    """Effects of a write that changes one of these fields, by a person, an effect or a timer.

    They run in the same transaction, as `system`, after an edit, a transition or the making of the item. Their
    changes of the item itself have no further consequences; those of others have the consequences of the others.
    """

    #: `prince2.forecast_watched`.
    id: str
    #: A computed field counts too.
    fields: Sequence[str]
    effects: Sequence[Effect]
    #: Whether another state counts as a change too.
    moves: bool = False

    def follows(self, changes: Collection[str], *, moved: bool) -> bool:
        """Whether it follows from a write."""
        return (moved and self.moves) or any(name in changes for name in self.fields)


class Cardinality(StrEnum):
    """The number of links of a type that an item may have at either end."""

    MANY_TO_MANY = "n:m"
    #: A source has at most one link of the type.
    MANY_TO_ONE = "n:1"
    #: A target has at most one link of the type.
    ONE_TO_MANY = "1:n"
    ONE_TO_ONE = "1:1"


class Trace(StrEnum):
    """How the thread of an item, which is everything connected to it, follows links of a type."""

    #: From either end to the other.
    BOTH = "both"
    #: From the source to the target, and no further: so many items link to it that they have nothing else in common.
    TARGET = "target"


@written
@dataclass(frozen=True, slots=True)
class LinkType(Written):
    """A kind of directed link between two items. Sources and targets are item types; empty means any."""

    #: `itil.affects_ci`.
    id: str
    title: Title
    sources: Sequence[str] = ()
    targets: Sequence[str] = ()
    cardinality: Cardinality = Cardinality.MANY_TO_MANY
    #: The title of the link from the other end.
    inverse: str = ""
    #: Effects of making a link, on the item at its start; `sent` has `link`, `target` and `attributes`.
    effects: Sequence[Effect] = ()
    #: Attributes of each link, such as how much one item contributes to the other; `None` for none.
    attributes: type[Fields] | None = None
    #: Characters of the reason without which nobody removes such a link, where gates read it as evidence; 0 for none.
    removal_reason: Annotated[int, at_least(0)] = 0
    #: Whether no item may lead back to itself over such links, as nothing is split from what was split from it.
    acyclic: bool = False
    #: Whether a thread follows such links, and how far; `None`: they connect nothing that an auditor asks for.
    trace: Trace | None = None


@written
@dataclass(frozen=True)
class ItemType(Written):
    """One kind of work item: its fields, its workflow, and the rules that are not about a single transition."""

    #: `itil.change`.
    id: str
    title: Title
    fields: type[Fields]
    workflow: Workflow
    description: str = ""
    #: Fields by which lists can be sorted and filtered, and by which checks can search.
    indexed: tuple[str, ...] = ()
    #: By state, the fields that cannot be edited in it; see `frozen` for those of windows.
    frozen_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: By field, why it is frozen, for refusals: `its slot was checked for its items and times`; or by field and state,
    #: where it is not one reason in all of them. What has ended needs no reason. It reads well for several fields.
    frozen_because: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    computed: tuple[Computed, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    approvals: tuple[Approval, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    duties: tuple[Duty, ...] = ()
    timers: tuple[Timer, ...] = ()
    #: How items of this type appear in calendars; `None` where they do not.
    calendar: CalendarEntry | None = None
    #: Item types that may be its parent; with `None` it has no parent, empty allows any.
    parents: tuple[str, ...] | None = ()
    #: Roles that may make one; empty: any role in the workspace.
    creators: tuple[str, ...] = ()
    #: Roles that may edit one; empty: any role in the workspace or on the item.
    editors: tuple[str, ...] = ()
    #: By field, the roles whose holders alone write it: when the item is made, in an edit, or with a transition.
    #: Effects and timers write it too.
    writers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Further states in which one may be made, for items that began elsewhere, each with the roles that may. Timers
    #: that start with the making of an item do not start then.
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Gates on the making of one in its first state, so that nothing is accepted that can never move. Their checks see
    #: the item as it would be, with its parent, and before it has links.
    creation: tuple[Gate, ...] = ()
    #: Gates on every change of its fields by a person: on an edit, and on each transition that fields are sent with.
    #: Their checks compare `ctx.item`, the item as it would be, with `ctx.before`.
    editing: tuple[Gate, ...] = ()

    def __init__(
        self,
        id: str,
        title: Title,
        *,
        fields: type[Fields],
        workflow: Workflow,
        description: str = "",
        indexed: Iterable[str] = (),
        frozen_in: Mapping[str, Sequence[str]] | None = None,
        frozen_because: Mapping[str, str | Mapping[str, str]] | None = None,
        computed: Iterable[Computed] = (),
        consequences: Iterable[Consequence] = (),
        approvals: Iterable[Approval] = (),
        confirmations: Iterable[Confirmation] = (),
        duties: Iterable[Duty] = (),
        timers: Iterable[Timer] = (),
        calendar: CalendarEntry | None = None,
        parents: Iterable[str] | None = (),
        creators: Iterable[Role | str] = (),
        editors: Iterable[Role | str] = (),
        writers: Mapping[str, Iterable[Role | str]] | None = None,
        entries: Mapping[str, Iterable[Role | str]] | None = None,
        creation: Iterable[Gate] = (),
        editing: Iterable[Gate] = (),
    ) -> None:
        values: dict[str, Any] = {
            "id": id, "title": title, "fields": fields, "workflow": workflow, "description": description,
            "indexed": tuple(indexed),
            "frozen_in": {state: tuple(names) for state, names in (frozen_in or {}).items()},
            "frozen_because": dict(frozen_because or {}),
            "computed": tuple(computed), "consequences": tuple(consequences),
            "approvals": tuple(approvals), "confirmations": tuple(confirmations),
            "duties": tuple(duties), "timers": tuple(timers), "calendar": calendar,
            "parents": None if parents is None else tuple(parents),
            "creators": role_ids(creators),
            "editors": role_ids(editors),
            "writers": {name: role_ids(roles) for name, roles in (writers or {}).items()},
            "entries": {state: role_ids(roles) for state, roles in (entries or {}).items()},
            "creation": tuple(creation), "editing": tuple(editing),
        }  # fmt: skip
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def approval(self, id: str) -> Approval | None:
        return next((approval for approval in self.approvals if approval.id == id), None)

    def confirmation(self, id: str) -> Confirmation | None:
        return next((each for each in self.confirmations if each.id == id), None)

    @property
    def gates(self) -> Iterator[Gate]:
        """All gates, in order: on its making, its fields and its transitions, each as often as it is there."""
        yield from self.creation
        yield from self.editing
        for transition in self.workflow.transitions:
            yield from transition.gates

    def binds(self, state: str) -> bool:
        """Whether an item is a window in a state, and in force: others have to respect it."""
        return self.calendar is not None and self.calendar.window and state in self.calendar.states

    def frozen(self, state: str) -> tuple[str, ...]:
        """The fields that cannot be edited in a state: those of `frozen_in`, and all that say when a window binds whom.

        Only transitions and their effects move a window in force, so that the method says who may.
        """
        bound = self.calendar.fields if self.calendar is not None and self.binds(state) else ()
        return tuple(dict.fromkeys((*self.frozen_in.get(state, ()), *bound)))

    def acted_on(self, verb: str) -> Collection[str] | None:
        """The names with which a verb makes an act on an item, `transition:NAME`; `None` where it makes none.

        Making an item, appointing and attaching evidence are acts besides.
        """
        match verb:
            case "transition":
                return [transition.name for transition in self.workflow.transitions]
            case "vote":
                return [approval.id for approval in self.approvals]
            case "named":
                return self.fields.model_fields.keys()
            case "edit":
                return [name for name in self.fields.model_fields if name not in self.computed_fields]
            case "confirm":
                return [confirmation.id for confirmation in self.confirmations]
            case "waive" | "review":
                return dict.fromkeys(gate.id for gate in self.gates if gate.waived_by)
            case _:
                return None

    @property
    def computed_fields(self) -> frozenset[str]:
        return _computed_fields(self)


@once
def _computed_fields(item_type: ItemType) -> frozenset[str]:
    return frozenset(computed.field for computed in item_type.computed)
