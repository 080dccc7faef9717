"""The thread of an item: the events of everything that is connected to it, in the order in which they were decided.

From the item it goes up to its parents, down to its children, and along the links whose type has a `trace`; from each
item that it reaches so, it goes on. Parents, the targets of links that are traced to the target alone, and the items
that a traced field names are shown for what they say, and followed upwards only: below a project stands everything else
that the project does, and a server is touched by every change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from placet.definitions.items import Trace
from placet.definitions.marks import traced_fields
from placet.definitions.method import Method
from placet.engine.act.access import in_workspace, may_see, ref_of
from placet.engine.act.journal import reworded
from placet.engine.act.people import Actor
from placet.engine.act.queries import Edge, EventQuery
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork


class Connection(NamedTuple):
    """The first way by which an item was reached."""

    #: Id of the link type, name of the field, `parent` or `child`; empty for the item of the thread itself.
    relation: str
    #: Key of the item from which it was reached.
    of: str
    #: Whether the link starts at that item.
    outwards: bool = True


_ITSELF = Connection("", "")
#: Items after which a thread goes no further.
LIMIT = 10_000


class ConnectedItem(NamedTuple):
    """An item of a thread, as it is now."""

    record: ItemRecord
    connection: Connection


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of a thread."""

    #: The items that the events of this page are about, in order of key.
    items: Sequence[ConnectedItem]
    events: Sequence[EventRecord]
    #: The number of connected items that the reader may see, the item itself among them.
    connected: int
    #: The number of items next to these that they may not see; what these lead to is not looked at.
    hidden: int
    #: Whether that is all: not while fields that it goes by are brought up to date, nor beyond `LIMIT` items.
    complete: bool
    next_cursor: str | None


def traces(methods: Iterable[Method]) -> dict[str, Trace]:
    """The link types that threads follow, of all installed methods: those of both ends need not be the same."""
    return {each.id: each.trace for method in methods for each in method.link_types if each.trace is not None}


def thread(
    unit: UnitOfWork, actor: Actor, record: ItemRecord, links: Mapping[str, Trace], query: EventQuery
) -> Thread:
    """A page of the thread of an item that the actor was shown.

    Args:
        unit: the view of the store.
        actor: the reader.
        record: the item.
        links: the link types to follow; see `traces`.
        query: kinds, cursor and limit of the page.
    """
    walk = _Walk(unit, actor, links)
    walk.from_item(ref_of(record))
    page = unit.session.log.list_together(list(walk.seen), query)
    events = [each.event for each in page.rows]
    found = {ref_of(each): each for each in unit.items(sorted({_item_of(event) for event in events}))}
    titles = {ref: unit.titles(each.workspace, each.type) for ref, each in found.items()}
    return Thread(
        [ConnectedItem(each, walk.seen[ref]) for ref, each in found.items()],
        [reworded(event, titles[_item_of(event)]) for event in events],
        len(walk.seen),
        len(walk.hidden),
        walk.complete,
        page.next_cursor,
    )


def _item_of(event: EventRecord) -> ItemRef:
    return ItemRef(event.workspace, event.number)


class _Walk:
    """One walk over parents, children and traced links, breadth first."""

    def __init__(self, unit: UnitOfWork, actor: Actor, links: Mapping[str, Trace]) -> None:
        self._unit = unit
        self._actor = actor
        self._links = links
        #: (item type, field) of the traced fields, by the rules of the workspaces that it came to.
        self._fields: set[tuple[str, str]] = set()
        self.complete = True
        self._open: dict[str, bool] = {}
        self.seen: dict[ItemRef, Connection] = {}
        self.hidden: set[ItemRef] = set()
        #: Those of the items seen that were followed in all directions.
        self._followed: set[ItemRef] = set()

    def from_item(self, ref: ItemRef) -> None:
        """Walk as far as it leads."""
        self.seen[ref] = _ITSELF
        self._belongs_to(ref.workspace)
        everywhere, upwards = [ref], list[ItemRef]()
        while everywhere or upwards:
            if len(self.seen) > LIMIT:
                self.complete = False
                return
            self._followed.update(everywhere)
            next_everywhere, next_upwards = self._steps(everywhere, upwards)
            everywhere = [each for each in next_everywhere if each not in self._followed]
            # Who is followed everywhere is followed upwards too.
            upwards = [each for each in next_upwards if each not in self._followed]

    def _steps(
        self, everywhere: Sequence[ItemRef], upwards: Sequence[ItemRef]
    ) -> tuple[list[ItemRef], list[ItemRef]]:
        """The items to follow next: in all directions, and upwards only. Items are noted as seen on the way."""
        every = list(self._links)
        both = [id for id in every if self._links[id] is Trace.BOTH]
        session = self._unit.session
        edges = [
            *session.edges(everywhere, outwards=every, inwards=both, fields=self._fields, below=True),
            *session.edges(upwards),
        ]
        visible = self._visible({edge.end for edge in edges} - self.seen.keys() - self.hidden)
        go_on: dict[ItemRef, None] = {}
        go_up: dict[ItemRef, None] = {}
        for edge in edges:
            if edge.end in self.hidden:
                continue
            is_new = edge.end in visible and edge.end not in self.seen
            if is_new:
                self.seen[edge.end] = Connection(edge.relation, edge.start.key, edge.outwards)
            if self._leads_on(edge):
                go_on[edge.end] = None
            elif is_new:
                go_up[edge.end] = None
        return list(go_on), [each for each in go_up if each not in go_on]

    def _leads_on(self, edge: Edge) -> bool:
        """Whether the item at the end is part of the matter itself, and not only above it or touched by it."""
        return edge.relation == "child" or self._links.get(edge.relation) is Trace.BOTH

    def _visible(self, refs: Iterable[ItemRef]) -> set[ItemRef]:
        """Those that the reader may see; the others are noted as hidden."""
        closed: list[ItemRef] = []
        found: set[ItemRef] = set()
        for ref in refs:
            if self._belongs_to(ref.workspace):
                found.add(ref)
            else:
                closed.append(ref)
        found.update(ref_of(each) for each in self._shown(closed))
        self.hidden.update(ref for ref in closed if ref not in found)
        return found

    def _belongs_to(self, workspace: str) -> bool:
        """Whether the reader belongs to a workspace, and so sees all of its items; looked up once for each."""
        if workspace not in self._open:
            self._open[workspace] = in_workspace(self._actor, self._unit.workspace(workspace))
            self._learn_fields(workspace)
        return self._open[workspace]

    def _learn_fields(self, workspace: str) -> None:
        """Note the traced fields of a workspace, those that another method added among them."""
        for item_type in self._unit.catalog(workspace).item_types.values():
            names = traced_fields(item_type.fields)
            self._fields.update((item_type.id, name) for name in names)
            if names and not self._unit.is_indexed(workspace, item_type.id):
                self.complete = False

    def _shown(self, refs: Sequence[ItemRef]) -> Iterator[ItemRecord]:
        return (each for each in self._unit.items(refs) if may_see(self._unit, self._actor, each))
