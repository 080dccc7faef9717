"""The linter's proofs about references, by what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import pytest
from linting import lint
from pydantic import Field, StringConstraints

from placet import (
    ActorId,
    Approval,
    Ballot,
    ByField,
    Check,
    Computed,
    Confirmation,
    Duty,
    Effect,
    Fields,
    Gate,
    Holds,
    ItemKey,
    LinkType,
    Method,
    Panel,
    Pattern,
    Pause,
    Quorum,
    Ref,
    Threshold,
    Timer,
    Transition,
    Until,
    actor_differs,
    approval_granted,
    children_in_state,
    elapsed,
    fields_present,
    linked_in_state,
    passed,
    reason_given,
)
from placet.catalog.catalog import Catalog
from placet.definitions.places import place_of

Compose = Callable[..., Catalog]

READER, LIBRARIAN, DIRECTOR = "library.reader", "library.librarian", "library.director"
LEND = Transition("lend", "wished", "lent", [LIBRARIAN])
RETURN = Transition("return", "lent", "returned", [READER])
RULING = Effect("library.rule_it", lambda ctx: ctx.set_gates(), changes_rules="library.x")


def found(catalog: Catalog) -> list[str]:
    return [f"{finding.severity} {finding.code}: {finding}" for finding in lint(catalog)]


def moves(*transitions: Transition) -> dict[str, Any]:
    """A loan of these transitions, and nothing that would refer to others."""
    return {"moves": transitions}


class Wish(Fields):
    for_branch: Annotated[ItemKey, Ref("library.branch")] | None = None


class Linked(Fields):
    book: str | None = None
    loan: Annotated[ItemKey, Ref("library.laon")] | None = None
    wishes: tuple[Wish, ...] = ()
    more: list[Wish] | None = None
    courier: ActorId | None = None


class Shaped(Fields):
    book: str | None = None
    courier: ActorId | None = None
    shelf: Annotated[str, StringConstraints(pattern="^[A-Z][0-9]+$")]
    branch: str | None = Field(default=None, pattern="^B")
    boxes: tuple[Annotated[str, Field(pattern="^X")], ...] = ()
    loan: ItemKey | None = None
    contract: Annotated[str, Pattern("[A-Z]+", "capital letters")] | None = None


def demanding(*checks: Check, **gate: Any) -> dict[str, Any]:
    return moves(
        LEND, Transition("return", "lent", "returned", [READER], [Gate("library.g", "G", *checks, **gate)])
    )


TIMER: dict[str, Any] = {"starts": ("create",), "stops": ("return",), "target": elapsed(days=1)}


def timer(**changes: Any) -> dict[str, Any]:
    return moves(LEND, RETURN) | {"timers": [Timer("library.loan_time", "Loan time", **(TIMER | changes))]}


def at(**point: Any) -> dict[str, Any]:
    """A timer with one threshold."""
    return timer(thresholds=(Threshold(**({"percent": 100} | point)),))


class TestEverythingReferredTo:
    @pytest.mark.parametrize(
        ("parts", "refusal"),
        [
            ({"indexed": ["x"]}, 'library.loan: there is no field "x" in library.loan'),
            ({"computed": [Computed("x", str)]}, 'library.loan: there is no field "x" in library.loan'),
            ({"frozen_in": {"lent": ["x"]}}, 'library.loan: there is no field "x" in library.loan'),
            ({"frozen_because": {"x": "it is lent"}}, 'library.loan: there is no field "x" in library.loan'),
            (
                {"frozen_because": {"book": {"x": "it is lent"}}},
                'library.loan: there is no state "x" in library.loan',
            ),
            ({"frozen_in": {"x": ["book"]}}, 'library.loan: there is no state "x" in library.loan'),
            ({"creators": ["library.x"]}, 'library.loan: there is no role "library.x"'),
            ({"writers": {"x": ["library.reader"]}}, 'library.loan: there is no field "x" in library.loan'),
            ({"writers": {"book": ["library.x"]}}, 'library.loan: there is no role "library.x"'),
            ({"editors": ["library.x"]}, 'library.loan: there is no role "library.x"'),
            ({"parents": ["library.x"]}, 'library.loan: there is no item type "library.x"'),
            (
                moves(LEND, RETURN, Transition("t", "x", "lent", [READER])),
                'library.loan.t: there is no state "x" in library.loan',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "x", [READER])),
                'library.loan.t: there is no state "x" in library.loan',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "same", [READER, "library.x"])),
                'library.loan.t: there is no role "library.x"',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "same", [READER], input=["x"])),
                'library.loan.t: there is no field "x" in library.loan',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "same", [READER], asks=["library.x"])),
                'library.loan.t: there is no approval "library.x" in library.loan',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "same", [READER], voids=["library.x"])),
                'library.loan.t: there is no approval "library.x" in library.loan',
            ),
            (
                moves(LEND, RETURN, Transition("t", "lent", "same", [READER], effects=[RULING])),
                'library.rule_it: there is no approval "library.x" in library.loan',
            ),
            (
                demanding(reason_given("library.why"), unless=approval_granted("library.given", "library.x")),
                'library.given: there is no approval "library.x" in library.loan',
            ),
            (
                demanding(reason_given("library.why"), lasting=["x"]),
                'library.g: there is no state "x" in library.loan',
            ),
            (
                demanding(reason_given("library.why"), waived_by=["library.x"]),
                'library.g: there is no role "library.x"',
            ),
            (
                demanding(reason_given("library.why"), waived_by=[READER], waived_content=["x"]),
                'library.g: there is no field "x" in library.loan',
            ),
            (
                demanding(reason_given("library.why"), waived_by=[READER], waived_content=["library.x"]),
                'library.g: there is no link type "library.x"',
            ),
            (
                demanding(fields_present("library.c", "x")),
                'library.c: there is no field "x" in library.loan',
            ),
            (
                demanding(approval_granted("library.c", "library.x")),
                'library.c: there is no approval "library.x" in library.loan',
            ),
            (
                demanding(actor_differs("library.c", "transition:x")),
                'library.c: there is no transition "x" in library.loan',
            ),
            (
                demanding(children_in_state("library.c", "library.loan", ["x"])),
                'library.c: there is no state "x" in library.loan',
            ),
            (
                demanding(children_in_state("library.c", "library.x", ["lent"])),
                'library.c: there is no item type "library.x"',
            ),
            (
                demanding(linked_in_state("library.c", "library.x", ["lent"])),
                'library.c: there is no link type "library.x"',
            ),
            (
                {"duties": [Duty("library.d", "D", ("transition:x",), ("create",))]},
                'library.d: there is no transition "x" in library.loan',
            ),
            (
                {"duties": [Duty("library.d", "D", ("vote:library.x",), ("named:x",))]},
                'library.d: there is no approval "library.x" in library.loan',
            ),
            (
                {"duties": [Duty("library.d", "D", ("create",), ("named:x",))]},
                'library.d: there is no field "x" in library.loan',
            ),
            (timer(starts=("x",)), 'library.loan_time: there is no transition "x" in library.loan'),
            (timer(stops=("x",)), 'library.loan_time: there is no transition "x" in library.loan'),
            (timer(resets=("x",)), 'library.loan_time: there is no transition "x" in library.loan'),
            (timer(resumes=("x",)), 'library.loan_time: there is no transition "x" in library.loan'),
            (at(fires="x"), 'library.loan_time: there is no transition "x" in library.loan'),
            (timer(pauses=(Pause(("x",)),)), 'library.loan_time: there is no state "x" in library.loan'),
            (
                timer(pauses=(Pause((), Holds("x", ())),)),
                'library.loan_time: there is no field "x" in library.loan',
            ),
            (
                timer(starts=(), runs_while=Holds("x", ())),
                'library.loan_time: there is no field "x" in library.loan',
            ),
            (timer(target=Until("x")), 'library.loan_time: there is no field "x" in library.loan'),
            (timer(target=ByField("x", {})), 'library.loan_time: there is no field "x" in library.loan'),
            (at(notifies=("library.x",)), 'library.loan_time: there is no role "library.x"'),
        ],
    )
    def test_is_there(self, composed: Compose, parts: dict[str, Any], refusal: str) -> None:
        """A name that stands for nothing is refused."""
        errors = [finding for finding in lint(composed(**parts)) if finding.severity == "error"]

        assert refusal in {f"{finding.where}: {finding.message}" for finding in errors}

    def test_is_reported_where_a_check_that_lets_items_through_was_written(self, composed: Compose) -> None:
        spared = approval_granted("library.given", "library.x")

        [finding] = lint(composed(**demanding(reason_given("library.why"), unless=spared)))

        assert finding.place == place_of(spared)

    def test_is_offered_the_nearest_name(self, composed: Compose) -> None:
        parts = moves(LEND, Transition("return", "lent", "retruned", [READER]))

        assert found(composed(**parts))[1] == (
            'error unknown-state: library.loan.return: there is no state "retruned" in library.loan: '
            'did you mean "returned"?'
        )

    def test_as_an_act_is_written_as_acts_are(self, composed: Compose) -> None:
        parts = moves(LEND, RETURN) | {"duties": [Duty("library.d", "D", ("lend:lend",), ("create",))]}

        assert found(composed(**parts)) == [
            (
                'error unknown-act: library.d: there is no act "lend:lend": write create, transition:NAME, '
                "vote:APPROVAL, named:FIELD, edit:FIELD, attach:KIND, confirm:CONFIRMATION, waive:GATE, review:GATE or "
                "appoint:ROLE"
            )
        ]

    def test_by_the_parts_of_an_approval_is_there(self, composed: Compose) -> None:
        """Who is asked, who may veto, whose vote has to be among them, and whose weight counts."""
        ballot = Ballot(
            ["library.a"], Quorum.weigh({"library.b": 1}, 1), veto=["library.c"], including=["library.d"]
        )
        consent = Approval(
            "library.consent", "Consent", Panel(ballot), material_fields=["x"], reminds=timedelta(days=1)
        )
        ask = Transition("ask", "wished", "same", [READER], asks=["library.consent"])

        findings = lint(composed(**moves(ask, LEND, RETURN) | {"approvals": [consent]}))

        assert [(finding.where, finding.message) for finding in findings] == [
            ("library.consent", 'there is no field "x" in library.loan'),
            *(("library.consent", f'there is no role "library.{name}"') for name in "abcd"),
        ]

    def test_by_fields_and_links_is_an_item_type(self, composed: Compose) -> None:
        """Fields that hold keys say of what, lists and models inside them too."""
        link_types = [LinkType("library.next_to", "next to", ("library.laon",), ("library.loan",))]

        catalog = composed(library_parts={"link_types": link_types}, fields=Linked, **moves(LEND, RETURN))

        assert [(finding.where, finding.message) for finding in lint(catalog)] == [
            ("library.loan.loan", 'there is no item type "library.laon"'),
            ("library.loan.more", 'there is no item type "library.branch"'),
            ("library.loan.wishes", 'there is no item type "library.branch"'),
            ("library.next_to", 'there is no item type "library.laon"'),
        ]

    def test_may_be_of_a_method_that_is_off_where_that_is_said(self, composed: Compose) -> None:
        """Links lead to other workspaces; a method that `extends` names may be off."""
        link_types = [LinkType("library.held_at", "held at", targets=("city.fair",))]

        silent = composed(library_parts={"link_types": link_types})
        reported = composed(library_parts={"link_types": link_types, "extends": ["city"]})
        there = composed(
            Method("city", "City"), library_parts={"link_types": link_types, "extends": ["city"]}
        )

        assert found(silent) == [
            (
                'warning unknown-method: library.held_at: the item type "city.fair" is of a method that is not '
                'switched on, "city": check the spelling, or name city in `extends` if it may be off'
            )
        ]
        assert found(reported) == []
        assert found(there) == [
            'error unknown-item-type: library.held_at: there is no item type "city.fair": there are "library.loan"'
        ]


class TestEveryPattern:
    def test_has_words(self, composed: Compose) -> None:
        """Who sends a text that does not fit is not shown a regular expression. Keys of items have words already."""
        assert found(composed(fields=Shaped, **moves(LEND, RETURN))) == [
            f"error bare-pattern: library.loan.{field}: its pattern {pattern} says nothing to people: write "
            f'Pattern("...", "...") in place of it, with what to write and an example'
            for field, pattern in (("boxes", "^X"), ("branch", "^B"), ("shelf", "^[A-Z][0-9]+$"))
        ]

    def test_on_a_link_has_words_too(self, composed: Compose) -> None:
        needs = LinkType("library.needs", "needs", attributes=Shaped)

        catalog = composed(library_parts={"link_types": [needs]}, **moves(LEND, RETURN))

        assert [finding.where for finding in lint(catalog)] == [
            f"library.needs.{field}" for field in ("boxes", "branch", "shelf")
        ]


class TestEveryTimer:
    def test_starts_by_transitions_or_by_a_condition(self, composed: Compose) -> None:
        assert found(composed(**timer(runs_while=Holds("book", ("x",))))) == [
            (
                "error timer-starts-twice: library.loan_time: it starts with transitions, and it runs while a "
                "condition holds: give one of `starts` and `runs_while`"
            )
        ]
        assert found(composed(**timer(starts=(), runs_while=Holds("book", ("x",))))) == []
        assert found(composed(**timer())) == []

    def test_has_thresholds_at_places_of_their_own(self, composed: Compose) -> None:
        unclear = [
            (
                "error threshold-place: library.loan_time: the point of a threshold is not clear: give one of "
                "`percent`, `before` and `after`"
            )
        ]
        twice = timer(thresholds=(Threshold(50), Threshold(before=elapsed(hours=1)), Threshold(50)))

        assert found(composed(**at(percent=None))) == unclear
        assert found(composed(**at(percent=-1))) == unclear
        assert found(composed(**at(before=elapsed(hours=1)))) == unclear
        assert found(composed(**twice)) == [
            "error same-threshold: library.loan_time: it has two thresholds at 50 %: make one threshold of them"
        ]

    def test_fires_what_the_system_may_fire(self, composed: Compose) -> None:
        assert found(composed(**at(fires="return"))) == [
            (
                'error timer-cannot-fire: library.loan_time: it fires "return", which library.reader may fire and '
                "system may not: add system to the roles of the transition"
            )
        ]


class TestEveryGate:
    def test_has_a_check(self, composed: Compose) -> None:
        assert found(composed(**demanding())) == [
            "warning empty-gate: library.g: it has no check: add a check to it, or take it out"
        ]

    def test_that_can_be_waived_is_waived_for_something(self, composed: Compose) -> None:
        """Where no approval says what is material, a waiver would hold for whatever the item becomes."""
        parts = demanding(reason_given("library.why"), waived_by=[READER])
        content = demanding(reason_given("library.why"), waived_by=[READER], waived_content=["book"])
        bare: dict[str, Any] = {"approvals": [], "duties": []}

        assert found(composed(**content, **bare)) == []
        assert found(composed(**parts, **bare)) == [
            (
                "warning waived-for-anything: library.g: where it is waived on a library.loan, it stays open whatever"
                " the item becomes, but for its title: name the fields or link types in `waived_content` for whose"
                " values it is waived"
            )
        ]

    def test_may_use_the_checks_of_a_required_method(self, composed: Compose) -> None:
        """A check can be used again by a method that builds on the one that defines it."""
        parts = demanding(Check("city.open", lambda ctx: passed()))

        catalog = composed(Method("city", "City"), library_parts={"requires": ["city"]}, **parts)

        assert found(catalog) == []


class TestConfirmations:
    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ({"field": "curier"}, 'unknown-field: library.agreed: there is no field "curier" in library.loan'),
            ({"field": "book"}, "confirms-no-actor: library.agreed: it asks the person in library.loan.book, which"),
            ({"field": "wishes", "member": "x"}, "confirms-no-actor: library.agreed: it asks the person in library"),
            ({"material_fields": ["bok"]}, 'unknown-field: library.agreed: there is no field "bok" in library.loan'),
            ({"when_named": False}, "never-asked: library.agreed: no transition of library.loan asks for it"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_asked_for_are_reported(
        self, composed: Compose, parts: dict[str, Any], expected: str
    ) -> None:
        """A confirmation of nobody would never be missing."""
        given = {"field": "courier", **parts}
        catalog = composed(fields=Linked, confirmations=[Confirmation("library.agreed", "Agreed", **given)])

        assert any(expected in finding for finding in found(catalog))

    def test_edits_that_nobody_remembers_are_reported(self, composed: Compose) -> None:
        """A check of who wrote a field needs a duty that names it."""
        check = actor_differs("library.other", "edit:book")
        catalog = composed(**demanding(check))

        assert any(
            'act-not-kept: library.other: nobody is known to have done "edit:book"' in each
            for each in found(catalog)
        )
