"""The REST face of the engine: requests in, verbs called, answers out.

A plugin's routes are made with these names: a router with `APIRouter(route_class=Route)`, what its operations ask
for in their signatures, and what their models are made of.
"""

from placet.api.application import create_app
from placet.api.bodies import JSON
from placet.api.dependencies import (
    CurrentActor,
    CurrentBody,
    CurrentEngine,
    CurrentWorkspace,
    InTurn,
    Sent,
    WorkspacePath,
)
from placet.api.files import FileAnswer
from placet.api.models.base import (
    Answer,
    Body,
    ItemKey,
    Moment,
    Name,
    Parameters,
    RuleText,
    Time,
    Title,
    Values,
    Words,
)
from placet.api.models.items import Item
from placet.api.problems import Responses, header, refused_with
from placet.api.routing import Route
from placet.engine.agenda import AgendaLine, WindowWish
from placet.engine.event_log import workspace_log

__all__ = [
    "JSON",
    "AgendaLine",
    "Answer",
    "Body",
    "CurrentActor",
    "CurrentBody",
    "CurrentEngine",
    "CurrentWorkspace",
    "FileAnswer",
    "InTurn",
    "Item",
    "ItemKey",
    "Moment",
    "Name",
    "Parameters",
    "Responses",
    "Route",
    "RuleText",
    "Sent",
    "Time",
    "Title",
    "Values",
    "WindowWish",
    "Words",
    "WorkspacePath",
    "create_app",
    "header",
    "refused_with", "workspace_log",
]  # fmt: skip
