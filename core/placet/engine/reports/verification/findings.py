"""The findings of a verification."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Findings that are kept; the others are counted.
KEPT = 100


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that is not what the log says, or is not what was hashed."""

    #: Key of the item or of the workspace, `installation`, or `log`.
    key: str
    #: Number of the event, in the history of `key`; that of its last one for a stored value. 0 where there is none.
    seq: int
    #: Id of the event; `None` for a stored value.
    event: str | None
    reason: str
    #: The table, and the column where one can be named; empty for an event.
    place: str = ""


@dataclass(slots=True)
class Findings:
    """Collects findings, so that their number does not matter."""

    kept: list[AuditFinding] = field(default_factory=list)
    number: int = 0
    #: The keys of the workspaces that they are about, and `installation` and `log`.
    subjects: set[str] = field(default_factory=set)
    #: Number of events that were verified.
    events: int = 0
    #: Number of positions that were followed.
    places: int = 0

    def add(self, key: str, reason: str, *, seq: int = 0, event: str | None = None, place: str = "") -> None:
        """Add a finding."""
        self.number += 1
        self.subjects.add(key.partition("-")[0])
        if len(self.kept) < KEPT:
            self.kept.append(AuditFinding(key, seq, event, reason, place))
