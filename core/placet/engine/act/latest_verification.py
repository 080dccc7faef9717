"""The latest verification of the log by the worker, as its event keeps it.

An event names histories and tables, and no values: what somebody typed is erased where it is, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placet.engine.act.people import INSTALLATION
from placet.engine.act.unit_of_work import UnitOfWork

#: The kinds of events that keep a verification: all was intact, or not.
INTACT, FAILED = "log_verified", "log_verification_failed"
KINDS = (INTACT, FAILED)
#: Stands for the log as a whole, in findings about no single history.
LOG = "log"
#: The subjects of findings that concern every workspace.
_SHARED = frozenset({LOG, INSTALLATION})


@dataclass(frozen=True, slots=True)
class Verification:
    """The latest verification of the log, as far as it concerns one workspace."""

    #: Id of its event.
    event: str
    at: datetime
    #: Whether all that concerns the workspace was intact.
    ok: bool
    #: Number of all findings, those in other workspaces too.
    found: int
    #: (key, table) of those that concern the workspace, as far as they are kept.
    places: tuple[tuple[str, str], ...] = ()


def latest_for(unit: UnitOfWork, workspace: str) -> Verification | None:
    """The latest verification, as far as it concerns a workspace; `None` before the first."""
    event = unit.session.log.latest(INSTALLATION, KINDS)
    if event is None:
        return None
    data: Mapping[str, Any] = event.data
    concerned = _SHARED | {workspace}
    places = tuple(
        (each["key"], each["place"])
        for each in data.get("findings", ())
        if each["key"].partition("-")[0] in concerned
    )
    ok = concerned.isdisjoint(data.get("subjects", ()))
    return Verification(event.id, event.at, ok, data.get("found", 0), places)
