"""Evidence in a folder: each file is named by the SHA-256 of its content, written once and never changed.

A file that was damaged on the disk is healed by storing its right content again.
"""

from __future__ import annotations

import os
import shutil
from hashlib import file_digest
from hashlib import sha256 as new_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO

from placet.engine.act.ports import Stored
from placet.errors import UnavailableError
from placet.store.private import make_folder

_PART = 1024 * 1024


def _keep_names(folder: Path) -> None:
    """Make the names in a folder durable: syncing a file does not include its name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there with the content that its name says; a damaged one is replaced by an upload."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


class FolderEvidenceStore:
    """Implements `placet.engine.act.ports.EvidenceStore`. Folders and files are for their owner alone."""

    def __init__(self, folder: Path, *, reserve: int = 0) -> None:
        """`reserve` bytes stay free on the folder's disk, for example for the database."""
        self._folder = folder
        self._reserve = reserve

    def _path(self, digest: str) -> Path:
        # Two levels, so that no folder gets too large to list.
        return self._folder / digest[:2] / digest[2:4] / digest

    def put(self, content: BinaryIO) -> Stored:
        """Store the rest of a file. If the process is killed, either the whole file has its name, or there is none."""
        make_folder(self._folder)
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            draft = Path(file.name)
            try:
                stored = self._copied(content, file)
                path = self._path(stored.sha256)
                if _is_whole(path, stored.sha256):
                    draft.unlink()
                    return stored
                file.flush()
                os.fsync(file.fileno())
                for folder in (path.parent.parent, path.parent):
                    make_folder(folder)
                draft.replace(path)
            except BaseException:
                # A full disk must not be filled with incomplete files.
                draft.unlink(missing_ok=True)
                raise
        for folder in (path.parent, path.parent.parent, self._folder):
            _keep_names(folder)
        return stored

    def _copied(self, content: BinaryIO, file: IO[bytes]) -> Stored:
        digest, size = new_digest(), 0
        while part := content.read(_PART):
            if shutil.disk_usage(self._folder).free - len(part) < self._reserve:
                raise UnavailableError("the disk of the evidence is full")
            file.write(part)
            digest.update(part)
            size += len(part)
        return Stored(digest.hexdigest(), size)

    def open(self, sha256: str) -> BinaryIO | None:
        """The bytes as a file, which is verified before it is returned; `None` if they are not kept here.

        Raises:
            OSError: the file's content no longer matches its name.
        """
        try:
            file = self._path(sha256).open("rb")
        except FileNotFoundError:
            return None
        if file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise OSError(
                f"the evidence {sha256} is damaged: upload the same file again, or restore it from a backup"
            )
        file.seek(0)
        return file
