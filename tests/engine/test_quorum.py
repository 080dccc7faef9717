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


def counted(votes: str, *ballots: Ballot, ordered: bool = False) -> RoundCount:
    """A round counted; votes are written `a1+ a2- b10`."""
    cast = [
        Vote(v[:-1], VOTES[v[-1]], START, roles=tuple(r for r, people in HOLDERS.items() if v[:-1] in people))
        for v in votes.split()
    ]
    round = ApprovalRound(
        "t.x",
        1,
        ApprovalStatus.PENDING,
        START,
        "s",
        recorded(Panel(*ballots)),
        ordered=ordered,
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
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "a1+", "pending"),
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "a1+ a2-", "granted"),
            (Quorum.majority(minimum_votes=2), "a1+ a2-", "pending"),
            (Quorum.majority(minimum_votes=2), "a1+ a2+", "granted"),
            (Quorum.majority(minimum_votes=2), "a1+ a2- a3-", "refused"),
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
