"""Evidence in a folder: each file named by the SHA-256 of its content, written once and never changed."""

from __future__ import annotations

import os
from hashlib import sha256 as digest_of
from pathlib import Path
from tempfile import NamedTemporaryFile


def _keep_names(folder: Path) -> None:
    """Make the names in a folder last beyond a loss of power; a file's own content does not include its name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class FolderEvidenceStore:
    """Implements `placet.engine.ports.EvidenceStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, digest: str) -> Path:
        # Two levels, so that no folder gets too large to list.
        return self._folder / digest[:2] / digest[2:4] / digest

    def put(self, content: bytes) -> str:
        """Keep the bytes. A kill at any moment leaves either all of them under their name, or nothing."""
        digest = digest_of(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except OSError:
                # A full disk shall not be filled with what is worth nothing.
                Path(file.name).unlink()
                raise
        for folder in (path.parent, path.parent.parent, self._folder):
            _keep_names(folder)
        return digest

    def get(self, sha256: str) -> bytes | None:
        """The bytes, or `None` if they are not here.

        Raises:
            OSError: what is kept under the name is not what was put there.
        """
        path = self._path(sha256)
        if not path.is_file():
            return None
        content = path.read_bytes()
        if digest_of(content).hexdigest() != sha256:
            raise OSError(f"the evidence {sha256} is damaged: restore it from a backup")
        return content
