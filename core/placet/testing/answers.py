"""The types of a desk's arguments and results, collected from their modules."""

from __future__ import annotations

from placet.catalog.catalog import Catalog, Definition, Loosening, Rules
from placet.catalog.discovery import Registry
from placet.catalog.findings import Finding, Severity
from placet.engine.act.notifications import Because, NotificationRecord, Why
from placet.engine.act.people import Actor
from placet.engine.act.queries import Period, Scalar
from placet.engine.act.questions import AskRecord, AskStatus, ConfirmationRecord
from placet.engine.act.records import (
    ApprovalRound,
    BallotRecord,
    DuePoint,
    EventRecord,
    EventText,
    Evidence,
    ItemRecord,
    Mark,
    Message,
    Overtaken,
    TimerRecord,
    Vote,
    Waiver,
)
from placet.engine.approvals.views import ApprovalView
from placet.engine.items.agenda import AgendaEntry
from placet.engine.items.links import LinkEnd
from placet.engine.moved import Moved
from placet.engine.reports.audit import Audit
from placet.engine.reports.metrics import GroupValue, Measured, PeriodValue, Value
from placet.engine.reports.verification.findings import AuditFinding
from placet.engine.rules.evaluation import CheckReport
from placet.engine.rules.former import FormerField
from placet.engine.rules.previews import TransitionPreview
from placet.engine.timers.readings import Reading, Stretch, TimerStatus
from placet.engine.timers.views import TimerView
from placet.testing.explained import Explained

__all__ = [
    "Actor", "AgendaEntry", "ApprovalRound", "ApprovalView", "AskRecord", "AskStatus", "Audit", "AuditFinding",
    "BallotRecord", "Because", "Catalog", "CheckReport", "ConfirmationRecord", "Definition", "DuePoint", "EventRecord",
    "EventText", "Evidence", "Explained", "Finding", "FormerField", "GroupValue", "ItemRecord", "LinkEnd", "Loosening",
    "Mark", "Measured", "Message", "Moved", "NotificationRecord", "Overtaken", "Period", "PeriodValue", "Reading",
    "Registry", "Rules", "Scalar", "Severity", "Stretch", "TimerRecord", "TimerStatus", "TimerView",
    "TransitionPreview", "Value", "Vote", "Waiver", "Why",
]  # fmt: skip
