"""Evidence in a folder: named by its content, written once, and never given out damaged."""

from __future__ import annotations

import resource
import shutil
import stat
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from placet.errors import UnavailableError
from placet.store.evidence import FolderEvidenceStore


class TestFolder:
    def test_keeps_bytes_once_under_their_digest(self, tmp_path: Path) -> None:
        """The same bytes again are the same file."""
        store = FolderEvidenceStore(tmp_path)

        stored = store.put(BytesIO(b"photo"))

        assert (stored, store.put(BytesIO(b"photo"))) == ((sha256(b"photo").hexdigest(), 5), stored)
        assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [stored.sha256]
        kept = store.open(stored.sha256)
        assert kept is not None
        with kept:
            assert kept.read() == b"photo"

    def test_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        """Nobody else on the machine reads what access rights guard."""
        FolderEvidenceStore(tmp_path / "evidence").put(BytesIO(b"photo"))

        made = [tmp_path / "evidence", *(tmp_path / "evidence").rglob("*")]
        assert {stat.filemode(path.stat().st_mode) for path in made} == {"drwx------", "-rw-------"}

    def test_has_nothing_for_other_digests(self, tmp_path: Path) -> None:
        """A file that was never put there is not there."""
        assert FolderEvidenceStore(tmp_path).open("0" * 64) is None

    def test_does_not_give_out_what_was_damaged(self, tmp_path: Path) -> None:
        """Evidence that was changed is not evidence."""
        store = FolderEvidenceStore(tmp_path)
        digest = store.put(BytesIO(b"photo")).sha256
        next(tmp_path.rglob(digest)).write_bytes(b"roof")

        with pytest.raises(OSError, match="is damaged: upload the same file again"):
            store.open(digest)

    def test_a_full_disk_leaves_nothing(self, tmp_path: Path) -> None:
        """A file that could not be kept whole is not kept in part."""
        store = FolderEvidenceStore(tmp_path)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))

        try:
            with pytest.raises(OSError, match="too large"):
                store.put(BytesIO(bytes(5000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert [file for file in tmp_path.rglob("*") if file.is_file()] == []

    def test_the_last_of_the_disk_stays_free(self, tmp_path: Path) -> None:
        """It is there for the database: what would take it is refused, and may come back when there is room."""
        reserved = shutil.disk_usage(tmp_path).total
        store = FolderEvidenceStore(tmp_path, reserve=reserved)

        with pytest.raises(UnavailableError, match="the disk of the evidence is full"):
            store.put(BytesIO(b"photo"))

        assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
