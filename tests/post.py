"""A post office box: a real HTTP server that takes what webhooks send, and answers as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from patience import PATIENCE


@dataclass(frozen=True, slots=True)
class Letter:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in it."""
        reported: dict[str, Any] = json.loads(self.body)
        return reported


@dataclass
class Box:
    """The requests that came, and the answers to them."""

    url: str = ""
    letters: list[Letter] = field(default_factory=list)
    #: Status for a letter; may take its time.
    answer: Callable[[Letter], int] = lambda _: 204
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    #: Opens a box that was locked.
    unlock: Callable[[], None] = lambda: None

    @property
    def ids(self) -> list[str]:
        """Ids of the events that came, in order."""
        return [letter.headers["webhook-id"] for letter in list(self.letters)]


@contextmanager
def box(*, locked: bool = False) -> Iterator[Box]:
    """A box that is open while the context lasts; one that is locked refuses connections until it is unlocked.

    Nobody else can have its port meanwhile, as anybody could who asks for a free one while a box is away.
    """
    opened = Box()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True  # who sent it was killed on the way: half a letter is none
                return
            letter = Letter(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            opened.letters.append(letter)
            self.send_response(opened.answer(letter))
            for name, value in opened.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(opened.content)))
            self.end_headers()
            self.wfile.write(opened.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True  # who sent the letter did not wait for the answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.daemon_threads = True
    server.server_bind()
    opened.url = f"http://127.0.0.1:{server.server_port}/in"
    opened.unlock = server.server_activate
    if not locked:
        opened.unlock()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def eventually(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """Wait until something holds; answers whether it does in the end.

    Looking takes time from those who are waited for, so it is done ever less often.
    """
    deadline, pause = time.monotonic() + seconds, 0.005
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(1.5 * pause, 0.05)
    return True
