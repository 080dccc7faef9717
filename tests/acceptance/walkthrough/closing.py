"""Steps 44 to 48: early life, the closure, the benefit a year later, and what an auditor finds."""

from __future__ import annotations

from .cast import Chapter, Story, blocks
from .change import accept
from .initiation import CRITERION, carbon
from .stage_end import handed_over

LESSON = {
    "event": "A whole region at once was more than was tested", "effect": "A night without the portal",
    "cause": "Tests were made with one district", "recommendation": "Test with the largest region",
    "scope": "organisation",
}  # fmt: skip


def the_project_waits_for_the_end_of_early_life(story: Story) -> None:
    petr, maya = story.by("petr"), story.by("maya")
    petr.move(story.handbook, "develop")
    accept(story, story.handbook)
    handed_over(story, story.handbook)
    carbon(story, story.rollout)
    petr.move(story.rollout, "start_boundary")
    story.cast.clock("2026-08-03T09:00:00Z")
    blocks(story, "petr", story.project, "prepare_closure", "integration.early_life")
    story.cast.clock("2026-08-10T10:00:00Z")
    assert petr.move(story.project, "prepare_closure")["state"] == "closing"


STEPS: Chapter = {
    44: the_project_waits_for_the_end_of_early_life,
}
