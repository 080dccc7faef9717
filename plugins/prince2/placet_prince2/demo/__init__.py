"""The demonstration: a project in its second stage, whose forecast cost waits for the answer of its board."""

from __future__ import annotations

from placet.demo import Script, Shown, Stage
from placet_prince2.demo.office import Office
from placet_prince2.demo.story import play


def perform(stage: Stage) -> Script:
    """Make the project, and play eight weeks of it."""
    office = Office(stage)
    exception = play(office)
    return Script(
        welcome="The demonstration organization lets people file claims online. Be one of its people:",
        people=(
            Shown("paula", "Paula Berg", "manages the project"),
            Shown("edgar", "Edgar Holm", "is its executive, and answers the exception"),
            Shown("berta", "Berta Ruiz", "is the business layer that commissioned it"),
        ),
        key=exception,
        transition="increase_tolerance",
    )
