"""Proofs about metrics: all items, fields and timers that they name exist, and can be counted and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from placet.catalog.appointing import item_type_findings
from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, absent, error
from placet.definitions import figures
from placet.definitions.document import method_of
from placet.definitions.items import ItemType, json_schema
from placet.definitions.metrics import TIME_UNITS, Metric
from placet.definitions.timers import Holds

_STATE = "state"
_STATUSES = ("running", "paused", "met", "breached")
#: Measures that are times.
_TIMES = (figures.Between, figures.Spent)


def metric_findings(catalog: Catalog) -> Iterator[Finding]:
    """References from which no metric could be computed."""
    for metric in catalog.metrics.values():
        for named in metric.item_types:
            yield from item_type_findings(catalog, metric.id, named)
        of_all = any(isinstance(part.of, figures.Moves) for part in figures.parts(metric.figure))
        if not metric.item_types and not of_all:
            yield error("counts-nothing", metric.id, "it names no item type", "name what it counts")
        yield from _Metric(catalog, metric).findings()


class _Metric:
    """The references of one metric."""

    def __init__(self, catalog: Catalog, metric: Metric) -> None:
        self.catalog = catalog
        self.metric = metric
        self.id = metric.id

    def findings(self) -> Iterator[Finding]:
        for part in figures.parts(self.metric.figure):
            types = self._types(part.of.types)
            if isinstance(part.of, figures.Moves):
                yield from self._moves(part, part.of)
                continue
            yield from self._population(part.of, types)
            for dimension in self.metric.dimensions:
                if dimension != _STATE:
                    yield from self._field(types, dimension, "scalar")
            if isinstance(part, figures.Share):
                yield from self._conditions(part.met, types)
            if isinstance(part, figures.Distinct):
                yield from self._field(types, part.field, "scalar")
            if isinstance(part, figures.Sum | figures.Mean | figures.Percentile):
                yield from self._measure(part.measure, types)
                yield from self._unit(part.measure)
            if isinstance(part, figures.Percentile) and not 0 <= part.percent <= 100:  # noqa: PLR2004  # percent
                yield error(
                    "no-percentile",
                    self.id,
                    f"there is no percentile {part.percent}",
                    "take one from 0 to 100",
                )

    def _moves(self, part: figures.Simple, of: figures.Moves) -> Iterator[Finding]:
        """Transitions are counted, by conditions of their own."""
        for dimension in self.metric.dimensions:
            if dimension not in figures.MOVE_DIMENSIONS:
                yield absent(self.id, "dimension", dimension, figures.MOVE_DIMENSIONS, within="transitions")
        if not isinstance(part, figures.Count | figures.Rate | figures.Share):
            yield error(
                "moves-measured", self.id, f"{type(part).__name__} measures items, and it is about transitions",
                "take Count, Rate or Share",
            )  # fmt: skip
        met = part.met if isinstance(part, figures.Share) else ()
        for condition in (*of.conditions, *met):
            if not isinstance(condition, figures.FirstTry | figures.SetAside):
                yield error(
                    "unlike-condition", self.id, f"{condition!r} is about items, and not about transitions",
                    "take FirstTry or SetAside",
                )  # fmt: skip

    def _types(self, ids: Iterable[str]) -> list[ItemType]:
        """The existing item types; the missing ones have findings of their own."""
        return [self.catalog.item_types[id] for id in ids if id in self.catalog.item_types]

    def _population(
        self, of: figures.Items | figures.Standing, types: Sequence[ItemType]
    ) -> Iterator[Finding]:
        yield from self._conditions(of.conditions, types)
        if isinstance(of, figures.Items):
            yield from self._moment(of.when, types)
            return
        for state in of.states:
            known = {each.id for item_type in types for each in item_type.workflow.states}
            meant = any(item_type.workflow.means_open(state) for item_type in types)
            if types and not meant and state not in known:
                yield absent(self.id, "state", state, known, within=" or ".join(t.id for t in types))

    def _conditions(
        self, conditions: Iterable[figures.Condition], types: Sequence[ItemType]
    ) -> Iterator[Finding]:
        for condition in conditions:
            if isinstance(condition, figures.FirstTry | figures.SetAside):
                yield error(
                    "unlike-condition", self.id, f"{condition!r} is about transitions, and not about items",
                    "count Moves by it",
                )  # fmt: skip
            else:
                yield from self._condition(condition, types)

    def _condition(self, condition: figures.ItemCondition, types: Sequence[ItemType]) -> Iterator[Finding]:
        match condition:
            case Holds(field) | figures.Given(field):
                yield from self._field(types, field, "any")
            case figures.AtLeast(measure, bound) | figures.AtMost(measure, bound):
                yield from self._measure(measure, types)
                if isinstance(bound, timedelta) != isinstance(measure, _TIMES):
                    yield error(
                        "unlike-bound",
                        self.id,
                        f"{bound!r} cannot be compared with {measure!r}",
                        "compare spans of time with a timedelta, and numbers with a number",
                    )
            case figures.By(moment, deadline):
                yield from self._moment(moment, types)
                yield from self._moment(deadline, types)
            case figures.Did():
                yield from self._moment(condition, types)
            case figures.TimerIs(timer, statuses):
                yield from self._timer(timer, types)
                yield from (absent(self.id, "status", s, _STATUSES) for s in statuses if s not in _STATUSES)
            case figures.Linked():
                yield from self._linked(condition)
            case figures.Not(inner):
                yield from self._conditions([inner], types)
            case figures.AnyOf(inners) | figures.AllOf(inners):
                yield from self._conditions(inners, types)

    def _timer(self, named: str, types: Sequence[ItemType]) -> Iterator[Finding]:
        for item_type in types:
            known = [timer.id for timer in item_type.timers]
            if named not in known:
                yield absent(self.id, "timer", named, known, within=item_type.id)

    def _linked(self, condition: figures.Linked) -> Iterator[Finding]:
        named = condition.link_type
        link_type = self.catalog.link_types.get(named)
        if link_type is None:
            if method_of(named) not in self.catalog.missing:
                yield absent(self.id, "link type", named, self.catalog.link_types)
            return
        ends = link_type.sources if condition.inverse else link_type.targets
        yield from self._conditions(condition.conditions, self._types(ends))

    def _moment(self, moment: figures.Instant, types: Sequence[ItemType]) -> Iterator[Finding]:
        match moment:
            case figures.At(field):
                yield from self._field(types, field, "moment")
            case figures.Did(names):
                for item_type in types:
                    known = [transition.name for transition in item_type.workflow.transitions]
                    # Each of several types may have its own.
                    if not set(names) & set(known):
                        yield absent(self.id, "transition", ", ".join(names), known, within=item_type.id)
                everywhere = {t.name for item_type in types for t in item_type.workflow.transitions}
                for name in names:
                    if types and name not in everywhere:
                        yield absent(self.id, "transition", name, everywhere)
            case figures.Made() | figures.Now():
                pass

    def _measure(self, measure: figures.Measure, types: Sequence[ItemType]) -> Iterator[Finding]:
        match measure:
            case figures.Between(start, end):
                yield from self._moment(start, types)
                yield from self._moment(end, types)
            case figures.Spent(timer):
                yield from self._timer(timer, types)
            case figures.Number(fields):
                for field in fields:
                    yield from self._field(types, field, "number")

    def _unit(self, measure: figures.Measure) -> Iterator[Finding]:
        if isinstance(measure, _TIMES) and self.metric.unit not in TIME_UNITS:
            yield error(
                "no-unit-of-time",
                self.id,
                f'it measures time, and "{self.metric.unit}" is not a unit of time',
                f"take one of {', '.join(TIME_UNITS)}",
            )

    def _field(self, types: Sequence[ItemType], name: str, kind: str) -> Iterator[Finding]:
        for item_type in types:
            if name not in item_type.fields.model_fields:
                yield absent(self.id, "field", name, item_type.fields.model_fields, within=item_type.id)
                continue
            if not _is_of(json_schema(item_type.fields), name, kind):
                wanted = _WANTED[kind]
                yield error(
                    "unlike-field", self.id, f"{item_type.id}.{name} holds no {wanted}", f"name a field with a {wanted}"
                )  # fmt: skip


_WANTED = {"moment": "moment", "number": "number", "scalar": "single value"}


def _is_of(schema: Mapping[str, Any], name: str, kind: str) -> bool:
    """Whether a field is of a kind, by its JSON schema."""
    found = schema["properties"][name]
    options = [_resolved(schema, option) for option in found.get("anyOf", [found])]
    types = {option.get("type") for option in options}
    match kind:
        case "moment":
            return any(option.get("format") == "date-time" for option in options)
        case "number":
            return bool(types & {"integer", "number"})
        case "scalar":
            return not types & {"array", "object"}
        case _:
            return True


def _resolved(schema: Mapping[str, Any], option: dict[str, Any]) -> dict[str, Any]:
    name = option.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][name] if name else option
