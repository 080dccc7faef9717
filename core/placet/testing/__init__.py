"""Tools for the tests of a plugin. The fixture `desk` comes automatically with pytest.

Each name is loaded at its first use: pytest imports this package wherever Placet is installed, also for unrelated
tests, which must not have to load the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placet.testing.answers import (
        Actor,
        AgendaEntry,
        ApprovalRound,
        ApprovalView,
        AskRecord,
        AskStatus,
        Audit,
        AuditFinding,
        BallotRecord,
        Because,
        Catalog,
        CheckReport,
        ConfirmationRecord,
        Definition,
        DuePoint,
        EventRecord,
        EventText,
        Evidence,
        Explained,
        Finding,
        FormerField,
        GroupValue,
        ItemRecord,
        LinkEnd,
        Loosening,
        Mark,
        Measured,
        Message,
        Moved,
        NotificationRecord,
        Overtaken,
        Period,
        PeriodValue,
        Reading,
        Registry,
        Rules,
        Scalar,
        Severity,
        Stretch,
        TimerRecord,
        TimerStatus,
        TimerView,
        TransitionPreview,
        Value,
        Vote,
        Waiver,
        Why,
    )
    from placet.testing.clock import DeskClock
    from placet.testing.conformance import MethodConformance
    from placet.testing.desk import Desk
    from placet.testing.tables import workflow_table

__all__ = [
    # Tools of tests
    "Desk", "DeskClock", "MethodConformance", "workflow_table",
    # Arguments of a desk
    "Registry", "Rules", "Catalog", "Definition", "Loosening", "Finding", "Severity",
    # Results of its verbs
    "Explained", "Moved", "TransitionPreview", "CheckReport", "Actor", "ItemRecord", "FormerField", "LinkEnd",
    "Evidence", "ConfirmationRecord", "AskRecord", "AskStatus",
    "ApprovalView", "ApprovalRound", "BallotRecord", "Vote", "Waiver", "TimerView", "Reading", "TimerStatus", "Stretch",
    "TimerRecord", "Mark", "DuePoint", "Overtaken", "EventRecord", "EventText", "NotificationRecord", "Because", "Why",
    "Message", "AgendaEntry", "Measured", "Value", "Period", "PeriodValue", "GroupValue", "Scalar", "Audit",
    "AuditFinding",
]  # fmt: skip

#: The modules of names, besides those of `answers`.
_ROOMS = {
    "Desk": "desk", "DeskClock": "clock", "MethodConformance": "conformance", "workflow_table": "tables",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f'module "{__name__}" has no attribute "{name}"')
    return getattr(import_module(f"{__name__}.{_ROOMS.get(name, 'answers')}"), name)
