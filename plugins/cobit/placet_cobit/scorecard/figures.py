"""The figures of the scorecard that follow from the course of items: pure functions of histories, for one month each.

Each is as of the end of the month. Source: COBIT 2019, MEA01 to MEA04.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from placet import EventRecord
from placet_cobit.capability.levels import domain_value
from placet_cobit.scorecard.designs import design_recorded, operated_at
from placet_cobit.scorecard.history import Course, Month

#: For so long a conclusion says something of a control.
_YEAR = timedelta(days=365)
_HUNDRED = 100
_SOD = "cobit.sod_"


def share(part: int, whole: int) -> Fraction | None:
    """Percent; `None` of nothing."""
    return Fraction(_HUNDRED * part, whole) if whole else None


def in_scope(objectives: Iterable[Course], month: Month) -> list[Course]:
    """The objectives in scope at the end of a month."""
    return [each for each in objectives if each.state_at(_end(month)) == "in_scope"]


def _end(month: Month) -> datetime:
    return month.until - timedelta(microseconds=1)


def levels(objectives: Sequence[Course], ratings: Sequence[Course], month: Month) -> dict[str, Course]:
    """The last rating that was approved, by objective in scope."""
    found: dict[str, tuple[datetime, Course]] = {}
    for each in ratings:
        at = each.entered("approved")
        if at is not None and at < month.until and each.parent is not None:
            found[each.parent] = max(found.get(each.parent, (at, each)), (at, each), key=lambda pair: pair[0])
    return {each.key: found[each.key][1] for each in in_scope(objectives, month) if each.key in found}


def capability_level(
    objectives: Sequence[Course], ratings: Sequence[Course], month: Month
) -> Fraction | None:
    """The mean level of the objectives in scope that were rated."""
    return domain_value(int(each.value("level")) for each in levels(objectives, ratings, month).values())


def capability_gap_closed(
    objectives: Sequence[Course], ratings: Sequence[Course], month: Month
) -> Fraction | None:
    """Percent of the objectives in scope that have reached their target."""
    rated = levels(objectives, ratings, month)
    return share(sum(each.value("gap") == 0 for each in rated.values()), len(in_scope(objectives, month)))


def control_coverage(
    objectives: Sequence[Course], controls: Sequence[Course], month: Month
) -> Fraction | None:
    """Percent of the practices in scope for which at least one control operates."""
    practices = {
        str(practice["id"])
        for each in in_scope(objectives, month)
        for practice in each.value("practices") or ()
    }
    covered = {
        str(design_recorded(each.record)["practice_id"])
        for each in controls
        if operated_at(each, _end(month))
    }
    return share(len(practices & covered), len(practices))


def raci_completeness(objectives: Sequence[Course], held: Collection[str], month: Month) -> Fraction | None:
    """Percent of the practices in scope with one accountable role, a responsible one, and holders of all of them."""
    charts = [
        (each.value("raci") or {}).get(practice["id"])
        for each in in_scope(objectives, month)
        for practice in each.value("practices") or ()
    ]
    return share(sum(_complete(each, held) for each in charts), len(charts))


def _complete(chart: Mapping[str, Sequence[str]] | None, held: Collection[str]) -> bool:
    if chart is None:
        return False
    accountable, responsible = chart.get("A", ()), chart.get("R", ())
    return len(accountable) == 1 and bool(responsible) and {*accountable, *responsible} <= set(held)


def control_effectiveness(
    controls: Sequence[Course], assessments: Sequence[Course], month: Month
) -> Fraction | None:
    """Percent of the operating controls tested in twelve months whose last conclusion is effective."""
    operating = {each.key for each in controls if operated_at(each, _end(month))}
    last: dict[str, tuple[datetime, str]] = {}
    for each in assessments:
        at = each.entered("concluded")
        tested = each.value("conclusion")
        if at is None or not month.until - _YEAR <= at < month.until or tested == "not_tested":
            continue
        if each.parent in operating:
            last[each.parent] = max(last.get(each.parent, (at, tested)), (at, tested))
    return share(sum(found == "effective" for _, found in last.values()), len(last))


def concluded_on_time(assessments: Sequence[Course], month: Month) -> Fraction | None:
    """Percent of the assessments due in twelve months that were concluded by then."""
    first, last = month.last - _YEAR, month.last
    due = [
        each
        for each in assessments
        if each.state_at(_end(month)) != "cancelled"
        and first < date.fromisoformat(each.value("due_on")) <= last
    ]
    return share(sum(_concluded_in_time(each) for each in due), len(due))


def _concluded_in_time(assessment: Course) -> bool:
    return assessment.value("on_time") is True


def sod_violations(refused: Iterable[EventRecord], month: Month) -> Fraction:
    """Attempts of the month that segregation of duties refused."""
    return Fraction(sum(1 for each in within(refused, month) if _segregated(each)))


def within(refused: Iterable[EventRecord], month: Month) -> Iterator[EventRecord]:
    """The events of a month."""
    return (each for each in refused if month.since <= each.at < month.until)


def _segregated(event: EventRecord) -> bool:
    blockers = event.data.get("blockers", ())
    return any(each["check"].startswith(_SOD) or each["gate"] == "segregation" for each in blockers)


def refused_by_cobit(event: EventRecord) -> bool:
    """Whether a check of this method refused an attempt."""
    blockers = event.data.get("blockers", ())
    return any(each["source"] == "cobit" and each["mode"] == "enforce" for each in blockers)


def block_rate(refused: Sequence[EventRecord], moved: float | None, month: Month) -> Fraction | None:
    """Percent of the attempts of the month that a check of this method refused; `moved` is how many succeeded."""
    here = list(within(refused, month))
    return share(sum(map(refused_by_cobit, here)), int(moved or 0) + len(here))
