"""Agile as a method for Placet: Scrum, Kanban and the basics of SAFe."""

from __future__ import annotations

from placet import Method, hookimpl


@hookimpl
def placet_method() -> Method:
    """Teams with their backlogs and boards."""
    return Method(
        "agile",
        "Agile",
        requires=["governance"],
        description="Teams, backlogs, sprints, and boards whose limits hold everywhere",
    )
