"""Windows of the change schedule: what freezes stop, how windows change, and who lets a change through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organization

REASON = "as agreed in the weekly meeting"
#: In the freeze at the end of the year.
FROM, TO = "2026-12-22T10:00:00Z", "2026-12-22T11:00:00Z"
YEAR_END = ("2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z")


class TestAFreeze:
    def test_stops_a_normal_change_and_names_the_window(self, organization: Organization) -> None:
        item = organization.item()
        window = organization.window("freeze", *YEAR_END)
        key = organization.authorized(item, FROM, TO)

        blockers = organization.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.window_allows"}
        blocker = blockers["itil.window_allows"]
        assert blocker.message == (
            f"the freeze 'Year-end freeze' ({window}) covers 'web-1' ({item}),"
            " Sunday 20 December 00:00 to Monday 4 January 2027 00:00"
        )
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2027-01-04 00:00"

    @pytest.mark.parametrize("number", [3, 9, 12])
    def test_names_every_item_that_it_covers(self, organization: Organization, number: int) -> None:
        """Of very many the first, and how many more there are."""
        items = [organization.item(f"web-{n}") for n in range(number)]
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(items[0], FROM, TO, cis=items)

        message = organization.refused("carl", key, "authorize_change")["itil.window_allows"].message

        named = [f"'web-{n}' ({item})" for n, item in enumerate(items)]
        if number == 12:
            assert f"covers {', '.join(named[:8])} and 4 more, Sunday" in message
        else:
            assert f"covers {', '.join(named[:-1])} and {named[-1]}, Sunday" in message

    def test_lets_a_standard_change_pass(self, organization: Organization) -> None:
        item = organization.item()
        model = organization.active_model(item)
        organization.window("freeze", *YEAR_END)

        assert organization.move(
            "maya", organization.standard(item, model, FROM, TO), "schedule_standard"
        ) == ("scheduled")

    def test_is_over_when_it_ends(self, organization: Organization) -> None:
        """Intervals are half-open."""
        organization.window("freeze", *YEAR_END)

        key = organization.authorized(organization.item(), "2027-01-04T00:00:00Z", "2027-01-04T01:00:00Z")

        organization.at("2026-12-14T09:00:00Z")
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_counts_for_what_is_in_its_scope(self, organization: Organization) -> None:
        """A service stands for everything below it."""
        shop = organization.item("shop")
        inside, outside = organization.item("shop-db", parent=shop), organization.item("hr-db")
        organization.window("freeze", *YEAR_END, shop)

        hit, free = (organization.authorized(item, FROM, TO) for item in (inside, outside))

        assert set(organization.refused("carl", hit, "authorize_change")) == {"itil.window_allows"}
        assert organization.move("carl", free, "authorize_change") == "scheduled"

    def test_that_was_withdrawn_counts_no_more(self, organization: Organization) -> None:
        window = organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        assert "itil.reason_text" in organization.refused("carl", window, "withdraw_window")

        organization.move("carl", window, "request_withdrawal", "declared for the wrong year")
        organization.vote(window, "itil.window_withdrawal", "otto")
        organization.move("carl", window, "withdraw_window", "declared for the wrong year")

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_that_is_declared_later_stops_the_start(self, organization: Organization) -> None:
        """A change that was put on the schedule before is asked again when it begins."""
        key = organization.scheduled(organization.item(), "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
        organization.window("freeze", "2026-11-24T00:00:00Z", "2026-11-28T00:00:00Z")
        organization.at("2026-11-25T10:00:00Z")

        assert set(organization.refused("ravi", key, "start_implementation")) == {"itil.window_allows"}


class TestAWindowInForce:
    """Others go by it: nobody edits it, and those agree to a change who could exempt from it."""

    @pytest.mark.parametrize(
        "edit",
        [
            {"start": "2026-12-23T00:00:00Z"},
            {"end": "2026-12-21T00:00:00Z"},
            {"scope": ["DESK-1"]},
            {"rrule": "FREQ=YEARLY"},
        ],
        ids=["start", "end", "scope", "rule"],
    )
    @pytest.mark.parametrize("kind", ["maintenance", "freeze", "blackout"])
    def test_is_not_edited(self, organization: Organization, kind: str, edit: dict[str, Any]) -> None:
        window = organization.window(kind, *YEAR_END)

        with pytest.raises(BlockedError) as refusal:
            organization.edit("carl", window, **edit)

        [blocker] = refusal.value.blockers
        assert blocker.gate == "frozen"
        assert blocker.message.endswith(" cannot be changed in 'In force', as others rely on the window")
        assert blocker.remedy == "use Request amendment"

    def test_does_not_become_another_kind(self, organization: Organization) -> None:
        """A blackout that is called maintenance stops nobody."""
        window = organization.window("blackout", *YEAR_END)

        with pytest.raises(BlockedError, match="kind cannot be changed in 'In force'") as refusal:
            organization.edit("carl", window, kind="maintenance")

        assert refusal.value.blockers[0].remedy == "use Request withdrawal first and declare another"

    def test_is_amended_as_the_service_owner_agreed(self, organization: Organization) -> None:
        window = organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        unstated = organization.refused("carl", window, "request_amendment", REASON)["itil.amendment_stated"]
        assert "new start, new end, new recurrence rule or new scope" in unstated.remedy
        organization.move("carl", window, "request_amendment", REASON, new_end="2026-12-22T00:00:00Z")
        assert "itil.amendment_agreed" in organization.refused("carl", window, "amend_window")

        organization.vote(window, "itil.window_amendment", "otto")
        organization.move("carl", window, "amend_window")

        fields = organization.fields(window)
        assert (fields["end"], fields["until"]) == ("2026-12-22T00:00:00Z", "2026-12-22T00:00:00Z")
        assert "new_end" not in fields
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_amended_otherwise_than_agreed(self, organization: Organization) -> None:
        """Another end than the one that was voted on is asked again."""
        window = organization.window("freeze", *YEAR_END)
        organization.move("carl", window, "request_amendment", REASON, new_end="2027-01-03T00:00:00Z")
        organization.vote(window, "itil.window_amendment", "otto")

        organization.edit("carl", window, new_end="2026-12-21T00:00:00Z")

        assert "itil.amendment_agreed" in organization.refused("carl", window, "amend_window")

    @pytest.mark.parametrize("change", ["amendment", "withdrawal"])
    def test_takes_the_director_too_where_it_is_a_blackout(
        self, organization: Organization, change: str
    ) -> None:
        window = organization.window("blackout", *YEAR_END)
        new = {"new_end": "2026-12-21T00:00:00Z"} if change == "amendment" else {}
        move = "amend_window" if change == "amendment" else "withdraw_window"
        organization.move("carl", window, f"request_{change}", REASON, **new)
        organization.vote(window, f"itil.window_{change}", "otto")

        blockers = organization.refused("carl", window, move, REASON)

        assert blockers[f"itil.{change}_agreed"].who == ("ivy",)
        organization.vote(window, f"itil.window_{change}", "ivy")
        organization.move("carl", window, move, REASON)

    def test_that_only_allows_needs_no_agreement(self, organization: Organization) -> None:
        """A maintenance window is the change manager's own."""
        window = organization.window("maintenance", *YEAR_END)
        organization.edit("carl", window, new_start="2026-12-21T00:00:00Z")

        organization.move("carl", window, "amend_window")

        assert organization.fields(window)["start"] == "2026-12-21T00:00:00Z"
        assert organization.move("carl", window, "withdraw_window", REASON) == "withdrawn"


class TestAnExemption:
    def test_from_a_freeze_takes_change_manager_and_service_owner(self, organization: Organization) -> None:
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)
        organization.vote(key, "itil.freeze_exemption", "carl")
        assert "itil.window_allows" in organization.refused("carl", key, "authorize_change")

        organization.vote(key, "itil.freeze_exemption", "otto")

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_says_who_is_kept_from_deciding_on_it(self, organization: Organization) -> None:
        """The only service owner raised the change: it was never granted, and nothing goes on."""
        organization.hold("itil.service_owner", "maya")
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)
        organization.vote(key, "itil.freeze_exemption", "carl")

        blocker = organization.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]

        assert blocker.message == (
            "an exemption was requested already: 1 of 2 approvals; Maya is the only one left to decide, and created it"
        )
        assert blocker.remedy.startswith("ask an administrator to give somebody who has no part in it")

    def test_from_a_blackout_takes_the_director_too(self, organization: Organization) -> None:
        organization.window("blackout", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)
        organization.vote(key, "itil.freeze_exemption", "carl", "otto")
        assert (
            "itil.it_director"
            in organization.refused("carl", key, "authorize_change")["itil.window_allows"].who
        )

        organization.vote(key, "itil.freeze_exemption", "ivy")

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_for_a_standard_change_in_a_blackout(self, organization: Organization) -> None:
        """It has to run as a normal one."""
        item = organization.item()
        model = organization.active_model(item)
        organization.window("blackout", *YEAR_END)
        key = organization.standard(item, model, FROM, TO)

        assert set(organization.refused("maya", key, "schedule_standard")) == {"itil.window_allows"}
        blocker = organization.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]
        assert blocker.message == "no freeze or blackout applies that a standard change can be exempted from"

    def test_does_not_cover_a_window_declared_after_it_was_asked_for(
        self, organization: Organization
    ) -> None:
        """Nobody decided about that one."""
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)
        organization.vote(key, "itil.freeze_exemption", "carl", "otto")
        organization.at("2026-11-17T09:00:00Z")
        later = organization.window("freeze", "2026-12-21T00:00:00Z", "2026-12-24T00:00:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.window_allows"]

        assert f"({later})" in blocker.message
        assert "requested before this window was changed" in blocker.message

    def test_is_asked_for_once(self, organization: Organization) -> None:
        """Asking again would throw the votes away."""
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)

        blocker = organization.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]

        assert blocker.message.startswith("an exemption was requested already")

    def test_is_lost_when_the_change_moves(self, organization: Organization) -> None:
        organization.window("freeze", *YEAR_END)
        key = organization.authorized(organization.item(), FROM, TO)
        organization.move("maya", key, "request_exemption", REASON)
        organization.vote(key, "itil.freeze_exemption", "carl", "otto")

        organization.edit("maya", key, planned_start="2026-12-22T10:15:00Z")

        assert "itil.window_allows" in organization.refused("carl", key, "authorize_change")
