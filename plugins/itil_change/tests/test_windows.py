"""Windows of the change schedule: what freezes stop, how windows change, and who lets a change through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organisation

REASON = "as agreed in the weekly meeting"
#: In the freeze at the end of the year.
FROM, TO = "2026-12-22T10:00:00Z", "2026-12-22T11:00:00Z"
YEAR_END = ("2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z")


class TestAFreeze:
    def test_stops_a_normal_change_and_names_the_window(self, organisation: Organisation) -> None:
        item = organisation.item()
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(item, FROM, TO)

        blockers = organisation.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.window_allows"}
        blocker = blockers["itil.window_allows"]
        assert blocker.message == (
            f"the freeze 'Year-end freeze' ({window}) covers 'web-1' ({item}),"
            " Sunday 20 December 00:00 to Monday 4 January 2027 00:00"
        )
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2027-01-04 00:00"

    @pytest.mark.parametrize("number", [3, 9, 12])
    def test_names_every_item_that_it_covers(self, organisation: Organisation, number: int) -> None:
        """Of very many the first, and how many more there are."""
        items = [organisation.item(f"web-{n}") for n in range(number)]
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(items[0], FROM, TO, cis=items)

        message = organisation.refused("carl", key, "authorize_change")["itil.window_allows"].message

        named = [f"'web-{n}' ({item})" for n, item in enumerate(items)]
        if number == 12:
            assert f"covers {', '.join(named[:8])} and 4 more, Sunday" in message
        else:
            assert f"covers {', '.join(named[:-1])} and {named[-1]}, Sunday" in message

    def test_lets_a_standard_change_pass(self, organisation: Organisation) -> None:
        item = organisation.item()
        model = organisation.active_model(item)
        organisation.window("freeze", *YEAR_END)

        assert organisation.move(
            "maya", organisation.standard(item, model, FROM, TO), "schedule_standard"
        ) == ("scheduled")

    def test_is_over_when_it_ends(self, organisation: Organisation) -> None:
        """Intervals are half-open."""
        organisation.window("freeze", *YEAR_END)

        key = organisation.authorized(organisation.item(), "2027-01-04T00:00:00Z", "2027-01-04T01:00:00Z")

        organisation.at("2026-12-14T09:00:00Z")
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_counts_for_what_is_in_its_scope(self, organisation: Organisation) -> None:
        """A service stands for everything below it."""
        shop = organisation.item("shop")
        inside, outside = organisation.item("shop-db", parent=shop), organisation.item("hr-db")
        organisation.window("freeze", *YEAR_END, shop)

        hit, free = (organisation.authorized(item, FROM, TO) for item in (inside, outside))

        assert set(organisation.refused("carl", hit, "authorize_change")) == {"itil.window_allows"}
        assert organisation.move("carl", free, "authorize_change") == "scheduled"

    def test_that_was_withdrawn_counts_no_more(self, organisation: Organisation) -> None:
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        assert "itil.reason_text" in organisation.refused("carl", window, "withdraw_window")

        organisation.move("carl", window, "request_withdrawal", "declared for the wrong year")
        organisation.vote(window, "itil.window_withdrawal", "otto")
        organisation.move("carl", window, "withdraw_window", "declared for the wrong year")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_that_is_declared_later_stops_the_start(self, organisation: Organisation) -> None:
        """A change that was put on the schedule before is asked again when it begins."""
        key = organisation.scheduled(organisation.item(), "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
        organisation.window("freeze", "2026-11-24T00:00:00Z", "2026-11-28T00:00:00Z")
        organisation.at("2026-11-25T10:00:00Z")

        assert set(organisation.refused("ravi", key, "start_implementation")) == {"itil.window_allows"}


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
    def test_is_not_edited(self, organisation: Organisation, kind: str, edit: dict[str, Any]) -> None:
        window = organisation.window(kind, *YEAR_END)

        with pytest.raises(BlockedError) as refusal:
            organisation.edit("carl", window, **edit)

        [blocker] = refusal.value.blockers
        assert blocker.gate == "frozen"
        assert blocker.remedy == "others go by it: use Request amendment or Request withdrawal"

    def test_does_not_become_another_kind(self, organisation: Organisation) -> None:
        """A blackout that is called maintenance stops nobody."""
        window = organisation.window("blackout", *YEAR_END)

        with pytest.raises(BlockedError, match="kind cannot be changed in 'In force'"):
            organisation.edit("carl", window, kind="maintenance")

    def test_is_amended_as_the_service_owner_agreed(self, organisation: Organisation) -> None:
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        unstated = organisation.refused("carl", window, "request_amendment", REASON)["itil.amendment_stated"]
        assert "new start, new end, new recurrence rule or new scope" in unstated.remedy
        organisation.move("carl", window, "request_amendment", REASON, new_end="2026-12-22T00:00:00Z")
        assert "itil.amendment_agreed" in organisation.refused("carl", window, "amend_window")

        organisation.vote(window, "itil.window_amendment", "otto")
        organisation.move("carl", window, "amend_window")

        fields = organisation.fields(window)
        assert (fields["end"], fields["until"]) == ("2026-12-22T00:00:00Z", "2026-12-22T00:00:00Z")
        assert "new_end" not in fields
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_amended_otherwise_than_agreed(self, organisation: Organisation) -> None:
        """Another end than the one that was voted on is asked again."""
        window = organisation.window("freeze", *YEAR_END)
        organisation.move("carl", window, "request_amendment", REASON, new_end="2027-01-03T00:00:00Z")
        organisation.vote(window, "itil.window_amendment", "otto")

        organisation.edit("carl", window, new_end="2026-12-21T00:00:00Z")

        assert "itil.amendment_agreed" in organisation.refused("carl", window, "amend_window")

    @pytest.mark.parametrize("change", ["amendment", "withdrawal"])
    def test_takes_the_director_too_where_it_is_a_blackout(
        self, organisation: Organisation, change: str
    ) -> None:
        window = organisation.window("blackout", *YEAR_END)
        new = {"new_end": "2026-12-21T00:00:00Z"} if change == "amendment" else {}
        move = "amend_window" if change == "amendment" else "withdraw_window"
        organisation.move("carl", window, f"request_{change}", REASON, **new)
        organisation.vote(window, f"itil.window_{change}", "otto")

        blockers = organisation.refused("carl", window, move, REASON)

        assert blockers[f"itil.{change}_agreed"].who == ("ivy",)
        organisation.vote(window, f"itil.window_{change}", "ivy")
        organisation.move("carl", window, move, REASON)

    def test_that_only_allows_needs_no_agreement(self, organisation: Organisation) -> None:
        """A maintenance window is the change manager's own."""
        window = organisation.window("maintenance", *YEAR_END)
        organisation.edit("carl", window, new_start="2026-12-21T00:00:00Z")

        organisation.move("carl", window, "amend_window")

        assert organisation.fields(window)["start"] == "2026-12-21T00:00:00Z"
        assert organisation.move("carl", window, "withdraw_window", REASON) == "withdrawn"


class TestAnExemption:
    def test_from_a_freeze_takes_change_manager_and_service_owner(self, organisation: Organisation) -> None:
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl")
        assert "itil.window_allows" in organisation.refused("carl", key, "authorize_change")

        organisation.vote(key, "itil.freeze_exemption", "otto")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_from_a_blackout_takes_the_director_too(self, organisation: Organisation) -> None:
        organisation.window("blackout", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")
        assert (
            "itil.it_director"
            in organisation.refused("carl", key, "authorize_change")["itil.window_allows"].who
        )

        organisation.vote(key, "itil.freeze_exemption", "ivy")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_for_a_standard_change_in_a_blackout(self, organisation: Organisation) -> None:
        """It has to run as a normal one."""
        item = organisation.item()
        model = organisation.active_model(item)
        organisation.window("blackout", *YEAR_END)
        key = organisation.standard(item, model, FROM, TO)

        assert set(organisation.refused("maya", key, "schedule_standard")) == {"itil.window_allows"}
        blocker = organisation.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]
        assert blocker.message == "no freeze or blackout applies that a standard change can be exempted from"

    def test_does_not_cover_a_window_declared_after_it_was_asked_for(
        self, organisation: Organisation
    ) -> None:
        """Nobody decided about that one."""
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")
        organisation.at("2026-11-17T09:00:00Z")
        later = organisation.window("freeze", "2026-12-21T00:00:00Z", "2026-12-24T00:00:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.window_allows"]

        assert f"({later})" in blocker.message
        assert "requested before this window was changed" in blocker.message

    def test_is_asked_for_once(self, organisation: Organisation) -> None:
        """Asking again would throw the votes away."""
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)

        blocker = organisation.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]

        assert blocker.message.startswith("an exemption was requested already")

    def test_is_lost_when_the_change_moves(self, organisation: Organisation) -> None:
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")

        organisation.edit("maya", key, planned_start="2026-12-22T10:15:00Z")

        assert "itil.window_allows" in organisation.refused("carl", key, "authorize_change")
