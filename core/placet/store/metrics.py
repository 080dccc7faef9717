"""Figures as queries: each declared figure becomes one statement over items, links and events.

Where a figure is about the end of each period, that one statement asks once for each of them. It is always bounded by
the workspace and the item types. The period bounds it by the moment at which items were made or last changed, as an
item with an event in a period was last changed in it or later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)

from placet.definitions import figures as words
from placet.definitions.roles import SYSTEM
from placet.definitions.timers import Holds
from placet.engine.act.queries import FigureQuery, FigureRow, Period
from placet.engine.act.sorting import sortable
from placet.store.documents import Documents, Sql, documents, micros
from placet.store.moves import group_of_move, of_move
from placet.store.tables import events, item_states, item_values, items, links, timers

_MICROSECOND = timedelta(microseconds=1)
_ZERO: Sql = literal_column("0")
_ONE: Sql = literal_column("1")
_HUNDRED: Sql = literal_column("100")
#: Periods that one statement asks about, where each is asked by itself: databases bound the number of its parts.
_TOGETHER = 60


def rows(connection: Connection, query: FigureQuery) -> list[FigureRow]:
    """The parts of a figure, by period and group."""
    begun = [(n, period) for n, period in enumerate(query.periods) if period.since <= query.now]
    spoken = documents(connection.dialect.name)
    if isinstance(query.figure.of, words.Items | words.Moves) and not _mentions_now(query.figure):
        asked = [_Question(query, query.periods, 0, spoken)] if query.periods else []
    else:
        asked = [_Question(query, [period], n, spoken) for n, period in begun]
    found: list[FigureRow] = []
    for first in range(0, len(asked), _TOGETHER):
        together = union_all(*(each.statement() for each in asked[first : first + _TOGETHER]))
        found += map(_row, connection.execute(together))
    return found


def _row(found: Any) -> FigureRow:
    return FigureRow(
        period=found.period,
        group=None if found.grouped is None else orjson.loads(found.grouped),
        count=found.counted,
        met=int(found.met),
        total=float(found.total),
        low=float(found.low),
        high=float(found.high),
        hundredths=found.hundredths,
    )


def _mentions_now(part: Any) -> bool:
    if isinstance(part, tuple):
        return any(map(_mentions_now, part))
    names = getattr(part, "__dataclass_fields__", ())
    return isinstance(part, words.Now) or any(_mentions_now(getattr(part, name)) for name in names)


def _answer(of: Any, counted: Sql, **known: Sql) -> Select[Any]:
    """One row for each period and group, with all columns."""
    shown = [known.get(name, _ZERO).label(name) for name in ("met", "total", "low", "high", "hundredths")]
    grouped = (of.c.period, of.c.grouped)
    return select(*grouped, counted.label("counted"), *shown).group_by(*grouped)


class _Question:
    """A figure over consecutive periods, of which the first has a number."""

    def __init__(self, query: FigureQuery, periods: Sequence[Period], first: int, spoken: Documents) -> None:
        self.query = query
        self.figure = query.figure
        self.periods = periods
        self.first = first
        self.documents = spoken
        self.since, self.until = periods[0].since, periods[-1].until
        #: The moment of `Now`, where there is only one period.
        self.now = min(self.until, query.now)

    def statement(self) -> Select[Any]:
        match self.figure:
            case words.Count() | words.Rate() | words.Share():
                return self._counted()
            case words.Distinct(_, field):
                return self._different(field)
            case words.Sum(_, measure) | words.Mean(_, measure):
                return self._summed(measure)
            case words.Percentile(_, measure, percent):
                return self._ranked(measure, percent)
            case _ as unreachable:
                assert_never(unreachable)

    # Aggregates

    def _counted(self) -> Select[Any]:
        of_moves = isinstance(self.figure.of, words.Moves)
        met = _ZERO
        if isinstance(self.figure, words.Share):
            met = case((self._all(events if of_moves else items, self.figure.met), _ONE), else_=_ZERO)
        of = self._population(met.label("met")).subquery()
        return _answer(of, func.count(), met=func.sum(of.c.met))

    def _different(self, field: str) -> Select[Any]:
        given = self.documents.given(items.c.fields, field)
        value = case((given, self.documents.json(items.c.fields, field)))
        of = self._population(value.label("found")).subquery()
        return _answer(of, func.count(of.c.found.distinct()))

    def _summed(self, measure: words.Measure) -> Select[Any]:
        of = self._measured(measure)
        # As a float: the microseconds of many items exceed SQLite's whole numbers.
        return _answer(of, func.count(), total=func.sum(cast(of.c.measured, Float(53))))

    def _ranked(self, measure: words.Measure, percent: int) -> Select[Any]:
        of = self._measured(measure)
        # The same on both databases, and exact: whole hundredths of a rank, between the two neighbors.
        within: dict[str, Any] = {"partition_by": [of.c.period, of.c.grouped]}
        rank = func.row_number().over(order_by=of.c.measured, **within)
        ranked = select(of, rank.label("rank"), func.count().over(**within).label("among")).subquery()
        reached = (ranked.c.among - _ONE) * literal_column(str(percent))
        hundredths = reached % _HUNDRED
        # Without the remainder, as `/` is a true division.
        below = cast((reached - hundredths) / _HUNDRED, BigInteger)

        def ranking(place: Sql) -> Sql:
            return func.max(case((ranked.c.rank == place, ranked.c.measured)))

        low = ranking(below + _ONE)
        return _answer(
            ranked,
            func.max(ranked.c.among),
            low=low,
            high=func.coalesce(ranking(below + _ONE + _ONE), low),
            hundredths=func.max(hundredths),
        )

    def _measured(self, measure: words.Measure) -> Any:
        """The items that have the measure."""
        of = self._population(self._measure(items, measure).label("measured")).subquery()
        in_order = [of.c.measured >= 0] if isinstance(measure, words.Between) else []
        return select(of).where(of.c.measured.is_not(None), *in_order).subquery()

    # Populations

    def _population(self, *of_each: ColumnElement[Any]) -> Select[Any]:
        """The items or transitions, each with the number of its period, its group, and its measure."""
        population = self.figure.of
        if isinstance(population, words.Moves):
            return self._moves(population, *of_each)
        chosen = and_(
            items.c.workspace == self.query.workspace,
            items.c.type.in_(list(population.types)),
            self._all(items, population.conditions),
        )
        grouped = self._group().label("grouped")
        if isinstance(population, words.Standing):
            return select(literal_column(str(self.first)).label("period"), grouped, *of_each).where(
                chosen, self._stands(population.states)
            )
        moment = self._moment(items, population.when).label("moment")
        return self._placed(select(moment, grouped, *of_each).where(chosen, *self._bounds(population.when)))

    def _moves(self, of: words.Moves, *of_each: ColumnElement[Any]) -> Select[Any]:
        """The transitions that people made, each with the number of its period, and its group."""
        # Items with an event in a period were last changed in it or later.
        changed = select(item_states.c.number).where(
            item_states.c.workspace == self.query.workspace, item_states.c.updated_at >= self.since
        )
        theirs = and_(items.c.workspace == events.c.workspace, items.c.number == events.c.number)
        grouped = group_of_move(self.query.dimension, self.documents)
        moment = self.documents.micros(events.c.at).label("moment")
        return self._placed(
            select(moment, grouped.label("grouped"), *of_each)
            .select_from(events.join(items, theirs))
            .where(
                events.c.workspace == self.query.workspace,
                events.c.number.in_(changed),
                events.c.kind == "transition",
                events.c.actor != SYSTEM,
                items.c.type.in_(list(of.types)) if of.types else true(),
                self._all(events, of.conditions),
            )
        )

    def _placed(self, found: Select[Any]) -> Select[Any]:
        """The rows that lie in the periods, with the numbers of the periods instead of the moments."""
        # Materialized, or PostgreSQL would look the moment up in the log again for every comparison.
        # Without a name of its own, so that one statement can have several.
        placed = found.cte().prefix_with("MATERIALIZED")
        others = [column for column in placed.c if column.name != "moment"]
        return select(self._period_of(placed.c.moment).label("period"), *others).where(
            placed.c.moment >= micros(self.since), placed.c.moment < micros(self.until)
        )

    def _period_of(self, moment: Sql) -> Sql:
        """The number of the period that a moment lies in, by bisection, as there may be many periods."""

        def between(first: int, behind: int) -> Sql:
            if behind - first == 1:
                return literal_column(str(self.first + first))
            middle = (first + behind) // 2
            earlier = moment < micros(self.periods[middle].since)
            return case((earlier, between(first, middle)), else_=between(middle, behind))

        return between(0, len(self.periods))

    def _bounds(self, when: words.Event) -> list[Sql]:
        """A condition that an index can answer before the moment itself is read."""
        match when:
            case words.Made():
                return [items.c.created_at >= self.since, items.c.created_at < self.until]
            case words.Did(transitions):
                made = or_(*(self._did(items, name) for name in transitions))
                changed = select(item_states.c.number).where(
                    item_states.c.workspace == self.query.workspace, item_states.c.updated_at >= self.since
                )
                return [items.c.number.in_(changed), items.c.created_at < self.until, made]
            case words.At(field):
                if field not in self.query.indexed:
                    return []
                within = select(item_values.c.number).where(
                    item_values.c.workspace == self.query.workspace,
                    item_values.c.field == field,
                    item_values.c.value >= _sortable(self.since),
                    item_values.c.value < _sortable(self.until),
                )
                return [items.c.number.in_(within)]
            case _ as unreachable:
                assert_never(unreachable)

    def _stands(self, states: Sequence[str]) -> Sql:
        """Whether an item is in one of the states at the end of the period."""
        within = list(states)
        if self.until > self.query.now:
            return items.c.state.in_(within)
        # Only items that have moved since are looked up in the log.
        perhaps = or_(items.c.state.in_(within), items.c.state_since >= self.until)
        return and_(items.c.created_at < self.until, perhaps, self._state().in_(within))

    def _state(self) -> Sql:
        """The state of an item at the end of the period, or now while it runs."""
        if self.until > self.query.now:
            return items.c.state
        latest = (
            select(self.documents.text(events.c.body, "to_state"))
            .where(
                events.c.workspace == items.c.workspace,
                events.c.number == items.c.number,
                events.c.kind.in_(["created", "transition"]),
                events.c.at < self.until,
            )
            .order_by(events.c.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        return case((items.c.state_since < self.until, items.c.state), else_=latest)

    def _group(self) -> Sql:
        match self.query.dimension:
            case None:
                return literal_column("NULL")
            case "state":
                # As JSON, like fields. States are plain words.
                quote = literal_column("'\"'", String)
                # As conditions read fields: now, unless the figure is about the end of its period.
                of_its_end = isinstance(self.figure.of, words.Standing) or _mentions_now(self.figure)
                return quote + (self._state() if of_its_end else items.c.state) + quote
            case field:
                return self.documents.json(items.c.fields, field)

    # Moments and measures

    def _moment(self, of: Any, when: words.Instant) -> Sql:
        match when:
            case words.Made():
                return self.documents.micros(of.c.created_at)
            case words.Did(transitions, first):
                pick: Callable[..., Any] = func.min if first else func.max
                made = select(pick(events.c.at)).where(
                    events.c.workspace == of.c.workspace,
                    events.c.number == of.c.number,
                    events.c.kind == "transition",
                    self.documents.text(events.c.body, "transition").in_(list(transitions)),
                )
                return self.documents.micros(made.scalar_subquery())
            case words.At(field):
                return self.documents.moment(of.c.fields, field)
            case words.Now():
                return literal(micros(self.now), BigInteger)
            case _ as unreachable:
                assert_never(unreachable)

    def _measure(self, of: Any, measure: words.Measure) -> Sql:
        match measure:
            case words.Between(start, end):
                return self._moment(of, end) - self._moment(of, start)
            case words.Spent(timer):
                return (
                    select(timers.c.spent)
                    .where(
                        timers.c.workspace == of.c.workspace,
                        timers.c.number == of.c.number,
                        timers.c.timer == timer,
                    )
                    .scalar_subquery()
                )
            case words.Number(fields):
                numbers = [self.documents.number(of.c.fields, field) for field in fields]
                if len(numbers) == 1:
                    return numbers[0]
                total = sum(
                    (func.coalesce(number, 0) for number in numbers[1:]), func.coalesce(numbers[0], 0)
                )
                return case((func.coalesce(*numbers).is_not(None), total))
            case _ as unreachable:
                assert_never(unreachable)

    def _in_order(self, of: Any, measure: words.Measure) -> list[Sql]:
        """Moments that were brought along or entered later may be out of order: no time lies between them."""
        return [self._measure(of, measure) >= 0] if isinstance(measure, words.Between) else []

    # Conditions

    def _all(self, of: Any, conditions: Sequence[words.Condition]) -> Sql:
        return and_(true(), *(self._met(of, condition) for condition in conditions))

    def _met(self, of: Any, condition: words.Condition) -> Sql:
        """Whether an item meets a condition; an unknown value does not."""
        if isinstance(condition, words.FirstTry | words.SetAside):
            asked = of_move(of, condition, self.documents)
        else:
            asked = self._asked(of, condition)
        return func.coalesce(asked, false())

    def _asked(self, of: Any, condition: words.ItemCondition) -> Sql:  # noqa: C901, PLR0911  # an arm each
        match condition:
            case Holds(field, values):
                return self.documents.holds(of.c.fields, field, values)
            case words.Given(field):
                return self.documents.given(of.c.fields, field)
            case words.AtLeast(measure, bound):
                return and_(self._measure(of, measure) >= _plain(bound), *self._in_order(of, measure))
            case words.AtMost(measure, bound):
                return and_(self._measure(of, measure) <= _plain(bound), *self._in_order(of, measure))
            case words.By(moment, deadline):
                return self._moment(of, moment) <= self._moment(of, deadline)
            case words.Did(transitions):
                return or_(*(self._did(of, name) for name in transitions))
            case words.TimerIs(timer, statuses):
                return self._timer_is(of, timer, statuses)
            case words.Linked():
                return self._linked(of, condition)
            case words.Not(inner):
                return not_(self._met(of, inner))
            case words.AnyOf(inners):
                return or_(*(self._met(of, inner) for inner in inners))
            case words.AllOf(inners):
                return self._all(of, inners)
            case _ as unreachable:
                assert_never(unreachable)

    def _did(self, of: Any, transition: str) -> Sql:
        # The item itself has it; no event has to be read.
        return self.documents.has(of.c.body, "acts", f"transition:{transition}")

    def _timer_is(self, of: Any, timer: str, statuses: Sequence[str]) -> Sql:
        over = and_(timers.c.status == "running", timers.c.due_at < self.query.now)
        status = case((over, "breached"), else_=timers.c.status)
        return exists(
            select(1).where(
                timers.c.workspace == of.c.workspace,
                timers.c.number == of.c.number,
                timers.c.timer == timer,
                status.in_(list(statuses)),
            )
        )

    def _linked(self, of: Any, condition: words.Linked) -> Sql:
        link, other = links.alias(), items.alias()
        source, target = (other, of) if condition.inverse else (of, other)
        return exists(
            select(1)
            .select_from(link)
            .join(other, true())
            .where(
                link.c.link_type == condition.link_type,
                link.c.workspace == source.c.workspace,
                link.c.number == source.c.number,
                link.c.target_workspace == target.c.workspace,
                link.c.target_number == target.c.number,
                self._all(other, condition.conditions),
            )
        )


def _plain(bound: float | timedelta) -> float:
    return bound // _MICROSECOND if isinstance(bound, timedelta) else bound


def _sortable(moment: datetime) -> str:
    return sortable(f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z")
