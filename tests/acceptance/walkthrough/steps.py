"""The whole story, step by step."""

from __future__ import annotations

from collections.abc import Iterable

from . import change, closing, controls, delivery, exception, incident, initiation, stage_end
from .cast import Chapter, Story

#: From the mandate to the benefit, in their order.
STEPS: Chapter = {
    number: step
    for chapter in (initiation, delivery, exception, change, incident, stage_end, controls, closing)
    for number, step in chapter.STEPS.items()
}


def play(story: Story, numbers: Iterable[int]) -> None:
    """Take these steps; an error says at which it came."""
    for number in numbers:
        step = STEPS[number]
        try:
            step(story)
        except Exception as error:
            error.add_note(f"step {number}: {step.__name__.replace('_', ' ')}")
            raise
