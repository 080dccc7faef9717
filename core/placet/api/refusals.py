"""The exception handlers of the application: they turn errors into problems."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from placet.api import problems
from placet.api.misnamed import key_explained
from placet.api.models.patterns import fault_of, unfit
from placet.api.problems import HttpError
from placet.definitions.misfits import sentence
from placet.errors import Fault, InvalidError, ItemKeyError, MalformedError, PlacetError

_log = logging.getLogger(__name__)
_SERVERS_OWN = 500


def handle_refusals(app: FastAPI) -> None:
    """Answer every error with a problem."""
    for error, handler in (
        (PlacetError, _refused),
        (RequestValidationError, _unfit),
        (HttpError, _not_http),
        (HTTPException, _not_routed),
    ):
        app.add_exception_handler(error, handler)


async def _refused(request: Request, error: Exception) -> Response:
    """A refusal of the engine."""
    if not isinstance(error, PlacetError):
        raise error
    problem = problems.problem_of(await _explained(request, error))
    if problem["status"] >= _SERVERS_OWN:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    return problems.answer(problem)


async def _unfit(request: Request, error: Exception) -> Response:
    """A request that does not fit its declaration: parameters first, then the body with all its faults."""
    if not isinstance(error, RequestValidationError):
        raise error
    found: Sequence[Any] = error.errors()
    first = next((each for each in found if each["loc"][0] != "body"), None)
    if first is not None:
        return await _refused(request, MalformedError(await _misfit(request, first)))
    within = [{**each, "loc": each["loc"][1:]} for each in found]
    return await _refused(request, unfit(within, _body_of(request)))


def _body_of(request: Request) -> Any:
    """The model of the body that an operation takes."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return None if field is None else field.field_info.annotation


async def _misfit(request: Request, found: Any) -> str:
    where, *name = found["loc"]
    if not name:
        return sentence(found)
    fault = await key_explained(request, fault_of(found, ""))
    return f"the {'query parameter' if where == 'query' else where} {name[0]} does not fit: {fault.message}"


async def _explained(request: Request, error: PlacetError) -> PlacetError:
    """The error with the item that is meant, if another text is in the place of its key."""
    match error:
        case ItemKeyError():
            fault = Fault("", str(error), instead_of_key=error.name)
            error.args = ((await key_explained(request, fault)).message,)
        case InvalidError() if any(fault.instead_of_key for fault in error.faults):
            return InvalidError([await key_explained(request, fault) for fault in error.faults])
    return error


async def _not_http(request: Request, error: Exception) -> Response:  # noqa: ARG001  # FastAPI's signature
    """A refusal of HTTP itself."""
    if not isinstance(error, HttpError):
        raise error
    return problems.answer(problems.document(error.kind, error.detail), error.headers)


async def _not_routed(request: Request, error: Exception) -> Response:
    """A refusal of the router: an unknown path, or a method that is not allowed there."""
    if isinstance(error, HTTPException) and error.status_code == problems.NO_METHOD.status:
        allowed = ", ".join(_allowed(request))
        detail = f"{request.method[:20]} is not allowed here, use {allowed}"
        return problems.answer(problems.document(problems.NO_METHOD, detail), {"Allow": allowed})
    detail = f"the path {request.url.path[:200]!r} does not exist: /docs lists all paths"
    return problems.answer(problems.document(problems.NOT_FOUND, detail))


def _allowed(request: Request) -> list[str]:
    """The methods of all operations on a path."""
    path = request.url.path
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(path):
            methods |= route.methods
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
