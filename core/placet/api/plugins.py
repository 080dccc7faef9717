"""Routes of plugins, mounted beside the core's, under the same rules."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from placet.api.mounted import Mounted
from placet.api.overrides import Overrides
from placet.api.routing import BASE, Route
from placet.catalog.composition import one_line, with_place
from placet.catalog.discovery import Registry
from placet.errors import DefinitionError

_log = logging.getLogger(__name__)


def plugin_routes(registry: Registry, there: Sequence[BaseRoute]) -> Mounted:
    """The routes of all plugins under `BASE`.

    A plugin whose router cannot be mounted is left out with all its operations, and the log says why: it fails, it has
    a path or an operation that exists already, or one that is open to everybody. Of two plugins with the same one, the
    later is left out, in order of method.

    Args:
        registry: the plugins.
        there: existing routes, which plugins may not replace.
    """
    taken, routes, left_out = (
        dict.fromkeys(_names(there), "Placet itself"),
        list[BaseRoute](),
        dict[str, str](),
    )
    for method, give in registry.routers:
        try:
            router, mounted, names = _mounted(give)
            _demand_guarded(method, router)
            _demand_free(method, names, taken)
        except DefinitionError as refusal:
            _log.error("the routes of %s are left out: %s", method, refusal)
            left_out[method] = str(refusal)
        except Exception as error:  # noqa: BLE001  # foreign code; logged, and the others run
            _log.exception("the routes of %s are left out: its placet_routes() failed", method)
            left_out[method] = with_place(f"its placet_routes() failed, {one_line(error)}", error)
        else:
            taken |= dict.fromkeys(names, f"the method {method}")
            routes += mounted
    return Mounted(routes, left_out)


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


def _demand_free(method: str, names: Iterable[str], taken: Mapping[str, str]) -> None:
    seen = set[str]()
    for name in names:
        if name in taken or name in seen:
            raise DefinitionError(
                f"{name} of the method {method} exists already, from {taken.get(name, 'the same method')}: let its "
                f"paths begin with /x/{method}/, and its operation ids with {method}_"
            )
        seen.add(name)


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
