"""One client's connection: ended when the client sends too slowly, or does not take what it is sent.

uvicorn ends connections that are idle between two requests, and nothing else: one that says nothing, a request that
drips in byte by byte, and an answer that nobody reads would stay for ever.
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

#: Bytes that a request's head may have besides those that came with its first.
_HEAD_LIMIT = 64 * 1024
#: Looks at a connection in each time that it is given.
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection waits for its client."""

    #: Seconds until a request's head is there, and its body unless it comes at `rate`.
    receiving: float = 20.0
    #: Bytes a second at which a body may take longer.
    rate: int = 8192
    #: Seconds for which a client may take nothing of what it is sent.
    sending: float = 30.0


class Connection(HttpToolsProtocol):
    """uvicorn's own protocol with time limits on receiving and sending, as the application's state gives them."""

    #: Name of the `Patience` in the state that the application's lifespan yields.
    PATIENCE = "patience"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._patience: Patience = self.app_state.get(self.PATIENCE, Patience())
        self._tick = min(self._patience.receiving, self._patience.sending) / _LOOKS
        self._look: asyncio.TimerHandle | None = None
        #: Since when a request is awaited or being received, on the loop's clock; `None` when it is here.
        self._receiving: float | None = None
        self._received = 0
        self._in_head = True
        #: Whether anything of that request has come.
        self._started = False
        #: Whether it was refused: what still comes of it is not looked at.
        self._refused = False
        #: Since when the client takes nothing of what it was sent.
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
        """What is not HTTP is refused like everything else."""
        self._refuse(problems.MALFORMED, msg)

    def _looked(self) -> None:
        """See whether the client keeps one waiting for too long."""
        now = self.loop.time()
        ending = self._refused or self.transport.is_closing()
        if ending and self._unsent is None:
            self._unsent = now  # what is left to be sent before it is closed
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
            self._receiving += self._tick  # it is we who take our time
        elif now - self._receiving > self._allowed():
            seconds = f"{now - self._receiving:.0f} s"
            self._end(problems.TIMEOUT, f"the request was not here whole after {seconds}: send it faster")

    def _is_idle(self) -> bool:
        """Whether nothing is under way that uvicorn itself would see the end of."""
        answered = self._begun is not None and self._begun.response_complete
        return answered and self.timeout_keep_alive_task is None and not self.pipeline

    def _allowed(self) -> float:
        """Seconds in which the request has to be here."""
        body = 0 if self._in_head else self._received
        return self._patience.receiving + body / self._patience.rate

    @property
    def _begun(self) -> RequestResponseCycle | None:
        """The request whose head came last, as uvicorn answers it."""
        return self.cycle

    def _end(self, kind: Kind, detail: str) -> None:
        """End a connection whose request is not here, with an answer where none is under way."""
        last = self._begun
        # A body's own request may be answered already, and before a head another one may still be.
        answering = last is not None and (
            not last.response_complete if self._in_head else last.response_started
        )
        if last is not None and not last.response_complete and not self._in_head:
            # Who reads the body is told that the client has gone.
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
            # The client reads the answer and closes. Closed from here while it sends, it would be reset before that.
            self.transport.write_eof()
        else:
            self.transport.close()
