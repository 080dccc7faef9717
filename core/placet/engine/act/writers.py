"""Who may write at all: auditors read everything, and write nothing."""

from __future__ import annotations

from collections.abc import Collection

from placet.definitions.roles import AUDITOR
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.reads import Reads
from placet.errors import ForbiddenError


def demand_writer(reads: Reads, place: WorkspaceRecord, actor: str, auditors: Collection[str]) -> None:
    """Raises `ForbiddenError` for an auditor of the workspace, or of all (`auditors`)."""
    if actor in auditors or actor in place.roles.get(AUDITOR, ()):
        raise ForbiddenError(
            reads.titles(place.key, "").sentence(
                "{actor:person} is an auditor in {place}, and writes nothing: ask somebody with another role there",
                actor=actor, place=place.key,
            ),
            needs=["a role that may write"],
        )  # fmt: skip
