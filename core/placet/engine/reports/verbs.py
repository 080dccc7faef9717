"""Reports: lists of items, worklists, verification, and the linter's findings about the rules in use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.catalog.findings import Finding
from placet.engine.act.access import in_workspace, item_places, may_see, places, shown_item
from placet.engine.act.input import parse_key
from placet.engine.act.people import Actor
from placet.engine.act.queries import ItemQuery, Page
from placet.engine.act.records import ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.confirmations import Confirmations
from placet.engine.approvals.verbs import Approvals
from placet.engine.reports.audit import Audit, Auditor, Progress
from placet.engine.reports.details import ItemDetails, details, empty, to_evaluate
from placet.engine.reports.linting import linted
from placet.engine.reports.meant import meant
from placet.engine.reports.queries import (
    condition,
    demand_known,
    demand_sort,
    indexed_fields,
    is_complete,
    values_of,
)
from placet.engine.reports.worklist import LIMIT, Worklist, worklist
from placet.engine.rules.context import Context
from placet.engine.rules.former import has_former
from placet.engine.rules.previews import TransitionPreview, preview_of

#: Items that are counted at a time.
_BATCH = 500


class Reports:
    """Reports across items. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, approvals: Approvals, confirmations: Confirmations) -> None:
        self._acts = acts
        self._approvals = approvals
        self._confirmations = confirmations

    def item_query(
        self,
        actor: Actor,
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
        """A query given as text, its names checked against the rules of the workspaces that it searches.

        Raises:
            MalformedError: a name does not exist; with the nearest ones.
            NotFoundError: the workspace.
        """

        def see(unit: UnitOfWork) -> ItemQuery:
            within, some = item_places(unit, actor, workspace)
            catalogs = [unit.catalog(place) for place in (*within, *(some.workspaces if some else ()))]
            indexed = indexed_fields(catalogs, type)
            demand_known(catalogs, type, states, categories)
            demand_sort(sort, indexed)
            return ItemQuery(
                workspaces=within,
                type=type,
                state=tuple(states),
                category=tuple(categories),
                parent=None if parent is None else parse_key(parent).key,
                assignee=assignee,
                conditions=tuple(condition(name, value, indexed) for name, value in (fields or {}).items()),
                q=q,
                sort=sort,
                limit=limit,
                cursor=cursor,
                elsewhere=some,
            )

        return self._acts.look(see)

    def items(self, actor: Actor, query: ItemQuery) -> Page[ItemRecord]:
        """A page of items that the actor may see."""

        def see(unit: UnitOfWork) -> Page[ItemRecord]:
            page = unit.session.list_items(query, values_of(unit, query))
            own = {key for key in query.workspaces or () if in_workspace(actor, unit.workspace(key))}
            rows = [r for r in page.rows if r.workspace in own or may_see(unit, actor, r)]
            return Page(rows, page.next_cursor, is_complete(unit, query))

        return self._acts.look(see)

    def search(
        self, actor: Actor, near: str, type: str, *, states: Sequence[str] = (), **where: Any
    ) -> list[ItemRecord]:
        """Items in the workspace of an item, searched by indexed fields as checks search, that the actor may see.

        For reports about one item, such as the items that name it: who sees an item by a role on it needs no role in
        the workspace.

        Args:
            actor: the actor.
            near: the key of the item.
            type: an item type.
            states: some of its states; empty for all.
            where: conditions on indexed fields, as in `CheckContext.items`.

        Raises:
            NotFoundError: the item does not exist, or the actor may not see it.
        """

        def see(unit: UnitOfWork) -> list[ItemRecord]:
            ctx = Context(unit, shown_item(unit, actor, near), actor.id)
            found = (item.record for item in ctx.items(type, states=states, **where))
            return [record for record in found if may_see(unit, actor, record)]

        return self._acts.look(see)

    def previews(
        self, actor: Actor, wishes: Sequence[tuple[ItemRecord, str]]
    ) -> dict[str, TransitionPreview]:
        """One transition of each of some items that the actor was shown, as it would be for the actor now, by key.

        All are evaluated in one view of the store, in which each search is made once: for boards, where one move of
        each item is of interest. An item that has no such transition in its state is left out.
        """

        def see(unit: UnitOfWork) -> dict[str, TransitionPreview]:
            unit.asked_by(actor)
            found = ((record.key, preview_of(unit, record, actor, name)) for record, name in wishes)
            return {key: preview for key, preview in found if preview is not None}

        return self._acts.look(see)

    def number_of_items(self, actor: Actor, query: ItemQuery) -> int:
        """The total number of items that a query of `item_query` finds."""

        def see(unit: UnitOfWork) -> int:
            inside = replace(query, elsewhere=None, cursor=None)
            number = unit.session.number_of_items(inside, values_of(unit, inside))
            return number + sum(may_see(unit, actor, record) for record in self._elsewhere(unit, query))

        return self._acts.look(see)

    def _elsewhere(self, unit: UnitOfWork, query: ItemQuery) -> Iterator[ItemRecord]:
        """The single items of a query that the store finds in workspaces to which its actor does not belong."""
        cursor: str | None = None
        while query.elsewhere is not None:
            outside = replace(query, workspaces=(), sort="key", limit=_BATCH, cursor=cursor)
            page = unit.session.list_items(outside, values_of(unit, outside))
            yield from page.rows
            cursor = page.next_cursor
            if cursor is None:
                return

    def details(
        self,
        actor: Actor,
        records: Sequence[ItemRecord],
        include: Collection[str] = ("approvals", "timers"),
        *,
        judged: ItemRecord | None = None,
    ) -> list[ItemDetails]:
        """Items that the actor was shown, with further details, all in one view of the store.

        Details are `approvals`, `timers` and `next`, the primary transition; former fields are always among them.
        `judged` is the one item of these as an act on it has just judged its approvals.
        """
        if not to_evaluate(records, include) and all(map(self._known, records)):
            return [empty(record, include) for record in records]
        return self._acts.look(lambda unit: details(unit, actor, records, include, judged))

    def _known(self, record: ItemRecord) -> bool:
        """Whether it is certain, without reading anything, that the rules know all fields of an item."""
        catalog = self._acts.known_catalog(record.workspace, record.workspace_version)
        return catalog is not None and not has_former(catalog.item_types.get(record.type), record)

    def meant(self, actor: Actor, text: str) -> ItemRecord | None:
        """The item that is meant by a text in place of its key; `None` where none is like it."""
        return self._acts.look(lambda unit: meant(unit, actor, text))

    def worklist(self, actor: Actor) -> Worklist:
        """The decisions, moves and blockers that wait for the actor, first what is due first."""
        votes = tuple(self._approvals.find(actor, waiting_for=actor.id, limit=LIMIT).rows)
        return self._acts.look(
            lambda unit: worklist(unit, actor, votes, self._confirmations.of_person(unit, actor))
        )

    def verify(
        self,
        actor: Actor,
        workspace: str | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
        on_progress: Progress | None = None,
    ) -> Audit:
        """Verify every history that the actor may see, and all that follows from them: see `Auditor.verify`."""
        return Auditor(self._acts).verify(actor, workspace, after=after, limit=limit, on_progress=on_progress)

    def lint(self, actor: Actor, workspace: str | None = None, *, stored: bool = True) -> list[Finding]:
        """Findings about every method set in use: errors, loosenings, stranded items, vacant roles, failed jobs.

        Without `stored` no item is read, and nothing is found about items: none of that is an error of the rules.
        """

        def see(unit: UnitOfWork) -> list[Finding]:
            within = places(unit, actor, workspace)
            return [
                finding
                for place in within
                for finding in linted(unit, self._acts.registry, place, stored=stored)
            ]

        return self._acts.look(see)
