"""A server of the building works in a process of its own, so that it can be killed.

As a program, `python -m tests.consistency.server PORT` with the settings in its environment.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from processes import environment

from placet.api import create_app
from placet.app import build
from placet.catalog.discovery import Registry
from placet.settings import Settings, load_settings

from .works import PLUGIN

_ROOT = Path(__file__).parents[2]
#: Seconds until a server has to answer.
_PATIENCE = 60


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a server; yields its address and its process, which may be killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environment(
        PLACET_DATABASE_URL=settings.database_url,
        PLACET_EVIDENCE_URL=str(settings.evidence_folder),
        PYTHONPATH=str(_ROOT / "tests"),
    )
    command = [sys.executable, "-m", "tests.consistency.server", str(port)]
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=env, cwd=_ROOT) as process:
        try:
            _wait_until_ready(base, process)
            yield base, process
        finally:
            process.terminate()


def _wait_until_ready(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError(f"the server at {base} did not get ready; it ended with {process.poll()}")


def main() -> None:
    """Serve until stopped."""
    settings = load_settings()
    house = build(settings, registry=Registry.of(PLUGIN), asynchronous=settings.sqlite_file is None)
    uvicorn.run(create_app(house), port=int(sys.argv[1]), log_level="error")


if __name__ == "__main__":
    main()
