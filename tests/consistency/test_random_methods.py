"""Random people send random requests to a random method, and what must always hold is held after each of them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from hypothesis import HealthCheck, assume
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from law import all_items, assert_law
from shop import START
from sqlalchemy import Executable, Table, func, literal, select
from trials import examples

from placet.app import build
from placet.catalog.discovery import Registry
from placet.definitions.context import Decision
from placet.definitions.verdicts import BlockedError, GateMode
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Idempotency, Moved, Wish
from placet.engine.rules.previews import TransitionPreview
from placet.errors import ConflictError, NotFoundError, PlacetError, StaleError
from placet.store.tables import families, guards, metadata, workspaces

from .conftest import settings_for
from .designs import APPROVALS, ROLES, Design, designs

PEOPLE = ["p0", "p1", "p2", "p3", "out"]
#: Where an event has its place in the log, or waits for it.
PLACES = ("positions", "unsealed")
#: The rows that a refusal may touch: its own event with its place in the log, and the item's count of events with the
#: definition it was made under.
OF_A_REFUSAL = {"events", "event_texts", "items", "definitions", "definition_uses", *PLACES}

Rows = dict[str, Counter[str]]

people = st.sampled_from(PEOPLE)
numbers = st.integers(0, 20)
picks = st.integers(0, 50)
comments = st.sampled_from(["a good reason", "a good reason", "why", ""])
#: Half of them leave everything as it is, and most of the others fit.
patches = st.one_of(
    st.just({}),
    st.just({}),
    st.just({}),
    st.fixed_dictionaries({}, optional={"number": st.integers(1, 6), "text": st.text("ab", max_size=3)}),
    st.fixed_dictionaries(
        {},
        optional={
            "number": st.one_of(st.sampled_from([0, 1, 2, 3, 7, 12, 13]), st.none()),
            "text": st.one_of(st.text(max_size=5), st.none()),
            "who": st.sampled_from([*PEOPLE, "nobody", None]),
            "double": st.just(4),
        },
    ),
    st.sampled_from([{"number": "many"}, {"nubmer": 1}, {"text": "a\x00b"}]),
)


class Walk(RuleBasedStateMachine):
    """One workspace, four people with roles and one without, and whatever they think of."""

    #: Makes a new migrated database; set by the test.
    new_database: Callable[[], str]
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.keys: list[str] = []
        self.ids = count(1)
        self.acknowledged: list[str] = []

    @initialize(
        design=designs(), holders=st.lists(st.lists(people, max_size=3, unique=True), min_size=3, max_size=3)
    )
    def open(self, design: Design, holders: list[list[str]]) -> None:
        self.design = design
        self.clock = Clock(START)
        configured = settings_for(self.new_database(), self.folder)
        self.application = build(configured, clock=self.clock, registry=Registry.of(design.plugin))
        self.cleanup.callback(self.application.close)
        self.engine = self.application.engine
        self.engine.workspaces.create(SYSTEM_ACTOR, key="WALK", name="Walk", methods=["walk"])
        self.people: dict[str, Actor] = {
            id: self.engine.people.add(SYSTEM_ACTOR, id=id, name=id) for id in PEOPLE
        }
        for n, (role, people) in enumerate(zip(ROLES, holders, strict=True)):
            members = [f"p{n}", *(person for person in people if person != "out")]
            self.engine.workspaces.assign(SYSTEM_ACTOR, "WALK", role.id, members)
        self.keys.append(self.new_task("p0", {}))

    def teardown(self) -> None:
        if self.keys:
            assert_law(self.engine, self.acknowledged)
        self.cleanup.close()

    # Reads

    def rows(self) -> Rows:
        """Everything that is stored, by table; not which searches there are: a refusal may be the first to make one."""
        kept = [table for table in metadata.sorted_tables if table is not families]
        with self.application.store.engine.connect() as connection:
            return {table.name: Counter(map(repr, connection.execute(stored(table)))) for table in kept}

    def item(self, key: str) -> ItemRecord:
        return self.engine.items.get(SYSTEM_ACTOR, key)

    def pick(self, n: int) -> str:
        return self.keys[n % len(self.keys)]

    def new_task(self, by: str, fields: dict[str, Any]) -> str:
        made = self.engine.items.create(
            self.people[by], workspace="WALK", type="walk.task", title="Task", fields=fields
        )
        return made.key

    def outcome(self, by: str, key: str, transition: str, **said: Any) -> Any:
        """The answer of a transition, or its refusal."""
        try:
            return self.engine.transition(self.people[by], key, transition, **said)
        except PlacetError as refusal:
            return refusal

    def all_or_nothing(self, act: Callable[[], Any]) -> Any:
        """Do an act that is not a transition: when it is refused, nothing was written."""
        before = self.rows()
        try:
            return act()
        except PlacetError as error:
            refusal = error
        assert self.rows() == before, refusal
        return refusal

    # Acts of people

    @rule(by=people, fields=patches, n=picks)
    def create(self, by: str, fields: dict[str, Any], n: int) -> None:
        assume(len(self.keys) < 6)
        made = self.all_or_nothing(lambda: self.new_task(by, fields))
        if isinstance(made, str):
            self.keys.append(made)

    @rule(by=people, n=picks, fields=patches)
    def edit(self, by: str, n: int, fields: dict[str, Any]) -> None:
        self.all_or_nothing(lambda: self.engine.items.edit(self.people[by], self.pick(n), fields=fields))

    @rule(by=people, n=picks)
    def comment(self, by: str, n: int) -> None:
        version = self.item(self.pick(n)).version
        self.all_or_nothing(lambda: self.engine.items.comment(self.people[by], self.pick(n), "well"))
        assert self.item(self.pick(n)).version == version

    @rule(by=people, n=picks, content=st.sampled_from([b"one", b"two"]))
    def attach(self, by: str, n: int, content: bytes) -> None:
        self.all_or_nothing(
            lambda: self.engine.evidence.attach(self.people[by], self.pick(n), kind="photo", content=content)
        )

    @rule(by=people, n=picks, voted=st.sampled_from(APPROVALS), decision=st.sampled_from(list(Decision)),
          seat=st.one_of(st.none(), people))  # fmt: skip
    def decide(self, by: str, n: int, voted: str, decision: Decision, seat: str | None) -> None:
        self.all_or_nothing(
            lambda: self.engine.approvals.vote(
                self.people[by], self.pick(n), voted, decision, on_behalf_of=seat
            )
        )

    @rule(one=people, other=people, days=st.integers(0, 3))
    def delegate(self, one: str, other: str, days: int) -> None:
        now = self.clock.now()
        self.all_or_nothing(
            lambda: self.engine.delegations.create(
                self.people[one], from_actor=one, to_actor=other, starts_at=now,
                ends_at=now + timedelta(days=days),
            )
        )  # fmt: skip

    @precondition(lambda self: self.design.gates)
    @rule(by=people, judge=people, n=picks, gate=picks, grant=st.booleans(), review=st.booleans())
    def waive(self, *, by: str, judge: str, n: int, gate: int, grant: bool, review: bool) -> None:
        key, id = self.pick(n), self.design.gates[gate % len(self.design.gates)]
        ends = self.clock.now() + timedelta(days=1)
        asked = self.all_or_nothing(
            lambda: self.engine.waivers.ask(self.people[by], key, gate=id, reason="urgent", expires_at=ends)
        )
        if isinstance(asked, PlacetError):
            return
        judged = self.people[judge]
        self.all_or_nothing(lambda: self.engine.waivers.decide(judged, key, asked.id, grant=grant))
        if review:
            self.all_or_nothing(lambda: self.engine.waivers.review(judged, key, asked.id, review="right"))

    @rule(role=st.sampled_from(ROLES), who=st.lists(people, max_size=2), n=picks, here=st.booleans())
    def appoint(self, role: Any, who: list[str], n: int, here: bool) -> None:
        if here:
            act = lambda: self.engine.items.set_role(SYSTEM_ACTOR, self.pick(n), role.id, who)  # noqa: E731
        else:
            act = lambda: self.engine.workspaces.assign(SYSTEM_ACTOR, "WALK", role.id, who)  # type: ignore[assignment,return-value] # noqa: E731
        self.all_or_nothing(act)

    @precondition(lambda self: self.design.gates)
    @rule(gate=picks, mode=st.sampled_from(list(GateMode)))
    def set_gate_mode(self, gate: int, mode: GateMode) -> None:
        id = self.design.gates[gate % len(self.design.gates)]
        modes = {**self.engine.workspaces.get(SYSTEM_ACTOR, "WALK").gate_modes, id: mode}
        self.all_or_nothing(lambda: self.engine.workspaces.change(SYSTEM_ACTOR, "WALK", gate_modes=modes))

    @rule(hours=st.sampled_from([1, 30, 60]))
    def wait(self, hours: int) -> None:
        self.clock.forward(hours=hours)

    # Moving

    @rule(
        by=people, n=picks, move=picks, fields=patches, comment=comments, seen=st.sampled_from([None, 0, 1])
    )
    def try_anything(
        self, *, by: str, n: int, move: int, fields: dict[str, Any], comment: str, seen: int | None
    ) -> None:
        """`seen`: how many versions ago the item was read."""
        transitions = self.design.task.workflow.transitions
        name = transitions[move % len(transitions)].name
        self.attempt(by, self.pick(n), name, fields=fields, comment=comment, seen=seen)

    @rule(n=picks, move=picks, fields=patches)
    def go_on(self, n: int, move: int, fields: dict[str, Any]) -> None:
        """Who may takes a transition that leads on from here."""
        item = self.item(self.pick(n))
        offered = self.design.task.workflow.leaving(item.state)
        if not offered:
            return
        transition = offered[move % len(offered)]
        held = self.engine.workspaces.get(SYSTEM_ACTOR, "WALK").roles
        by = next((held[role][0] for role in transition.roles if held.get(role)), "p0")
        self.attempt(by, item.key, transition.name, fields=fields, comment="a good reason", keyed=True)

    @rule(n=picks, move=picks, fields=patches)
    def go_further(self, n: int, move: int, fields: dict[str, Any]) -> None:
        """Again, so that walks lead somewhere."""
        self.go_on(n, move, fields)
        self.go_on(n, move + 1, {})

    @rule(n=picks)
    def agree(self, n: int) -> None:
        """Everybody approves of whatever waits for them."""
        for line in self.engine.approvals.of_item(self.item(self.pick(n))):
            # Where nobody holds a role, it is the role that is missing.
            for person in [each for each in line.missing if each in self.people]:
                self.decide(person, n, line.approval, Decision.APPROVE, None)

    def attempt(
        self, by: str, key: str, name: str, *, fields: dict[str, Any], comment: str,
        seen: int | None = None, keyed: bool = False,
    ) -> None:  # fmt: skip
        """List, dry-run, do, and do again; all of them have to agree."""
        expected = None if seen is None else self.item(key).version - seen
        said: dict[str, Any] = {"fields": fields, "comment": comment, "expected": expected}

        stored = self.rows()
        self.agrees(by, key, name)
        foretold = self.outcome(by, key, name, dry_run=True, **said)
        assert self.rows() == stored, "looking and trying have written"

        idempotency = None
        if keyed:
            idempotency = Idempotency(f"k{next(self.ids)}", "r")
        happened = self.outcome(by, key, name, idempotency=idempotency, **said)

        self.as_foretold(foretold, happened)
        if isinstance(happened, Moved):
            self.is_stored(happened)
            if idempotency is not None:
                self.is_replayed(by, key, name=name, idempotency=idempotency, moved=happened, said=said)
        else:
            self.changed_nothing(stored, key, happened, seen)

    def agrees(self, by: str, key: str, name: str) -> None:
        """The list says what a dry run says that brings nothing, and requires what that lacks as input."""
        bare = self.outcome(by, key, name, dry_run=True)
        try:
            explained = self.engine.explain(self.people[by], key)
        except NotFoundError:
            assert isinstance(bare, NotFoundError)
            return
        names = [t.name for t in self.design.task.workflow.leaving(explained.item.state)]
        assert [preview.name for preview in explained.previews] == names
        preview = explained.preview(name)
        if preview is None:
            assert isinstance(bare, BlockedError)
            assert "workflow.state" in {blocker.check for blocker in bare.blockers}
        elif not preview.allowed or preview.fields_schema.get("required"):
            assert isinstance(bare, BlockedError), preview
            self.lacks_what_it_requires(preview, bare)
        elif isinstance(bare, Moved):
            self.leads_where_it_said(preview, bare)
        else:
            assert failed_in_an_effect(bare, key), (preview, bare)

    def lacks_what_it_requires(self, preview: TransitionPreview, bare: BlockedError) -> None:
        """Besides what the preview shows, nothing blocks but the inputs that it requires."""
        lacking = [blocker for blocker in bare.blockers if blocker not in preview.blockers]
        assert [blocker for blocker in bare.blockers if blocker not in lacking] == list(preview.blockers)
        enforced = [blocker for blocker in lacking if blocker.mode is GateMode.ENFORCE]
        assert {name for blocker in enforced for name in blocker.inputs} == set(
            preview.fields_schema.get("required", ())
        )

    def leads_where_it_said(self, preview: TransitionPreview, moved: Moved) -> None:
        assert moved.event is None
        assert moved.item.state == preview.to

    def as_foretold(self, foretold: Any, happened: Any) -> None:
        """A dry run and the run that follows it say the same, but for what only a record has."""
        if isinstance(foretold, Moved):
            assert isinstance(happened, Moved), happened
            assert happened.event is not None
            assert replace(happened.item, head="") == replace(foretold.item, head="")
            assert happened.approvals == tuple(
                replace(line, item=happened.item) for line in foretold.approvals or ()
            )
            assert happened.previews == foretold.previews
        else:
            assert type(happened) is type(foretold)
            assert str(happened) == str(foretold)
            if isinstance(foretold, BlockedError):
                assert (happened.blockers, happened.observed) == (foretold.blockers, foretold.observed)
                assert foretold.event is None

    def is_stored(self, moved: Moved) -> None:
        """The database holds what was answered."""
        assert moved.event is not None
        assert self.item(moved.item.key) == moved.item
        self.acknowledged.append(moved.event.id)

    def is_replayed(
        self, by: str, key: str, *, name: str, idempotency: Idempotency, moved: Moved, said: dict[str, Any]
    ) -> None:
        stored = self.rows()
        again = self.outcome(by, key, name, idempotency=idempotency, **said)
        assert isinstance(again, Moved)
        assert again.replayed
        assert again.event == moved.event
        other = self.outcome(by, key, name, idempotency=replace(idempotency, request="other"), **said)
        assert isinstance(other, ConflictError)
        assert self.rows() == stored

    def changed_nothing(self, stored: Rows, key: str, refusal: Any, seen: int | None) -> None:
        """A refusal adds its own event and changes nothing else; a malformed request adds nothing."""
        now = self.rows()
        if not isinstance(refusal, BlockedError):
            assert now == stored
            assert seen == 1 or not isinstance(refusal, StaleError)
            return
        assert {name for name in now if now[name] != stored[name]} <= OF_A_REFUSAL
        assert now["events"].total() == stored["events"].total() + 1
        assert (stored["events"] - now["events"]).total() == 0
        assert (stored["items"] - now["items"]).total() == 1, "another item was touched"
        assert sum(now[name].total() for name in PLACES) == sum(stored[name].total() for name in PLACES) + 1
        assert all((stored[name] - now[name]).total() == 0 for name in PLACES)
        (event,) = self.engine.event_log.history(SYSTEM_ACTOR, key, after=self.item(key).seq - 1).rows
        assert (event.id, event.kind) == (refusal.event, "refused")
        reported = [(reported["check"], reported["message"]) for reported in event.data["blockers"]]
        assert reported == [(b.check, b.message) for b in (*refusal.blockers, *refusal.observed)]
        self.acknowledged.append(event.id)

    @rule(by=people, wishes=st.lists(st.tuples(picks, picks, patches), min_size=1, max_size=3))
    def bulk(self, by: str, wishes: list[tuple[int, int, dict[str, Any]]]) -> None:
        """All move, or none does and only refusals are recorded."""
        transitions = self.design.task.workflow.transitions
        asked = [
            Wish(self.pick(n), transitions[move % len(transitions)].name, fields, "a good reason")
            for n, move, fields in wishes
        ]
        before = {item.key: unmarked(item) for item in all_items(self.engine)}
        results = self.engine.bulk(self.people[by], asked, atomic=True)
        after = {item.key: unmarked(item) for item in all_items(self.engine)}
        if any(result.error for result in results):
            assert all(result.error for result in results)
            assert after == before
        else:
            assert all(result.moved for result in results)
            last = {result.key: result.moved.item for result in results if result.moved}
            for key, item in last.items():
                assert item.version > before[key].version

    # The law

    @invariant()
    def the_chain_verifies(self) -> None:
        if self.keys:
            audit = self.engine.reports.verify(SYSTEM_ACTOR)
            assert audit.ok, audit.first_bad

    @invariant()
    def every_state_exists_in_the_definition_it_was_made_under(self) -> None:
        for item in all_items(self.engine) if self.keys else ():
            document = self.engine.workspaces.definition(SYSTEM_ACTOR, item.definition).document
            states = document["workflow"]["states"]
            assert item.state in {state["id"] for state in states}


def stored(table: Table) -> Executable:
    """All that a table holds. Of counters most stand at nought, thousands of them on PostgreSQL: how many there are."""
    if table is not guards:
        return select(*(c for c in table.c if c is not workspaces.c.families))
    counted = select(guards.c.id, guards.c["count"]).where(guards.c["count"] != 0)
    return counted.union_all(select(literal(-1), func.count()).select_from(guards))


def unmarked(item: ItemRecord) -> ItemRecord:
    """An item without what a refusal leaves on it."""
    return replace(item, seq=0, head="", definition="")


def failed_in_an_effect(refusal: Any, key: str) -> bool:
    """Whether a move was stopped by what it does rather than by what it asks for."""
    return isinstance(refusal, BlockedError) and (
        refusal.key != key or {blocker.gate for blocker in refusal.blockers} == {"effect"}
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[tuple[Callable[[], str], int]]:
    """Makes migrated databases of one kind; with the number of walks that it bears."""
    if request.param == "postgresql":
        create: Callable[[str], str] = request.getfixturevalue("new_postgresql")
        yield (lambda: create("migrated")), 2
        return
    numbers = count(1)

    def copied() -> str:
        file = tmp_path / f"walk{next(numbers)}.db"
        shutil.copyfile(sqlite_template, file)
        return f"sqlite:///{file}"

    yield copied, 6


@pytest.mark.hypothesis
def test_whatever_people_do_the_record_is_right(
    new_database: tuple[Callable[[], str], int], tmp_path: Path
) -> None:
    """Dry runs are right, refusals change nothing, chains verify, and lists agree with what happens."""
    create, walks = new_database
    machine = type("Walk", (Walk,), {"new_database": staticmethod(create), "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=examples(walks, *HealthCheck, stateful_step_count=20, database=None),
    )
