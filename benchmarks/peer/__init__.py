"""What users would otherwise write: Django REST framework, django-fsm-2, and a log table.

It knows who asks (a token), that they may (a group), two conditions, and it locks the row while it moves it.
"""

from __future__ import annotations

import os
import subprocess
import sys


def environment(url: str) -> dict[str, str]:
    """What a process of it needs to know."""
    return {"DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings", "PEER_DATABASE": url}


def fill(url: str, tasks: int) -> str:
    """Make its tables and tasks in an empty database; answers a token."""
    return reported(url, "benchmarks.peer.prepare", str(tasks)).split()[-1]


def reported(url: str, *command: str) -> str:
    """What a module prints that works on its database, in a process of its own: Django is global."""
    done = subprocess.run(
        [sys.executable, "-m", *command], env={**os.environ, **environment(url)}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr}")
    return done.stdout
