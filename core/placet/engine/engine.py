"""The engine: all verbs on one object, and the only writer of the house."""

from __future__ import annotations

from placet.engine.act.runner import SYSTEM_ACTOR
from placet.engine.approvals.verbs import DecisionVerbs
from placet.engine.items.agenda import AgendaVerbs
from placet.engine.notifications.deliveries import DeliveryVerbs
from placet.engine.notifications.verbs import InboxVerbs
from placet.engine.reports.log import LogVerbs
from placet.engine.reports.metrics import MetricVerbs
from placet.engine.timers.firing import DueVerbs
from placet.engine.transitions import MoveVerbs
from placet.engine.workspaces.verbs import WorkspaceVerbs

__all__ = ["SYSTEM_ACTOR", "Engine"]


class Engine(
    AgendaVerbs,
    WorkspaceVerbs,
    MoveVerbs,
    DecisionVerbs,
    DueVerbs,
    LogVerbs,
    InboxVerbs,
    DeliveryVerbs,
    MetricVerbs,
):
    """Everything that can be done, each verb with its asker first.

    Verbs are plain and synchronous. Whatever they refuse is an error of `placet.errors`, with nothing written but,
    where a transition was refused, the record of the refusal.
    """
