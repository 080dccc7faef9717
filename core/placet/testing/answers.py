"""What a desk is opened with and what its verbs answer, gathered from where it is at home."""

from __future__ import annotations

from placet.catalog.catalog import Catalog, Definition, Loosening, Rules
from placet.catalog.discovery import Registry
from placet.catalog.findings import Finding, Severity
from placet.engine.agenda import AgendaLine
from placet.engine.clocks import Reading, Stretch, TimerStatus
from placet.engine.journal import FirstBad
from placet.engine.log import Audit
from placet.engine.metrics import GroupValue, Measured, PeriodValue, Value
from placet.engine.outlook import ApprovalLine, CheckReport, LinkEnd, Moved, Outlook, TimerLine
from placet.engine.ports import Period, Scalar
from placet.engine.records import (
    Actor,
    BallotRecord,
    Because,
    Clock,
    EventRecord,
    EventText,
    Evidence,
    ItemRecord,
    Mark,
    Message,
    NoticeRecord,
    Owed,
    Round,
    Vote,
    Waiver,
    Why,
)
from placet.testing.explained import Explained

__all__ = [
    "Actor",
    "AgendaLine",
    "ApprovalLine",
    "Audit",
    "BallotRecord",
    "Because",
    "Catalog",
    "CheckReport",
    "Clock",
    "Definition",
    "EventRecord",
    "EventText",
    "Evidence",
    "Explained",
    "Finding",
    "FirstBad",
    "GroupValue",
    "ItemRecord",
    "LinkEnd",
    "Loosening",
    "Mark",
    "Measured",
    "Message",
    "Moved",
    "NoticeRecord",
    "Outlook",
    "Owed",
    "Period",
    "PeriodValue",
    "Reading",
    "Registry",
    "Round",
    "Rules",
    "Scalar",
    "Severity",
    "Stretch",
    "TimerLine",
    "TimerStatus",
    "Value",
    "Vote",
    "Waiver",
    "Why",
]
