"""Verbs over the log and over lists: queries, verification, and the linter's view of what is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from placet.catalog import findings
from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding
from placet.catalog.linter import lint_calendars, lint_holders
from placet.definitions.items import json_schema
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.input import parse_key
from placet.engine.journal import FirstBad, first_bad
from placet.engine.kernel import Kernel, may_see, ref_of
from placet.engine.ports import Condition, EventQuery, ItemQuery, Page, Scalar, SealedEvent
from placet.engine.records import Actor, EventRecord, ItemRecord, ItemRef
from placet.errors import DefinitionError, MalformedError, NotFoundError

#: Events read at a time while verifying.
_BATCH = 500
CATEGORIES = ("todo", "active", "waiting", "done", "cancelled")


@dataclass(frozen=True, slots=True)
class Audit:
    """What verification found: every event's hash recomputed, every chain followed to its head."""

    ok: bool
    events: int
    first_bad: FirstBad | None = None


class EventWish(TypedDict, total=False):
    """Which events somebody asks for: all of them, from the beginning, by default."""

    workspace: str | None
    item: str | None
    actor: str | None
    kinds: Sequence[str]
    #: A cursor.
    after: str | None
    limit: int


class LogVerbs(Kernel):
    """What is read across items."""

    def item_query(
        self,
        asker: Actor,
        *,
        workspace: str | None = None,
        type: str | None = None,
        states: Sequence[str] = (),
        categories: Sequence[str] = (),
        parent: str | None = None,
        assignee: str | None = None,
        fields: Mapping[str, str] | None = None,
        q: str | None = None,
        sort: str = "key",
        limit: int = 50,
        cursor: str | None = None,
    ) -> ItemQuery:
        """A query as it was asked for in text, its names checked against the rules of where it looks.

        Raises:
            MalformedError: a value that names nothing, with the nearest that exist.
            NotFoundError: the workspace.
        """

        def see(work: UnitOfWork) -> ItemQuery:
            places = self.visible_workspaces(work, asker)
            if workspace is not None:
                places = (self.seen_workspace(work, asker, workspace).key,)
            catalogs = [work.catalog(place) for place in places]
            indexed = self._indexed(catalogs, type)
            self._check_names(catalogs, type, states, categories)
            name = sort.removeprefix("-")
            # A list has several values: an item would stand in several places.
            sorts = [
                "key",
                "created_at",
                "updated_at",
                *(n for n, kind in indexed.items() if kind != "array"),
            ]
            if name not in sorts:
                raise _no_such("sort", name, sorts)
            conditions = tuple(_condition(field, value, indexed) for field, value in (fields or {}).items())
            return ItemQuery(
                workspaces=places,
                type=type,
                state=tuple(states),
                category=tuple(categories),
                parent=None if parent is None else parse_key(parent).key,
                assignee=assignee,
                conditions=conditions,
                q=q,
                sort=sort,
                limit=limit,
                cursor=cursor,
                or_held_by=asker.id if workspace is None and not asker.admin else None,
            )

        return self.look(see)

    def _indexed(self, catalogs: Sequence[Catalog], type: str | None) -> dict[str, str]:
        """Indexed fields by name, each with its JSON type."""
        found: dict[str, str] = {}
        for catalog in catalogs:
            for item_type in catalog.item_types.values():
                if type in {None, item_type.id}:
                    properties = json_schema(item_type.fields).get("properties", {})
                    found |= {name: _json_type(properties.get(name, {})) for name in item_type.indexed}
        return found

    def _check_names(
        self, catalogs: Sequence[Catalog], type: str | None, states: Sequence[str], categories: Sequence[str]
    ) -> None:
        types = {t.id: t for catalog in catalogs for t in catalog.item_types.values()}
        if type is not None and type not in types:
            raise _no_such("item type", type, types)
        looked_at = [types[type]] if type is not None else list(types.values())
        known = {state.id for item_type in looked_at for state in item_type.workflow.states}
        for state in states:
            if state not in known:
                raise _no_such("state", state, known)
        for category in categories:
            if category not in CATEGORIES:
                raise _no_such("category", category, CATEGORIES)

    def items(self, asker: Actor, query: ItemQuery) -> Page[ItemRecord]:
        """A page of items that the asker may see."""

        def see(work: UnitOfWork) -> Page[ItemRecord]:
            page = work.session.list_items(query)
            rows = [r for r in page.rows if may_see(work, asker, r)]
            return Page(rows, page.next_cursor)

        return self.look(see)

    def number_of_items(self, asker: Actor, query: ItemQuery) -> int:  # noqa: ARG002  # every verb names its asker
        """How many items a query finds in all, which `item_query` restricted to what the asker may see."""
        return self.look(lambda work: work.session.number_of_items(query))

    def event_query(self, asker: Actor, **wish: Unpack[EventWish]) -> EventQuery:
        """A query of the log, restricted to what the asker may see."""
        return self.look(lambda work: self._restricted(work, asker, wish))

    def _restricted(self, work: UnitOfWork, asker: Actor, wish: EventWish) -> EventQuery:
        workspace, item = wish.get("workspace"), wish.get("item")
        ref = None if item is None else ref_of(self.seen(work, asker, item))
        places: tuple[str, ...] | None = None
        if workspace is not None:
            places = (self.seen_workspace(work, asker, workspace).key,)
        elif ref is None and not asker.admin:
            places = self.visible_workspaces(work, asker)
        kinds = tuple(wish.get("kinds", ()))
        return EventQuery(places, ref, wish.get("actor"), kinds, wish.get("after"), wish.get("limit", 100))

    def events(self, query: EventQuery) -> Page[EventRecord]:
        """A page of the log by position, an item's events in their own order.

        `next_cursor` is there even at its end, to go on from later. On PostgreSQL an event gets its position a moment
        after its commit (`placet.store.sealing`). Reading gives it to those that still have none, so that whoever reads
        after writing finds what they wrote; a program that uses the engine as a library needs no sealer of its own.
        """
        page = self.sealed_events(query)
        return Page([each.event for each in page.rows], page.next_cursor)

    def seen_events(self, asker: Actor, **wish: Unpack[EventWish]) -> Page[SealedEvent]:
        """A page of what the asker may see, as of the moment at which it is read.

        Whoever follows the log reads with this: a role that somebody is given between the asking and the reading would
        be passed over, with the event that tells of it.
        """
        self.store.settle()
        return self.look(lambda work: work.session.list_events(self._restricted(work, asker, wish)))

    def sealed_events(self, query: EventQuery) -> Page[SealedEvent]:
        """The same as `events`, each event with its place."""
        self.store.settle()
        return self.look(lambda work: work.session.list_events(query))

    # Verification

    def verify(self, asker: Actor, workspace: str | None = None) -> Audit:
        """Recompute every hash of every chain that the asker may see, and compare each chain's end with its item."""

        def see(work: UnitOfWork) -> Audit:
            places = self.visible_workspaces(work, asker)
            if workspace is not None:
                places = (self.seen_workspace(work, asker, workspace).key,)
            events = 0
            for place in places:
                record = work.workspace(place)
                counted, bad = self._chain(work, ItemRef(place, 0), place, record.seq, record.head)
                events += counted
                if bad is not None:
                    return Audit(ok=False, events=events, first_bad=bad)
                for item in self._all_items(work, place):
                    counted, bad = self._chain(work, ref_of(item), item.key, item.seq, item.head)
                    events += counted
                    if bad is not None:
                        return Audit(ok=False, events=events, first_bad=bad)
            return Audit(ok=True, events=events)

        return self.look(see)

    def _chain(
        self, work: UnitOfWork, ref: ItemRef, key: str, seq: int, head: str
    ) -> tuple[int, FirstBad | None]:
        count = 0

        def counted() -> Iterator[EventRecord]:
            nonlocal count
            after = 0
            while batch := work.session.history(ref, after, _BATCH):
                for event in batch:
                    count += 1
                    yield event
                after = batch[-1].seq

        bad = first_bad(key, counted(), seq=seq, head=head)
        return count, bad

    def _all_items(self, work: UnitOfWork, workspace: str) -> Iterator[ItemRecord]:
        cursor: str | None = None
        while True:
            page = work.session.list_items(ItemQuery((workspace,), limit=_BATCH, cursor=cursor))
            yield from page.rows
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    # Lint of what is in use

    def lint(self, asker: Actor, workspace: str | None = None) -> list[Finding]:
        """What is wrong with every method set in use: errors, loosenings, stranded items, vacant roles, failed jobs."""

        def see(work: UnitOfWork) -> list[Finding]:
            places = self.visible_workspaces(work, asker)
            if workspace is not None:
                places = (self.seen_workspace(work, asker, workspace).key,)
            return [finding for place in places for finding in self._lint(work, place)]

        return self.look(see)

    def _lint(self, work: UnitOfWork, place: str) -> list[Finding]:
        record = work.workspace(place)
        try:
            catalog, linted = self.registry.linted(record.rules)
        except DefinitionError as error:
            remedy = "repair the plugin that it names, or switch its method off"
            return [findings.error("composition", place, str(error), remedy)]
        found = [*linted, *lint_holders(catalog, record.roles)]
        found += lint_calendars(catalog, place, record.calendars)
        for method, reason in catalog.missing.items():
            message = f"the method {method} is not there: {reason}"
            found.append(
                findings.error(
                    "missing-method", place, message, "install or repair its plugin, or switch it off"
                )
            )
        for type, state, count in work.session.states_in_use(place):
            item_type = catalog.item_types.get(type)
            if item_type is None or item_type.workflow.state(state) is None:
                message = f"{count} item(s) of type {type} are stranded in {state}"
                remedy = "bring back the rules that know this state, or migrate them"
                found.append(findings.warning("stranded", place, message, remedy))
        for run in work.session.failed_runs(place):
            if run.job in catalog.jobs:
                message = (
                    f"the job {run.job} that was due at {run.due_at.isoformat()} was not done: {run.trouble}"
                )
                remedy = "repair what it names, or report it to the plugin's maintainer; it runs again at its next time"
                found.append(findings.warning("failed-job", place, message, remedy))
        return found


def _no_such(kind: str, name: str, known: Iterable[str]) -> MalformedError:
    return MalformedError(str(NotFoundError(kind, name[:100], known)))


def _json_type(schema: Mapping[str, object]) -> str:
    """`integer`, `number`, `boolean`, `array` or `string`, whether or not the field may be empty."""
    options = schema.get("anyOf", [schema])
    given = options if isinstance(options, list) else []
    types = [option.get("type") for option in given if isinstance(option, Mapping)]
    # A decimal may be sent as a number or as text, and is kept as text.
    known = [] if "string" in types else [each for each in types if each not in {None, "null"}]
    return str(known[0]) if known else "string"


def _condition(field: str, value: str, indexed: Mapping[str, str]) -> Condition:
    if field not in indexed:
        raise _no_such("indexed field", field, indexed)
    kind = indexed[field]
    parsed: Scalar = value
    try:
        if kind == "integer":
            parsed = int(value)
        elif kind == "number":
            parsed = float(value)
        elif kind == "boolean":
            parsed = {"true": True, "false": False}[value]
    except (ValueError, KeyError):
        raise MalformedError(f'field.{field} is of type {kind}, and "{value[:50]}" is none') from None
    return Condition(field, "has" if kind == "array" else "eq", parsed)
