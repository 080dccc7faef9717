"""Recorded statements with holes, so that they can be sent again for the items, people and times of another turn.

Counters of guards are bound by their names. The commit compares the values that were read, so the sender keeps them
(`Sending`), and starts an act again when a value has changed, as Placet does.

The recorded turn defines the holes: its two items and its configuration item (numbers that occur nowhere else, and
their keys within texts), ids that were created in it, its people, its category, and moments near its planned times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import uuid_utils

from benchmarks.desk.flow import Turn
from benchmarks.desk.recording import Recorded, Recording, Statement
from benchmarks.desk.site import WORKSPACE
from placet.store.guards import bucket

#: Moments that are at most so far from the planned start move with it, such as the ends of a search for collisions.
#: The present is further away.
_NEAR = timedelta(days=8)
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_PERSON = r"(?<![\w-])(?:maker|boss)0(?!\w)"
_CATEGORY = r"(?<![\w-])c0-\d(?!\d)"
#: A number within JSON.
_NUMBER = r"(?<=[:,\[])\d{6,}(?=[,\]}])"
_HOLE = re.compile(f"{WORKSPACE}-\\d+|{_UUID}|{_MOMENT}|{_PERSON}|{_CATEGORY}|{_NUMBER}")
_PLACEHOLDER = r"(?:\$\d+|\?)"
#: A search reads its counters with its rows, as the first columns.
_COUNTER_READ = re.compile(rf"guards\.id = {_PLACEHOLDER}")
#: On SQLite, a commit compares counters by a list of their ids.
_COUNTERS_COMPARED = re.compile(r"guards\.id IN \(SELECT value FROM json_each\(\?")
#: Positions of the counters among the parameters of `placet_commit`: those read, their values, and those to increase.
_READ_IDS, _READ_COUNTS, _COUNTED = 5, 6, 7


@dataclass(frozen=True)
class Binding:
    """The values for the holes of one turn: the turn itself, and the numbers of its items and configuration item."""

    turn: Turn
    change: int
    incident: int
    ci: int
    ids: dict[str, str]

    @classmethod
    def of(cls, turn: Turn, change: int, incident: int, ci: int) -> Binding:
        return cls(turn, change, incident, ci, {})

    def id(self, recorded: str) -> str:
        """A new id for each of the recorded ones."""
        if recorded not in self.ids:
            self.ids[recorded] = str(uuid_utils.uuid7())
        return self.ids[recorded]


Fill = Callable[[Binding], Any]


class MovedError(Exception):
    """Data that an act has read has changed before its commit."""


class Sending:
    """One attempt to send the statements of an act, with the values of counters as they were first read."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.counts: dict[int, int] = {}

    def read(self, id: int, count: int) -> None:
        """Keep the value of a counter. Raises `MovedError` if it was different before."""
        if self.counts.setdefault(id, count) != count:
            raise MovedError


@dataclass(frozen=True)
class Step:
    """One statement, with its parameters."""

    connection: int
    text: str
    many: bool
    #: Constant values, and functions for the holes.
    parameters: tuple[Any, ...]
    #: Indexes, among them, of the ids of counters that are read with a search.
    counters: tuple[int, ...] = ()

    def bound(self, sending: Sending) -> list[Any]:
        """The parameters for a turn."""
        if self.many:
            return [_filled(row, sending.binding) for row in self.parameters]
        bound = _filled(self.parameters, sending.binding)
        if "placet_commit(" in self.text:
            bound[_READ_COUNTS] = [sending.counts[id] for id in bound[_READ_IDS]]
            bound[_COUNTED] = sorted(bound[_COUNTED])
        return bound

    def answered(self, sending: Sending, bound: Sequence[Any], rows: Sequence[Any]) -> None:
        """Check the answer of the database. Raises `MovedError`."""
        for k, position in enumerate(self.counters):
            sending.read(bound[position], rows[0][k])
        if "placet_commit(" in self.text and rows[0][0] is not None:
            raise MovedError
        if _COUNTERS_COMPARED.search(self.text):
            now = {row[2]: row[3] for row in rows if row[0] == "guard"}
            if any(now.get(id, 0) != count for id, count in sending.counts.items()):
                raise MovedError


def _filled(parameters: Iterable[Any], binding: Binding) -> list[Any]:
    return [each(binding) if callable(each) else each for each in parameters]


class Template:
    """The acts of one recorded turn."""

    def __init__(
        self,
        recorded: Recorded,
        cis: list[str],
        known: frozenset[str],
        guards: Mapping[int, AbstractSet[str]],
    ) -> None:
        self._turn, self._known, self._guards = recorded.turn, known, guards
        numbers = {name: number_of(key) for name, key in recorded.keys.items()}
        numbers["ci"] = number_of(cis[recorded.turn.ci])
        self._numbers = {number: name for name, number in numbers.items()}
        self.acts = {
            act: [self._step(each) for each in statements] for act, statements in recorded.acts.items()
        }

    def _step(self, statement: Statement) -> Step:
        text, given = statement.text, statement.parameters
        counting = text.startswith("INSERT INTO guards")
        if statement.many:
            rows = tuple(
                (self._counter(row[0]), *row[1:]) if counting else tuple(map(self._hole, row))
                for row in given
            )
            return Step(statement.connection, text, many=True, parameters=rows)
        parameters = [self._hole(each) for each in given]
        counters = [_position(text, found) for found in _COUNTER_READ.finditer(text)]
        for position in counters + [0] * counting:
            parameters[position] = self._counter(given[position])
        if "placet_commit(" in text:
            for position in (_READ_IDS, _COUNTED):
                parameters[position] = self._counters(given[position])
        elif compared := _COUNTERS_COMPARED.search(text):
            position = _position(text, compared)
            ids = self._counters(orjson.loads(given[position]))
            parameters[position] = lambda binding: orjson.dumps(ids(binding)).decode()
        return Step(
            statement.connection, text, many=False, parameters=tuple(parameters), counters=tuple(counters)
        )

    def _counter(self, id: int) -> int | Fill:
        """The id of a counter from the name of its guard, or the recorded id if it is the same for all turns."""
        for name in sorted(self._guards.get(id, ())):
            if callable(filled := self._text(name)):
                return lambda binding: bucket(filled(binding))
        return id

    def _counters(self, ids: Iterable[int]) -> Fill:
        each_of = [self._counter(id) for id in ids]
        return lambda binding: list(dict.fromkeys(_filled(each_of, binding)))

    def _hole(self, value: Any) -> Any:
        """A constant, or a function of the binding."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, list):
            parts = [self._hole(each) for each in value]
            return (lambda b: _filled(parts, b)) if any(map(callable, parts)) else value
        if isinstance(value, int) and value in self._numbers:
            return self._number(value)
        return value

    def _number(self, value: int) -> Fill:
        name = self._numbers[value]
        return lambda binding: getattr(binding, name)

    def _moment(self, value: datetime) -> datetime | Fill:
        shift = value - self._turn.start
        return (lambda binding: binding.turn.start + shift) if abs(shift) <= _NEAR else value

    def _text(self, value: str) -> str | Fill:
        parts: list[str | Fill] = []
        end = 0
        for found in _HOLE.finditer(value):
            hole = self._within(found[0])
            if hole is not None:
                parts += [value[end : found.start()], hole]
                end = found.end()
        if not parts:
            return value
        parts.append(value[end:])
        return lambda binding: "".join([part if isinstance(part, str) else part(binding) for part in parts])

    def _within(self, found: str) -> Fill | None:
        """The function that fills a hole in a text; `None` if it is not a hole."""
        if found.startswith(f"{WORKSPACE}-"):
            if (number := number_of(found)) not in self._numbers:
                return None
            numbered = self._number(number)
            return lambda binding: f"{WORKSPACE}-{numbered(binding)}"
        if found.isdigit():
            if int(found) not in self._numbers:
                return None
            own = self._number(int(found))
            return lambda binding: str(own(binding))
        if re.fullmatch(_UUID, found):
            return None if found in self._known else lambda binding: binding.id(found)
        if re.fullmatch(_MOMENT, found):
            moved = self._moment(datetime.fromisoformat(f"{found}+00:00"))
            return (lambda binding: f"{moved(binding):%Y-%m-%dT%H:%M:%S}") if callable(moved) else None
        if found.startswith("c"):
            return lambda binding: binding.turn.category
        return lambda binding: f"{found[:-1]}{binding.turn.person}"


def number_of(key: str) -> int:
    """The number in a key."""
    return int(key.rpartition("-")[2])


def _position(text: str, found: re.Match[str]) -> int:
    """The index of the parameter for the placeholder at the end of a match."""
    if found[0].endswith("?"):
        return text.count("?", 0, found.end()) - 1
    return int(found[0].rpartition("$")[2]) - 1


def templates(recording: Recording, cis: list[str]) -> list[Template]:
    """One template for each recorded turn. Ids that occur in several turns were not created by a turn."""
    turns = recording.turns
    seen = [set(re.findall(_UUID, repr(each.acts))) for each in turns]
    known = frozenset(
        id
        for n, ids in enumerate(seen)
        for id in ids
        if any(id in other for other in seen[:n] + seen[n + 1 :])
    )
    return [Template(each, cis, known, recording.guards) for each in turns]
