"""Paths that clients rely on and that come with separate distributions: without these, they say what to install."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from placet.api.dependencies import WorkspacePath
from placet.api.routing import BASE, Route
from placet.errors import NotInstalledError

#: The purpose of each path, and its distribution.
_OURS: Mapping[str, tuple[str, str]] = {
    "/workspaces/{ws}/export": ("the export of a log", "placet-process-mining"),
    "/workspaces/{ws}/windows": ("the list of windows", "placet-calendar-feed"),
    "/workspaces/{ws}/calendar.ics": ("the calendar of a workspace", "placet-calendar-feed"),
}


def absent_routes(there: Sequence[BaseRoute]) -> list[BaseRoute]:
    """Routes for paths that no plugin provides."""
    paths = {route.path for route in iter_route_contexts(there)}
    router = APIRouter(prefix=BASE, route_class=Route)
    for path, (what, distribution) in _OURS.items():
        if BASE + path not in paths:
            _add(router, path, what, distribution)
    return router.routes


def _add(router: APIRouter, path: str, what: str, distribution: str) -> None:
    def refuse(ws: WorkspacePath) -> None:  # noqa: ARG001  # it is in the path
        raise NotInstalledError(what, distribution)

    for method in ("GET", "POST"):
        router.add_api_route(path, refuse, methods=[method], include_in_schema=False)
