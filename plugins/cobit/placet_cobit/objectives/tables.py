"""The tables of objectives: read from a file, and checked as a whole before anything is made of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placet import InvalidError, MalformedError, faults_in
from placet_cobit.objectives.fields import Activity, Level, Practice, Raci
from placet_cobit.practices import OBJECTIVE_ID, PRACTICE_ID

_Id = Annotated[str, Field(pattern=f"^{OBJECTIVE_ID}$")]
_PracticeId = Annotated[str, Field(pattern=f"^{PRACTICE_ID}$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ObjectiveRow(_Form):
    """One objective of the table."""

    id: _Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    practices: Annotated[int, Field(ge=1, le=99)]
    goals: tuple[Annotated[str, Field(pattern="^AG[0-9]{2}$")], ...] = ()
    governs: str = ""


class ActivityRow(_Form):
    """One activity of a practice; its id is that of the practice with a letter."""

    id: Annotated[str, Field(pattern=f"^{PRACTICE_ID}[a-z]{{1,2}}$")]
    level: Annotated[Level, Field(ge=2)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class RaciRow(_Form):
    """The roles of a practice; several accountable ones can be written, and are refused when it is put in scope."""

    A: tuple[str, ...] = ()
    R: tuple[str, ...] = ()
    C: tuple[str, ...] = ()
    I: tuple[str, ...] = ()  # noqa: E741  # the letter of the table


class ObjectiveTable(_Form):
    """All objectives, with labels, roles and activities of their practices."""

    objectives: Annotated[tuple[ObjectiveRow, ...], Field(min_length=1, max_length=200)]
    labels: Mapping[_PracticeId, Annotated[str, Field(max_length=200)]] = {}
    raci: Mapping[_PracticeId, RaciRow] = {}
    activities: Annotated[tuple[ActivityRow, ...], Field(max_length=5000)] = ()


@dataclass(frozen=True, slots=True)
class Seed:
    """One objective as it is made: its title and its fields."""

    id: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def read_table(text: str) -> ObjectiveTable:
    """A table from TOML.

    Raises:
        InvalidError: an entry does not fit; with a pointer to each.
        MalformedError: it is not TOML.
    """
    try:
        return checked_table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"the table of objectives is not TOML: {error}") from error


def checked_table(document: Mapping[str, Any]) -> ObjectiveTable:
    """A table from its document. Raises `InvalidError`, with a pointer to each entry that does not fit."""
    try:
        return ObjectiveTable.model_validate(document)
    except ValidationError as error:
        raise InvalidError(faults_in(error, ObjectiveTable)) from error


@cache
def shipped_table() -> ObjectiveTable:
    """The table that comes with the method."""
    return read_table((files("placet_cobit.data") / "objectives.toml").read_text(encoding="utf-8"))


def seeds(table: ObjectiveTable) -> list[Seed]:
    """The objectives of a table, each with its practices, in the table's order."""
    return [
        Seed(
            row.id,
            f"{row.id} {row.name}",
            {
                "objective_id": row.id,
                "name": row.name,
                "primary_ag": list(row.goals),
                "governs": row.governs or None,
                "practices": [each.model_dump(mode="json") for each in _practices(table, row)],
                "raci": {
                    id: Raci(**each.model_dump()).model_dump(mode="json")
                    for id, each in table.raci.items()
                    if id.startswith(f"{row.id}.")
                },
            },
        )
        for row in table.objectives
    ]


def _practices(table: ObjectiveTable, row: ObjectiveRow) -> list[Practice]:
    found = []
    for n in range(1, row.practices + 1):
        id = f"{row.id}.{n:02}"
        activities = [
            Activity(id=each.id, level=each.level, text=each.text)
            for each in table.activities
            if each.id.rstrip("abcdefghijklmnopqrstuvwxyz") == id
        ]
        found.append(Practice(id=id, label=table.labels.get(id, id), activities=tuple(activities)))
    return found
