"""The log as a stream: Server-Sent Events, each with the cursor from which a client goes on when it reconnects."""

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
#: Seconds after which an idle stream sends a comment, and ends if its token has ended.
_HEARTBEAT = 5.0
#: Seconds for which further events are awaited, to be read at once.
_GATHER = 0.02
#: For the client: reconnect a second after the stream has ended.
_BEGINNING, _SIGN_OF_LIFE = b"retry: 1000\n\n", b":\n\n"
# Proxies that buffer answers would pass on nothing.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

#: Reads a page after a cursor, for the actor.
Read = Callable[[Actor, str | None], Awaitable[Page[SealedEvent]]]


async def stream(
    request: Request, application: Application, actor: Actor, read: Read, after: str | None
) -> Response:
    """The events after a cursor, and new ones for as long as the client is connected and its token is valid.

    Faults of the request are reported before the stream begins.
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
    # Between pages only the cursor is held; pages are read no faster than the client takes them.
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
                # The token, or its access, is gone: the client gets a status when it reconnects.
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
    """Call a function when the process is to end, as a server first waits until all answers are finished."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread handles signals
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
