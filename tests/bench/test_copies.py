"""Copies of workspaces are as true as what they were made of: verification recomputes every hash of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.auditing import play, verified
from benchmarks.copies import copied
from benchmarks.desk.crews import Installation
from placet.app import build
from placet.settings import Settings


def test_a_copied_log_is_verified_like_the_one_that_was_played(tmp_path: Path) -> None:
    """Every item, its timers, its texts and its positions, under other keys."""
    file = tmp_path / "copies.db"
    settings = Settings(database_url=f"sqlite:///{file}", check_deadline=60)
    installation = Installation(settings, datetime(2026, 11, 16, 9, tzinfo=UTC))
    play(installation, 1)
    played = verified(installation.application.engine).events
    with installation.application.store.reading() as session:
        keys = session.workspace_keys()
    installation.application.close()

    copied(str(file), keys, [1, 2])

    application = build(settings)
    assert verified(application.engine).events > 2 * played
    application.close()
