"""The three servers that are compared over HTTP, each as two processes with a port of its own.

A listening socket that both processes share spreads few keep-alive connections unevenly, by chance; with ports of
their own every candidate gets eight connections a process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import Response

from benchmarks import toy
from benchmarks.by_hand import move
from placet.testing.ports import free_port

PROCESSES = 2
URL = "PLACET_DATABASE_URL"
_PATIENCE = 120


def placet() -> FastAPI:
    """Placet's API over the toy method, as `placet serve` makes it."""
    from placet.api.application import create_app  # noqa: PLC0415  # the other servers do without it
    from placet.app import build  # noqa: PLC0415
    from placet.settings import load_settings  # noqa: PLC0415

    return create_app(build(load_settings(), registry=toy.registry(), asynchronous=True))


class Wish(BaseModel):
    transition: str


def by_hand() -> FastAPI:
    """A bare route with two statements: no token, no roles, no explanation."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ[URL], min_size=8, max_size=8) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/items/{number}/transitions")
    async def transition(number: int, wish: Wish) -> Response:
        version, state = await move(app.state.pool, number, wish.transition, toy.ACTOR)
        body = f'{{"number":{number},"version":{version},"state":"{state}"}}'
        return Response(body, media_type="application/json")

    return app


def uvicorn(factory: str, module: str = __name__) -> list[str]:
    """The command of one process; the port comes last."""
    return [
        sys.executable, "-m", "uvicorn", f"{module}:{factory}", "--factory", "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning", "--port",
    ]  # fmt: skip


def gunicorn() -> list[str]:
    """Django as a WSGI application in threads, which keep connections alive. Its ASGI form was not measured."""
    return [
        sys.executable, "-m", "gunicorn", "benchmarks.peer.wsgi:application", "--workers", "1", "--threads", "8",
        "--worker-class", "gthread", "--keep-alive", "75", "--log-level", "warning", "--bind",
    ]  # fmt: skip


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], processes: int = PROCESSES
) -> Iterator[list[tuple[int, int]]]:
    """The ports and the ids of the processes, once all of them answer."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(command, environment)) for _ in range(processes)]


@contextmanager
def serving(command: list[str], environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The port and the id of one process, once it answers."""
    port = free_port()
    place = f"127.0.0.1:{port}" if command[-1] == "--bind" else str(port)
    with process([*command, place], environment) as started:
        _wait(started, port)
        yield port, started.pid


@contextmanager
def process(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process, until it is asked to end. Its output is shown if something goes wrong meanwhile."""
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield started
        except Exception:
            said.seek(0)
            print(f"{' '.join(command)}\n{said.read().decode(errors='replace')[-4000:]}", file=sys.stderr)
            raise
        finally:
            started.terminate()
            started.wait(_PATIENCE)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the server did not start: {process.args}")
        time.sleep(0.05)
