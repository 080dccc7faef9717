"""Who may write at all: auditors read everything, and write nothing."""

from __future__ import annotations

from collections.abc import Collection

from placet.definitions.roles import AUDITOR
from placet.engine.act.people import WorkspaceRecord
from placet.errors import ForbiddenError


def demand_writer(place: WorkspaceRecord, actor: str, auditors: Collection[str]) -> None:
    """Raises `ForbiddenError` for an auditor of the workspace, or of all (`auditors`)."""
    if actor in auditors or actor in place.roles.get(AUDITOR, ()):
        raise ForbiddenError(
            f"{actor} is an auditor in {place.key}, and writes nothing: ask somebody with another role there",
            needs=["a role that may write"],
        )
