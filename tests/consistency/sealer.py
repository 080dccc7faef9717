"""A sealer in a process of its own, so that it can be killed: `python -m tests.consistency.sealer DATABASE_URL`."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from processes import environment

from placet.store.sealing import Sealer
from placet.store.store import open_store

_ROOT = Path(__file__).parents[2]


def start_sealer(database_url: str) -> subprocess.Popen[str]:
    """Start one; it runs when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.consistency.sealer", database_url],
        env=environment(PYTHONPATH=str(_ROOT / "tests")),
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sealing\n"
    return process


def main() -> None:
    """Seal until killed."""
    with Sealer(open_store(sys.argv[1])):
        sys.stdout.write("sealing\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
