"""Incidents that end: closed by the user or for them, with what has to be there, and the links that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import RESOLVED

REASON = "as was agreed on the phone"


class TestClosing:
    def test_waits_for_the_user(self, organization: Organization) -> None:
        """The refusal says until when; a user who closes it confirms it by that."""
        key, other = organization.resolved(), organization.resolved()

        blocker = organization.refused("sam", key, "close")["itil.confirmation"]

        assert blocker.message == "it waits for the user until Friday 20 November 17:00"
        assert blocker.remedy == "ask them, and confirm the resolution"
        assert blocker.earliest is not None
        assert organization.move("uma", other, "close", satisfaction=5) == "closed"

    def test_takes_the_users_word_at_the_desk(self, organization: Organization) -> None:
        key = organization.resolved()

        organization.move("sam", key, "confirm_resolution", "She said so on the phone.")

        assert organization.move("sam", key, "close") == "closed"

    def test_waits_for_the_change_that_fixes_it(self, organization: Organization) -> None:
        key = organization.started()
        fix = organization.change(organization.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organization.link("rosa", key, "itil.fixed_by_change", fix)
        organization.move("rosa", key, "resolve", **RESOLVED)

        blocker = organization.refused("uma", key, "close")["itil.fix_change_final"]
        organization.move("maya", fix, "cancel_change", REASON)

        assert blocker.message == (
            f"the fixing change is not finished: '{organization.desk.item(fix).title}' ({fix}) is in 'New'"
        )
        assert organization.move("uma", key, "close") == "closed"

    def test_is_not_the_users_word_where_the_desk_recorded_it(self, organization: Organization) -> None:
        """Who takes a call and names nobody has not asked anybody."""
        key = organization.resolved(by="sam")

        assert "itil.confirmation" in organization.refused("sam", key, "close")

    def test_of_a_p1_waits_for_its_problem(self, organization: Organization) -> None:
        key = organization.resolved(impact=2, urgency=1)

        blocker = organization.refused("uma", key, "close")["itil.problem_linked"]
        dropped = organization.problem()
        organization.link("pia", key, "itil.caused_by_problem", dropped)
        organization.move("pia", dropped, "cancel_problem", REASON)
        still = organization.refused("uma", key, "close")["itil.problem_linked"]
        organization.desk.unlink(key, "itil.caused_by_problem", dropped, actor="pia", comment=REASON)
        organization.link("pia", key, "itil.caused_by_problem", organization.problem())

        assert still.message == blocker.message == "its priority is P1, and no problem is linked"
        assert organization.move("uma", key, "close") == "closed"

    def test_of_what_was_a_major_incident_waits_for_it_too(self, organization: Organization) -> None:
        """Whatever its priority is by now."""
        key = organization.started(impact=3, urgency=2)
        organization.move("mia", key, "declare_major", REASON)
        organization.move("mia", key, "post_update", "It works again.")
        organization.move("mia", key, "stand_down_major")
        organization.move("rosa", key, "resolve", **RESOLVED)
        [problem] = organization.desk.item(key).links["itil.caused_by_problem"]
        organization.desk.unlink(key, "itil.caused_by_problem", problem, actor="sam", comment=REASON)

        blocker = organization.refused("uma", key, "close")["itil.problem_linked"]

        assert organization.fields(key)["priority"] == "P3"
        assert blocker.message == "it was a major incident, and no problem is linked"


class TestLinks:
    def test_of_a_closed_incident_stay(self, organization: Organization) -> None:
        """The problem that let it close is part of the record."""
        key = organization.resolved(impact=2, urgency=1)
        problem = organization.problem()
        organization.link("pia", key, "itil.caused_by_problem", problem)
        organization.move("uma", key, "close")

        with pytest.raises(BlockedError, match="its links are part of the record"):
            organization.desk.unlink(key, "itil.caused_by_problem", problem, actor="pia")


class TestLinksAsEvidence:
    @pytest.mark.parametrize("link_type", ["itil.caused_by_change", "itil.fixed_by_change"])
    def test_are_removed_with_a_reason(self, organization: Organization, link_type: str) -> None:
        """The event keeps it; without one the link stays, on open items too."""
        key = organization.started()
        change = organization.emergency(organization.item())
        organization.link("rosa", key, link_type, change)
        with pytest.raises(BlockedError, match="evidence") as refused:
            organization.desk.unlink(key, link_type, change, actor="rosa")

        organization.desk.unlink(key, link_type, change, actor="rosa", comment=REASON)

        assert refused.value.blockers[0].remedy == "say why, in at least 10 characters"
        event = organization.desk.history(key)[-1]
        assert (event.kind, event.data["comment"]) == ("unlinked", REASON)


class TestWhatWasResolved:
    """The impact and the urgency are frozen until the incident is opened again."""

    def test_is_opened_by_its_own_user_or_by_the_desk(self, organization: Organization) -> None:
        """Other users hold the same role, and may not: they are not named."""
        key = organization.resolved()

        with pytest.raises(BlockedError) as refusal:
            organization.edit("rosa", key, impact=1)

        [blocker] = refusal.value.blockers
        assert blocker.remedy == "have Uma or Sam use Reopen first"
