"""The engine: all verbs on one object, and the only writer of the house."""

from __future__ import annotations

from placet.engine.agenda import AgendaVerbs
from placet.engine.decisions import DecisionVerbs
from placet.engine.deliveries import DeliveryVerbs
from placet.engine.due import DueVerbs
from placet.engine.inbox import InboxVerbs
from placet.engine.kernel import SYSTEM_ACTOR
from placet.engine.log import LogVerbs
from placet.engine.metrics import MetricVerbs
from placet.engine.moves import MoveVerbs
from placet.engine.workspaces import WorkspaceVerbs

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
