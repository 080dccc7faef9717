"""The content of a plugin's package, as one hash: it shows a change that kept its version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

#: Folders of files that Python or tests make, or that are not part of the package's behavior.
_LEFT_OUT = frozenset({"__pycache__", "tests"})


def content_hash(module: str) -> str:
    """The SHA-256, in hex, of the files of a module's package, by name and content; empty if there are none."""
    root = module.partition(".")[0]
    try:
        spec = find_spec(root) if root else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return ""
    origin = Path(spec.origin)
    if spec.submodule_search_locations is None:
        return sha256(origin.read_bytes()).hexdigest()
    return _hash_of(origin.parent)


def _hash_of(folder: Path) -> str:
    found = sha256()
    for inside in sorted(_files(folder)):
        path = folder.joinpath(*inside)
        if path.is_file():
            found.update(f"{'/'.join(inside)}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, ...]]:
    """The names of files in a folder and below, each with those of the folders that lead to it."""
    for place, folders, files in os.walk(folder):
        folders[:] = set(folders) - _LEFT_OUT
        above = Path(place).relative_to(folder).parts
        yield from ((*above, name) for name in files if name not in _LEFT_OUT)
