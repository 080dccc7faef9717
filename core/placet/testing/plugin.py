"""The pytest plugin: the fixture `desk`. Imports nothing heavy until it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from placet.testing.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workspace DESK under all installed methods, on a real SQLite file, with one person in every role."""
    from placet.testing.desk import Desk  # noqa: PLC0415  # loading pytest must not load the engine

    with Desk(tmp_path) as opened:
        yield opened
