"""`placet serve` as a process of its own, over the database of a folder: the program, or forked and there at once."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from patience import PATIENCE
from processes import PLAIN, Child, mother, wait_until_ready

from placet.testing.ports import free_port

from .conftest import PROGRAM


class Server:
    """A running `placet serve`."""

    def __init__(self, base: str, log: Path) -> None:
        self.base, self._log = base, log

    @property
    def printed(self) -> str:
        """Its output so far."""
        return self._log.read_text()

    def get(self, path: str) -> Any:
        answer = httpx.get(f"{self.base}{path}", timeout=PATIENCE, verify=PLAIN)
        assert answer.status_code == 200, answer.text
        return answer.json()


class Program(Server):
    """One that was started as people do it."""

    def __init__(self, process: subprocess.Popen[bytes], base: str, log: Path) -> None:
        super().__init__(base, log)
        self.process = process

    def interrupt(self) -> None:
        """Press Ctrl-C, and wait until it is gone."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, *options: str, url: str = "sqlite:///placet.db") -> Iterator[Program]:
    """`placet serve` in a folder, on a free port."""
    port = free_port()
    command = [PROGRAM, "--database-url", url, "serve", "--port", str(port), *options]
    log = folder / "server.log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as process,
    ):
        server = Program(process, f"http://127.0.0.1:{port}", log)
        try:
            wait_until_ready(server.base, lambda: process.poll() is None, log)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


class Forked(Server):
    """One that was forked."""

    def __init__(self, child: Child, base: str) -> None:
        super().__init__(base, child.log)
        self._child = child

    def end(self, by: signal.Signals) -> None:
        """Send a signal, and wait until it is gone."""
        self._child.end(by)


@contextmanager
def forked(folder: Path, *options: str) -> Iterator[Forked]:
    """`placet serve` in a folder, where starting the program is not what is tested."""
    port, log = free_port(), folder / "server.log"
    child = mother().placet("serve", "--port", str(port), *options, folder=folder, log=log, env=variables())
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, child.alive, log)
        yield Forked(child, base)
    finally:
        child.end()


def variables() -> dict[str, str]:
    """Those of this process that a command reads."""
    return {name: value for name, value in os.environ.items() if name.startswith("PLACET_")}
