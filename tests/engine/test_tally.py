"""Counting votes: every kind of quorum, vetoes, steps in order, and what one more vote can and cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet import ApprovalStatus, Ballot, Decision, Panel, Quorum
from placet.engine.records import Round, Vote
from placet.engine.tally import Tally, recorded, tally

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
APPROVE, REJECT, ABSTAIN = Decision.APPROVE, Decision.REJECT, Decision.ABSTAIN
PENDING, GRANTED, REFUSED = ApprovalStatus.PENDING, ApprovalStatus.GRANTED, ApprovalStatus.REFUSED

#: `ann` holds two roles; nobody is an auditor.
HOLDERS: Mapping[str, Sequence[str]] = {
    "board": ["ann", "bob", "cid", "dan"],
    "owner": ["ann"],
    "user": ["eve", "fay"],
    "auditor": [],
}
PEOPLE = sorted({person for people in HOLDERS.values() for person in people})


def holders(role: str) -> Sequence[str]:
    return HOLDERS[role]


def vote(person: str, decision: Decision, *, on_behalf_of: str | None = None) -> Vote:
    """A vote with the roles that its seat holds."""
    seat = on_behalf_of or person
    roles = tuple(role for role, people in HOLDERS.items() if seat in people)
    return Vote(person, decision, AT, on_behalf_of, None, roles)


def count(panel: Panel, *votes: Vote, barred: frozenset[str] = frozenset()) -> Tally:
    asked = Round("toy.approval", 1, PENDING, AT, "new", recorded(panel), panel.ordered, votes=votes)
    return tally(asked, holders, barred)


def counted(quorum: Quorum, votes: str) -> Tally:
    """Votes of the board in order: `+` approves, `-` rejects, `0` abstains, `.` has not voted."""
    said = {"+": APPROVE, "-": REJECT, "0": ABSTAIN}
    given = [
        vote(person, said[sign]) for person, sign in zip(HOLDERS["board"], votes, strict=True) if sign != "."
    ]
    return count(Panel(Ballot(["board"], quorum)), *given)


WEIGHTS = Quorum.weigh({"owner": 3, "board": 1}, 4)


class TestQuorums:
    @pytest.mark.parametrize(
        ("quorum", "votes", "status"),
        [
            (Quorum.any(), "....", PENDING),
            (Quorum.any(), "...+", GRANTED),
            (Quorum.any(), "---.", PENDING),
            (Quorum.any(), "---+", GRANTED),
            (Quorum.any(), "----", REFUSED),
            (Quorum.any(), "0000", PENDING),
            (Quorum.all(), "+++.", PENDING),
            (Quorum.all(), "++++", GRANTED),
            (Quorum.all(), "...-", REFUSED),
            (Quorum.all(), "+++0", GRANTED),
            (Quorum.n(2), "+...", PENDING),
            (Quorum.n(2), "+.+.", GRANTED),
            (Quorum.n(2), "--+.", PENDING),
            (Quorum.n(2), "---.", REFUSED),
            (Quorum.percent(50), "+...", PENDING),
            (Quorum.percent(50), "++..", GRANTED),
            (Quorum.percent(50), "++--", GRANTED),
            (Quorum.percent(50), "---.", REFUSED),
            (Quorum.percent(50), "+000", GRANTED),
            (Quorum.percent(60), "++..", PENDING),
            (Quorum.percent(60), "+++.", GRANTED),
            (Quorum.percent(50, of_votes=True), "+...", GRANTED),
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "+...", PENDING),
            (Quorum.percent(50, of_votes=True, minimum_votes=2), "+-..", GRANTED),
            (Quorum.percent(100, of_votes=True), "-...", REFUSED),
            (Quorum.majority(minimum_votes=2), "+...", PENDING),
            (Quorum.majority(minimum_votes=2), "++..", GRANTED),
            (Quorum.majority(minimum_votes=2), "+-..", PENDING),
            (Quorum.majority(minimum_votes=2), "+--.", REFUSED),
            (Quorum.majority(minimum_votes=3), "+0+.", PENDING),
            (WEIGHTS, "+...", PENDING),
            (WEIGHTS, "+..+", GRANTED),
            (WEIGHTS, ".+++", PENDING),
            (WEIGHTS, "-+++", REFUSED),
        ],
    )
    def test_grant_refuse_or_wait(self, quorum: Quorum, votes: str, status: ApprovalStatus) -> None:
        """Refused is what can no longer be granted by those who have not voted; abstentions count for nobody."""
        assert counted(quorum, votes).status is status

    def test_tell_how_many_approvals_are_needed(self) -> None:
        """In the words that people are shown."""
        assert counted(Quorum.n(3), "+...").summary == "1 of 3 approvals"
        assert counted(Quorum.all(), "---.").summary == "refused: 0 of 4 approvals, 3 against"
        assert counted(Quorum.any(), "++..").summary == "2 of 2 approvals"

    def test_tell_whose_vote_is_missing(self) -> None:
        """Those asked who have not voted; nobody once it is decided."""
        assert counted(Quorum.n(2), "+0..").missing == ("cid", "dan")
        assert counted(Quorum.n(2), "++..").missing == ()

    def test_name_the_role_that_nobody_holds(self) -> None:
        """So that an administrator sees what to do."""
        assert count(Panel(Ballot(["auditor"], Quorum.any()))).missing == ("auditor",)


class TestVotes:
    def test_the_latest_of_a_person_counts(self) -> None:
        """One may think again while the round is open."""
        panel = Panel(Ballot(["board"], Quorum.any()))

        assert count(panel, vote("bob", REJECT), vote("bob", APPROVE)).status is GRANTED
        assert count(panel, vote("bob", APPROVE), vote("bob", ABSTAIN)).status is PENDING

    def test_by_delegation_count_for_the_one_who_delegated(self) -> None:
        """A deputy votes in another's seat, and in the same seat only once."""
        panel = Panel(Ballot(["board"], Quorum.n(2)))
        deputy = vote("eve", APPROVE, on_behalf_of="bob")

        assert count(panel, deputy, vote("bob", APPROVE)).approvals == 1
        assert count(panel, deputy, vote("ann", APPROVE)).status is GRANTED

    def test_of_people_named_by_the_ballot_count_without_a_role(self) -> None:
        """A ballot may ask somebody by name."""
        panel = Panel(Ballot([], Quorum.any(), actors=["zoe"]))

        assert count(panel).missing == ("zoe",)
        assert count(panel, Vote("zoe", APPROVE, AT)).status is GRANTED

    def test_are_not_asked_of_those_whom_duties_bar(self) -> None:
        """Everybody else of the board has to agree."""
        panel = Panel(Ballot(["board"], Quorum.all()))
        votes = [vote(person, APPROVE) for person in ("bob", "cid", "dan")]

        assert count(panel, *votes).missing == ("ann",)
        assert count(panel, *votes, barred=frozenset({"ann"})).status is GRANTED


class TestVetoes:
    def test_refuse_whatever_the_count(self) -> None:
        """The owner's no outweighs everybody's yes."""
        panel = Panel(Ballot(["board"], Quorum.any(), veto=["owner"]))

        refused = count(panel, vote("bob", APPROVE), vote("ann", REJECT))

        assert (refused.status, refused.summary) == (REFUSED, "refused by the veto of ann")

    def test_of_a_person_work_like_those_of_a_role(self) -> None:
        """Who may veto can depend on the item."""
        panel = Panel(Ballot(["board"], Quorum.any(), veto_actors=["eve"]))

        assert count(panel, vote("bob", APPROVE), vote("eve", REJECT)).status is REFUSED
        assert count(panel, vote("bob", APPROVE), vote("fay", REJECT)).status is GRANTED

    def test_one_ballot_refused_refuses_all(self) -> None:
        """All ballots have to be granted."""
        panel = Panel(Ballot(["board"], Quorum.any()), Ballot(["user"], Quorum.all()))

        assert count(panel, vote("bob", APPROVE), vote("eve", REJECT)).status is REFUSED


class TestIncluding:
    def test_waits_for_one_of_a_role_among_the_approvals(self) -> None:
        """Two of the board, one of them the owner."""
        panel = Panel(Ballot(["board"], Quorum.n(2), including=["owner"]))

        without = count(panel, vote("bob", APPROVE), vote("cid", APPROVE))

        assert (without.status, without.missing, without.needed) == (PENDING, ("ann",), 3)
        assert count(panel, vote("bob", APPROVE), vote("ann", APPROVE)).status is GRANTED

    def test_names_the_role_where_nobody_is_left_to_vote_for_it(self) -> None:
        """The way on is to give somebody the role."""
        panel = Panel(Ballot(["board"], Quorum.any(), including=["auditor"]))

        assert count(panel, vote("bob", APPROVE)).missing == ("auditor",)


class TestOrder:
    def test_an_ordered_panel_asks_one_ballot_after_the_other(self) -> None:
        """The board is not troubled before users agree."""
        panel = Panel(Ballot(["user"], Quorum.all()), Ballot(["owner"], Quorum.any()), ordered=True)

        assert count(panel).asked == ("eve", "fay")
        assert count(panel, vote("eve", APPROVE)).missing == ("fay",)
        assert count(panel, vote("eve", APPROVE), vote("fay", APPROVE)).asked == ("ann",)

    def test_any_other_panel_asks_all_at_once(self) -> None:
        """Each in the order of the ballots, once."""
        panel = Panel(Ballot(["owner"], Quorum.all()), Ballot(["board"], Quorum.any()))

        assert count(panel).asked == ("ann", "bob", "cid", "dan")


quorums = st.sampled_from(
    [
        Quorum.any(),
        Quorum.all(),
        Quorum.n(2),
        Quorum.percent(60),
        Quorum.percent(60, of_votes=True, minimum_votes=2),
        Quorum.majority(minimum_votes=2),
        Quorum.weigh({"owner": 2, "board": 1, "user": 1}, 3),
    ]
)
roles = st.lists(st.sampled_from(["board", "owner", "user"]), min_size=1, max_size=2, unique=True)
panels = st.builds(
    lambda ballots, ordered: Panel(*ballots, ordered=ordered),
    st.lists(
        st.builds(
            Ballot, roles, quorums, veto=st.sampled_from([[], ["owner"]]), including=st.sampled_from([[], ["owner"]])
        ),
        min_size=1,
        max_size=2,
    ),
    st.booleans(),
)  # fmt: skip
votings = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(list(Decision))).map(
    lambda said: [vote(person, decision) for person, decision in said.items()]
)


class TestWhatAlwaysHolds:
    @given(panels, votings, st.sampled_from(PEOPLE))
    def test_one_more_approval_never_takes_a_grant_away(
        self, panel: Panel, votes: list[Vote], person: str
    ) -> None:
        """Nor does it refuse what was open."""
        before = count(panel, *votes)
        after = count(panel, *votes, vote(person, APPROVE))

        if before.status is GRANTED:
            assert after.status is GRANTED
        if before.status is PENDING:
            assert after.status is not REFUSED

    @given(panels, votings, st.sampled_from(PEOPLE))
    def test_one_more_rejection_never_grants(self, panel: Panel, votes: list[Vote], person: str) -> None:
        """Unless a share of those who vote waited only for enough of them."""
        before = count(panel, *votes)
        waits_for_votes = any(ballot.quorum.minimum_votes for ballot in panel.ballots)

        if before.status is not GRANTED and not waits_for_votes:
            assert count(panel, *votes, vote(person, REJECT)).status is not GRANTED

    @given(panels, st.permutations(PEOPLE), st.data())
    def test_the_order_of_votes_does_not_matter(
        self, panel: Panel, people: list[str], data: st.DataObject
    ) -> None:
        """Only which of one person's came last."""
        said = {person: data.draw(st.sampled_from(list(Decision))) for person in PEOPLE}

        one = count(panel, *(vote(person, said[person]) for person in PEOPLE))
        other = count(panel, *(vote(person, said[person]) for person in people))

        assert replace(one, summary="") == replace(other, summary="")

    @given(panels, votings)
    def test_only_what_waits_asks_anybody(self, panel: Panel, votes: list[Vote]) -> None:
        """And whoever is missing has not voted."""
        counted = count(panel, *votes)

        if counted.status is GRANTED:
            assert counted.asked == counted.missing == ()
        assert set(counted.missing) & {vote.seat for vote in votes} == set()

    @given(panels)
    def test_everybody_together_can_grant_it(self, panel: Panel) -> None:
        """Unless it asks for more approvals than there are people."""
        everybody = count(panel, *(vote(person, APPROVE) for person in PEOPLE))

        assert everybody.status in {GRANTED, PENDING}
        assert (everybody.status is GRANTED) == (not everybody.missing and everybody.asked == ())
