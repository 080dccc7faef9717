"""The demonstration: a project under all methods, whose first release failed, and whose next stage is to be authorized.

It is made where every method of the story is installed.
"""

from __future__ import annotations

from placet.demo import Script, Shown, Stage
from placet_integration.demo.played import Played
from placet_integration.demo.story import END, play
from placet_integration.demo.tale import CAST, WORKSPACE

#: The people whom a visitor can play, and what they do; the first of them is refused.
_SHOWN = {
    "olga": "is the executive of the project, and wants to authorize its last stage",
    "petr": "manages the project",
    "ana": "is the product owner of its team",
    "ravi": "brings what the team has built into production",
    "cora": "is the CIO, and answers for the objectives of COBIT",
    "cleo": "owns the controls",
    "aude": "audits, and sees everything",
}


def perform(stage: Stage) -> Script | None:
    """Play the story, from the mandate of the project to the stage that controls stop."""
    if not set(WORKSPACE["methods"]) <= set(stage.methods):
        return None
    tale = Played(stage, END)
    play(tale)
    return Script(
        welcome=(
            "The demonstration organization opens a self-service portal, under all methods. "
            f"Its first release, the change {tale.c1}, has failed: GET /items/{tale.c1}/thread has the whole story. "
            "Be one of its people:"
        ),
        people=tuple(Shown(id, CAST[id][0], does) for id, does in _SHOWN.items()),
        key=tale.rollout,
        transition="authorize_stage",
        examples={
            "seed_cobit_objectives.workspace": WORKSPACE["key"],
            "seed_cobit_controls.workspace": WORKSPACE["key"],
            "seed_cobit_objectives": {},
            "seed_cobit_controls": {"only": ["change_documented"]},
        },
    )
