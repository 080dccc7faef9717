"""What the author of a plugin imports in its tests. The fixture `desk` comes by itself with pytest.

Each name is looked up when it is asked for: pytest imports this package wherever Placet is installed, also for tests
that have nothing to do with it, and those must not pay for the engine.
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
        Audit,
        BallotRecord,
        Because,
        Catalog,
        CheckReport,
        Definition,
        DueTransition,
        EventRecord,
        EventText,
        Evidence,
        Explained,
        Finding,
        FirstBad,
        GroupValue,
        ItemRecord,
        LinkEnd,
        Loosening,
        Mark,
        Measured,
        Message,
        Moved,
        NotificationRecord,
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
    # What tests are written with
    "Desk", "DeskClock", "MethodConformance", "workflow_table",
    # What a desk is opened with
    "Registry", "Rules", "Catalog", "Definition", "Loosening", "Finding", "Severity",
    # What its verbs answer
    "Explained", "Moved", "TransitionPreview", "CheckReport", "Actor", "ItemRecord", "LinkEnd", "Evidence",
    "ApprovalView", "ApprovalRound", "BallotRecord", "Vote", "Waiver", "TimerView", "Reading", "TimerStatus", "Stretch",
    "TimerRecord", "Mark", "DueTransition", "EventRecord", "EventText", "NotificationRecord", "Because", "Why",
    "Message", "AgendaEntry", "Measured", "Value", "Period", "PeriodValue", "GroupValue", "Scalar", "Audit", "FirstBad",
]  # fmt: skip

#: Where names are, besides those of `answers`.
_ROOMS = {
    "Desk": "desk", "DeskClock": "clock", "MethodConformance": "conformance", "workflow_table": "tables",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f'module "{__name__}" has no attribute "{name}"')
    return getattr(import_module(f"{__name__}.{_ROOMS.get(name, 'answers')}"), name)
