"""A sealer in a process of its own, so that it can be killed."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from processes import Child, mother

from placet.store.sealing import Sealer
from placet.store.store import open_store

_SEALING = "sealing\n"


def start_sealer(database_url: str, folder: Path) -> Child:
    """Start one whose log is in a folder; it runs when this returns."""
    log = folder / f"sealer-{len(list(folder.glob('sealer-*')))}.log"
    log.touch()
    process = mother().bear("tests.consistency.sealer:seal", database_url, folder=folder, log=log)
    while log.read_text() != _SEALING:
        assert process.alive(), log.read_text()
        time.sleep(0.002)
    return process


def seal(database_url: str) -> None:
    """Seal until killed."""
    with Sealer(open_store(database_url)):
        sys.stdout.write(_SEALING)
        sys.stdout.flush()
        threading.Event().wait()
