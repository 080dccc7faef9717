"""Models of items, their lists and links."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from placet.api.models.approvals import Ask, Confirmation, ItemApproval, Waiver
from placet.api.models.base import (
    LIST_LIMIT,
    PAGE,
    ActorId,
    Answer,
    Body,
    Comment,
    Cursor,
    InWorkspace,
    ItemKey,
    Limit,
    Moment,
    Name,
    Names,
    Paged,
    Parameters,
    Sentence,
    Several,
    Time,
    Title,
    Values,
    Words,
    WorkspaceKey,
)
from placet.api.models.evidence import Evidence
from placet.api.models.patterns import shaped
from placet.api.models.summaries import Summary
from placet.api.models.timers import Timer
from placet.engine.act.records import ItemRecord
from placet.engine.reports.details import ItemDetails
from placet.engine.rules.former import FormerField as Former
from placet.engine.rules.previews import TransitionPreview

# Requests


LinkAttributes = Annotated[
    Values | None,
    Field(description="Attributes of the link, by the schema of its type; null leaves them unchanged."),
]


class LinkWish(Body):
    """A link to be made together with an item."""

    type: Name
    target: ItemKey
    attributes: LinkAttributes = None


class LinkPut(Body):
    """Attributes of a link."""

    attributes: LinkAttributes = None


class NewItem(Body):
    """An item to be made."""

    workspace: WorkspaceKey
    type: Name
    title: Title
    fields: Values = Field(default_factory=dict)
    parent: ItemKey | None = None
    links: Annotated[list[LinkWish], Field(max_length=LIST_LIMIT)] = Field(default_factory=list)
    state: Annotated[
        Name | None,
        Field(description="A later state than the first, if the rules allow that."),
    ] = None


class ItemPatch(Body):
    """A JSON Merge Patch of an item: `null` clears a field."""

    title: Title | None = None
    fields: Values = Field(default_factory=dict)


class CommentWish(Body):
    """A comment on an item."""

    text: Sentence


class AskWish(Body):
    """A request to somebody to clear a blocker."""

    check: Name
    to: Annotated[ActorId, Field(description="Somebody who sees the item.")]
    comment: Comment = ""
    expires_at: Annotated[
        Time | None,
        Field(
            description="The end of the request; seven days from now if it names none. A reminder comes halfway."
        ),
    ] = None


class IncludeQuery(Parameters):
    """Details that are added to the items of a list."""

    include: Annotated[
        list[Literal["approvals", "timers", "next"]],
        Several,
        Field(
            max_length=3,
            description="Adds to each item its approvals, its timers, or (`next`) its primary transition.",
        ),
    ] = Field(default_factory=list)


class ItemsQuery(Parameters):
    """A selection of items, and its order."""

    model_config = ConfigDict(extra="allow", frozen=True)
    prefix: ClassVar[str] = "field."

    include: Annotated[
        list[Literal["approvals", "timers", "next", "total"]],
        Several,
        Field(
            max_length=4,
            description="Adds to each item its approvals, its timers, or (`next`) its primary transition; and to "
            "the page (`total`) the number of items on all pages, which takes as long as reading them.",
        ),
    ] = Field(default_factory=list)
    workspace: InWorkspace = None
    type: Annotated[Name | None, Field(description="Id of the item type, such as `acme.request`.")] = None
    state: Annotated[
        Names, Several, Field(description="Ids of states, such as `waiting`; an item is in one of them.")
    ] = Field(default_factory=list)
    category: Annotated[
        list[Literal["todo", "active", "waiting", "done", "cancelled"]],
        Several,
        Field(max_length=5, description="Categories of states; the state of an item has one of them."),
    ] = Field(default_factory=list)
    parent: Annotated[
        ItemKey | None, Field(description="Key of the item directly above, such as `OPS-3`.")
    ] = None
    assignee: Annotated[ActorId | None, Field(description="The assignee; `me` for yourself.")] = None
    q: Annotated[Words | None, Field(description="Words that the title contains, in any case.")] = None
    sort: Annotated[
        str,
        shaped(
            "^-?[A-Za-z_][A-Za-z0-9_]{0,99}$",
            "'{given}' is not the name of a field, with - in front of it for descending",
        ),
        Field(
            description="`key`, `created_at`, `updated_at` or an indexed field; `-` in front for descending."
        ),
    ] = "key"
    limit: Limit = PAGE
    cursor: Cursor | None = None

    @property
    def values(self) -> dict[str, str]:
        """The required values of indexed fields: parameters such as `field.risk`."""
        return {name.removeprefix(self.prefix): value for name, value in (self.model_extra or {}).items()}


# Answers


class FormerField(Answer):
    """A stored value that no rule in force knows."""

    value: Any
    method: Annotated[
        str | None, Field(description="The method that defined the field; null if no definition shows it.")
    ]


class Row(Summary):
    """An item as it is stored."""

    version: Annotated[int, Field(ge=1)]
    fields: dict[str, Any]
    former_fields: Annotated[
        dict[str, FormerField],
        Field(
            description="Values that no rule in force knows, because their method is switched off or the item type has "
            "lost the field. They are kept, no check reads them, and an edit can clear them with `null`."
        ),
    ]
    parent: ItemKey | None
    roles: dict[str, list[str]]
    evidence: list[Evidence]
    confirmations: list[Confirmation]
    asks: list[Ask]
    waivers: list[Waiver]
    links: dict[str, list[ItemKey]]
    created_at: Moment
    created_by: str
    updated_at: Moment
    state_since: Moment
    definition: str


_ROW = tuple(name for name in Row.model_fields if name != "former_fields")
_row = attrgetter(*_ROW)


def kept(record: ItemRecord, former: Mapping[str, Former]) -> dict[str, Any]:
    """The members of a `Row`, by name."""
    shown = dict(zip(_ROW, _row(record), strict=True))
    if former:
        shown["fields"] = {name: value for name, value in record.fields.items() if name not in former}
    shown["former_fields"] = {
        name: {"value": each.value, "method": each.method} for name, each in former.items()
    }
    return shown


class Item(Row):
    """An item with everything that its own rules read."""

    approvals: list[ItemApproval]
    timers: list[Timer]

    @classmethod
    def of(cls, details: ItemDetails) -> Item:
        """An item with its evaluated approvals and timers."""
        return cls.model_validate(
            kept(details.item, details.former) | {"approvals": details.approvals, "timers": details.timers}
        )


class Next(Answer):
    """An item's primary transition, and the number of its blockers."""

    name: str
    title: str
    to: str
    allowed: bool
    blockers: Annotated[int, Field(ge=0)]

    @classmethod
    def of(cls, preview: TransitionPreview | None) -> Next | None:
        """A preview, counted."""
        if preview is None:
            return None
        return cls(
            name=preview.name, title=preview.title, to=preview.to, allowed=preview.allowed,
            blockers=len(preview.blockers),
        )  # fmt: skip


class ListedItem(Row):
    """An item in a list; the last three members only if `include` names them."""

    approvals: list[ItemApproval] | None = None
    timers: list[Timer] | None = None
    next: Next | None = None


#: Members of a listed item that are stored with it and are lists of objects.
_STORED = ("evidence", "confirmations", "asks", "waivers")
#: Members of a listed item that are objects, or lists of objects.
_PARTS: Mapping[str, TypeAdapter[Any]] = {
    name: TypeAdapter[Any](ListedItem.model_fields[name].annotation or Any)
    for name in (*_STORED, "approvals", "timers", "next")
}


def listed(details: ItemDetails, include: Collection[str]) -> dict[str, Any]:
    """An item in the form of `ListedItem`, with the evaluated members that `include` names.

    It is JSON already: making fifty models and serializing them would cost as much as the rest of a page. A test
    compares it with the model.
    """
    shown = kept(details.item, details.former)
    for name in _STORED:
        shown[name] = _part(name, shown[name])
    found = {"approvals": details.approvals, "timers": details.timers, "next": Next.of(details.next)}
    return shown | {name: _part(name, each) for name, each in found.items() if name in include}


def _part(name: str, value: Any) -> Any:
    if not value:
        return None if value is None else []
    adapter = _PARTS[name]
    return adapter.dump_python(adapter.validate_python(value, from_attributes=True), mode="json")


class Items(Paged):
    """A page of items; `total` only if `include` names it."""

    items: list[ListedItem]
    total: Annotated[int | None, Field(ge=0, description="The number of items on all pages.")] = None
    complete: Annotated[
        bool,
        Field(
            description="False while computed fields by which it selects or sorts are brought up to date after a change"
            " of rules: items may be missing, or in another place."
        ),
    ] = True


class Link(Answer):
    """One link of an item, as seen from the item."""

    link_type: str
    title: str
    direction: Literal["out", "in"]
    key: ItemKey
    type: str
    item_title: str
    state: str
    attributes: Annotated[dict[str, Any], Field(description="Attributes of the link; empty if it has none.")]


class Links(Answer):
    """An item's links in both directions."""

    links: list[Link]
