"""The linter on waiting: a state in which items can be forgotten is a finding, unless it says why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from linting import lint
from shop import plugin

from placet import (
    ActorId,
    Approval,
    Ballot,
    Confirmation,
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
)
from placet.catalog.catalog import Rules
from placet.catalog.discovery import Registry

GUARD = Role("gate.guard", "Guard")
NOBODY = Role("gate.nobody", "Nobody", max_holders=0)
HOUR = elapsed(hours=1)
AT_ITS_END = (Threshold(100, notifies=("gate.guard",)),)


class VisitFields(Fields):
    host: ActorId | None = None


def findings(
    *timers: Timer,
    rules: tuple[NotificationRule, ...] = (),
    unwatched: str = "",
    code: str = "unwatched-state",
    confirmations: tuple[Confirmation, ...] = (),
    reminds: timedelta | None = None,
    **asked: Any,
) -> list[str]:
    """The findings of one kind about a visitor who waits at a gate."""
    panel = Panel(Ballot([GUARD], Quorum.any()))
    approvals = [Approval("gate.pass", "Pass", panel, reminds=reminds)] if asked else []
    visit = ItemType(
        "gate.visit",
        "Visit",
        fields=VisitFields,
        confirmations=confirmations,
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

    found = lint(Registry.of(plugin(method)).catalog(Rules(("gate",))))
    return [f"{each.severity}: {each}" for each in found if each.code == code]


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
            Timer("gate.wait", "Wait", (), (), HOUR, AT_ITS_END, states=("queued",)),
            Timer("gate.wait", "Wait", ("queue",), ("admit",), HOUR, AT_ITS_END),
            Timer("gate.wait", "Wait", ("create",), ("admit",), HOUR, AT_ITS_END),
            Timer("gate.wait", "Wait", ("call",), (), HOUR, AT_ITS_END),
        ],
    )
    def test_is_watched_by_a_timer_that_can_run_in_it(self, timer: Timer) -> None:
        assert findings(timer) == []

    @pytest.mark.parametrize(
        "timer",
        [
            Timer("gate.wait", "Wait", (), (), HOUR, AT_ITS_END, states=("arrived",)),
            Timer("gate.wait", "Wait", ("create",), ("queue",), HOUR, AT_ITS_END),
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


class TestAnUnansweredQuestion:
    def test_is_found_where_nobody_hears_of_it_again(self) -> None:
        """An approval that has neither an end nor a reminder, in a state that notifies nobody."""
        (found,) = findings(asks=["gate.pass"], code="unreminded-approval")

        assert found == (
            "warning: gate.pass: it has neither an end nor a reminder, and so nobody whose vote is missing hears of it "
            "again: give it `reminds`, or `expires`"
        )

    def test_is_reminded_of_by_itself_or_by_the_state(self) -> None:
        """One of them is enough."""
        watched = Timer("gate.wait", "Wait", (), (), HOUR, AT_ITS_END, states=("queued",))

        assert findings(asks=["gate.pass"], reminds=timedelta(days=1), code="unreminded-approval") == []
        assert findings(watched, asks=["gate.pass"], code="unreminded-approval") == []

    @pytest.mark.parametrize(("given", "count"), [({}, 1), ({"reminds": timedelta(days=1)}, 0)])
    def test_to_somebody_who_is_named_is_found_too(self, given: dict[str, Any], count: int) -> None:
        """A confirmation waits for one person alone."""
        seen = Confirmation("gate.seen", "Seen", field="host", **given)

        assert len(findings(confirmations=(seen,), code="unreminded-confirmation")) == count
