"""The findings of `placet check`, workspace by workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placet.catalog.findings import Finding
from placet.engine.engine import SYSTEM_ACTOR, Engine

_VACANT = "no-holder"


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace with its findings."""

    key: str
    findings: Sequence[Finding]
    #: Roles that nobody holds, so that nobody can make certain transitions.
    vacant: Sequence[str]


def found_in(engine: Engine, workspace: str | None) -> list[Place]:
    """The findings of one workspace, or of all."""
    keys = [place.key for place in engine.workspaces.all(SYSTEM_ACTOR)] if workspace is None else [workspace]
    return [_place(engine, key) for key in keys]


def _place(engine: Engine, key: str) -> Place:
    findings = engine.reports.lint(SYSTEM_ACTOR, key)
    idle = {finding.where for finding in findings if finding.code == _VACANT}
    roles: dict[str, None] = {}
    if idle:
        for item_type in engine.workspaces.catalog(SYSTEM_ACTOR, key).item_types.values():
            for transition in item_type.workflow.transitions:
                if f"{item_type.id}.{transition.name}" in idle:
                    roles |= dict.fromkeys(transition.roles)
    return Place(key, findings, tuple(roles))


def rows_of(places: Sequence[Place]) -> list[list[str]]:
    """A row for each finding, but one for all vacant roles: they block dozens of transitions in a new workspace."""
    return [row for place in places for row in _rows(place)]


def _rows(place: Place) -> Iterator[list[str]]:
    idle = [finding for finding in place.findings if finding.code == _VACANT]
    for finding in place.findings:
        if finding.code != _VACANT:
            yield [finding.severity, place.key, finding.where, finding.message, finding.remedy]
        elif finding is idle[0]:
            yield [
                finding.severity,
                place.key,
                "roles",
                f"nobody holds {', '.join(place.vacant)}, so that nobody can make {len(idle)} transitions",
                f"placet role assign {place.key} ROLE ACTOR",
            ]


def document(places: Sequence[Place]) -> list[dict[str, str]]:
    """All findings one by one, for programs."""
    return [
        {
            "severity": finding.severity,
            "code": finding.code,
            "workspace": place.key,
            "where": finding.where,
            "message": finding.message,
            "remedy": finding.remedy,
        }
        for place in places
        for finding in place.findings
    ]
