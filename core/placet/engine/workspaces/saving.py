"""Saving a workspace together with the event of its own history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from placet.engine.act.installation import acted_for
from placet.engine.act.journal import make_event
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.unit_of_work import UnitOfWork


def saved(
    work: UnitOfWork,
    old: WorkspaceRecord | None,
    new: WorkspaceRecord,
    kind: str,
    actor: Actor,
    data: Mapping[str, Any],
) -> WorkspaceRecord:
    """Save a workspace as it was read and as it is from now on, with one event; its version goes up."""
    version = new.version if old is None else old.version + 1
    entry = {**data, "workspace_version": version, **acted_for(actor)}
    event = make_event(new, kind, work.now, actor.id, entry)
    new = replace(new, seq=event.seq, head=event.hash, version=version)
    work.session.save_workspace(old, new, [event])
    return new
