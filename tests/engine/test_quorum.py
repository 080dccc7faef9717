"""Counting votes: every kind of quorum, vetoes, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import START

from placet import Ballot, Panel, Quorum, Role
from placet.definitions.context import ApprovalStatus, Decision
from placet.engine.act.records import ApprovalRound, Vote
from placet.engine.rules.quorum import RoundCount, count_votes, recorded

HOLDERS = {"t.a": ("a1", "a2", "a3"), "t.b": ("b1",), "t.none": ()}
A, B, NONE = Role("t.a", "A"), Role("t.b", "B"), Role("t.none", "None")
VOTES = {"+": Decision.APPROVE, "-": Decision.REJECT, "0": Decision.ABSTAIN}


def counted(votes: str, *ballots: Ballot, ordered: bool = False, combined: bool = False) -> RoundCount:
    """A round counted; votes are written `a1+ a2- b10`, and `a1/a2+` where a1 votes for a2."""
    cast = []
    for vote in votes.split():
        actor, _, giver = vote[:-1].partition("/")
        roles = tuple(role for role, people in HOLDERS.items() if (giver or actor) in people)
        cast.append(Vote(actor, VOTES[vote[-1]], START, giver or None, roles=roles))
    round = ApprovalRound(
        "t.x",
        1,
        ApprovalStatus.PENDING,
        START,
        "s",
        recorded(Panel(*ballots)),
        ordered=ordered,
        combined=combined,
        votes=tuple(cast),
    )
    return count_votes(round, lambda role: HOLDERS[role])


class TestQuorums:
    @pytest.mark.parametrize(
        ("quorum", "votes", "status"),
        [
            (Quorum.any(), "", "pending"),
            (Quorum.any(), "a1+", "granted"),
            (Quorum.any(), "a1-", "pending"),
            (Quorum.any(), "a1- a2- a3-", "refused"),
            (Quorum.all(), "a1+ a2+", "pending"),
            (Quorum.all(), "a1+ a2+ a3+", "granted"),
            (Quorum.all(), "a1+ a2+ a3-", "refused"),
            (Quorum.all(), "a1+ a2+ a3", "pending"),
            (Quorum.n(2), "a1+ a2-", "pending"),
            (Quorum.n(2), "a1+ a2- a3-", "refused"),
            (Quorum.n(2), "a1+ a2+", "granted"),
            (Quorum.percent(60), "a1+", "pending"),
            (Quorum.percent(60), "a1+ a2+", "granted"),
            (Quorum.percent(50), "a10 a2+", "granted"),
            (Quorum.percent(50, strictly=True), "a10 a2+", "pending"),
            (Quorum.percent(50, strictly=True), "a1+ a2+", "granted"),
            (Quorum.percent(50, strictly=True), "a10 a2+ a3-", "refused"),
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "a1+", "pending"),
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "a1+ a2-", "granted"),
            (Quorum.majority(minimum_votes=2), "a1+ a2-", "pending"),
            (Quorum.majority(minimum_votes=2), "a1+ a2+", "granted"),
            (Quorum.majority(minimum_votes=2), "a1+ a2- a3-", "refused"),
            (Quorum.heard(), "a1-", "pending"),
            (Quorum.heard(), "a1- a20", "granted"),
            (Quorum.heard(), "a1+", "granted"),
            (Quorum.heard(), "a1- a2- a3-", "refused"),
            (Quorum.weigh({A: 2}, 4), "a1+", "pending"),
            (Quorum.weigh({A: 2}, 4), "a1+ a2+", "granted"),
            (Quorum.weigh({A: 2}, 6), "a1+ a2+ a3-", "refused"),
        ],
    )
    def test_are_reached_or_lost(self, quorum: Quorum, votes: str, status: str) -> None:
        """Granted when reached, refused when it cannot be any more, pending until then."""
        assert (
            counted(votes.replace("a3 ", "").removesuffix(" a3"), Ballot([A], quorum)).status.value == status
        )


class TestPeople:
    """However many roles somebody holds, and people they stand in for: one person, one vote."""

    @pytest.mark.parametrize(
        ("votes", "status", "missing"),
        [
            ("a1+ a1/a2+ a1/a3+", "pending", ("a2", "a3")),
            ("a1+ a1/a2+ a2+", "granted", ()),
            ("x/a1+ x/a2+ x/a3+", "pending", ("a1", "a2")),
            ("x/a1+ y/a2+", "granted", ()),
            ("a1- a1/a2+ a1/a3+", "pending", ("a2", "a3")),
        ],
    )
    def test_count_once_in_a_ballot(self, votes: str, status: str, missing: tuple[str, ...]) -> None:
        found = counted(votes, Ballot([A], Quorum.n(2)))

        assert (found.status.value, found.missing) == (status, missing)

    @pytest.mark.parametrize("quorum", [Quorum.all(), Quorum.n(3), Quorum.percent(100)])
    @pytest.mark.parametrize(
        ("votes", "status", "missing"),
        [
            ("a1/a2+ a3+", "pending", ("a2",)),
            ("a1/a2+ a3/a1+", "pending", ("a2",)),
            ("a1/a2+ a2/a1+ a3+", "granted", ()),
            ("x/a1+ a2+ a3+", "granted", ()),
        ],
    )
    def test_do_not_make_fewer_of_themselves_by_voting_for_each_other(
        self, quorum: Quorum, votes: str, status: str, missing: tuple[str, ...]
    ) -> None:
        """Where three are asked, three people decide: a delegate who is asked too leaves one of two seats empty."""
        found = counted(votes, Ballot([A], quorum))

        assert (found.status.value, found.missing) == (status, missing)

    @pytest.mark.parametrize(("combined", "status"), [(False, "pending"), (True, "granted")])
    def test_count_in_one_ballot_unless_the_panel_combines_them(self, combined: bool, status: str) -> None:
        """Interests that one person may hold together are combined; two people are two people otherwise."""
        found = counted(
            "b1+", Ballot([B], Quorum.any()), Ballot([], Quorum.any(), actors=["b1"]), combined=combined
        )

        assert found.status.value == status

    def test_are_placed_where_they_are_needed(self) -> None:
        """The first ballot leaves the person alone whom the second has no other than."""
        both = Ballot([A, B], Quorum.any())

        assert counted("b1+ a1+", both, Ballot([B], Quorum.any())).status is ApprovalStatus.GRANTED
        assert counted("b1+", both, Ballot([B], Quorum.any())).summary == "1 of 2 approvals"

    @given(
        st.lists(
            st.sampled_from(["a1+", "a2+", "a3+", "b1+", "a1/a2+", "a2/a3+", "b1/a1+", "a1-", "b1/a2+"]),
            max_size=8,
        )
    )
    def test_are_never_fewer_than_the_votes_that_are_needed(self, votes: Sequence[str]) -> None:
        """Whatever is granted has as many different people for it as its ballots need together."""
        found = counted(" ".join(votes), Ballot([A], Quorum.n(2)), Ballot([A, B], Quorum.any()))

        people = {vote.partition("/")[0].rstrip("+-") for vote in votes if vote.endswith("+")}
        assert found.status is not ApprovalStatus.GRANTED or len(people) >= 3


class TestMore:
    def test_a_vacant_role_is_named_as_missing(self) -> None:
        """Nobody can be asked, and the summary says so."""
        assert counted("", Ballot([NONE], Quorum.any())).missing == ("t.none",)

    def test_certain_people_may_have_to_be_among_them(self) -> None:
        """The count alone is then not enough."""
        ballot = Ballot([A, B], Quorum.n(2), including=[B])

        assert counted("a1+ a2+", ballot).missing == ("b1",)
        assert counted("a1+ b1+", ballot).status is ApprovalStatus.GRANTED

    def test_ordered_ballots_ask_one_after_the_other(self) -> None:
        """The second is asked when the first is granted."""
        ballots = Ballot([B], Quorum.any()), Ballot([A], Quorum.any())

        assert counted("", *ballots, ordered=True).asked == ("b1",)
        assert counted("b1+", *ballots, ordered=True).asked == ("a1", "a2", "a3")
        assert counted("", *ballots).asked == ("b1", "a1", "a2", "a3")

    @given(
        st.lists(
            st.sampled_from([f"{who}{vote}" for who in ("a1", "a2", "a3") for vote in "+-0"]), max_size=6
        )
    )
    def test_one_more_yes_never_does_harm(self, votes: Sequence[str]) -> None:
        """An approval that was granted stays so when somebody else approves as well."""
        order = ("refused", "pending", "granted")
        for quorum in (Quorum.any(), Quorum.all(), Quorum.n(2), Quorum.percent(60), Quorum.weigh({A: 1}, 2)):
            ballot = Ballot([A], quorum)
            before = counted(" ".join(votes), ballot).status.value
            for who in ("a1", "a2", "a3"):
                after = counted(" ".join([*votes, f"{who}+"]), ballot).status.value
                assert order.index(after) >= order.index(before)

    @given(st.permutations(["a1+", "a2-", "a3+", "b1-"]))
    def test_the_order_of_votes_decides_nothing(self, votes: Sequence[str]) -> None:
        """Only the latest of each person counts."""
        assert counted(" ".join(votes), Ballot([A, B], Quorum.n(2), veto=[B])).summary == "refused by a veto"
