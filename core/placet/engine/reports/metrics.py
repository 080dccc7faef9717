"""Verbs that read metrics: counts and sums from the store become values with their numerators and denominators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from placet.catalog.catalog import Catalog
from placet.definitions import figures
from placet.definitions.figures import Simple
from placet.definitions.metrics import TIME_UNITS, Metric
from placet.engine.act.access import seen_workspace
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.queries import FigureQuery, FigureRow, Period, Scalar
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports import periods
from placet.engine.reports.queries import is_computed
from placet.errors import MalformedError, NotFoundError, nearest

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a metric; `None` where its denominator is zero."""

    value: float | None
    #: Items that met the conditions, their number, or the sum; `None` for percentiles.
    numerator: float | None
    #: Items counted or measured, days, or the denominator; `None` for counts and sums.
    denominator: float | None


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """A metric in one period of a series."""

    period: Period
    value: Value


@dataclass(frozen=True, slots=True)
class GroupValue:
    """A metric of the items that have one value of a dimension."""

    group: Scalar | None
    value: Value


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric over a span of time."""

    metric: Metric
    period: Period
    value: Value
    series: tuple[PeriodValue, ...] = ()
    groups: tuple[GroupValue, ...] = ()
    #: Whether the fields that it reads are stored as the rules in force compute them.
    complete: bool = True


class Metrics:
    """Metrics. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def all(
        self, actor: Actor, workspace: str, *, since: date | None = None, until: date | None = None
    ) -> tuple[Measured, ...]:
        """All metrics of a workspace's methods; over the last thirty days by default.

        Raises:
            MalformedError: the span has no length.
            NotFoundError: the workspace.
        """

        def see(unit: UnitOfWork) -> tuple[Measured, ...]:
            place = seen_workspace(unit, actor, workspace)
            whole = periods.asked_for(since, until, unit.now, place.calendar.zone)
            catalog = unit.catalog(place.key)
            return tuple(
                Measured(
                    metric,
                    whole,
                    _Reading(unit, place, catalog, metric).values((whole,))[0],
                    complete=_is_complete(unit, place.key, catalog, metric),
                )
                for metric in catalog.metrics.values()
            )

        return self._acts.look(see)

    def series(
        self, actor: Actor, workspace: str, ids: Iterable[str], *, since: date, by: str
    ) -> Mapping[str, tuple[PeriodValue, ...]]:
        """Several metrics in steps from a day on until now, by id, as of one moment.

        Raises:
            MalformedError: the span has no length, or there are too many steps.
            NotFoundError: the workspace, or a metric; with the nearest names.
        """

        def see(unit: UnitOfWork) -> Mapping[str, tuple[PeriodValue, ...]]:
            place = seen_workspace(unit, actor, workspace)
            catalog = unit.catalog(place.key)
            zone = place.calendar.zone
            steps = periods.cut(periods.asked_for(since, None, unit.now, zone), by, zone)
            found = {}
            for id in ids:
                if id not in catalog.metrics:
                    raise NotFoundError("metric", id[:100], catalog.metrics)
                reading = _Reading(unit, place, catalog, catalog.metrics[id])
                found[id] = tuple(map(PeriodValue, steps, reading.values(steps)))
            return found

        return self._acts.look(see)

    def one(
        self,
        actor: Actor,
        workspace: str,
        id: str,
        *,
        since: date | None = None,
        until: date | None = None,
        by: str | None = None,
        dimension: str | None = None,
    ) -> Measured:
        """One metric over a span, in steps and by the values of a dimension where these are asked for.

        A step is a `day`, a `week` or a `month`.

        Raises:
            MalformedError: the span has no length, there are too many steps, or the metric has no such dimension.
            NotFoundError: the workspace or the metric does not exist; with the nearest names.
        """

        def see(unit: UnitOfWork) -> Measured:
            place = seen_workspace(unit, actor, workspace)
            catalog = unit.catalog(place.key)
            if id not in catalog.metrics:
                raise NotFoundError("metric", id[:100], catalog.metrics)
            metric = catalog.metrics[id]
            if dimension is not None and dimension not in metric.dimensions:
                near = nearest(dimension, metric.dimensions) or "; it has none"
                raise MalformedError(f'{id} has no dimension "{dimension[:100]}"{near}')
            zone = place.calendar.zone
            whole = periods.asked_for(since, until, unit.now, zone)
            steps = periods.cut(whole, by, zone) if by is not None else ()
            reading = _Reading(unit, place, catalog, metric)
            return Measured(
                metric,
                whole,
                reading.values((whole,))[0],
                tuple(map(PeriodValue, steps, reading.values(steps))),
                reading.groups(whole, dimension) if dimension is not None else (),
                _is_complete(unit, place.key, catalog, metric),
            )

        return self._acts.look(see)


def _is_complete(unit: UnitOfWork, place: str, catalog: Catalog, metric: Metric) -> bool:
    """Whether the computed fields that a metric names, of any item type, follow the rules in force."""
    names = {*_names(metric.figure), *metric.dimensions}
    return all(
        is_computed(unit, place, item_type.id)
        for item_type in catalog.item_types.values()
        if not names.isdisjoint(item_type.computed_fields)
    )


def _names(part: object) -> Iterator[str]:
    """Every name in a figure, of fields among others."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _names(each)
    else:
        for name in getattr(part, "__dataclass_fields__", ()):
            yield from _names(getattr(part, name))


class _Reading:
    """One metric being read."""

    def __init__(self, unit: UnitOfWork, place: WorkspaceRecord, catalog: Catalog, metric: Metric) -> None:
        self._unit = unit
        self._place = place
        self._metric = metric
        self._types = [catalog.item_types[id] for id in metric.item_types if id in catalog.item_types]

    def values(self, steps: tuple[Period, ...]) -> list[Value]:
        """The value in each period."""
        if not steps:
            return []
        found = [
            {row.period: row for row in self._rows(part, steps, None)}
            for part in figures.parts(self._metric.figure)
        ]
        return [self._value([rows.get(n) for rows in found], step) for n, step in enumerate(steps)]

    def groups(self, whole: Period, dimension: str) -> tuple[GroupValue, ...]:
        """The metric for each value of a dimension, in order; the items without a value last."""
        found = [
            {row.group: row for row in self._rows(part, (whole,), dimension)}
            for part in figures.parts(self._metric.figure)
        ]
        known = sorted({group for rows in found for group in rows}, key=_in_order)
        return tuple(
            GroupValue(group, self._value([rows.get(group) for rows in found], whole)) for group in known
        )

    def _rows(self, part: Simple, steps: tuple[Period, ...], dimension: str | None) -> Sequence[FigureRow]:
        query = FigureQuery(
            self._place.key, self._spelled_out(part), steps, self._unit.now, self._indexed(), dimension
        )
        return self._unit.session.figure(query)

    def _spelled_out(self, part: Simple) -> Simple:
        """The figure with `OPEN`, or no states at all, replaced by the states of the workflows."""
        population = part.of
        if not isinstance(population, figures.Standing):
            return part
        mentioned = [item_type.workflow for item_type in self._types if item_type.id in population.types]
        states = (
            [state for workflow in mentioned for state in workflow.spelled_out(population.states)]
            if population.states
            else [s.id for workflow in mentioned for s in workflow.states if not s.category.final]
        )
        kept = list(dict.fromkeys(states))
        return figures.among(part, figures.Standing(population.types, kept, *population.conditions))

    def _indexed(self) -> frozenset[str]:
        place = self._place.key
        indexed = [
            frozenset(item_type.indexed if self._unit.is_indexed(place, item_type.id) else ())
            for item_type in self._types
        ]
        return frozenset.intersection(*indexed) if indexed else frozenset()

    # From rows to values

    def _value(self, rows: Sequence[FigureRow | None], period: Period) -> Value:
        parts = figures.parts(self._metric.figure)
        each = [self._simple(part, row, period) for part, row in zip(parts, rows, strict=True)]
        figure = self._metric.figure
        if not isinstance(figure, figures.Ratio):
            return each[0]
        over, under = (value.numerator for value in each)
        return _over(over, under, figure.factor)

    def _simple(self, part: Simple, row: FigureRow | None, period: Period) -> Value:
        count = row.count if row is not None else 0
        of_each = partial(self._in_unit, getattr(part, "measure", None))
        match part:
            case figures.Count() | figures.Distinct():
                unborn = isinstance(part.of, figures.Standing) and period.since > self._unit.now
                return Value(None, None, None) if unborn else Value(count, count, None)
            case figures.Rate():
                days = periods.days(period, self._unit.now, self._place.calendar.zone)
                return _over(count, days, part.days)
            case figures.Share():
                return _over(row.met if row is not None else 0, count, 100)
            case figures.Sum():
                total = of_each(row.total) if row is not None else 0
                return Value(total, total, None)
            case figures.Mean():
                return _over(of_each(row.total) if row is not None else 0, count)
            case figures.Percentile():
                if row is None:
                    return Value(None, None, 0)
                between = row.low + (row.high - row.low) * row.hundredths / 100
                return Value(of_each(between), None, count)

    def _in_unit(self, measure: figures.Measure | None, value: float) -> float:
        """A value in the metric's unit: spans come in microseconds, numbers stay as they are."""
        if not isinstance(measure, figures.Between | figures.Spent):
            return value
        return value / (TIME_UNITS[self._metric.unit] / _MICROSECOND)


def _over(over: float | None, under: float | None, factor: int = 1) -> Value:
    value = factor * over / under if over is not None and under else None
    return Value(value, over, under)


def _in_order(group: Scalar | None) -> tuple[bool, str, Scalar]:
    """Sort key: values of one kind in their order, `None` at the end."""
    return group is None, type(group).__name__, group if group is not None else ""
