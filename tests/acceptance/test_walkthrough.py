"""All methods joined: one project from its mandate to its benefit, through HTTP, with its blocks and its figures.

A stage is delivered by sprints, released by a change, run by incidents, and an auditor follows it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .walkthrough import change, closing, controls, delivery, exception, incident, initiation, stage_end
from .walkthrough.cast import Story, performed

CHAPTERS = (initiation, delivery, exception, change, incident, stage_end, controls, closing)


@pytest.fixture
def story(database_url: str, tmp_path: Path) -> Iterator[Story]:
    """The stage on which the story is played, on each database."""
    with performed(tmp_path, database_url) as story:
        yield story


class TestTheWalkThrough:
    def test_has_48_steps(self) -> None:
        assert [number for chapter in CHAPTERS for number in chapter.STEPS] == [*range(1, 49)]

    def test_goes_from_the_mandate_to_the_benefit(self, story: Story) -> None:
        controls.operating(story)
        for chapter in CHAPTERS:
            for number, step in chapter.STEPS.items():
                try:
                    step(story)
                except Exception as error:
                    error.add_note(f"step {number}: {step.__name__.replace('_', ' ')}")
                    raise
