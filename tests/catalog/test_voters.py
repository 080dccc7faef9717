"""The linter's proofs about approvals and people, by what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from linting import lint

from placet import (
    Approval,
    Ballot,
    Check,
    Duty,
    Gate,
    Method,
    Panel,
    Quorum,
    Role,
    Transition,
    approval_granted,
    reason_given,
)
from placet.catalog.catalog import Catalog
from placet.catalog.linter import lint_holders
from placet.definitions.verdicts import GateMode

Compose = Callable[..., Catalog]

READER, LIBRARIAN, DIRECTOR = "library.reader", "library.librarian", "library.director"
LEND = Transition("lend", "wished", "lent", [LIBRARIAN])
#: How often those are reminded whose vote is missing.
DAILY = timedelta(days=1)
RETURN = Transition("return", "lent", "returned", [READER])


def found(catalog: Catalog) -> list[str]:
    return [f"{finding.severity} {finding.code}: {finding}" for finding in lint(catalog)]


def moves(*transitions: Transition) -> dict[str, Any]:
    """A loan of these transitions, and nothing that would refer to others."""
    return {"moves": transitions}


def voting(asked: Iterable[str], quorum: Quorum, *, requester: str = READER, **parts: Any) -> dict[str, Any]:
    """A loan for which consent is asked of some, before it is lent."""
    consent = Approval("library.consent", "Consent", Panel(Ballot(list(asked), quorum)), reminds=DAILY)
    gate = Gate("library.consented", "Consented", approval_granted("library.given", "library.consent"))
    ask = Transition("ask", "wished", "same", [requester], asks=["library.consent"])
    lend = Transition("lend", "wished", "lent", [LIBRARIAN], [gate])
    return moves(ask, lend, RETURN) | {"approvals": [consent], "creators": [READER]} | parts


def not_both(*acts: str) -> list[Duty]:
    return [Duty("library.not_both", "Not both", acts, ("vote:library.consent",))]


class TestEveryApproval:
    def test_can_be_given_by_somebody_who_did_not_ask_for_it(self, composed: Compose) -> None:
        """Where the one person who is asked has always made the item, segregation of duties leaves nobody."""
        catalog = composed(**voting([DIRECTOR], Quorum.any(), creators=[DIRECTOR], duties=not_both("create")))

        assert found(catalog) == [
            (
                "error unsatisfiable-approval: library.consent: 1 of library.director has to approve, and 0 of 1 "
                "can: the one holder of library.director has by then done create, and library.not_both keeps them "
                "from voting: ask another role, let more people hold these roles, or let somebody else do the act"
            )
        ]

    def test_can_be_given_by_somebody_who_had_no_part_in_the_way_there(self, composed: Compose) -> None:
        """The same where every way to the vote leads through a transition that only that person can fire."""
        duties = not_both("transition:ask")

        catalog = composed(**voting([DIRECTOR], Quorum.any(), requester=DIRECTOR, duties=duties))

        assert [finding.message for finding in lint(catalog)] == [
            (
                "1 of library.director has to approve, and 0 of 1 can: the one holder of library.director has by "
                "then done transition:ask, and library.not_both keeps them from voting"
            )
        ]

    def test_counts_a_duty_in_both_directions(self, composed: Compose) -> None:
        """A duty that keeps voters from an act keeps who did the act from voting."""
        duties = [Duty("library.not_both", "Not both", ("vote:library.consent",), ("create",))]

        catalog = composed(**voting([DIRECTOR], Quorum.any(), creators=[DIRECTOR], duties=duties))

        assert [finding.code for finding in lint(catalog)] == ["unsatisfiable-approval"]

    def test_counts_an_earlier_vote_that_cannot_be_avoided(self, composed: Compose) -> None:
        """Who alone gave the first of two approvals cannot give the second, where a duty parts them."""
        parts = voting([DIRECTOR], Quorum.any())
        first = Approval("library.first", "First", Panel(Ballot([DIRECTOR], Quorum.any())), reminds=DAILY)
        gate = Gate("library.firstly", "Firstly", approval_granted("library.first_given", "library.first"))
        ask, lend, back = parts["moves"]
        begin = Transition("begin", "wished", "same", [READER], asks=["library.first"])
        ask = Transition("ask", "wished", "same", [READER], [gate], asks=["library.consent"])
        parts |= {"approvals": [first, *parts["approvals"]], "moves": [begin, ask, lend, back]}
        parts |= {"duties": not_both("vote:library.first")}

        strict = composed(**parts)

        assert [finding.message for finding in lint(strict)] == [
            (
                "1 of library.director has to approve, and 0 of 1 can: the one holder of library.director has by "
                "then done vote:library.first, and library.not_both keeps them from voting"
            )
        ]

    def test_counts_no_vote_without_which_a_check_lets_the_item_through(self, composed: Compose) -> None:
        """The first of the two approvals can be avoided, unless the way around it needs that approval too."""
        first = Approval("library.first", "First", Panel(Ballot([DIRECTOR], Quorum.any())), reminds=DAILY)
        given = approval_granted("library.first_given", "library.first")

        def lint_with(unless: Check) -> list[str]:
            parts = voting([DIRECTOR], Quorum.any())
            gate = Gate("library.firstly", "Firstly", given, unless=unless)
            _, lend, back = parts["moves"]
            begin = Transition("begin", "wished", "same", [READER], asks=["library.first"])
            ask = Transition("ask", "wished", "same", [READER], [gate], asks=["library.consent"])
            parts |= {"approvals": [first, *parts["approvals"]], "moves": [begin, ask, lend, back]}
            return found(composed(**parts | {"duties": not_both("vote:library.first")}))

        assert lint_with(reason_given("library.why")) == []
        assert len(lint_with(approval_granted("library.given_again", "library.first"))) == 1

    @pytest.mark.parametrize(
        "parts",
        [
            # somebody else may make it
            {"creators": [DIRECTOR, READER], "duties": not_both("create")},
            # anybody may
            {"creators": [], "duties": not_both("create")},
            # the librarian may ask, too
            {
                "duties": not_both("transition:ask"),
                "more": [Transition("beg", "wished", "same", [LIBRARIAN], asks=["library.consent"])],
            },
            # a timer may ask, too
            {
                "duties": not_both("transition:ask"),
                "more": [Transition("beg", "wished", "same", ["system"], asks=["library.consent"])],
            },
            # the system may ask in the director's place
            {
                "duties": not_both("transition:beg"),
                "moves": [
                    Transition("beg", "wished", "same", [DIRECTOR, "system"], asks=["library.consent"]),
                    LEND,
                    RETURN,
                ],
            },
            # who will stand in the field cannot be known
            {"creators": [DIRECTOR], "duties": not_both("named:courier")},
            # the act comes later
            {"duties": not_both("transition:return")},
        ],
    )
    def test_passes_where_there_is_a_way(self, composed: Compose, parts: dict[str, Any]) -> None:
        table = voting([DIRECTOR], Quorum.any(), requester=DIRECTOR) | parts
        table["moves"] = (*table["moves"], *table.pop("more", ()))

        assert found(composed(**table)) == []

    def test_asks_for_no_more_people_than_there_can_be(self, composed: Compose) -> None:
        catalog = composed(**voting([DIRECTOR], Quorum.n(2)))

        assert found(catalog) == [
            (
                "error unsatisfiable-approval: library.consent: 2 of library.director have to approve, and 1 of 1 "
                "can: ask another role, or let more people hold these roles"
            )
        ]

    def test_counts_the_holders_that_a_role_can_have(self, composed: Compose) -> None:
        """Two may be asked of a role for two, and not three."""
        wardens = Method("wardens", "Wardens", roles=[Role("wardens.warden", "Warden", max_holders=2)])

        two, three = (composed(wardens, **voting(["wardens.warden"], Quorum.n(n))) for n in (2, 3))

        assert found(two) == []
        assert [finding.message for finding in lint(three)] == [
            "3 of wardens.warden have to approve, and 2 of 2 can"
        ]

    @pytest.mark.parametrize(
        ("quorum", "percent"),
        [
            (Quorum.percent(150), "150 percent"),
            (Quorum.percent(100, strictly=True), "more than 100 percent"),
        ],
        ids=["more", "more than all"],
    )
    def test_has_a_quorum_that_can_be_reached(self, composed: Compose, quorum: Quorum, percent: str) -> None:
        """Everybody could approve, and it would not be granted."""
        assert [finding.message for finding in lint(composed(**voting([LIBRARIAN], quorum)))] == [
            f"its quorum is {percent}, which is more than all"
        ]
        assert found(composed(**voting([LIBRARIAN], Quorum.percent(100)))) == []

    def test_needs_each_of_its_ballots(self, composed: Compose) -> None:
        """A ballot that can be granted does not help where another cannot, nor where one person must be among them."""
        parts = voting([LIBRARIAN], Quorum.any(), creators=[DIRECTOR], duties=not_both("create"))
        ballots = [
            Ballot([LIBRARIAN], Quorum.any()),
            Ballot([DIRECTOR], Quorum.any()),
            Ballot([DIRECTOR], Quorum.any(), actors=["anna"]),
            Ballot([LIBRARIAN], Quorum.any(), including=[DIRECTOR]),
        ]

        catalog = composed(
            **parts | {"approvals": [Approval("library.consent", "Consent", Panel(*ballots), reminds=DAILY)]}
        )

        assert [finding.message[:55] for finding in lint(catalog)] == [
            "1 of library.director has to approve, and 0 of 1 can: t"
        ] * 2

    def test_that_depends_on_the_item_is_judged_by_whom_it_says_it_asks(self, composed: Compose) -> None:
        parts = voting([LIBRARIAN], Quorum.any(), creators=[DIRECTOR], duties=not_both("create"))

        def panel(ctx: object) -> Panel:
            return Panel(Ballot([DIRECTOR], Quorum.any()))

        asked = Approval("library.consent", "Consent", panel, asked=[DIRECTOR], reminds=DAILY)
        silent = Approval("library.consent", "Consent", panel, reminds=DAILY)

        assert [f.code for f in lint(composed(**parts | {"approvals": [asked]}))] == [
            "unsatisfiable-approval"
        ]
        assert found(composed(**parts | {"approvals": [silent]})) == [
            (
                "warning nobody-asked: library.consent: its voters are not known: list the roles that may "
                "in `asked`"
            )
        ]

    def test_is_asked_for_by_a_transition(self, composed: Compose) -> None:
        """An approval that nothing asks for is usually a forgotten `asks`."""
        parts = moves(LEND, RETURN) | {
            "approvals": [
                Approval(
                    "library.consent", "Consent", Panel(Ballot([LIBRARIAN], Quorum.any())), reminds=DAILY
                )
            ]
        }

        assert found(composed(**parts)) == [
            (
                "warning never-asked: library.consent: no transition of library.loan asks for it: name it in "
                "`asks` of one, unless an effect asks for it"
            )
        ]


class TestThePeopleOfAWorkspace:
    def reported(self, catalog: Catalog, holders: dict[str, list[str]]) -> list[str]:
        findings = lint_holders(catalog, holders)
        assert {finding.severity for finding in findings} <= {"warning"}
        return [f"{finding.code}: {finding}" for finding in findings]

    def test_can_fire_every_transition(self, composed: Compose) -> None:
        catalog = composed(**moves(LEND, RETURN, Transition("renew", "lent", "same", ["system"])))

        assert self.reported(catalog, {LIBRARIAN: ["anna"], READER: []}) == [
            (
                "no-holder: library.loan.return: nobody can fire it, as nobody holds library.reader: give somebody "
                "one of these roles"
            )
        ]

    def test_can_give_every_approval(self, composed: Compose) -> None:
        """One person in two roles may be one too few, though the definitions are sound."""
        catalog = composed(**voting([LIBRARIAN], Quorum.n(2), duties=not_both("create")))

        assert lint(catalog) == ()
        assert self.reported(catalog, {LIBRARIAN: ["anna", "bert"], READER: ["carl"]}) == []
        assert self.reported(catalog, {LIBRARIAN: ["anna", "bert"], READER: ["bert"]}) == [
            (
                "unsatisfiable-approval: library.consent: 2 of library.librarian have to approve, and 1 of 2 can: "
                "bert has by then done create, and library.not_both keeps them from voting: ask another role, let "
                "more people hold these roles, or let somebody else do the act"
            )
        ]

    def test_are_judged_by_the_gates_that_are_enforced(self, composed: Compose) -> None:
        """An earlier approval that is only warned about need not have been given."""
        first = Approval("library.first", "First", Panel(Ballot([LIBRARIAN], Quorum.any())), reminds=DAILY)
        consent = Approval(
            "library.consent", "Consent", Panel(Ballot([LIBRARIAN], Quorum.any())), reminds=DAILY
        )
        gate = Gate("library.firstly", "Firstly", approval_granted("library.first_given", "library.first"))
        table = moves(
            Transition("begin", "wished", "same", [READER], asks=["library.first"]),
            Transition("ask", "wished", "same", [READER], [gate], asks=["library.consent"]),
            LEND,
            RETURN,
        ) | {"approvals": [first, consent], "duties": not_both("vote:library.first")}
        holders = {LIBRARIAN: ["anna"], READER: ["bert"]}

        strict = composed(**table)
        lenient = composed(**table, gate_modes={"library.firstly": GateMode.WARN})

        assert [finding.code for finding in lint_holders(strict, holders)] == ["unsatisfiable-approval"]
        assert lint_holders(lenient, holders) == ()
