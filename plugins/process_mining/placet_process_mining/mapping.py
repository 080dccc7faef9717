"""The map of a foreign log, a TOML file: the meaning of its columns, and of its words in a workflow.

    case = "number"                      # the column that names the case
    state = "incident_state"             # the column of its state; or `activity`, that of what was done
    time = "updated"                     # the column of the time
    time_format = "%d/%m/%Y %H:%M"       # as for Python's strptime; ISO 8601 by default
    zone = "Europe/Vienna"               # of times without a zone; UTC by default
    ignore = ["-100"]                    # rows with these values are left out

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

from placet import Fault, InvalidError, MalformedError, Workflow, faults_in, nearest

_Word = Annotated[str, Field(min_length=1)]
#: Any moment, to test a format.
_TRIED = datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC)
#: Parsed times in the cache, as logs repeat them.
_TIMES = 65_536


class LogMap(BaseModel):
    """The meaning of a foreign log's columns and words."""

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
    #: The format of a CSV.
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: _Word = "utf-8-sig"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read: the case, its state or activity, the time, and those of `only`."""
        return (self.case, self.state or self.activity or "", self.time, *self.only)

    @property
    def wanted(self) -> tuple[frozenset[str], ...]:
        """The values of the columns of `only` in rows that count."""
        return tuple(frozenset([v] if isinstance(v, str) else v) for v in self.only.values())

    def times(self) -> Callable[[str], datetime]:
        """Reads a moment; raises `ValueError`, also for one that lies before the year 1 or after 9999 in UTC."""
        zone, form = ZoneInfo(self.zone), self.time_format

        @lru_cache(maxsize=_TIMES)
        def read(text: str) -> datetime:
            found = datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)  # noqa: DTZ007  # the zone follows
            moment = found.replace(tzinfo=zone) if found.tzinfo is None else found
            try:
                moment.astimezone(UTC)
            except OverflowError as error:
                raise ValueError(str(error)) from None
            return moment

        return read

    def faults(self, workflow: Workflow) -> list[Fault]:
        """Contradictions in the map, or with the workflow."""
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
                message = f"is not a format, such as %d/%m/%Y %H:%M: {error}"
                found.append(Fault("/time_format", message))
        return found

    def _encoding_faults(self) -> list[Fault]:
        try:
            "".encode(self.encoding)
        except LookupError:
            return [
                Fault("/encoding", f'"{self.encoding[:50]}" is not an encoding, such as utf-8 or latin-1')
            ]
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
        MalformedError: the file does not exist, or it is not TOML.
        InvalidError: it does not fit; with a pointer for each fault.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MalformedError(f"the map {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"the map {file} is not TOML: {error}") from None
    try:
        return LogMap.model_validate(given)
    except ValidationError as error:
        raise InvalidError(faults_in(error, LogMap)) from None
