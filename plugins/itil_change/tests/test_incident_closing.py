"""Incidents that end: closed by the user or for them, with what has to be there, and the links that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organisation

from .conftest import RESOLVED

REASON = "as was agreed on the phone"


class TestClosing:
    def test_waits_for_the_user(self, organisation: Organisation) -> None:
        """The refusal says until when; a user who closes it confirms it by that."""
        key, other = organisation.resolved(), organisation.resolved()

        blocker = organisation.refused("sam", key, "close")["itil.confirmation"]

        assert blocker.message == "it waits for the user until Friday 20 November 17:00"
        assert blocker.remedy == "ask them, and confirm the resolution"
        assert blocker.earliest is not None
        assert organisation.move("uma", other, "close", satisfaction=5) == "closed"

    def test_takes_the_users_word_at_the_desk(self, organisation: Organisation) -> None:
        key = organisation.resolved()

        organisation.move("sam", key, "confirm_resolution", "She said so on the phone.")

        assert organisation.move("sam", key, "close") == "closed"

    def test_waits_for_the_change_that_fixes_it(self, organisation: Organisation) -> None:
        key = organisation.started()
        fix = organisation.change(organisation.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organisation.link("rosa", key, "itil.fixed_by_change", fix)
        organisation.move("rosa", key, "resolve", **RESOLVED)

        blocker = organisation.refused("uma", key, "close")["itil.fix_change_final"]
        organisation.move("maya", fix, "cancel_change", REASON)

        assert blocker.message == (
            f"the fixing change is not finished: '{organisation.desk.item(fix).title}' ({fix}) is in 'New'"
        )
        assert organisation.move("uma", key, "close") == "closed"

    def test_is_not_the_users_word_where_the_desk_recorded_it(self, organisation: Organisation) -> None:
        """Who takes a call and names nobody has not asked anybody."""
        key = organisation.resolved(by="sam")

        assert "itil.confirmation" in organisation.refused("sam", key, "close")

    def test_of_a_p1_waits_for_its_problem(self, organisation: Organisation) -> None:
        key = organisation.resolved(impact=2, urgency=1)

        blocker = organisation.refused("uma", key, "close")["itil.problem_linked"]
        dropped = organisation.problem()
        organisation.link("pia", key, "itil.caused_by_problem", dropped)
        organisation.move("pia", dropped, "cancel_problem", REASON)
        still = organisation.refused("uma", key, "close")["itil.problem_linked"]
        organisation.desk.unlink(key, "itil.caused_by_problem", dropped, actor="pia", comment=REASON)
        organisation.link("pia", key, "itil.caused_by_problem", organisation.problem())

        assert still.message == blocker.message == "its priority is P1, and no problem is linked"
        assert organisation.move("uma", key, "close") == "closed"

    def test_of_what_was_a_major_incident_waits_for_it_too(self, organisation: Organisation) -> None:
        """Whatever its priority is by now."""
        key = organisation.started(impact=3, urgency=2)
        organisation.move("mia", key, "declare_major", REASON)
        organisation.move("mia", key, "post_update", "It works again.")
        organisation.move("mia", key, "stand_down_major")
        organisation.move("rosa", key, "resolve", **RESOLVED)
        [problem] = organisation.desk.item(key).links["itil.caused_by_problem"]
        organisation.desk.unlink(key, "itil.caused_by_problem", problem, actor="sam", comment=REASON)

        blocker = organisation.refused("uma", key, "close")["itil.problem_linked"]

        assert organisation.fields(key)["priority"] == "P3"
        assert blocker.message == "it was a major incident, and no problem is linked"


class TestLinks:
    def test_of_a_closed_incident_stay(self, organisation: Organisation) -> None:
        """The problem that let it close is part of the record."""
        key = organisation.resolved(impact=2, urgency=1)
        problem = organisation.problem()
        organisation.link("pia", key, "itil.caused_by_problem", problem)
        organisation.move("uma", key, "close")

        with pytest.raises(BlockedError, match="its links are part of the record"):
            organisation.desk.unlink(key, "itil.caused_by_problem", problem, actor="pia")


class TestLinksAsEvidence:
    @pytest.mark.parametrize("link_type", ["itil.caused_by_change", "itil.fixed_by_change"])
    def test_are_removed_with_a_reason(self, organisation: Organisation, link_type: str) -> None:
        """The event keeps it; without one the link stays, on open items too."""
        key = organisation.started()
        change = organisation.emergency(organisation.item())
        organisation.link("rosa", key, link_type, change)
        with pytest.raises(BlockedError, match="evidence") as refused:
            organisation.desk.unlink(key, link_type, change, actor="rosa")

        organisation.desk.unlink(key, link_type, change, actor="rosa", comment=REASON)

        assert refused.value.blockers[0].remedy == "say why, in at least 10 characters"
        event = organisation.desk.history(key)[-1]
        assert (event.kind, event.data["comment"]) == ("unlinked", REASON)
