"""Middleware of all requests: an id, protective headers, counters and traces."""

from __future__ import annotations

import logging
import time

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placet.api import problems
from placet.api.protection import protect
from placet.api.telemetry import Telemetry
from placet.app import Application
from placet.engine.act.journal import new_id

_log = logging.getLogger(__name__)

#: Marks the scope of a HEAD request, which is answered like GET, without the body.
HEAD = "placet.head"
_REQUEST_ID = b"x-request-id"


class RequestIds:
    """Gives every request an id, adds protective headers to the answer, and handles unexpected errors."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id, started = new_id(), False
        if scope["method"] == "HEAD":
            # Answered like GET: the server omits the body.
            scope = {**scope, "method": "GET", HEAD: True}

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # A list of its own: an answer may be sent again, or have its headers in a tuple.
                headers = [each for each in message.get("headers", ()) if each[0].lower() != _REQUEST_ID]
                headers.append((_REQUEST_ID, id.encode()))
                protect(headers)
                message["headers"] = headers
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


class Observed:
    """Counts requests by operation and status, with their duration, and traces them if traces are sent."""

    def __init__(self, app: ASGIApp, application: Application, telemetry: Telemetry) -> None:
        self._app, self._tracing, self._telemetry = app, application.tracing, telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._tracing is None:
            await self._counted(scope, receive, send)
            return
        method = {"http.request.method": scope["method"]}
        with self._tracing.span(scope["method"], method, carrier=Headers(scope=scope)) as span:
            status = await self._counted(scope, receive, send)
            operation = _operation(scope)
            span.update_name(operation or scope["method"])
            span.set_attribute("placet.operation", operation)
            span.set_attribute("http.response.status_code", status)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> int:
        """The status of the answer."""
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._telemetry.answered(_operation(scope), status, time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            raise
        except Exception:
            if not status:
                failed = problems.INTERNAL.status
                self._telemetry.answered(_operation(scope), failed, time.perf_counter() - began)
            raise
        return status


def _operation(scope: Scope) -> str:
    """The id of the operation of a request; empty if there is none."""
    return getattr(scope.get("route"), "operation_id", None) or ""
