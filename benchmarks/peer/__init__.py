"""What users would otherwise write: Django REST framework, django-fsm-2, and a log table.

It knows who asks (a token), that they may (a group), two conditions, and it locks the row while it moves it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit


def environment(url: str) -> dict[str, str]:
    """What a process of it needs to know."""
    parts = urlsplit(url)
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings",
        "PEER_PORT": str(parts.port),
        "PEER_DATABASE": parts.path.removeprefix("/"),
    }


def fill(url: str, tasks: int) -> str:
    """Make its tables and tasks in an empty database; answers a token. In a process of its own: Django is global."""
    command = [sys.executable, "-m", "benchmarks.peer.prepare", str(tasks)]
    made = subprocess.run(
        command, env={**os.environ, **environment(url)}, check=True, capture_output=True, text=True
    )
    return made.stdout.split()[-1]
