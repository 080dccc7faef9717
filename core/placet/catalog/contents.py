"""The content of a plugin's package, as one hash: it shows a change that kept its version."""

from __future__ import annotations

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
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and _LEFT_OUT.isdisjoint(inside.parts):
            found.update(f"{inside.as_posix()}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()
