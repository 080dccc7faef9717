"""Evidence in a folder: named by its content, written once, and never given out damaged."""

from __future__ import annotations

import resource
from hashlib import sha256
from pathlib import Path

import pytest

from placet.store.evidence import FolderEvidenceStore


class TestFolder:
    def test_keeps_bytes_once_under_their_digest(self, tmp_path: Path) -> None:
        """The same bytes again are the same file."""
        store = FolderEvidenceStore(tmp_path)

        digest = store.put(b"proof")

        assert (digest, store.put(b"proof")) == (sha256(b"proof").hexdigest(), digest)
        assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [digest]
        assert store.get(digest) == b"proof"

    def test_has_nothing_for_other_digests(self, tmp_path: Path) -> None:
        """What was never put there is not there."""
        assert FolderEvidenceStore(tmp_path).get("0" * 64) is None

    def test_does_not_give_out_what_was_damaged(self, tmp_path: Path) -> None:
        """Proof that was changed is no proof."""
        store = FolderEvidenceStore(tmp_path)
        digest = store.put(b"proof")
        next(tmp_path.rglob(digest)).write_bytes(b"roof")

        with pytest.raises(OSError, match="is damaged: restore it from a backup"):
            store.get(digest)

    def test_a_full_disk_leaves_nothing(self, tmp_path: Path) -> None:
        """What could not be kept whole is not kept in part."""
        store = FolderEvidenceStore(tmp_path)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))

        try:
            with pytest.raises(OSError, match="too large"):
                store.put(bytes(5000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
