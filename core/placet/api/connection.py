"""One client's connection, which is closed if the client sends too slowly, or does not read its answer.

uvicorn itself only closes connections that are idle between two requests: without this module a connection that sends
nothing, a request that comes byte by byte, and an answer that nobody reads would stay for ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from placet.api import problems
from placet.api.problems import Kind
from placet.api.protection import Headers, protect

#: Bytes that the head of a request may have besides the first part received.
_HEAD_LIMIT = 64 * 1024
#: Checks of a connection within each of its time limits.
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Patience:
    """The time limits of a connection."""

    #: Seconds until the head of a request has to be complete, and its body unless it comes at `rate`.
    receiving: float = 20.0
    #: Bytes a second with which a body may take longer.
    rate: int = 8192
    #: Seconds for which a client may stop reading its answer.
    sending: float = 30.0


class Connection(HttpToolsProtocol):
    """uvicorn's own protocol, with the application's time limits on receiving and sending."""

    #: The name of the `Patience` in the state of the application's lifespan.
    PATIENCE = "patience"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._patience: Patience = self.app_state.get(self.PATIENCE, Patience())
        self._tick = min(self._patience.receiving, self._patience.sending) / _LOOKS
        self._look: asyncio.TimerHandle | None = None
        #: When waiting for a request, or receiving it, began, on the loop's clock; `None` once it is complete.
        self._receiving: float | None = None
        self._received = 0
        self._in_head = True
        #: Whether a part of that request has come.
        self._started = False
        #: Whether it was refused: later parts of it are ignored.
        self._refused = False
        #: Since when the client has stopped reading.
        self._unsent: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        super().connection_made(transport)
        self._receiving = self.loop.time()
        self._look = self.loop.call_later(self._tick, self._looked)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > _HEAD_LIMIT and not self._refused:
            self._end(problems.HEAD_TOO_LARGE, f"the head of the request is larger than {_HEAD_LIMIT} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._receiving, self._received, self._in_head = self.loop.time(), 0, True
        self._started = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._receiving, self._started = None, False

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unsent = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unsent = None

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that is not HTTP with a problem too."""
        self._refuse(problems.MALFORMED, msg)

    def _looked(self) -> None:
        """Check whether the client has exceeded a time limit."""
        now = self.loop.time()
        ending = self._refused or self.transport.is_closing()
        if ending and self._unsent is None:
            self._unsent = now  # the rest of an answer, before the connection is closed
        if self._unsent is not None and now - self._unsent > self._patience.sending:
            self.transport.abort()
            return
        self._look = self.loop.call_later(self._tick, self._looked)
        if ending:
            return
        if self._receiving is None:
            if self._is_idle():
                self._receiving, self._received, self._in_head = now, 0, True
        elif self.flow.read_paused:
            self._receiving += self._tick  # the server itself is slow
        elif now - self._receiving > self._allowed():
            seconds = f"{now - self._receiving:.0f} s"
            self._end(problems.TIMEOUT, f"the request was not complete after {seconds}: send it faster")

    def _is_idle(self) -> bool:
        """Whether nothing is in progress that uvicorn itself would end."""
        answered = self._begun is not None and self._begun.response_complete
        return answered and self.timeout_keep_alive_task is None and not self.pipeline

    def _allowed(self) -> float:
        """Seconds within which the request has to be complete."""
        body = 0 if self._in_head else self._received
        return self._patience.receiving + body / self._patience.rate

    @property
    def _begun(self) -> RequestResponseCycle | None:
        """The request whose head came last, as uvicorn handles it."""
        return self.cycle

    def _end(self, kind: Kind, detail: str) -> None:
        """Close a connection whose request is incomplete, with an answer unless one is in progress."""
        last = self._begun
        # The request of a body may be answered already, and before a head an earlier request may still be in progress.
        answering = last is not None and (
            not last.response_complete if self._in_head else last.response_started
        )
        if last is not None and not last.response_complete and not self._in_head:
            # The reader of the body sees that the client has disconnected.
            last.disconnected = True
            last.message_event.set()
        if answering or self.pipeline or not self._started:
            self.transport.close()
        else:
            self._refuse(kind, detail)

    def _refuse(self, kind: Kind, detail: str) -> None:
        body = orjson.dumps(problems.document(kind, detail))
        headers: Headers = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        protect(headers)
        status = f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\n".encode()
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(status + lines + b"\r\n" + body)
        self._refused = True
        if self.transport.can_write_eof():
            # The client reads the answer and closes. If we closed while it sends, it would get a reset before that.
            self.transport.write_eof()
        else:
            self.transport.close()
