"""The desk: a workspace with people, a clock and the real engine, for tests that read like the rules they prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from placet.catalog.catalog import Catalog
from placet.catalog.discovery import Registry, installed
from placet.definitions.calendar import DEFAULT_CALENDAR, BusinessCalendar
from placet.definitions.context import ConfirmationStatus, Decision
from placet.definitions.verdicts import BlockedError, GateMode
from placet.engine.act.event_document import event_document
from placet.engine.act.notifications import NotificationRecord
from placet.engine.act.people import Actor
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import EventRecord, Evidence, ItemRecord, NewLink
from placet.engine.approvals.views import ApprovalView
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.items.agenda import AgendaEntry
from placet.engine.items.links import LinkEnd
from placet.engine.items.windows import WindowWish
from placet.engine.moved import Moved
from placet.engine.reports.audit import Audit
from placet.engine.reports.metrics import Measured
from placet.engine.rules.previews import TransitionPreview
from placet.engine.timers.due import Due
from placet.engine.timers.views import TimerView
from placet.errors import NotFoundError, PlacetError, nearest
from placet.testing.clock import DeskClock
from placet.testing.explained import Explained
from placet.testing.opening import FILE, KEY, add_person, application_over, copy_files, opened
from placet.testing.paths import path
from placet.worker.plugins import Plugins


class Desk:
    """One workspace, with people in all roles and one clock.

    By default a role has one holder, who is named after its id without the method: `controller` holds
    `acme.controller`. Items are given by key, or as the record that a verb returned.
    """

    key = KEY

    def __init__(
        self,
        folder: Path,
        *,
        methods: Sequence[str] | None = None,
        registry: Registry | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        people: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Open a desk over a new SQLite file in a folder.

        Args:
            folder: an empty folder.
            methods: those to switch on; all that are installed if left out.
            registry: the plugins; the installed ones if left out. Desks with the same registry are opened faster.
            settings: by method.
            people: the holders of roles; a role that is left out has one holder, named after it.
        """
        registry = registry or installed()
        content, actors = opened(registry, self.key, methods, settings, people)
        (folder / FILE).write_bytes(content)
        self._begin(folder, registry, DeskClock(), actors)

    def _begin(self, folder: Path, registry: Registry, clock: DeskClock, actors: Mapping[str, Actor]) -> None:
        self._folder, self._registry, self.clock = folder, registry, clock
        #: Everybody there is, by id.
        self.actors: dict[str, Actor] = dict(actors)
        #: Catalog, engine, store and clock, wired together. `placet.api.create_app` makes the REST API over it.
        self.application = application_over(folder / FILE, registry, clock)
        self.engine: Engine = self.application.engine
        self._plugins = Plugins(self.application)
        with self.application.store.reading() as session:
            #: The position in the log up to which plugins have reacted.
            self._reacted = session.log.last_position()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plugins.close()
        self.application.close()

    def copy(self, folder: Path) -> Self:
        """A desk of its own over an empty folder, with all that is on this one: its rules, people, items and moment.

        For what many tests begin with: it is done once, at one desk, and each test goes on from a copy.
        """
        copy_files(self._folder, folder)
        made = type(self).__new__(type(self))
        made._begin(folder, self._registry, DeskClock(self.clock.now()), self.actors)  # noqa: SLF001  # one like this
        made._reacted = self._reacted  # noqa: SLF001  # the same
        return made

    # People, rules, time

    def pass_time(self, until: datetime | str) -> None:
        """Move the clock forward, and fire everything that becomes due on the way: timers, expiries, periodic jobs.

        Errors of plugins' code are raised, and refusals of jobs too. A timer's transition that is blocked by rules is
        tried again later, as in any workspace.
        """
        moment = datetime.fromisoformat(until) if isinstance(until, str) else until
        self.engine.timers.pass_time(self.clock, moment, fire=self._fire)

    def _fire(self, due: Due) -> None:
        try:
            self.engine.timers.carry_out(due)
        except PluginError as failure:
            raise (failure.error or failure) from None
        except PlacetError as refusal:
            if not due.number:
                raise
            self.engine.timers.put_off(due, str(refusal))

    def person(self, name: str) -> Actor:
        """A person by id, who is made when first named here, or in a role. The verbs only take existing people."""
        if name == SYSTEM_ACTOR.id:
            return SYSTEM_ACTOR
        if name not in self.actors:
            self.actors[name] = add_person(self.engine, name)
        return self.actors[name]

    def _actor(self, name: str) -> Actor:
        """An existing person: with a misspelt name a test would prove refusals of a stranger."""
        if name != SYSTEM_ACTOR.id and name not in self.actors:
            raise LookupError(
                f'there is no person "{name}" at the desk{nearest(name, self.actors)} '
                f'Make a new one with desk.person("{name}")'
            )
        return self.person(name)

    def hold(self, role: str, *people: str) -> None:
        """Assign a role in the workspace."""
        for name in people:
            self.person(name)
        self.engine.workspaces.assign(SYSTEM_ACTOR, self.key, role, people)

    @property
    def catalog(self) -> Catalog:
        """The rules of the workspace: its methods, composed."""
        return self.engine.workspaces.catalog(SYSTEM_ACTOR, self.key)

    def configure(self, method: str, **settings: Any) -> None:
        """Give a method other settings."""
        self.engine.workspaces.change(SYSTEM_ACTOR, self.key, settings={method: settings})

    def gate_mode(self, gate: str, mode: GateMode | str) -> None:
        """Apply a gate in another mode."""
        modes = dict(self.engine.workspaces.get(SYSTEM_ACTOR, self.key).gate_modes)
        self.engine.workspaces.change(SYSTEM_ACTOR, self.key, gate_modes={**modes, gate: GateMode(mode)})

    def calendar(self, calendar: BusinessCalendar, name: str = DEFAULT_CALENDAR) -> None:
        """Give the workspace another calendar, from now on."""
        self.engine.workspaces.change(SYSTEM_ACTOR, self.key, calendars={name: calendar})

    def window(self, title: str, start: datetime, end: datetime, kind: str, *, actor: str) -> ItemRecord:
        """Declare a window in which something may or may not be done, as an imported calendar does."""
        wish = WindowWish(title, start, end, kind)
        made = self.engine.agenda.declare_windows(self._actor(actor), self.key, [wish])
        if not isinstance(made, list):
            raise TypeError("windows are governed here, and this one waits for a second person")
        return made[0]

    def at(self, moment: datetime | str) -> None:
        """Let time pass."""
        self.clock.move_to(moment)

    # Items

    def create(
        self,
        type: str,
        /,
        title: str = "",
        *,
        actor: str | None = None,
        parent: ItemRecord | str | None = None,
        links: Sequence[tuple[str, str] | tuple[str, str, Mapping[str, Any]]] = (),
        state: str | None = None,
        **fields: Any,
    ) -> ItemRecord:
        """Make an item, by default as a person who may; a link is its type, its target and, if any, its attributes."""
        return self.engine.items.create(
            self._actor(actor or self._creator(type)),
            workspace=self.key,
            type=type,
            title=title or type.partition(".")[2].replace("_", " "),
            fields=fields,
            parent=None if parent is None else _key(parent),
            links=[NewLink(*link) for link in links],
            state=state,
        )

    def _creator(self, type: str) -> str:
        return self._holder([*self.catalog.item_type(type).creators, *self.catalog.roles])

    def _holder(self, roles: Sequence[str]) -> str:
        held = self.engine.workspaces.get(SYSTEM_ACTOR, self.key).roles
        return next((held[role][0] for role in roles if held.get(role)), SYSTEM_ACTOR.id)

    def given(
        self,
        type: str,
        /,
        *,
        state: str | None = None,
        title: str = "",
        parent: ItemRecord | str | None = None,
        comment: str = "so that the test can begin",
        **fields: Any,
    ) -> ItemRecord:
        """An item in a state, which it has reached by its own transitions alone.

        Each transition is made by the first person who may, with those of the given fields that it asks for; the people
        who are asked for approvals grant them, and those who are named confirm it.

        Raises:
            BlockedError: a gate on the way requires more than was given.
        """
        item = self.create(type, title, parent=parent, **fields)
        workflow = self.catalog.item_type(type).workflow
        for name in path(workflow, item.state, state or item.state):
            item = self._pushed(item, name, comment)
        return item

    def _pushed(self, item: ItemRecord, name: str, comment: str) -> ItemRecord:
        # One by one: in an ordered panel, the next people are asked once the step before is granted.
        while asked := [(each.approval, each.missing) for each in self.approvals(item) if each.missing]:
            approval, voters = asked[0]
            self.approve(item, approval, by=voters[:1])
        for each in self.item(item).confirmations:
            if each.status is ConfirmationStatus.PENDING:
                self.confirm(item, each.confirmation, by=each.actor)
        transition = self.catalog.item_type(item.type).workflow.transition(name)
        roles = transition.roles if transition is not None else ()
        return self.move(item, name, actor=self._holder(roles), comment=comment).item

    def item(self, item: ItemRecord | str) -> ItemRecord:
        """An item as it is now."""
        return self.engine.items.get(SYSTEM_ACTOR, _key(item))

    def items(self) -> list[ItemRecord]:
        """All items of the workspace as they are now, the oldest first."""
        query = self.engine.reports.item_query(SYSTEM_ACTOR, workspace=self.key, limit=10_000)
        return list(self.engine.reports.items(SYSTEM_ACTOR, query).rows)

    def edit(self, item: ItemRecord | str, *, actor: str, **fields: Any) -> ItemRecord:
        """Change fields."""
        return self.engine.items.edit(self._actor(actor), _key(item), fields=fields)

    def link(
        self,
        item: ItemRecord | str,
        link_type: str,
        target: ItemRecord | str,
        *,
        actor: str = "system",
        **attributes: Any,
    ) -> None:
        """Link an item to another, with the link's attributes."""
        self.engine.items.link(self._actor(actor), _key(item), link_type, _key(target), attributes or None)

    def unlink(
        self,
        item: ItemRecord | str,
        link_type: str,
        target: ItemRecord | str,
        *,
        actor: str = "system",
        comment: str = "",
    ) -> None:
        """Remove a link; the comment says why."""
        self.engine.items.unlink(self._actor(actor), _key(item), link_type, _key(target), comment=comment)

    def links(self, item: ItemRecord | str) -> list[LinkEnd]:
        """The links of an item, including those that lead to it."""
        return self.engine.items.links(SYSTEM_ACTOR, _key(item))

    def appoint(self, item: ItemRecord | str, role: str, *people: str, actor: str = "system") -> ItemRecord:
        """Give people a role on one item, instead of those who held it there."""
        for name in people:
            self.person(name)
        return self.engine.items.set_role(self._actor(actor), _key(item), role, people)

    def attach(
        self, item: ItemRecord | str, kind: str, *, actor: str = "system", content: bytes = b"evidence"
    ) -> Evidence:
        """Attach evidence."""
        return self.engine.evidence.attach(
            self._actor(actor),
            _key(item),
            kind=kind,
            name=f"{kind}.txt",
            content=content,
            media_type="text/plain",
        )

    # Moving and deciding

    def move(
        self, item: ItemRecord | str, transition: str, *, actor: str, comment: str = "", **fields: Any
    ) -> Moved:
        """Make a transition. Raises `BlockedError` with all blockers."""
        moved = self.engine.transition(
            self._actor(actor), _key(item), transition, fields=fields, comment=comment
        )
        if not isinstance(moved, Moved):
            raise TypeError("only a request with an idempotency key is replayed")
        return moved

    def refused(
        self, item: ItemRecord | str, transition: str, *, actor: str, comment: str = "", **fields: Any
    ) -> Explained:
        """The explanation of a refused transition. Raises `AssertionError` if it was allowed."""
        try:
            self.move(item, transition, actor=actor, comment=comment, **fields)
        except BlockedError as refusal:
            return Explained(refusal.blockers)
        raise AssertionError(f"{transition} on {_key(item)} was allowed")

    def explain(self, item: ItemRecord | str, transition: str, *, actor: str) -> Explained:
        """The explanation of a transition, without making it."""
        preview = self.preview(item, transition, actor=actor)
        return Explained(preview.blockers)

    def preview(self, item: ItemRecord | str, transition: str, *, actor: str) -> TransitionPreview:
        """A transition as it would be for a person. Raises `NotFoundError` if it is not defined from the state."""
        explanation = self.engine.explain(self._actor(actor), _key(item))
        found = explanation.preview(transition)
        if found is None:
            here = [preview.name for preview in explanation.previews]
            raise NotFoundError(f"transition from {explanation.item.state}", transition, here)
        return found

    def approve(
        self,
        item: ItemRecord | str,
        approval: str,
        *,
        by: Sequence[str],
        decision: Decision | str = Decision.APPROVE,
        comment: str = "",
    ) -> ItemRecord:
        """Let people vote; returns the item after the last vote."""
        for name in by:
            self.engine.approvals.vote(
                self._actor(name), _key(item), approval, Decision(decision), comment=comment
            )
        return self.item(item)

    def confirm(
        self, item: ItemRecord | str, confirmation: str, *, by: str, confirm: bool = True, comment: str = ""
    ) -> ItemRecord:
        """Let a person who is named confirm it, or decline it."""
        return self.engine.confirmations.decide(
            self._actor(by), _key(item), confirmation, confirm=confirm, comment=comment
        )

    def approvals(self, item: ItemRecord | str) -> tuple[ApprovalView, ...]:
        """The latest round of every approval of an item, counted now."""
        return self.engine.approvals.of_item(self.item(item))

    # The record

    def timer(self, item: ItemRecord | str, timer: str) -> TimerView:
        """A timer of an item, read now, with its sum line by line. Raises `NotFoundError` if it has never started."""
        query = self.engine.timers.query(SYSTEM_ACTOR, item=_key(item))
        lines = self.engine.timers.find(SYSTEM_ACTOR, query, explain=True).rows
        found = next((line for line in lines if line.timer == timer), None)
        if found is None:
            raise NotFoundError(f"timer of {_key(item)}", timer, [line.timer for line in lines])
        return found

    def history(self, item: ItemRecord | str) -> list[EventRecord]:
        """The history of an item."""
        return list(self.engine.event_log.history(SYSTEM_ACTOR, _key(item), limit=10_000).rows)

    def notify(self, event: EventRecord) -> tuple[NotificationRecord, ...]:
        """Notify people of an event, as the worker does; returns the notifications, one for each person."""
        return self.engine.notifications.notify(event)

    def notified(self, item: ItemRecord | str) -> dict[str, list[str]]:
        """The people who are notified of the last event of an item, each with the rules that notify them."""
        made = self.notify(self.history(item)[-1])
        return {notification.actor: [why.rule for why in notification.because] for notification in made}

    def agenda(self) -> list[AgendaEntry]:
        """All entries from now on, and the windows in force."""
        return self.engine.agenda.entries(SYSTEM_ACTOR, self.key, since=self.clock.now())

    def metric(
        self,
        metric: str,
        *,
        since: date | None = None,
        until: date | None = None,
        by: str | None = None,
        dimension: str | None = None,
    ) -> Measured:
        """A metric over a span of days (the last thirty if left out), in steps and by a dimension where asked for."""
        return self.engine.metrics.one(
            SYSTEM_ACTOR, self.key, metric, since=since, until=until, by=by, dimension=dimension
        )

    def react(self) -> list[dict[str, Any]]:
        """Call the plugins' `placet_event` for the events since the last call, in order, and return these events.

        As the worker does, in values of JSON and with the method's settings, but directly, so that errors of a hook are
        raised. The first call takes all events since the desk was opened.
        """
        with self.application.store.reading() as session:
            found = session.log.events_after(self._reacted, 10_000)
        for event in found:
            for subscriber in self._plugins.subscribers:
                if subscriber.wants(event):
                    subscriber.react(event)
            self._reacted = event.position
        return [event_document(event.event) for event in found]

    def verify(self) -> Audit:
        """Recompute every hash."""
        return self.engine.reports.verify(SYSTEM_ACTOR)


def _key(item: ItemRecord | str) -> str:
    return item if isinstance(item, str) else item.key
