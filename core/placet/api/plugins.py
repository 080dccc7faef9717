"""Routes of plugins, mounted beside the core's, under the same rules."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from placet.api.overrides import Overrides
from placet.api.routing import BASE, Route
from placet.catalog.discovery import Registry
from placet.errors import DefinitionError

_log = logging.getLogger(__name__)


def plugin_routes(registry: Registry, there: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes of all plugins under `BASE`. A plugin that cannot give its router is left out, and the log says why.

    Args:
        registry: the plugins.
        there: existing routes, which plugins may not replace.

    Raises:
        DefinitionError: a plugin has a path or an operation that exists already, or one that is open to everybody.
    """
    taken, routes = dict.fromkeys(_names(there), "Placet itself"), list[BaseRoute]()
    for method, give in registry.routers:
        try:
            router, mounted, names = _mounted(give)
        except Exception:  # noqa: BLE001  # foreign code; logged, and the others run
            _log.exception("the routes of %s are left out: its placet_routes() failed", method)
            continue
        _demand_guarded(method, router)
        for name in names:
            if name in taken:
                raise DefinitionError(
                    f"{name} of the method {method} exists already, from {taken[name]}: let its paths begin with "
                    f"/x/{method}/, and its operation ids with {method}_"
                )
            taken[name] = f"the method {method}"
        routes += mounted
    return routes


@cache
def _mounted(give: Callable[[], APIRouter]) -> tuple[APIRouter, Sequence[BaseRoute], tuple[str, ...]]:
    """A plugin's router, its routes under `BASE`, and their unique names; put together once in a process."""
    router, mounted = give(), APIRouter(dependency_overrides_provider=Overrides())
    mounted.include_router(router, prefix=BASE)
    return router, mounted.routes, tuple(_names(mounted.routes))


def _demand_guarded(method: str, router: APIRouter) -> None:
    # Those of routers that it includes are among them.
    for each in iter_route_contexts(router.routes):
        route = each.original_route
        if not isinstance(route, Route) or not route.guarded:
            raise DefinitionError(
                f"the route {each.path or route} of the method {method} would be open to everybody: make "
                "its router with APIRouter(route_class=placet.api.Route)"
            )


def _names(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """The unique names of a route: methods on paths, and the id of the operation."""
    for route in iter_route_contexts(routes):
        yield from (f"{method} {_shape(route.path or '')}" for method in sorted(route.methods or ()))
        operation = getattr(route, "operation_id", None)
        if operation:
            yield f"the operation {operation}"


def _shape(path: str) -> str:
    """A path without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
