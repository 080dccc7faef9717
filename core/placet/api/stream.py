"""The log as a stream: Server-Sent Events, each with the cursor behind which a client goes on when it comes back."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from placet.api.access import authenticated, demand_scope
from placet.api.middleware import HEAD
from placet.api.models.history import Event
from placet.app import Application
from placet.engine.act.people import Actor
from placet.engine.act.queries import Page
from placet.engine.act.records import SealedEvent
from placet.errors import PlacetError

MEDIA_TYPE = "text/event-stream"
#: Seconds after which an idle stream sends a sign of life, and is ended if its token is no longer valid.
_HEARTBEAT = 5.0
#: Seconds in which what is written one after the other is gathered, to be read at once.
_GATHER = 0.02
#: For the client: come back a second after the stream has ended.
_BEGINNING, _SIGN_OF_LIFE = b"retry: 1000\n\n", b":\n\n"
# Proxies that gather an answer before they pass it on would pass on nothing.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

#: Reads a page behind a cursor, for the one who asks.
Read = Callable[[Actor, str | None], Awaitable[Page[SealedEvent]]]


async def stream(
    request: Request, application: Application, actor: Actor, read: Read, after: str | None
) -> Response:
    """The events behind a cursor, and those to come for as long as the client stays and its token holds.

    Whatever is wrong with the request is said before the stream begins.
    """
    first = await read(actor, after)
    if HEAD in request.scope:
        return Response(headers=_HEADERS, media_type=MEDIA_TYPE)
    return StreamingResponse(
        _events(request, application, read, first), headers=_HEADERS, media_type=MEDIA_TYPE
    )


async def _events(
    request: Request, application: Application, read: Read, page: Page[SealedEvent]
) -> AsyncIterator[bytes]:
    # Between pages nothing is held but the cursor; a slow client is read for no faster than it takes.
    yield _BEGINNING
    leaving: threading.Event = request.app.state.leaving
    loop, growth = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(growth.set)

    with application.store.log_signal.listened(wake):
        while True:
            if page.rows:
                yield b"".join(_shown(each) for each in page.rows)
            elif await _comes(growth):
                await asyncio.sleep(_GATHER)
            else:
                yield _SIGN_OF_LIFE
            growth.clear()
            if leaving.is_set():
                return
            try:
                actor, token = await authenticated(application, request)
                demand_scope(actor, token, "read")
                page = await read(actor, page.next_cursor)
            except PlacetError:
                # The token, or what it may see, is gone: who comes back is told so with a status.
                return


async def _comes(growth: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(growth.wait(), _HEARTBEAT)
    except TimeoutError:
        return False
    return True


def _shown(sealed: SealedEvent) -> bytes:
    data = Event.of(sealed.event).model_dump_json()
    return f"id: {sealed.cursor}\nevent: {sealed.event.kind}\ndata: {data}\n\n".encode()


@contextmanager
def before_the_end(end: Callable[[], None]) -> Iterator[None]:
    """Have a function called when the process is told to end: a server waits until all answers are finished first."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are heard by the main thread alone
        return

    def hear(number: int, frame: FrameType | None) -> None:
        end()
        heard = former[number]
        if callable(heard):
            heard(number, frame)

    former = {int(number): signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
