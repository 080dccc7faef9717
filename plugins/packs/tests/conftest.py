"""A desk under the method `hire` and the pack of a shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from placet.testing import Desk

from .hire import registry_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    people = {"hire.clerk": ["clara"], "shop.owner": ["oscar", "clara"]}
    with Desk(tmp_path, registry=registry_of(tmp_path), people=people) as opened:
        yield opened
