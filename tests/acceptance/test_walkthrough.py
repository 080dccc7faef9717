"""All methods joined: one project from its mandate to its benefit, through HTTP, with its blocks and its figures.

A stage is delivered by sprints, released by a change, run by incidents, and an auditor follows it afterwards. On SQLite
it is played in two halves: see `test_walkthrough_halfway.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .walkthrough import controls
from .walkthrough.cast import Story, performed
from .walkthrough.steps import STEPS, play


@pytest.fixture
def story(postgresql_url: str, tmp_path: Path) -> Iterator[Story]:
    """The stage on which the story is played."""
    with performed(tmp_path, postgresql_url) as story:
        yield story


class TestTheWalkThrough:
    def test_has_48_steps(self) -> None:
        assert [*STEPS] == [*range(1, 49)]

    def test_goes_from_the_mandate_to_the_benefit(self, story: Story) -> None:
        controls.operating(story)
        play(story, STEPS)
