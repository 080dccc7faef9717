"""Figures: whatever is declared, over whatever happened, the database answers what plain Python counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shop import START, OpenShop, Shop
from trials import examples

from placet import (
    OPEN,
    Fields,
    Holds,
    ItemType,
    Line,
    LinkType,
    Method,
    Moment,
    Pause,
    State,
    Timer,
    Transition,
    Workflow,
    elapsed,
    metrics,
)
from placet.engine.act.queries import FigureQuery, FigureRow, Period
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR

TICKET, NOTE = "desk.ticket", "desk.note"
STATES = ("new", "active", "paused", "done", "dropped")


class TicketFields(Fields):
    kind: Line | None = None
    size: int | None = None
    cost: Decimal | None = None
    urgent: bool | None = None
    due: Moment | None = None
    seen: Moment | None = None
    tags: Annotated[list[str], "any"] | None = None


# fmt: off
FLOW = Workflow(
    TICKET,
    states=[
        State("new",     "New",     "todo"),
        State("active",  "Active",  "active"),
        State("paused",  "Paused",  "waiting"),
        State("done",    "Done",    "done"),
        State("dropped", "Dropped", "cancelled"),
    ],
    transitions=[
        Transition("start",  ["new", "paused"],  "active",  ["system"]),
        Transition("pause",  "active",           "paused",  ["system"]),
        Transition("poke",   OPEN,               "same",    ["system"]),
        Transition("finish", "active",           "done",    ["system"]),
        Transition("reopen", "done",             "active",  ["system"]),
        Transition("drop",   OPEN,               "dropped", ["system"]),
    ],
)
# fmt: on
WORK = Timer(
    "desk.work",
    "Work",
    starts=("start",),
    stops=("finish",),
    resumes=("reopen",),
    pauses=(Pause(("paused",)),),
    target=elapsed(hours=20),
)
DESK = Method(
    "desk",
    "Desk",
    item_types=[
        ItemType(TICKET, "Ticket", fields=TicketFields, workflow=FLOW, indexed=["due", "kind"], timers=[WORK]),
        ItemType(
            NOTE,
            "Note",
            fields=TicketFields,
            workflow=Workflow(NOTE, FLOW.states, FLOW.transitions),
            indexed=["due"],
        ),
    ],
    link_types=[LinkType("desk.follows", "Follows")],
)  # fmt: skip

# Possible events

moments = st.integers(-200, 200).map(lambda hours: START + timedelta(hours=hours, microseconds=hours % 3))
fields = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["a", "b", "1", "true", ""]),
        "size": st.integers(-5, 5),
        "cost": st.decimals(-9, 9, places=2).map(str),
        "urgent": st.booleans(),
        "due": moments.map(lambda m: m.isoformat()),
        "seen": moments.map(lambda m: m.isoformat()),
        "tags": st.lists(st.sampled_from(["a", "b", "1"]), max_size=2),
    },
).map(lambda known: {name: value for name, value in known.items() if value != ""})
pause = st.sampled_from([0, 0, 1, 7, 30])
steps = st.one_of(
    st.tuples(st.just("create"), pause, st.sampled_from([TICKET, TICKET, NOTE]), fields),
    st.tuples(st.just("move"), pause, st.integers(0, 5), st.sampled_from(["start", "start", "finish", "poke"])),
    st.tuples(st.just("move"), pause, st.integers(0, 5), st.sampled_from(["pause", "finish", "reopen", "drop"])),
    st.tuples(st.just("edit"), pause, st.integers(0, 5), fields),
    st.tuples(st.just("link"), pause, st.integers(0, 5), st.integers(0, 5)),
)  # fmt: skip
histories = st.lists(steps, min_size=8, max_size=20)

# Possible questions

events = st.one_of(
    st.just(metrics.Made()),
    st.builds(
        lambda names, first: metrics.Did(*names, first=first),
        st.lists(st.sampled_from(["start", "finish", "reopen", "poke"]), min_size=1, max_size=2, unique=True),
        st.booleans(),
    ),
    st.sampled_from([metrics.At("due"), metrics.At("seen"), metrics.At("kind")]),
)
instants = events | st.just(metrics.Now())
measures = st.one_of(
    st.builds(metrics.Between, instants, instants),
    st.just(metrics.Spent(WORK.id)),
    st.sampled_from(
        [
            metrics.Number("size"),
            metrics.Number("cost"),
            metrics.Number("size", "cost"),
            metrics.Number("kind"),
            metrics.Number("urgent"),
        ]
    ),
)
bounds = st.integers(-50, 50) | st.integers(-50, 50).map(lambda hours: timedelta(hours=hours))
conditions = st.recursive(
    st.one_of(
        st.sampled_from([Holds("kind", ("a", "b")), Holds("kind", ("1",)), Holds("size", (1, 2))]),
        st.just(metrics.Given("kind")),
        st.sampled_from([Holds("size", (True,)), Holds("tags", ("a",)), Holds("urgent", (1,)), metrics.Given("tags")]),
        st.sampled_from([Holds("urgent", (True,)), Holds("urgent", (False,)), metrics.Given("due")]),
        st.builds(metrics.AtLeast, measures, bounds),
        st.builds(metrics.AtMost, measures, bounds),
        st.builds(metrics.By, instants, instants),
        st.sampled_from([metrics.Did("start"), metrics.Did("finish", "drop")]),
    ),
    lambda inner: st.one_of(
        st.builds(metrics.Not, inner),
        st.builds(metrics.AnyOf, inner, inner),
        st.builds(metrics.AllOf, inner, inner),
        st.builds(lambda c, inverse: metrics.Linked("desk.follows", c, inverse=inverse), inner, st.booleans()),
    ),
    max_leaves=3,
)  # fmt: skip
some = st.lists(conditions, max_size=1)
types = st.sampled_from([(TICKET,), (TICKET, NOTE)])
populations = st.one_of(
    st.builds(lambda t, when, c: metrics.Items(t, when, *c), types, events, some),
    st.builds(
        lambda t, states, c: metrics.Standing(t, states, *c),
        types,
        st.lists(st.sampled_from(STATES), min_size=1, max_size=3, unique=True),
        some,
    ),
)
asked = st.one_of(
    st.builds(metrics.Count, populations),
    st.builds(metrics.Rate, populations),
    st.builds(lambda of, met: metrics.Share(of, *met), populations, some),
    st.builds(metrics.Distinct, populations, st.sampled_from(["kind", "size", "urgent"])),
    st.builds(metrics.Sum, populations, measures),
    st.builds(metrics.Mean, populations, measures),
    st.builds(metrics.Percentile, populations, measures, st.integers(0, 100)),
)
dimensions = st.sampled_from([None, None, "kind", "size", "urgent", "state"])
spans = st.lists(st.integers(-60, 200), min_size=2, max_size=6, unique=True).map(sorted)


@dataclass(frozen=True)
class Plainly:
    """The slow way: everything that happened, in lists."""

    items: Mapping[str, ItemRecord]
    events: Sequence[EventRecord]
    now: datetime

    def rows(self, figure: Any, periods: Sequence[Period], dimension: str | None) -> list[FigureRow]:
        return [
            row
            for n, period in enumerate(periods)
            for group in self.groups(figure, period, dimension)
            for row in self.row(figure, n, period, *group)
        ]

    def groups(
        self, figure: Any, period: Period, dimension: str | None
    ) -> list[tuple[Any, list[ItemRecord]]]:
        found: list[tuple[Any, list[ItemRecord]]] = []
        for item in self.items.values():
            if not self.counted(item, figure.of, period) or not self.begun(figure, period):
                continue
            group = None
            if dimension == "state":
                standing = isinstance(figure.of, metrics.Standing) or mentions_now(figure)
                group = self.state(item, period) if standing else item.state
            elif dimension is not None:
                group = item.fields.get(dimension)
            members = next((m for known, m in found if same(known, group)), None)
            if members is None:
                found.append((group, [item]))
            else:
                members.append(item)
        return found

    def begun(self, figure: Any, period: Period) -> bool:
        asks_for_now = isinstance(figure.of, metrics.Standing) or mentions_now(figure)
        return not asks_for_now or period.since <= self.now

    def counted(self, item: ItemRecord, of: Any, period: Period) -> bool:
        if item.type not in of.types or not all(self.met(item, c, period) for c in of.conditions):
            return False
        if isinstance(of, metrics.Standing):
            return self.state(item, period) in of.states
        moment = self.moment(item, of.when, period)
        return moment is not None and period.since <= moment < period.until

    def row(
        self, figure: Any, n: int, period: Period, group: Any, members: list[ItemRecord]
    ) -> Iterator[FigureRow]:
        if isinstance(figure, metrics.Count | metrics.Rate | metrics.Share):
            met = getattr(figure, "met", None)
            yield FigureRow(
                n, group, len(members),
                met=0 if met is None else sum(all(self.met(i, c, period) for c in met) for i in members),
            )  # fmt: skip
            return
        if isinstance(figure, metrics.Distinct):
            values = [i.fields.get(figure.field) for i in members]
            different = {repr(value) for value in values if value not in (None, "", [])}
            yield FigureRow(n, group, len(different))
            return
        measured = [m for i in members if (m := self.measure(i, figure.measure, period)) is not None]
        if not measured:
            return
        if isinstance(figure, metrics.Percentile):
            ordered = sorted(measured)
            below, hundredths = divmod((len(ordered) - 1) * figure.percent, 100)
            low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
            yield FigureRow(n, group, len(measured), low=float(low), high=float(high), hundredths=hundredths)
        else:
            yield FigureRow(n, group, len(measured), total=float(sum(measured)))

    def state(self, item: ItemRecord, period: Period) -> str | None:
        sealed = [
            event.data["to_state"]
            for event in self.events
            if event.key == item.key and event.kind in {"created", "transition"}
            if event.at < period.until or period.until > self.now
        ]
        return sealed[-1] if sealed else None

    def moment(self, item: ItemRecord, instant: Any, period: Period) -> datetime | None:
        match instant:
            case metrics.Made():
                return item.created_at
            case metrics.Now():
                return min(period.until, self.now)
            case metrics.At(field):
                value = item.fields.get(field)
                return (
                    datetime.fromisoformat(value) if isinstance(value, str) and value.endswith("Z") else None
                )
            case metrics.Did(names, first):
                made = [e.at for e in self.events if e.key == item.key and e.data.get("transition") in names]
                return (made[0] if first else made[-1]) if made else None
            case _:
                raise AssertionError(instant)

    def measure(self, item: ItemRecord, measure: Any, period: Period) -> Fraction | None:
        if isinstance(measure, metrics.Between):
            start, end = (self.moment(item, i, period) for i in (measure.start, measure.end))
            if start is None or end is None or end < start:
                return None
            return Fraction((end - start) // timedelta(microseconds=1))
        if isinstance(measure, metrics.Spent):
            return self.spent(item)
        numbers = [number(item.fields.get(name)) for name in measure.fields]
        known = [n for n in numbers if n is not None]
        return sum(known, Fraction()) if known else None

    def spent(self, item: ItemRecord) -> Fraction | None:
        """Time between `start` and `finish`, without what it was paused; nothing while it has not stopped."""
        counted, since, stopped = timedelta(), None, False
        for event in self.events:
            if event.key != item.key or item.type != TICKET or event.kind != "transition":
                continue
            name = event.data["transition"]
            if name in {"pause", "finish", "drop"} and since is not None:
                counted, since = counted + (event.at - since), None
            if name in {"start", "reopen"}:
                since = event.at
            if name != "poke":
                stopped = name == "finish" or (name == "drop" and "transition:start" in item.acts)
        return Fraction(counted // timedelta(microseconds=1)) if stopped else None

    def met(  # noqa: C901, PLR0911  # one arm for each
        self, item: ItemRecord, condition: Any, period: Period
    ) -> bool:
        match condition:
            case Holds(field, values):
                value = item.fields.get(field)
                held = value if isinstance(value, list) else [value]
                return any(same(one, other) for one in held for other in values)
            case metrics.Given(field):
                return item.fields.get(field) not in (None, "", [])
            case metrics.AtLeast(measure, bound):
                measured = self.measure(item, measure, period)
                return measured is not None and measured >= plain(bound)
            case metrics.AtMost(measure, bound):
                measured = self.measure(item, measure, period)
                return measured is not None and measured <= plain(bound)
            case metrics.By(first, then):
                moment, deadline = self.moment(item, first, period), self.moment(item, then, period)
                return moment is not None and deadline is not None and moment <= deadline
            case metrics.Did():
                return self.moment(item, condition, period) is not None
            case metrics.Not(inner):
                return not self.met(item, inner, period)
            case metrics.AnyOf(inners):
                return any(self.met(item, inner, period) for inner in inners)
            case metrics.AllOf(inners):
                return all(self.met(item, inner, period) for inner in inners)
            case metrics.Linked(link_type, inners, inverse):
                others = (
                    [o for o in self.items.values() if item.key in o.links.get(link_type, ())]
                    if inverse
                    else [self.items[key] for key in item.links.get(link_type, ())]
                )
                return any(all(self.met(o, inner, period) for inner in inners) for o in others)
            case _:
                raise AssertionError(condition)


def mentions_now(part: Any) -> bool:
    if isinstance(part, tuple):
        return any(mentions_now(each) for each in part)
    names = getattr(part, "__dataclass_fields__", ())
    return isinstance(part, metrics.Now) or any(mentions_now(getattr(part, name)) for name in names)


def same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def number(value: Any) -> Fraction | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Fraction(value)
    except ValueError:
        return None


def plain(bound: Any) -> Any:
    return bound // timedelta(microseconds=1) if isinstance(bound, timedelta) else bound


class Application:
    """The desk over one database; every history has a workspace of its own."""

    def __init__(self, shop: Shop) -> None:
        self.engine, self.store, self.clock = shop.engine, shop.application.store, shop.clock
        self.opened = 0

    def live(self, history: Sequence[Any]) -> tuple[str, Plainly]:
        """Let a history happen; answers its workspace, and everything that happened there."""
        self.opened += 1
        key = f"DESK{self.opened}"
        self.clock.moment = START
        self.engine.workspaces.create(SYSTEM_ACTOR, key=key, name=key, methods=["desk"])
        made: list[str] = []
        for what, hours, *rest in history:
            self.clock.forward(hours=hours)
            self.step(key, made, what, *rest)
        self.clock.forward(microseconds=1)
        items = {k: self.engine.items.get(SYSTEM_ACTOR, k) for k in made}
        log = [
            event for k in made for event in self.engine.event_log.history(SYSTEM_ACTOR, k, limit=1000).rows
        ]
        return key, Plainly(items, log, self.clock.now())

    def step(self, key: str, made: list[str], what: str, first: Any, second: Any) -> None:
        if what == "create":
            item = self.engine.items.create(SYSTEM_ACTOR, workspace=key, type=first, title="x", fields=second)
            made.append(item.key)
        elif made:
            item = self.engine.items.get(SYSTEM_ACTOR, made[first % len(made)])
            leaving = [t.name for t in FLOW.leaving(item.state)]
            if what == "move" and second in leaving:
                self.engine.transition(SYSTEM_ACTOR, item.key, second)
            elif what == "edit":
                self.engine.items.edit(SYSTEM_ACTOR, item.key, fields=second)
            elif what == "link" and made[second % len(made)] != item.key:
                target = made[second % len(made)]
                if target not in item.links.get("desk.follows", ()):
                    self.engine.items.link(SYSTEM_ACTOR, item.key, "desk.follows", target)


@pytest.fixture
def application(open_shop: OpenShop, database_url: str) -> Application:
    return Application(open_shop.again(database_url, method=DESK))


def comparable(rows: Sequence[FigureRow]) -> dict[Any, Any]:
    def close(value: float) -> Any:
        return pytest.approx(value, rel=1e-12, abs=1e-6)

    return {
        (row.period, type(row.group).__name__, row.group): (
            row.count, row.met, row.hundredths, close(row.total), close(row.low), close(row.high),
        )
        for row in rows
    }  # fmt: skip


class TestAgainstPlainPython:
    @examples(25, HealthCheck.function_scoped_fixture)
    @given(
        history=histories,
        questions=st.lists(st.tuples(asked, spans, dimensions), min_size=10, max_size=20),
    )
    def test_the_database_agrees(self, application: Application, history: Any, questions: Any) -> None:
        """Whatever the history, the figure, the periods and the dimension."""
        workspace, plainly = application.live(history)

        for figure, hours, dimension in questions:
            edges = [START + timedelta(hours=each) for each in hours]
            periods = tuple(map(Period, edges, edges[1:]))
            query = FigureQuery(workspace, figure, periods, plainly.now, frozenset({"due"}), dimension)
            with application.store.reading() as session:
                found = session.figure(query)

            assert comparable(found) == comparable(plainly.rows(figure, periods, dimension)), figure
