"""The matrix of decision rights under every set of methods: each row is decided by somebody who is there."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk
from placet_governance.decisions.rights import RIGHTS

#: Methods whose roles are in the matrix besides those of governance.
OTHERS = ("agile", "cobit", "itil", "prince2")
SETS = [("governance", *some) for n in range(len(OTHERS) + 1) for some in combinations(OTHERS, n)]
ANSWER = {"chosen": "begin", "rationale": "The market does not wait."}


def opened(folder: Path, methods: tuple[str, ...]) -> Desk:
    desk = Desk(folder, methods=methods)
    desk.at("2026-06-15T09:00:00Z")
    return desk


def asked(desk: Desk, right: str, *, beyond: bool = False) -> str:
    return desk.create(
        "governance.decision", "Do we begin?", actor="executive", question="Do we begin?",
        options=["begin", "wait"], right=right, beyond_limit=beyond,
    ).key  # fmt: skip


def deciding(desk: Desk, key: str) -> list[str]:
    return list(desk.item(key).fields["deciding"])


def switched(desk: Desk, *methods: str) -> None:
    desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, methods=methods, force=True)


def held_here(desk: Desk, key: str) -> list[str]:
    """Who holds a role that decides it, by their names at the desk; nobody holds the role of a team in a workspace."""
    roles = desk.catalog.roles
    return [role.partition(".")[2] for role in deciding(desk, key) if not roles[role].held_on]


@pytest.mark.parametrize("beyond", [False, True], ids=["within its limit", "beyond its limit"])
@pytest.mark.parametrize("methods", SETS, ids=" ".join)
def test_every_row_is_decided_by_roles_that_there_are_and_by_nobody_else(
    tmp_path: Path, methods: tuple[str, ...], beyond: bool
) -> None:
    """At once, or by the next row after five business days."""
    with opened(tmp_path, methods) as desk:
        keys = [asked(desk, right, beyond=beyond) for right in RIGHTS]
        for key in keys:
            other = "project_manager" if "governance.senior_user" in deciding(desk, key) else "senior_user"
            refused = desk.refused(key, "decide", actor=other, **ANSWER)
            assert [blocker.check for blocker in refused.blockers] == ["governance.right_held"]
            assert "that belongs to the" in refused.messages[0]
        at_once = [key for key in keys if held_here(desk, key)]
        for key in at_once:
            desk.move(key, "decide", actor=held_here(desk, key)[0], **ANSWER)
        desk.pass_time("2026-06-22T09:00:00Z")
        for key in set(keys) - set(at_once):
            desk.move(key, "decide", actor=held_here(desk, key)[0], **ANSWER)

        assert {role for key in keys for role in deciding(desk, key)} <= set(desk.catalog.roles)
        assert {desk.item(key).state for key in keys} == {"decided"}


@pytest.mark.parametrize(
    ("right", "decider"),
    [
        ("order_backlog", "governance.project_manager"),
        ("change_baseline", "governance.executive"),
        ("cancel_sprint", "governance.governance_board"),
        ("wip_limits", "governance.governance_board"),
        ("normal_change", "governance.governance_board"),
    ],
)
def test_a_row_of_a_method_that_is_off_goes_to_the_next_row_and_at_last_to_the_board(
    tmp_path: Path, right: str, decider: str
) -> None:
    with opened(tmp_path, ("governance",)) as desk:
        assert deciding(desk, asked(desk, right)) == [decider]


def test_a_decision_follows_its_method_when_that_is_switched_off_and_on(tmp_path: Path) -> None:
    """It waits meanwhile: who decides is found when it is decided, and not only when it is asked."""
    with opened(tmp_path, ("governance", "itil")) as desk:
        first, second = asked(desk, "emergency_change"), asked(desk, "emergency_change")
        switched(desk, "governance")
        third = asked(desk, "emergency_change")
        off = desk.refused(first, "decide", actor="project_manager", **ANSWER)
        desk.move(first, "decide", actor="governance_board", **ANSWER)
        switched(desk, "governance", "itil")

        assert off.messages[0].endswith("that belongs to the governance board")
        for key in (second, third):
            on = desk.refused(key, "decide", actor="governance_board", **ANSWER)
            assert on.messages[0].endswith("that belongs to the ECAB member")
            assert desk.move(key, "decide", actor="ecab_member", **ANSWER).item.state == "decided"
