"""Workspaces and the installation: their own histories, replayed and compared with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from placet.engine.act import workspace_state
from placet.engine.act.people import INSTALLATION
from placet.engine.act.sources import kept
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.verification.comparison import differing
from placet.engine.reports.verification.findings import Findings
from placet.engine.reports.verification.histories import History
from placet.engine.reports.verification.items import events_of

#: Rows that are read at a time.
_BATCH = 500
#: Before every number of an event.
_BEGINNING = (-1, 0)


def verified_workspace(unit: UnitOfWork, workspace: str, findings: Findings) -> None:
    """Verify a workspace's own history, and compare it with the workspace and its proposals."""
    history = History(workspace, findings, workspace_state.replayed)
    for event in events_of(unit, workspace, _BEGINNING, 0):
        history.take(event)
    row = next((row for row in _rows(unit, "workspaces", {"key": workspace})), None)
    if row is None:
        if not history.broken:
            said = "its events are in the log, and the workspace is not there"
            findings.add(workspace, said, seq=history.seq, place="workspaces")
        return
    if not history.ended(row["seq"], row["head"]) or history.state is None:
        return
    stated = {name: history.state.get(name) for name in kept("workspaces", row)}
    _compare(history, "workspaces", kept("workspaces", row), stated, findings)
    proposals = _rows(unit, "proposals", {"workspace": workspace})
    _compare_rows(history, "proposals", proposals, history.state["proposals"], findings)


def verified_installation(unit: UnitOfWork, findings: Findings) -> None:
    """Verify the installation's own history, and compare it with actors, tokens and what else follows from it."""
    history = History(INSTALLATION, findings, workspace_state.installation_replayed)
    for event in events_of(unit, INSTALLATION, _BEGINNING, 0):
        history.take(event)
    end = unit.session.installation()
    if not history.ended(end.seq, end.head) or history.state is None:
        return
    for table in ("actors", "tokens", "invitations", "delegations", "webhooks"):
        _compare_rows(history, table, _rows(unit, table, {}), history.state[table], findings)
    proposals = _rows(unit, "proposals", {"workspace": INSTALLATION})
    _compare_rows(history, "proposals", proposals, history.state["proposals"], findings)
    notes = {row["name"]: row["value"] for row in _rows(unit, "installation", {})}
    stated = history.state["installation"]
    stored = {name: _note(notes[name]) for name in stated if name in notes}
    _compare(history, "installation.value", stored, stated, findings)


def _note(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _rows(unit: UnitOfWork, table: str, within: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    key = {"workspaces": "key", "installation": "name"}.get(table, "id")
    while True:
        batch = unit.session.audit.rows(table, within=within, after=after, limit=_BATCH)
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1][key]


def _compare_rows(
    history: History,
    table: str,
    rows: Iterator[Mapping[str, Any]],
    stated: dict[str, Any],
    findings: Findings,
) -> None:
    for row in rows:
        expected = stated.pop(row["id"], None)
        if expected is None:
            said = f"{row['id']} is there, and no event says so"
            findings.add(history.key, said, seq=history.seq, place=table)
        else:
            _compare(history, table, {row["id"]: kept(table, row)}, {row["id"]: expected}, findings)
    for id in stated:
        findings.add(history.key, f"{id} is missing", seq=history.seq, place=table)


def _compare(
    history: History, place: str, stored: Mapping[str, Any], stated: Mapping[str, Any], findings: Findings
) -> None:
    for each in differing(stored, stated):
        findings.add(history.key, each, seq=history.seq, place=place)
