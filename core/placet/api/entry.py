"""The way in: what every request goes through before its operation, and every error on its way out."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, TypeVar, get_origin

from pydantic import ValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placet.api import bodies, problems
from placet.api.access import Rates, asker, demand_scope
from placet.api.forms import Form, NoForm, Query
from placet.api.operations import Call, Operation
from placet.api.problems import HttpError
from placet.api.protection import protect
from placet.api.telemetry import Telemetry
from placet.app import Application
from placet.engine.act.input import faults_within
from placet.engine.act.journal import new_id
from placet.engine.act.runner import SYSTEM_ACTOR
from placet.errors import MalformedError, NotFoundError, PlacetError, nearest

_log = logging.getLogger(__name__)

QueryT = TypeVar("QueryT", bound=Query)


class Entry:
    """All operations of one path, as one endpoint."""

    def __init__(
        self,
        application: Application,
        rates: Rates,
        operations: Mapping[str, Operation],
        telemetry: Telemetry,
    ) -> None:
        self._telemetry = telemetry
        self._application = application
        self._rates = rates
        self._operations = dict(operations)
        if "GET" in operations:
            self._operations["HEAD"] = operations["GET"]
        self._allow = ", ".join(sorted(self._operations))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = self._operations.get(request.method)
        name = operation.id if operation is not None else ""
        tracing = self._application.tracing
        if tracing is None:
            response = await self._response(request, name)
        else:
            told = {"http.request.method": request.method, "placet.operation": name}
            with tracing.span(name or request.method, told, carrier=request.headers) as tell:
                response = await self._response(request, name)
                tell("http.response.status_code", response.status_code)
        await response(scope, receive, send)

    async def _response(self, request: Request, name: str) -> Response:
        """The answer, whatever becomes of the request; only what nobody expected is raised."""
        began = time.perf_counter()
        try:
            response = await self._answered(request)
        except PlacetError as error:
            response = problems.answer(problems.problem_of(error))
            if response.status_code >= 500:  # noqa: PLR2004  # where the server's own errors begin
                _log.error("%s %s: %s", request.method, request.url.path, error)
        except HttpError as refusal:
            response = problems.answer(problems.document(refusal.kind, refusal.detail), refusal.headers)
        except ClientDisconnect:
            raise
        except Exception:
            self._telemetry.answered(name, problems.INTERNAL.status, time.perf_counter() - began)
            raise
        self._telemetry.answered(name, response.status_code, time.perf_counter() - began)
        return response

    async def _answered(self, request: Request) -> Response:
        operation = self._operations.get(request.method)
        if operation is None:
            raise HttpError(
                problems.NO_METHOD,
                f"{request.method[:20]} is not allowed here, use {self._allow}",
                {"Allow": self._allow},
            )
        actor, token = SYSTEM_ACTOR, None
        if operation.scope:
            actor, token = await asker(self._application, request)
            self._rates.demand(token.id)
            self._rates.charge(token.id, 1)
            demand_scope(actor, token, operation.scope)
        path = request.path_params
        if any(faults_within(list(path.values()), "", 0)):
            raise NotFoundError("path", request.url.path[:200])
        query = query_of(request, operation.query)
        content, form = b"", Form()
        if operation.form is not NoForm:
            bodies.demand_json(request)
            content = await bodies.content(request, self._application.settings.body_limit)
            form = bodies.parsed(content, operation.form)
            if token is not None:
                self._rates.charge(token.id, form.weight - 1)
        return await operation.handler(
            Call(self._application, request, actor, token, path, query, form, content)
        )


def query_of(request: Request, model: type[QueryT]) -> QueryT:
    """The query parameters. Raises `MalformedError` that names the one that cannot be."""
    # `from` is no name in Python: a parameter goes by its alias, where it has one.
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    known = [name for name in fields if not (model.prefix and name == "fields")]
    values: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if any(faults_within([name, value], "", 0)):
            raise MalformedError(f"the query parameter {name[:50]!r} holds a control character")
        if model.prefix and name.startswith(model.prefix):
            kept, key = values.setdefault("fields", {}), name.removeprefix(model.prefix)
        elif name in known:
            kept, key = values, name
        else:
            raise MalformedError(f'there is no query parameter "{name[:50]}"{nearest(name, known)}')
        if kept is values and get_origin(fields[key].annotation) is list:
            kept.setdefault(key, []).extend(value.split(","))
        elif key in kept:
            raise MalformedError(f"the query parameter {name[:50]} is given twice")
        else:
            kept[key] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise MalformedError(f"the query parameter {first['loc'][0]} does not fit: {first['msg']}") from None


class RequestIds:
    """Gives every request an id that its answer names, protects the answer, and answers for what nobody expected."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id, started = new_id(), False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Request-Id"] = id
                protect(message["headers"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            _log.info("request %s was given up by its client: %s %s", id, scope["method"], scope["path"])
        except Exception:
            _log.exception("request %s failed: %s %s", id, scope["method"], scope["path"])
            if started:
                raise
            detail = f"the server failed at this request: report request id {id} to your administrator"
            body = problems.document(problems.INTERNAL, detail, request_id=id)
            await problems.answer(body)(scope, receive, sending)
