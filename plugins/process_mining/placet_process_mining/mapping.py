"""The map of a foreign log: which of its columns say what, and what its words mean in a workflow. A TOML file.

    case = "number"                      # the column that names the case
    state = "incident_state"             # the one that names its state; or `activity`, what was done
    time = "updated"                     # and the one that says when
    time_format = "%d/%m/%Y %H:%M"       # as Python's strptime reads it; ISO 8601 where left out
    zone = "Europe/Vienna"               # of times that name none; UTC where left out
    ignore = ["-100"]                    # rows with these values say nothing

    [states]                             # the log's word, and the workflow's state; `[transitions]` with `activity`
    "Awaiting User Info" = "waiting"

    [only]                               # rows that count, by column: a value, or a list of them
    type = "itil.incident"

A word that is not in the table stands for the state or transition of the same name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placet import Fault, InvalidError, MalformedError, Workflow, nearest

_Word = Annotated[str, Field(min_length=1)]
#: Any moment will do to try a format with.
_TRIED = datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC)
#: Times that are remembered as read: logs repeat them.
_TIMES = 65_536


class LogMap(BaseModel):
    """What a foreign log's columns and words mean."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    case: _Word
    #: One of `state` and `activity` is given.
    state: _Word | None = None
    activity: _Word | None = None
    time: _Word
    time_format: _Word | None = None
    zone: _Word = "UTC"
    ignore: list[str] = Field(default_factory=list)
    states: dict[str, str] = Field(default_factory=dict)
    transitions: dict[str, str] = Field(default_factory=dict)
    only: dict[_Word, str | list[str]] = Field(default_factory=dict)
    #: How a CSV is written.
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: _Word = "utf-8-sig"

    @property
    def columns(self) -> tuple[str, ...]:
        """What is read of a row: the case, its state or what was done, the time, and what decides whether it counts."""
        return (self.case, self.state or self.activity or "", self.time, *self.only)

    @property
    def wanted(self) -> tuple[frozenset[str], ...]:
        """The values that the columns of `only` have in rows that count."""
        return tuple(frozenset([v] if isinstance(v, str) else v) for v in self.only.values())

    def times(self) -> Callable[[str], datetime]:
        """Reads a moment; raises `ValueError`."""
        zone, form = ZoneInfo(self.zone), self.time_format

        @lru_cache(maxsize=_TIMES)
        def read(text: str) -> datetime:
            found = datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)  # noqa: DTZ007  # the zone follows
            return found.replace(tzinfo=zone) if found.tzinfo is None else found

        return read

    def faults(self, workflow: Workflow) -> list[Fault]:
        """What in it does not fit together, or the workflow."""
        return [
            *self._column_faults(),
            *self._time_faults(),
            *self._encoding_faults(),
            *self._word_faults(workflow),
        ]

    def _column_faults(self) -> list[Fault]:
        if (self.state is None) == (self.activity is None):
            return [
                Fault(
                    "/state",
                    "name the column of the state, or in `activity` that of what was done: one of them",
                )
            ]
        unused, other = ("transitions", "activity") if self.state else ("states", "state")
        if getattr(self, unused):
            return [Fault(f"/{unused}", f"is used only where `{other}` names a column")]
        return []

    def _time_faults(self) -> list[Fault]:
        found = []
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            found.append(
                Fault("/zone", f'"{self.zone[:50]}" is not a time zone: take a name such as Europe/Vienna')
            )
        if self.time_format is not None:
            try:
                datetime.strptime(_TRIED.strftime(self.time_format), self.time_format)  # noqa: DTZ007  # only tried
            except ValueError as error:
                message = f"is no format such as %d/%m/%Y %H:%M: {error}"
                found.append(Fault("/time_format", message))
        return found

    def _encoding_faults(self) -> list[Fault]:
        try:
            "".encode(self.encoding)
        except LookupError:
            return [Fault("/encoding", f'"{self.encoding[:50]}" is no encoding such as utf-8 or latin-1')]
        return []

    def _word_faults(self, workflow: Workflow) -> list[Fault]:
        states = [state.id for state in workflow.states]
        names = [transition.name for transition in workflow.transitions]
        return [
            *_unknown("states", "state", self.states, states, workflow.id),
            *_unknown("transitions", "transition", self.transitions, names, workflow.id),
        ]


def _unknown(table: str, kind: str, words: Mapping[str, str], known: list[str], id: str) -> list[Fault]:
    return [
        Fault(f"/{table}/{word}", f'{id} has no {kind} "{name}"{nearest(name, known)}')
        for word, name in words.items()
        if name not in known
    ]


def read_map(file: Path) -> LogMap:
    """Read a map.

    Raises:
        MalformedError: there is no such file, or it is no TOML.
        InvalidError: with a pointer for everything that does not fit.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MalformedError(f"the map {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"the map {file} is no TOML: {error}") from None
    odd = [name for name in given if name not in LogMap.model_fields]
    if odd:
        raise InvalidError(
            [
                Fault(f"/{name}", f"is nothing that a map tells{nearest(name, LogMap.model_fields)}")
                for name in odd
            ]
        )
    try:
        return LogMap.model_validate(given)
    except ValidationError as error:
        raise InvalidError(
            [Fault("".join(f"/{part}" for part in each["loc"]), each["msg"]) for each in error.errors()]
        ) from None
