"""The linter on waiting: a state in which items can be forgotten is a finding, unless it says why."""

from __future__ import annotations

from typing import Any

import pytest

from placet import (
    Approval,
    Ballot,
    Fields,
    ItemType,
    Method,
    NotificationRule,
    Panel,
    Quorum,
    Role,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    elapsed,
    hookimpl,
)
from placet.catalog.catalog import Rules
from placet.catalog.discovery import Registry
from placet.catalog.linter import lint

GUARD = Role("gate.guard", "Guard")
NOBODY = Role("gate.nobody", "Nobody", max_holders=0)
HOUR = elapsed(hours=1)
RINGS = (Threshold(100, notifies=("gate.guard",)),)


def findings(
    *timers: Timer, rules: tuple[NotificationRule, ...] = (), unwatched: str = "", **asked: Any
) -> list[str]:
    """The findings about a visitor who waits at a gate."""
    approvals = [Approval("gate.pass", "Pass", Panel(Ballot([GUARD], Quorum.any())))] if asked else []
    visit = ItemType(
        "gate.visit",
        "Visit",
        fields=Fields,
        workflow=Workflow(
            "gate.visit",
            [
                State("arrived", "Arrived", "todo"),
                State("queued", "Queued", "active" if asked else "waiting", unwatched=unwatched),
                State("inside", "Inside", "done"),
            ],
            [
                Transition("queue", ["arrived"], "queued", [GUARD], **asked),
                Transition("admit", ["queued"], "inside", [GUARD]),
                Transition("call", ["queued"], "same", [GUARD]),
            ],
        ),
        approvals=approvals,
        timers=timers,
    )
    method = Method("gate", "Gate", item_types=[visit], roles=[GUARD, NOBODY], notification_rules=rules)

    class Plugin:
        @hookimpl
        def placet_method(self) -> Method:
            return method

    found = lint(Registry.of(Plugin()).catalog(Rules(("gate",))))
    return [f"{each.severity}: {each}" for each in found if each.code == "unwatched-state"]


def rule(on: str, to: str) -> NotificationRule:
    return NotificationRule("gate.rule", "Somebody waits", "gate.visit", [on], [to], "you are on duty")


FORGOTTEN = (
    "warning: gate.visit.queued: items wait in it, and no timer or notification rule notifies anybody: give a timer "
    "these `states`, or a notification rule `state:...`; or say in `unwatched` why not"
)


class TestAStateOfWaiting:
    def test_is_found_where_nobody_is_notified(self) -> None:
        assert findings() == [FORGOTTEN]

    def test_is_found_where_an_approval_is_asked_for(self) -> None:
        """Whatever its category: it waits for the voters."""
        assert findings(asks=["gate.pass"]) == [FORGOTTEN]

    def test_may_say_why(self) -> None:
        (found,) = findings(unwatched="the queue is seen from the desk")

        assert found.startswith(
            "note: gate.visit.queued: nobody is notified of items in it: the queue is seen"
        )

    @pytest.mark.parametrize(
        "timer",
        [
            Timer("gate.wait", "Wait", (), (), HOUR, RINGS, states=("queued",)),
            Timer("gate.wait", "Wait", ("queue",), ("admit",), HOUR, RINGS),
            Timer("gate.wait", "Wait", ("create",), ("admit",), HOUR, RINGS),
            Timer("gate.wait", "Wait", ("call",), (), HOUR, RINGS),
        ],
    )
    def test_is_watched_by_a_timer_that_can_run_in_it(self, timer: Timer) -> None:
        assert findings(timer) == []

    @pytest.mark.parametrize(
        "timer",
        [
            Timer("gate.wait", "Wait", (), (), HOUR, RINGS, states=("arrived",)),
            Timer("gate.wait", "Wait", ("create",), ("queue",), HOUR, RINGS),
            Timer("gate.wait", "Wait", (), (), HOUR, states=("queued",)),
            Timer(
                "gate.wait", "Wait", (), (), HOUR, (Threshold(100, notifies=("gate.nobody",)),),
                states=("queued",),
            ),
        ],
    )  # fmt: skip
    def test_is_not_watched_by_one_that_ends_before_or_that_nobody_hears(self, timer: Timer) -> None:
        assert findings(timer) == [FORGOTTEN]

    @pytest.mark.parametrize("on", ["state:queued", "transition:queue"])
    def test_is_watched_by_a_rule_about_its_beginning(self, on: str) -> None:
        assert findings(rules=(rule(on, "gate.guard"),)) == []
