"""The REST API of the engine.

These names are for the routes of plugins: a router with `APIRouter(route_class=Route)`, the dependencies of its
operations, and the base classes and types of their models.
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
    current_actor,
    current_engine,
)
from placet.api.files import FileAnswer
from placet.api.models.base import (
    Answer,
    Body,
    Day,
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
from placet.api.models.proposals import PROPOSED, proposed
from placet.api.problems import Responses, header, refused_with
from placet.api.routing import Route
from placet.engine.act.records import ItemRecord
from placet.engine.items.agenda import AgendaEntry
from placet.engine.items.windows import WindowWish

__all__ = [
    "JSON",
    "PROPOSED",
    "AgendaEntry",
    "Answer",
    "Body",
    "CurrentActor",
    "CurrentBody",
    "CurrentEngine",
    "CurrentWorkspace",
    "Day",
    "FileAnswer",
    "InTurn",
    "Item",
    "ItemKey",
    "ItemRecord",
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
    "current_actor",
    "current_engine",
    "header",
    "proposed",
    "refused_with",
]  # fmt: skip
