"""The contexts of checks and effects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Self, TypeVar

from placet.catalog.added_gates import gate_faults
from placet.catalog.catalog import Catalog
from placet.definitions.added_gates import AddedGate
from placet.definitions.arguments import fitting
from placet.definitions.checks import Check, Gate
from placet.definitions.context import ConfirmationView
from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.readonly import read_only_dict
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import Blocker
from placet.engine.act.holders import holders_of
from placet.engine.act.input import parse_key
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.plugin_calls import by_the_engine
from placet.engine.act.records import ApprovalRound, EventRecord, Evidence, ItemRecord, ItemRef, Message
from placet.engine.act.titles import Titles
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules import histories
from placet.engine.rules.conditions import condition_of
from placet.engine.rules.confirmations import ConfirmationOfItem, NoConfirmation
from placet.engine.rules.material import outdated
from placet.engine.rules.outdated_items import item_of, items_of
from placet.engine.rules.panels import decided_by_others
from placet.engine.rules.searches import Occasion, Search, as_left
from placet.engine.rules.views import Item, ReadOnly, RoundView, barred_on, done_against
from placet.errors import DefinitionError, nearest

FoundT = TypeVar("FoundT")

#: The most steps of a walk along links, unless the caller sets fewer; they end a walk in a cycle too.
FURTHEST = 20
_NOTHING_SENT = read_only_dict({})


class Context(ReadOnly):
    """A transition as it would be. Reads go through the act, whose commit compares them."""

    #: Whether the titles of checks are shown to people, in their words; else they are as their definitions have them.
    entitles = False

    unit: UnitOfWork
    record: ItemRecord
    actor: str
    transition: str
    comment: str
    sent: Mapping[str, Any]
    now: datetime
    workspace: WorkspaceRecord
    catalog: Catalog
    item: Item
    _method: str
    #: Results of walks along links, which several checks of a transition share.
    _walks: dict[tuple[str, frozenset[ItemRef], bool, int], Sequence[ItemRef]]
    #: Results of searches, likewise, with the edition of the act.
    _searches: dict[str, tuple[int, Sequence[Item]]]
    _titles: Titles | None

    def __init__(
        self,
        unit: UnitOfWork,
        record: ItemRecord,
        actor: str,
        *,
        transition: str = "",
        comment: str = "",
        sent: Mapping[str, Any] | None = None,
    ) -> None:
        catalog = unit.catalog(record.workspace)
        vars(self).update(
            unit=unit,
            record=record,
            actor=actor,
            transition=transition,
            comment=comment,
            sent=_NOTHING_SENT if sent is None else read_only_dict(sent),
            now=unit.now,
            workspace=unit.workspace(record.workspace),
            catalog=catalog,
            item=Item(record, catalog.item_types.get(record.type), unit.typed),
            _method=method_of(record.type),
            _walks={},
            _searches={},
            _titles=None,
        )

    def about(self, transition: str) -> Self:
        """The same view for another transition; the item's fields are read once for all transitions."""
        other = object.__new__(type(self))
        vars(other).update(vars(self), transition=transition)
        return other

    def speaking_for(self, method: str) -> Self:
        """The same view with the `settings` of another method."""
        other = object.__new__(type(self))
        vars(other).update(vars(self), _method=method)
        return other

    def without_round(self, round: ApprovalRound) -> Context:
        """The view of the item as it was before a round of an approval was opened, as far as approvals go."""
        others = tuple(each for each in self.record.approvals if each is not round)
        return Context(
            self.unit, changed(self.record, approvals=others), self.actor, transition=self.transition
        )

    def once(self, rule: Gate | Check, find: Callable[[], FoundT]) -> FoundT:  # noqa: ARG002  # see `Preview`
        """The finding of a rule, which a view of several transitions asks for once."""
        return find()

    def is_shown(self, blocker: Blocker) -> bool:  # noqa: ARG002  # see `Preview`
        """Whether a blocker is shown to people, and needs their words."""
        return True

    @property
    def before(self) -> Item | None:
        recorded = self.unit.as_recorded(self.record)
        return None if recorded is None else Item(recorded, self.unit.item_type(recorded), self.unit.typed)

    def speaks_for(self, method: str) -> None:
        """Set the method whose `settings` the view returns."""
        self.__dict__["_method"] = method

    @property
    def titles(self) -> Titles:
        """Names and titles for this item, in its workspace."""
        found = self._titles
        if found is None:
            found = self.__dict__["_titles"] = self.unit.titles(self.record.workspace, self.record.type)
        return found

    @property
    def _ref(self) -> ItemRef:
        return ItemRef(self.record.workspace, self.record.number)

    @property
    def settings(self) -> Any:
        return self.catalog.settings[self._method]

    @property
    def today(self) -> date:
        return self.workspace.calendar.day_of(self.now)

    def holders(self, role: str, *, of: str | None = None) -> tuple[str, ...]:
        if role != SYSTEM and role not in self.catalog.roles:
            self._demand_known("role", role, self.catalog.roles)
        if of is None or parse_key(of) == self._ref:
            return holders_of(role, self.record, self.unit)
        other = self.unit.item(parse_key(of))
        return () if other is None else holders_of(role, other, self.unit)

    def _holders(self, role: str) -> tuple[str, ...]:
        """Like `holders`, but for former roles too, which old rounds of approvals may contain."""
        return holders_of(role, self.record, self.unit)

    def _demand_known(self, kind: str, id: str, known: Collection[str]) -> None:
        """Raises `DefinitionError` for an unknown id of a method that is present: an empty result would hide it.

        For a method that is named in `extends` and not switched on, an empty result is correct.
        """
        if id not in known and method_of(id) not in self.catalog.absent:
            raise DefinitionError(f'there is no {kind} "{id}"{nearest(id, known)}')

    def holds(self, actor: str | None, *roles: str) -> bool:
        return actor is not None and any(actor in self.holders(str(role)) for role in roles)

    @by_the_engine
    def is_administrator(self, actor: str) -> bool:
        found = self.unit.session.people.actor(actor)
        return found is not None and found.admin

    def approval(self, approval: str) -> RoundView | None:
        round = self.record.round(approval)
        if round is None:
            self._demand_known("approval", approval, self.catalog.approvals)
            return None
        return self.view_of(round)

    def asked_by(self, approval: str) -> tuple[str, ...]:
        item_type = self.catalog.item_types.get(self.record.type)
        if item_type is None:
            return ()
        leaving = item_type.workflow.leaving(self.record.state)
        return tuple(each.name for each in leaving if approval in each.asks)

    def view_of(self, round: ApprovalRound) -> RoundView:
        """A round of the item, counted now; void if it does not cover the item as it would be.

        It may have been given for something else, or by people who do not decide under the rules in force.
        """
        reason = outdated(self.record, self.catalog.item_types.get(self.record.type), round)
        if reason is None:
            reason = self._decided_by_others(round)
        act = f"vote:{round.approval}"
        barred = partial(barred_from, act, self.record, self)
        done = partial(self._done_against, act)
        return RoundView(round, self.now, self._holders, barred, done, self.titles, reason)

    def _done_against(self, act: str, person: str) -> tuple[str, ...]:
        item_type = self.catalog.item_types.get(self.record.type)
        duties = item_type.duties if item_type is not None else ()
        return tuple(
            dict.fromkeys(o for duty in duties for o in done_against(duty, self.record, act, person))
        )

    @by_the_engine
    def _decided_by_others(self, round: ApprovalRound) -> Message | None:
        return decided_by_others(self, round)

    def confirmation(self, confirmation: str) -> ConfirmationView:
        item_type = self.catalog.item_types.get(self.record.type)
        found = item_type.confirmation(confirmation) if item_type is not None else None
        if found is not None:
            return ConfirmationOfItem(self.record, found, self.now)
        known = () if item_type is None else [each.id for each in item_type.confirmations]
        self._demand_known("confirmation", confirmation, known)
        return NoConfirmation()

    def evidence(self, kind: str) -> Sequence[Evidence]:
        return [
            e
            for e in self.record.evidence
            if e.kind == kind and (e.valid_until is None or e.valid_until > self.now)
        ]

    def _item(self, record: ItemRecord) -> Item:
        if ItemRef(record.workspace, record.number) == self._ref:
            return self.item
        return item_of(self.unit, record)

    def _views(self, records: Sequence[ItemRecord]) -> list[Item]:
        """The views of items; that of its own item is the one that the context has."""
        if not records:
            return []
        found = items_of(self.unit, records)
        own = self._ref
        for n, record in enumerate(records):
            if record.number == own.number and record.workspace == own.workspace:
                found[n] = self.item
        return found

    @by_the_engine
    def get(self, key: str) -> Item | None:
        ref = parse_key(key)
        if ref == self._ref:
            return self.item
        record = self.unit.item(ref)
        return None if record is None else self._item(record)

    @by_the_engine
    def parent(self) -> Item | None:
        return None if self.record.parent is None else self.get(self.record.parent)

    @by_the_engine
    def children(self, type: str | None = None, *, of: str | None = None) -> Sequence[Item]:
        if type is not None:
            self._demand_known("item type", type, self.catalog.item_types)
        above = self.item.key if of is None else of
        stored = self.unit.session.children(parse_key(above), type)
        return self._all(
            stored, lambda record: record.parent == above and (type is None or record.type == type)
        )

    @by_the_engine
    def get_all(self, keys: Iterable[str]) -> Sequence[Item]:
        refs = [parse_key(key) for key in keys]
        if not refs:
            return []
        own = self._ref
        others = self.unit.items([ref for ref in refs if ref != own])
        views = self._views(others)
        found = {(item.record.workspace, item.record.number): item for item in views} | {own: self.item}
        return [found[ref] for ref in dict.fromkeys(refs) if ref in found]

    @by_the_engine
    def linked(self, link_type: str, *, of: str | None = None) -> Sequence[Item]:
        self._demand_known("link type", str(link_type), self.catalog.link_types)
        start: Item | None = self.item if of is None else self.get(of)
        if start is None:
            return []
        keys = start.record.links.get(str(link_type))
        if not keys:
            return []
        return [self._by_link(end, link_type, start.record, end.key) for end in self.get_all(keys)]

    @by_the_engine
    def linking(self, link_type: str, *, of: str | None = None) -> Sequence[Item]:
        self._demand_known("link type", str(link_type), self.catalog.link_types)
        key = of or self.item.key
        stored = self.unit.session.linking(str(link_type), parse_key(key))
        starts = self._all(stored, lambda record: key in record.links.get(str(link_type), ()))
        return [self._by_link(start, link_type, start.record, key) for start in starts]

    def _by_link(self, found: Item, link_type: str, start: ItemRecord, target: str) -> Item:
        """An item at the end of a link, with the attributes of the link."""
        definition = self.catalog.link_types.get(str(link_type))
        if definition is None or definition.attributes is None:
            return found
        return found.by_link(definition.attributes, start.attributes_of(str(link_type), target))

    @by_the_engine
    def reachable(
        self, link_type: str, *, of: Iterable[str] | None = None, inwards: bool = False, steps: int = FURTHEST
    ) -> Sequence[str]:
        self._demand_known("link type", str(link_type), self.catalog.link_types)
        starts = {self._ref} if of is None else {parse_key(key) for key in of}
        if not starts:
            return []
        if self.unit.relinked(str(link_type)):
            found = self._walked(str(link_type), starts, inwards=inwards, steps=steps)
        else:
            walk = (str(link_type), frozenset(starts), inwards, steps)
            if walk not in self._walks:
                self._walks[walk] = self.unit.session.reachable(
                    walk[0], sorted(starts), inwards=inwards, steps=steps
                )
            found = self._walks[walk]
        return [ref.key for ref in found if ref not in starts]

    def _walked(
        self, link_type: str, starts: set[ItemRef], *, inwards: bool, steps: int
    ) -> Sequence[ItemRef]:
        """Walk step by step, as the store does not know the links that this act has made."""
        walk = self.linking if inwards else self.linked
        found: set[ItemRef] = set()
        front = starts
        for _ in range(steps):
            reached = [item.record for start in sorted(front) for item in walk(link_type, of=start.key)]
            front = {ItemRef(record.workspace, record.number) for record in reached} - found - starts
            found |= front
        return sorted(found)

    @by_the_engine
    def items(
        self,
        type: str,
        *,
        states: Iterable[str] = (),
        overlapping: tuple[datetime, datetime] | None = None,
        **where: Any,
    ) -> Sequence[Item]:
        search = self._search(type, states, where, overlapping)
        if search is None:
            return []
        asked = repr((type, search.states, search.where, overlapping))
        edition, found = self._searches.get(asked, (-1, ()))
        if edition != self.unit.edition:
            found = self._views(search.records())
            self._searches[asked] = self.unit.edition, found
        return list(found)

    @by_the_engine
    def times(
        self,
        type: str,
        *,
        overlapping: tuple[datetime, datetime],
        states: Iterable[str] = (),
        fields: Iterable[str] = (),
        **where: Any,
    ) -> Sequence[Occasion]:
        search = self._search(type, states, where, overlapping)
        entry = None if search is None else search.item_type.calendar
        if search is None or entry is None:
            return []
        names: tuple[str, ...] = fitting(Iterable[str], f"a reading of times of {type}", "fields", fields)
        return search.occasions(entry, overlapping, names)

    def _search(
        self,
        type: str,
        states: Iterable[str],
        where: Mapping[str, Any],
        overlapping: tuple[datetime, datetime] | None,
    ) -> Search | None:
        """A search as a check asks for it; `None` where it finds nothing, whatever there is."""
        self._demand_known("item type", type, self.catalog.item_types)
        wanted: tuple[str, ...] = fitting(Iterable[str], f"a search for {type}", "states", states)
        if type not in self.catalog.item_types:
            return None
        item_type = self.catalog.item_types[type]
        _demand_states(item_type, wanted)
        conditions = [condition_of(item_type, name, value) for name, value in where.items()]
        if any(condition.value in (None, ()) for condition in conditions):
            return None
        if overlapping is not None and item_type.calendar is None:
            raise DefinitionError(
                f"a check searches {type} by time, which has no calendar entry: declare one in the item type"
            )
        return Search(self.unit, self.workspace, item_type, wanted, conditions, overlapping)

    def gate_faults(self, gate: AddedGate) -> tuple[str, ...]:
        own = (
            ()
            if method_of(gate.id) == self._method
            else (f'the id "{gate.id}" does not begin with "{self._method}."',)
        )
        return (*own, *gate_faults(self.catalog, gate))

    @by_the_engine
    def events(
        self,
        type: str,
        *,
        kinds: Iterable[str] = ("transition",),
        since: datetime,
        until: datetime,
        of: Iterable[str] | None = None,
    ) -> Sequence[EventRecord]:
        self._demand_known("item type", type, self.catalog.item_types)
        about = f"a reading of events of {type}"
        wanted: tuple[str, ...] = fitting(Iterable[str], about, "kinds", kinds)
        keys: tuple[str, ...] | None = None if of is None else fitting(Iterable[str], about, "of", of)
        if type not in self.catalog.item_types:
            return []
        item_type = self.catalog.item_types[type]
        return histories.events(self.unit, self.workspace.key, item_type, wanted, (since, until), keys)

    def _all(self, stored: Sequence[ItemRecord], fits: Callable[[ItemRecord], bool]) -> list[Item]:
        return self._views(as_left(self.unit, stored, fits, exact=True))


def _demand_states(item_type: ItemType, states: Iterable[str]) -> None:
    for state in states:
        if item_type.workflow.state(state) is None:
            known = [each.id for each in item_type.workflow.states]
            raise DefinitionError(f'there is no state "{state}" of {item_type.id}{nearest(state, known)}')


def barred_from(act: str, record: ItemRecord, ctx: Context) -> frozenset[str]:
    """The people whom segregation of duties bars from an act on an item, because of their earlier acts on it."""
    item_type = ctx.catalog.item_types.get(record.type)
    if item_type is None:
        return frozenset()
    return barred_on(item_type, record, act)
