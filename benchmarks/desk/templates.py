"""Recorded statements with holes, so that they can be sent again for items, people and times of another turn.

What a hole is follows from the recorded turn: its two items and its configuration item (numbers that nothing else has,
and their keys within texts), ids that were made in it, its people, its category, and moments near its planned times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid_utils

from benchmarks.desk.flow import Turn
from benchmarks.desk.recording import Recorded, Statement
from benchmarks.desk.site import WORKSPACE

#: Moments that are no further from the planned start follow it, such as the search for collisions with its buffer.
_NEAR = timedelta(hours=2)
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_PERSON = r"(?<![\w-])(?:maker|boss)0(?!\w)"
_CATEGORY = r"(?<![\w-])c0-\d(?!\d)"
_HOLE = re.compile(f"{WORKSPACE}-\\d+|{_UUID}|{_MOMENT}|{_PERSON}|{_CATEGORY}")


@dataclass(frozen=True)
class Binding:
    """What fills the holes of one turn: the turn itself, and the numbers of its items and its configuration item."""

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


@dataclass(frozen=True)
class Step:
    """One statement, and how its parameters come about."""

    connection: int
    text: str
    many: bool
    #: Constant values, and functions for the holes.
    parameters: tuple[Any, ...]

    def bound(self, binding: Binding) -> list[Any]:
        """The parameters for a turn."""
        if self.many:
            return [_filled(row, binding) for row in self.parameters]
        return _filled(self.parameters, binding)


def _filled(parameters: Iterable[Any], binding: Binding) -> list[Any]:
    return [each(binding) if callable(each) else each for each in parameters]


class Template:
    """The acts of one recorded turn."""

    def __init__(self, recorded: Recorded, cis: list[str], known: frozenset[str]) -> None:
        self._turn, self._known = recorded.turn, known
        numbers = {name: number_of(key) for name, key in recorded.keys.items()}
        numbers["ci"] = number_of(cis[recorded.turn.ci])
        self._numbers = {number: name for name, number in numbers.items()}
        self.acts = {
            act: [self._step(each) for each in statements] for act, statements in recorded.acts.items()
        }

    def _step(self, statement: Statement) -> Step:
        given: Any = statement.parameters
        parameters = (
            tuple(tuple(map(self._hole, row)) for row in given)
            if statement.many
            else tuple(map(self._hole, given))
        )
        return Step(statement.connection, statement.text, statement.many, parameters)

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
        """What fills a hole in a text, if it is one."""
        if found.startswith(f"{WORKSPACE}-"):
            if (number := number_of(found)) not in self._numbers:
                return None
            numbered = self._number(number)
            return lambda binding: f"{WORKSPACE}-{numbered(binding)}"
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


def templates(recorded: list[Recorded], cis: list[str]) -> list[Template]:
    """One for each recorded turn. Ids that occur in several turns are none that a turn has made."""
    seen = [set(re.findall(_UUID, repr(each.acts))) for each in recorded]
    known = frozenset(
        id for n, ids in enumerate(seen) for id in ids if any(id in s for s in seen[:n] + seen[n + 1 :])
    )
    return [Template(each, cis, known) for each in recorded]
