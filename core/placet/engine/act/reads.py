"""The reads of one act: items, workspaces and searches as it first saw them, with the changes that it has prepared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar, cast

from placet.catalog.catalog import Catalog
from placet.definitions.items import ItemType
from placet.engine.act.environment import Environment
from placet.engine.act.indexing import Values, index_values, meets
from placet.engine.act.lenient import unfit
from placet.engine.act.people import INSTALLATION, Delegation, WorkspaceRecord
from placet.engine.act.progress import COMPUTED, INDEX, up_to_date
from placet.engine.act.queries import Condition, TimeRow
from placet.engine.act.read_times import ReadTimes
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.session import Session
from placet.engine.act.titles import Titles
from placet.engine.act.watched_session import Failure, WatchedSession
from placet.errors import DefinitionError, NotFoundError

FoundT = TypeVar("FoundT")

#: The most items that an event lists as read by its move, with their versions.
KEYS_KEPT = 50


class _FirstRead(dict[str, FoundT]):
    """Values that one act reads by a key, as it first found them; a known one takes no step of its own."""

    def __init__(self, read: Callable[[str], FoundT]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: str) -> FoundT:
        found = self[key] = self._read(key)
        return found


def _existing(session: Session, key: str) -> WorkspaceRecord:
    found = session.workspace(key)
    if found is None:
        raise NotFoundError("workspace", key, session.workspace_keys())
    return found


class Reads:
    """A session and a moment, and what one attempt of an act has read; `UnitOfWork` adds its changes."""

    def __init__(self, session: Session, now: datetime, environment: Environment) -> None:
        #: The failure of the store, which is raised when a plugin's code returns, even if that code caught it.
        self.failure = Failure()
        self.session = cast("Session", WatchedSession(session, self.failure))
        self.now = now
        self.environment = environment
        self.plugins = environment.plugins
        self.typed = environment.typed
        #: Items that the current move has read, in order.
        self._looked_at: dict[ItemRef, None] = {}
        self._read: dict[ItemRef, ItemRecord] = {}
        self._items: dict[ItemRef, ItemRecord] = {}
        #: Items that this act has made or changed, and maybe some whose changes it has discarded: few of those it read.
        self._touched: dict[ItemRef, None] = {}
        # Both of the session alone: a reference to this unit would be a cycle, which keeps all reads in memory.
        workspace = _FirstRead(partial(_existing, self.session)).__getitem__
        #: A workspace as the act first read it. Raises `NotFoundError`.
        self.workspace: Callable[[str], WorkspaceRecord] = workspace
        #: The rules of a workspace, resolved once in an act.
        self.catalog: Callable[[str], Catalog] = _FirstRead(
            lambda key: environment.catalog_of(workspace(key))
        ).__getitem__
        #: Results of searches in the store, by query.
        self._searched: dict[str, Sequence[ItemRecord]] = {}
        #: When items take place, likewise.
        self._times: dict[str, ReadTimes] = {}
        #: By the person whom they are from or to.
        self._delegations: dict[str, Sequence[Delegation]] = {}
        #: By workspace and item type.
        self._titles: dict[tuple[str, str], Titles] = {}
        #: Parts of item types whose values do not follow the rules in force yet, by workspace, type and part.
        self._behind: set[tuple[str, str, str]] = set()
        #: Items that were computed again for this act, from what; and those for which that is under way.
        self._computed: dict[ItemRef, tuple[ItemRecord, ItemRecord]] = {}
        self._computing: set[ItemRef] = set()

    def raise_failure(self) -> None:
        """Raise the failure of the store, if there is one: the act has to start again, or to fail."""
        if self.failure.met is not None:
            raise self.failure.met

    def titles(self, workspace: str, type: str) -> Titles:
        """Names and titles for items of a type; ids if the workspace's methods do not fit together.

        The installation has no methods, and its time is UTC.
        """
        found = self._titles.get((workspace, type))
        if found is None:
            try:
                catalog = None if workspace == INSTALLATION else self.catalog(workspace)
            except DefinitionError:
                catalog = None
            installation = workspace == INSTALLATION
            zone = "UTC" if installation else self.workspace(workspace).calendar.zone
            # Not a method of this unit, which keeps the titles: a reference cycle would keep all reads in memory.
            names = partial(self.environment.names.of, session=self.session)
            shown = zone if installation else ""
            found = Titles(catalog, type, zone=zone, now=self.now, name_of=names, zone_shown=shown)
            self._titles[workspace, type] = found
        return found

    def item_type(self, record: ItemRecord) -> ItemType | None:
        """The item's type, or `None` if its method is missing."""
        return self.catalog(record.workspace).item_types.get(record.type)

    def own(self, ref: ItemRef) -> ItemRecord:
        """The item that the act is about."""
        self._looked_at[ref] = None
        record = self._items.get(ref) or self.item(ref)
        if record is None:
            raise NotFoundError("item", ref.key)
        return record

    def item(self, ref: ItemRef) -> ItemRecord | None:
        """An item with the changes of this act."""
        self._looked_at[ref] = None
        if ref in self._items:
            return self._items[ref]
        record = self.session.item(ref)
        if record is not None:
            self._read[ref] = self._items[ref] = record
        return record

    def items(self, refs: Iterable[ItemRef]) -> list[ItemRecord]:
        """Items with the changes of this act, read at once; those that do not exist are left out."""
        wanted = list(dict.fromkeys(refs))
        self._looked_at.update(dict.fromkeys(wanted))
        unread = [ref for ref in wanted if ref not in self._items]
        if unread:
            self.current(self.session.items(unread))
        return [self._items[ref] for ref in wanted if ref in self._items]

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None,
    ) -> list[ItemRecord]:
        """The results of a search in the store, with the changes of this act."""
        return self.current(self.stored(workspace, type, states, where, overlapping))

    def stored(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None,
    ) -> Sequence[ItemRecord]:
        """The results of a search in the store alone; read once, as the first read counts."""
        # As text, because `True` and `1` are the same key in a dictionary.
        asked = repr((workspace, type, states, where, overlapping))
        found = self._searched.get(asked)
        if found is None:
            if (where or overlapping is not None) and not self.is_indexed(workspace, type):
                every = self.session.search(workspace, type, states, (), None)
                found = [r for r in every if all(meets(self.index_values(r), each) for each in where)]
            else:
                found = self.session.search(workspace, type, states, where, overlapping)
            self._searched[asked] = found
        return found

    def times(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime],
        *,
        whole: bool,
    ) -> Sequence[TimeRow]:
        """When items take place, in the store alone, each read once, as the first read counts; further ones too."""
        # As text, because `True` and `1` are the same key in a dictionary.
        search = repr((workspace, type, states, where, whole))
        known = self._times.get(search)
        if known is None:
            # Of the session alone: a reference to this unit would be a cycle.
            read = partial(self.session.times, workspace, type, states, where)
            known = self._times[search] = ReadTimes(read, whole=whole)
        return known.within(*overlapping)

    def is_indexed(self, workspace: str, type: str) -> bool:
        """Whether the index of a type's items follows its definition: after a change of rules it takes a while."""
        return self.follows(workspace, type, INDEX)

    def follows(self, workspace: str, type: str, part: str) -> bool:
        """Whether a part of the values of a type's items is up to date: `INDEX`, `COMPUTED` or `SCHEDULE`."""
        version = self.workspace(workspace).version
        known = self.environment.up_to_date.get(workspace)
        if known is not None and known[0] == version and (type, part) in known[1]:
            return True
        if (workspace, type, part) in self._behind:
            return False
        found = up_to_date(self.catalog(workspace), self.session.upkeep.progress(workspace))
        self.environment.up_to_date[workspace] = version, frozenset(found)
        if (type, part) not in found:
            self._behind.add((workspace, type, part))
        return (type, part) in found

    def is_computed(self, workspace: str, item_type: ItemType) -> bool:
        """Whether the stored values of a type's computed fields follow from the rules in force."""
        return not item_type.computed or self.follows(workspace, item_type.id, COMPUTED)

    def as_computed(self, record: ItemRecord) -> ItemRecord:
        """An item for what others read of it: after a change of rules it is computed again, until the worker has come.

        Raises:
            PluginError: a field cannot be computed, so that its value is not known.
        """
        item_type, ref = self.item_type(record), ItemRef(record.workspace, record.number)
        if item_type is None or self.is_computed(record.workspace, item_type) or ref in self._computing:
            # Where items compute from each other in a circle, each is read as it is stored.
            return record
        before, found = self._computed.get(ref, (None, record))
        if before is not record:
            self._computing.add(ref)
            try:
                found = self.environment.derived.computed(self, record, item_type)
            finally:
                self._computing.discard(ref)
            self._computed[ref] = record, found
        return found

    def index_values(self, record: ItemRecord) -> Values:
        """The indexed values of an item by the definition in force; none if its method is missing."""
        item_type = self.item_type(record)
        if item_type is None or not item_type.indexed:
            return {}
        return index_values(item_type, record.fields, self._unfit(item_type, record))

    def _unfit(self, item_type: ItemType, record: ItemRecord) -> Collection[str]:
        """The stored fields of an item that do not fit its type."""
        return unfit(self.typed.of(item_type.fields, record))

    def delegations(self, actor: str) -> Sequence[Delegation]:
        """Delegations from a person and to them."""
        if actor not in self._delegations:
            self._delegations[actor] = self.session.people.list_delegations(actor)
        return self._delegations[actor]

    def current(self, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Records from a query, with the changes of this act."""
        # Written out, as a search may find thousands.
        looked_at, read, here = self._looked_at, self._read, self._items
        found: list[ItemRecord] = []
        for record in records:
            ref = ItemRef(record.workspace, record.number)
            looked_at[ref] = None
            known = here.get(ref)
            if known is None:
                known = read[ref] = here[ref] = record
            found.append(known)
        return found

    def begin_move(self) -> None:
        """Begin another decision, which has its own list of items that it reads."""
        self._looked_at = {}

    def others_read(self, ref: ItemRef) -> dict[str, int]:
        """Versions of the other items that a move has read so far, by key.

        Of many items it has the first ones, and under `...` the total number.
        """
        others = [self._read[other] for other in self._looked_at if other != ref and other in self._read]
        kept = {record.key: record.version for record in others[:KEYS_KEPT]}
        return kept if len(others) <= KEYS_KEPT else kept | {"...": len(others)}

    def made_here(self, fits: Callable[[ItemRecord], bool]) -> list[ItemRecord]:
        """Items made or changed in this act that fit; a query of the store does not see them."""
        # First those, as fitting may read further items.
        changed = self._changed() if self._touched else ()
        if not changed:
            return []
        here = [self._items[ref] for ref in changed]
        return [record for record in here if fits(record)]

    def relinked(self, link_type: str) -> bool:
        """Whether links of a type were made or removed in this act."""
        return any(
            self._items[ref].links.get(link_type, ())
            != (old.links.get(link_type, ()) if (old := self._read.get(ref)) else ())
            for ref in self._changed()
        )

    def _changed(self) -> list[ItemRef]:
        """The items made or changed in this act, without looking at all those that it has read."""
        read, here = self._read, self._items
        return [ref for ref in self._touched if ref in here and here[ref] is not read.get(ref)]
