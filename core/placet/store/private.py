"""Files and folders that only the owner of the process may read: elsewhere access rights guard their content."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_FILE, _FOLDER = 0o600, 0o700


def make_file(path: Path) -> None:
    """Make an empty file where there is none; an existing file keeps the rights that its owner gave it."""
    if not path.exists() and path.parent.is_dir():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _FILE))


def make_folder(path: Path) -> None:
    """Make a folder where there is none, and its parents with default rights."""
    path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)


def before_connecting(_: object, __: object, arguments: list[Any], ___: object) -> None:
    """For SQLite's `do_connect`: SQLite would make a missing file readable by all, and the files beside it too."""
    make_file(Path(arguments[0]))
