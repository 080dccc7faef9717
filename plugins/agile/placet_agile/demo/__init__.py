"""The demonstration: a Scrum team in its third sprint, and a Kanban team some of whose work grows old."""

from __future__ import annotations

from placet.demo import Script, Shown, Stage
from placet_agile.demo import kanban, scrum
from placet_agile.demo.office import Office


def perform(stage: Stage) -> Script:
    """Make both teams, and play seven weeks of them."""
    office = Office(stage)
    checkout, sprint = scrum.prepare(office)
    payouts = kanban.prepare(office)
    office.play()
    return Script(
        welcome="The demonstration organization builds a web shop, with two teams. Be one of their people:",
        people=(
            Shown("kim", "Kim Lund", "develops payouts, with Kanban, and wants to start another story"),
            Shown("vera", "Vera Koch", "is the product owner of the checkout, in the third sprint"),
            Shown("milo", "Milo Grant", "is the scrum master of its team"),
        ),
        key=office.keys[kanban.WANTED],
        transition="start",
        examples={
            "path.team": payouts,
            "agile_velocity.team": checkout,
            "path.sprint": office.keys[sprint],
        },
    )
