"""Refusals and notifications use names, titles, and the clock of the workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest
from pydantic import Field
from shop import FIXER, MASTER, OpenShop, RepairFields, Shop, replace_transition, with_repair

from placet import BlockedError, Gate, Line, Transition, fields_present, reason_given
from placet.engine.act.titles import Titles
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import InvalidError


@pytest.fixture
def titles(shop: Shop) -> Titles:
    """Of a wish in a workspace in Berlin, in which Ben has a name."""
    catalog = shop.engine.workspaces.catalog(shop["ida"], "SHOP")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return Titles(catalog, "shop.repair", zone="Europe/Berlin", now=now, name_of={"ben": "Ben Maier"}.get)


class TestAPerson:
    def test_is_called_by_name(self, titles: Titles) -> None:
        assert titles.say("person", "ben") == "Ben Maier"

    def test_without_a_name_is_called_by_id(self, titles: Titles) -> None:
        assert titles.say("person", "gone") == "gone"

    def test_that_is_a_vacant_role_is_called_by_its_title(self, titles: Titles) -> None:
        """Who may clear a blocker is a role, as long as nobody holds it."""
        assert titles.say("person", MASTER.id) == f"the {MASTER.title.lower()}"


class TestAPersonWithANamesake:
    def test_is_called_by_name_and_id(self, any_shop: Shop) -> None:
        """Otherwise an administrator could make another Ben, and nobody saw who of them voted."""
        any_shop.engine.people.add(any_shop["ida"], id="ben2", name="Ben")
        item = any_shop.wish()

        previews = any_shop.engine.explain(any_shop["cid"], item.key).previews

        said = [each.remedy for preview in previews for each in preview.blockers if each.gate == "role"]
        assert "ask Ben (ben) or Bea" in said


class TestARefusal:
    def test_names_transitions_gates_and_approvals_by_title_and_id(self, any_shop: Shop) -> None:
        """The title is what people know, and the id is what clients send."""
        item = any_shop.wish(fault="dark")

        refusal = any_shop.refusal(item, "start", "ben", fields={"hours": 99})

        assert str(refusal) == (
            f"Start (start) on {item.key} is blocked by 1 check: Small enough (shop.small): 99 hours are more than 40"
        )

    def test_of_a_vote_names_the_approval_by_title_and_id(self, shop: Shop) -> None:
        item = shop.offered()

        with pytest.raises(BlockedError) as refusal:
            shop.vote(item, "mia")

        assert str(refusal.value).startswith(
            f"Agreement (shop.agreement) on {item.key} is blocked by 1 check: "
        )

    def test_of_another_act_says_what_was_tried(self, shop: Shop) -> None:
        """Making, editing and the like have no title in the rules."""
        item = shop.on_bench()
        ends = shop.clock.now() + timedelta(days=1)

        with pytest.raises(BlockedError) as refusal:
            shop.engine.waivers.ask(
                shop["ben"], item.key, gate="shop.tested", reason="in haste", expires_at=ends
            )

        assert str(refusal.value).startswith(f"Waiving a gate of {item.key} is blocked by 1 check: ")

    def test_names_what_has_no_title_by_its_id(self, shop: Shop) -> None:
        """The engine's own gates are words."""
        item = shop.wish()

        assert ": role: " in str(shop.refusal(item, "start", "ann"))


class TestAThing:
    def test_of_the_rules_is_called_by_its_title(self, titles: Titles) -> None:
        assert titles.say("state", "bench") == "'On the bench'"
        assert titles.say("transition", "start") == "Start"
        assert titles.say("role", FIXER.id) == FIXER.title.lower()

    def test_that_lets_items_through_is_called_by_its_sentence(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """As every other check of a gate."""
        spared = Gate(
            "shop.spared",
            "Spared",
            reason_given("shop.why_given"),
            unless=fields_present("shop.tagged", "tags"),
        )
        method = replace_transition(Transition("start", "wished", "bench", [FIXER], [spared]))
        shop = open_shop(sqlite_url, method=method)
        titles = Titles(shop.engine.workspaces.catalog(shop["ida"], "SHOP"), "shop.repair")

        assert titles.say("check", "shop.tagged") != "'shop.tagged'"

    def test_that_is_a_field_is_called_by_its_title_where_it_has_one(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        class TitledFields(RepairFields):
            fault: Annotated[Line | None, Field(title="What is broken")] = None

        shop = open_shop(sqlite_url, method=with_repair(fields=TitledFields))
        titles = Titles(shop.engine.workspaces.catalog(shop["ida"], "SHOP"), "shop.repair")

        assert [titles.say("field", name) for name in ("fault", "spares", "spare_parts")] == [
            "what is broken", "spares", "spare parts",
        ]  # fmt: skip

    def test_whose_rules_are_gone_is_called_by_its_id(self) -> None:
        """History is read when the plugin was removed, too."""
        bare = Titles(None, "shop.repair")

        said = [
            bare.say(kind, "x")
            for kind in ("field", "transition", "role", "approval", "gate", "timer", "type")
        ]

        assert said == ["x"] * 7

    def test_of_a_fixed_vocabulary_is_written_as_words(self, titles: Titles) -> None:
        assert titles.say("word", "very_high") == "very high"


class TestAMoment:
    def test_is_said_by_the_clock_of_the_workspace(self, titles: Titles) -> None:
        at = "2026-07-01T16:00:00Z"

        assert titles.say("moment", at) == "Wednesday 1 July 18:00"

    def test_of_another_year_is_said_with_the_year(self, titles: Titles) -> None:
        assert titles.say("day", "2027-01-01") == "Friday 1 January 2027"

    def test_of_the_installation_names_its_zone(self, shop: Shop) -> None:
        """It belongs to no workspace, by whose clock people would read it."""
        now = shop.clock.now()
        past = now - timedelta(days=2)

        with pytest.raises(InvalidError) as refusal:
            shop.engine.people.issue_token(SYSTEM_ACTOR, "ann", name="old", expires_at=past)

        assert str(refusal.value) == f"/expires_at: is not after now, {now:%A} {now.day} {now:%B %H:%M} UTC"

    def test_to_another_is_a_span(self, titles: Titles) -> None:
        """Late in the evening in UTC is the next day in Berlin."""
        times = ["2026-07-01T16:00:00Z", "2026-07-01T18:00:00Z"]

        assert titles.say("span", times) == "Wednesday 1 July 18:00-20:00"
        assert titles.say("span", [times[0], "2026-07-01T22:30:00Z"]) == (
            "Wednesday 1 July 18:00 to Thursday 2 July 00:30"
        )


class TestAnAct:
    @pytest.mark.parametrize(
        ("act", "said"),
        [
            ("create", "created it"),
            ("transition:start", "made the transition Start"),
            ("named:owner", "is named as owner"),
        ],
    )
    def test_is_said_in_the_past(self, titles: Titles, act: str, said: str) -> None:
        assert titles.say("act", act) == said
