"""The REST face of the engine: requests in, verbs called, answers out.

A plugin's routes are made with these names: a router with `APIRouter(route_class=Route)`, and what its operations ask
for in their signatures.
"""

from placet.api.application import create_app
from placet.api.dependencies import CurrentActor, CurrentEngine, CurrentWorkspace
from placet.api.routing import Route

__all__ = ["CurrentActor", "CurrentEngine", "CurrentWorkspace", "Route", "create_app"]
