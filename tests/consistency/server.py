"""A server of the building works in a process of its own, so that it can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from patience import PATIENCE
from processes import Child, mother, wait_until_ready

from placet.api import create_app
from placet.app import build
from placet.catalog.discovery import Registry
from placet.settings import Settings, load_settings
from placet.store import attempts
from placet.testing.ports import free_port

from .works import PLUGIN


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, Child]]:
    """Run a server; yields its address and its process, which may be killed."""
    folder, port = Path(settings.evidence_folder).parent, free_port()
    env = {
        "PLACET_DATABASE_URL": settings.database_url,
        "PLACET_EVIDENCE_URL": str(settings.evidence_folder),
    }
    log = folder / "server.log"
    process = mother().bear("tests.consistency.server:serve", str(port), folder=folder, log=log, env=env)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process.alive, log)
        yield base, process
    finally:
        process.end()


def serve(port: str) -> None:
    """Serve until stopped; on a busy machine, acts of many at once take longer than until they would give up."""
    attempts._PATIENCE = PATIENCE
    settings = load_settings()
    application = build(settings, registry=Registry.of(PLUGIN), asynchronous=settings.sqlite_file is None)
    uvicorn.run(create_app(application), port=int(port), log_level="error")
