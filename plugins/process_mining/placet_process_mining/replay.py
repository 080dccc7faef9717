"""Conformance check of a foreign log: the steps of its cases that a workflow would have allowed.

A step is legal if a transition leads from one state to the next. Roles and gates are not checked, as a log does not
have that information. A step without a transition is counted, and the case goes on from the state in the log, so that
one refused step does not make all later steps refused; the case is not legal any more. A case may begin in a later
state than the first, as a log may begin in the middle; such cases are counted separately.

If the map names the column of the state, two rows in one state are not a step. If it names the column of the activity,
each row is the step of a transition, and a case begins in the workflow's first state or, if its first transition does
not leave from that, in the first state from which it does.

Rows are read one by one; for each case only its state, its time, and whether it is legal are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from placet import SAME, InvalidError, Transition, Workflow, nearest
from placet_process_mining.faults import LogError, Place
from placet_process_mining.logs import LogFile
from placet_process_mining.mapping import LogMap

#: Rows between two calls of `progress`.
_REPORTED = 5000


@dataclass(frozen=True, slots=True)
class Pair:
    """A step without a transition, and how often cases took it."""

    source: str
    target: str
    count: int
    #: The place of its first occurrence.
    case: str
    place: Place


@dataclass(frozen=True, slots=True)
class Tolerated:
    """Rows with a fault that were left out, or taken as they are."""

    reason: str
    count: int
    #: The first of them.
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a log under a workflow."""

    workflow: str
    rows: int
    #: Rows that do not count, or are ignored, by the map.
    ignored: int
    cases: int
    legal_cases: int
    steps: int
    legal_steps: int
    #: The most frequent first.
    refused: tuple[Pair, ...]
    #: Cases by their last state.
    ends: Mapping[str, int]
    #: Cases by the state in which they began, if that is not the workflow's first.
    began_later: Mapping[str, int]
    tolerated: tuple[Tolerated, ...] = ()

    @property
    def legal_step_share(self) -> float | None:
        """From 0 to 1; `None` where there was no step."""
        return self.legal_steps / self.steps if self.steps else None

    @property
    def legal_case_share(self) -> float:
        """From 0 to 1."""
        return self.legal_cases / self.cases


class _Case:
    """The present state of a case."""

    __slots__ = ("at", "legal", "state")

    def __init__(self, state: str, at: datetime) -> None:
        self.state, self.at, self.legal = state, at, True


@dataclass(slots=True)
class _Counts:
    """The counts."""

    rows: int = 0
    ignored: int = 0
    steps: int = 0
    cases: dict[str, _Case] = field(default_factory=dict)
    refused: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    began_later: Counter[str] = field(default_factory=Counter)
    tolerated: dict[str, list[Any]] = field(default_factory=dict)


class _Words:
    """The meaning of the log's words: a state or transition, or none."""

    def __init__(self, workflow: Workflow, mapping: LogMap) -> None:
        self.kind = "state" if mapping.state else "transition"
        self._column = mapping.columns[1]
        known: dict[str, Any] = (
            {state.id: state.id for state in workflow.states}
            if mapping.state
            else {transition.name: transition for transition in workflow.transitions}
        )
        self._named = list(known)
        table = mapping.states if mapping.state else mapping.transitions
        self.meanings: dict[str, Any] = (
            known | {word: known[name] for word, name in table.items()} | dict.fromkeys(mapping.ignore)
        )

    def unknown(self, word: str) -> str:
        """The fault of a word without a meaning."""
        if not word:
            return (
                f'"{self._column}" is empty: ignore "" in the map if such rows do not matter, '
                "or name another column"
            )
        hint = nearest(word, self._named)
        return (
            f'"{word[:80]}" is not a {self.kind}{hint}: '
            f"give its meaning in [{self.kind}s] of the map, or ignore it"
        )


class _Replay:
    """One log under one workflow."""

    def __init__(self, file: Path, workflow: Workflow, mapping: LogMap, *, tolerate: bool) -> None:
        self._file, self._workflow, self._tolerate = file, workflow, tolerate
        self._words = _Words(workflow, mapping)
        self._legal = {
            (source, source if t.target == SAME else t.target)
            for t in workflow.transitions
            for source in workflow.sources_of(t)
        }
        self._first = workflow.initial.id
        self._time = mapping.times()
        self._wanted = mapping.wanted
        self._by_state = mapping.state is not None
        self.counts = _Counts()

    def take(self, place: Place, values: Sequence[str]) -> None:
        """One row: the case, its state or activity, the time, and the values of `only`."""
        counts = self.counts
        counts.rows += 1
        case, word, time = values[0], values[1], values[2]
        if self._wanted and any(v not in w for v, w in zip(values[3:], self._wanted, strict=True)):
            counts.ignored += 1
            return
        try:
            meaning = self._words.meanings[word]
        except KeyError:
            self._fault("unknown word", place, self._words.unknown(word))
            return
        if meaning is None:
            counts.ignored += 1
            return
        try:
            at = self._time(time)
        except ValueError:
            message = (
                f'"{time[:80]}" does not fit the format of times: see `time_format` in the map'
                " (or it lies outside the years 1 to 9999 in UTC)"
            )
            self._fault("unreadable time", place, message)
            return
        if not case:
            message = "the row has no case: remove it, or name another column in the map"
            self._fault("no case", place, message)
            return
        self._go_on(case, meaning, at, place)

    def _go_on(self, case: str, meaning: Any, at: datetime, place: Place) -> None:
        known = self.counts.cases.get(case)
        if known is None:
            self.counts.cases[case] = self._begun(meaning, at)
            return
        known.at = at if at >= known.at else self._later(case, known, at, place)
        if not self._by_state:
            self._made(case, known, meaning, place)
        elif meaning != known.state:
            self._step(case, known, meaning, place, legal=(known.state, meaning) in self._legal)

    def _begun(self, meaning: Any, at: datetime) -> _Case:
        if self._by_state:
            state = meaning
        else:
            sources = self._workflow.sources_of(meaning)
            state = self._first if self._first in sources else sources[0]
        if state != self._first:
            self.counts.began_later[state] += 1
        case = _Case(state, at)
        if not self._by_state:
            self._made("", case, meaning, "")
        return case

    def _made(self, case: str, known: _Case, transition: Transition, place: Place) -> None:
        target = known.state if transition.target == SAME else transition.target
        legal = known.state in self._workflow.sources_of(transition)
        self._step(case, known, target, place, legal=legal)

    def _step(self, case: str, known: _Case, target: str, place: Place, *, legal: bool) -> None:
        self.counts.steps += 1
        if not legal:
            known.legal = False
            pair = self.counts.refused.setdefault((known.state, target), [0, case, place])
            pair[0] += 1
        known.state = target

    def _later(self, case: str, known: _Case, at: datetime, place: Place) -> datetime:
        """The moment of a time that is before that of the case's previous row."""
        # A time without a zone occurs twice when clocks are set back, and this may be the second.
        second = at.replace(fold=1)
        if second.astimezone(UTC) >= known.at.astimezone(UTC):
            return second
        self._fault(
            "out of order", place,
            f"{case} has a row of {known.at.isoformat()} before this one of {at.isoformat()}: sort the log by time",
        )  # fmt: skip
        return known.at

    def _fault(self, reason: str, place: Place, message: str) -> None:
        if not self._tolerate:
            raise LogError(self._file, place, message)
        self.counts.tolerated.setdefault(reason, [0, place, message])[0] += 1

    def _demand_cases(self) -> None:
        """Raises `LogError` for a log of which no row counted: nothing can be said about it."""
        counts = self.counts
        if counts.cases:
            return
        if not counts.rows:
            raise LogError(self._file, None, "nothing was read: it has no rows")
        message = f"nothing was read: of {counts.rows:,} rows"
        if counts.ignored:
            message += f", {counts.ignored:,} are ignored by the map"
        for reason, (count, place, fault) in counts.tolerated.items():
            where = f"line {place}" if isinstance(place, int) else place
            message += f", {count:,} have the fault '{reason}', first in {where}: {fault}"
        raise LogError(self._file, None, f"{message}; name the right columns and words in the map")

    def report(self) -> Report:
        """The result. Raises `LogError` if no row counted."""
        self._demand_cases()
        counts = self.counts
        cases = counts.cases.values()
        pairs = [Pair(*states, *found) for states, found in counts.refused.items()]
        ends = Counter(case.state for case in cases)
        return Report(
            workflow=self._workflow.id,
            rows=counts.rows,
            ignored=counts.ignored,
            cases=len(counts.cases),
            legal_cases=sum(case.legal for case in cases),
            steps=counts.steps,
            legal_steps=counts.steps - sum(pair.count for pair in pairs),
            refused=tuple(sorted(pairs, key=lambda pair: (-pair.count, pair.source, pair.target))),
            ends=dict(ends.most_common()),
            began_later=dict(counts.began_later.most_common()),
            tolerated=tuple(Tolerated(reason, *found) for reason, found in counts.tolerated.items()),
        )


def replay(
    file: Path,
    workflow: Workflow,
    mapping: LogMap,
    *,
    tolerate: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Check a log against a workflow.

    Args:
        file: CSV, XES or OCEL 2.0 (JSON or SQLite), the first three also packed with gzip.
        workflow: the workflow that its cases should have followed.
        mapping: the meaning of the log's columns and words in it.
        tolerate: leave out and count rows that cannot be read, instead of refusing the log at the first.
        progress: called now and then with the part of the file that was read, from 0 to 1.

    Raises:
        InvalidError: the map does not fit the workflow, or contradicts itself.
        LogError: the log cannot be read, with the place and the remedy; or none of its rows counts.
    """
    if faults := mapping.faults(workflow):
        raise InvalidError(faults)
    held = _Replay(file, workflow, mapping, tolerate=tolerate)
    with LogFile(file) as log:
        rows = log.rows(mapping.columns, delimiter=mapping.delimiter, encoding=mapping.encoding)
        for n, (place, values) in enumerate(rows, start=1):
            held.take(place, values)
            if progress is not None and n % _REPORTED == 0:
                progress(log.done())
    return held.report()
