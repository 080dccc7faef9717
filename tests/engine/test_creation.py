"""Gates on the making of an item: what could never move is refused with all reasons, and is not there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from placet import (
    BlockedError,
    CheckContext,
    Extension,
    Fields,
    Gate,
    GateMode,
    ItemType,
    Line,
    Method,
    Role,
    State,
    Transition,
    Verdict,
    Workflow,
    blocked,
    check,
    fields_present,
    hookimpl,
    passed,
)
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk

CLERK = Role("post.clerk", "Clerk")


class LetterFields(Fields):
    to: Line | None = None
    weight: int | None = None
    stamp: Line | None = None


@check("post")
def light(ctx: CheckContext) -> Verdict:
    """A letter weighs less than 20 grams."""
    weight = ctx.item.fields.weight or 0
    if weight < 20:
        return passed(weight=weight)
    return blocked("it weighs {weight} g", remedy="send it as a parcel", params={"weight": weight})


LETTER = ItemType(
    "post.letter",
    "Letter",
    fields=LetterFields,
    workflow=Workflow(
        "post.letter",
        [
            State("posted", "Posted", "todo"),
            State("sorted", "Sorted", "active"),
            State("gone", "Gone", "done"),
        ],
        [Transition("sort", ["posted"], "sorted", [CLERK]), Transition("carry", ["sorted"], "gone", [CLERK])],
    ),
    creators=[CLERK],
    entries={"sorted": [CLERK]},
    creation=[Gate("post.addressed", "Addressed", fields_present("post.address", "to"), light)],
)


class Post:
    @hookimpl
    def placet_method(self) -> Method:
        return Method("post", "Post", item_types=[LETTER], roles=[CLERK])


class Stamps:
    """A method that asks for a stamp, too."""

    @hookimpl
    def placet_method(self) -> Method:
        return Method("stamps", "Stamps", requires=["post"])

    @hookimpl
    def placet_extend(self, catalog: Extension) -> None:
        gate = Gate("stamps.stamped", "Stamped", fields_present("stamps.stamp", "stamp"))
        catalog.add_gate("post.letter", "create", gate)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, registry=Registry.of(Post(), Stamps())) as opened:
        yield opened


def refused(desk: Desk, **fields: Any) -> dict[str, str]:
    """The blockers of a letter that is refused, by check."""
    with pytest.raises(BlockedError) as refusal:
        desk.create("post.letter", "A letter", actor="clerk", **fields)
    return {blocker.check: blocker.message for blocker in refusal.value.blockers}


class TestAGateOnMaking:
    def test_refuses_with_all_blockers_those_of_other_methods_too(self, desk: Desk) -> None:
        assert refused(desk, weight=50) == {
            "post.address": "missing: to",
            "post.light": "it weighs 50 g",
            "stamps.stamp": "missing: stamp",
        }
        assert desk.items() == []

    def test_lets_pass_what_is_in_order_and_records_the_verdicts(self, desk: Desk) -> None:
        letter = desk.create("post.letter", "A letter", actor="clerk", to="Ada", stamp="red")

        (created,) = desk.history(letter)
        assert [each["check"] for each in created.data["checks"]] == [
            "post.address", "post.light", "stamps.stamp",
        ]  # fmt: skip

    def test_has_a_mode_like_other_gates(self, desk: Desk) -> None:
        """A new rule can be rolled out with warnings, which are recorded."""
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, gate_modes={"post.addressed": GateMode.WARN})

        letter = desk.create("post.letter", "A letter", actor="clerk", weight=50, stamp="red")

        (created,) = desk.history(letter)
        assert [each["check"] for each in created.data["reported"]] == ["post.address", "post.light"]

    def test_leaves_alone_what_began_elsewhere(self, desk: Desk) -> None:
        """An item that is made in a later state has begun under other rules."""
        made = desk.engine.items.create(
            desk.person("clerk"),
            workspace=desk.key, type="post.letter", title="From elsewhere", state="sorted",
        )  # fmt: skip

        assert made.state == "sorted"
