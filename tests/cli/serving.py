"""`placet serve` as a process of its own, over the database of a folder."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from processes import PLAIN, free_port, wait_until_ready

from .conftest import PROGRAM

#: Seconds until a server has to answer, and until a process has to be gone, also where others need the machine.
PATIENCE = 120


class Server:
    """A running `placet serve`."""

    def __init__(self, process: subprocess.Popen[bytes], base: str, log: Path) -> None:
        self.process, self.base, self._log = process, base, log

    @property
    def printed(self) -> str:
        """What it said so far."""
        return self._log.read_text()

    def get(self, path: str) -> Any:
        answer = httpx.get(f"{self.base}{path}", timeout=PATIENCE, verify=PLAIN)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def interrupt(self) -> None:
        """Press Ctrl-C, and wait until it is gone."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, *options: str, url: str = "sqlite:///placet.db") -> Iterator[Server]:
    """`placet serve` in a folder, on a free port."""
    port = free_port()
    command = [PROGRAM, "--database-url", url, "serve", "--port", str(port), *options]
    log = folder / "server.log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as process,
    ):
        server = Server(process, f"http://127.0.0.1:{port}", log)
        try:
            wait_until_ready(server.base, lambda: process.poll() is None, log, PATIENCE)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)
