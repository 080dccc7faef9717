"""The linter's proofs about states, transitions and ids, by what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from linting import lint

from placet import (
    Category,
    Gate,
    LinkType,
    Method,
    Metric,
    Role,
    State,
    Transition,
    Workflow,
    metrics,
    reason_given,
)
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.catalog.findings import Finding

Compose = Callable[..., Catalog]

READER, LIBRARIAN, DIRECTOR = "library.reader", "library.librarian", "library.director"
# fmt: off
STATES = [
    State("wished",   "Wished for", Category.TODO),
    State("lent",     "Lent",       Category.ACTIVE),
    State("returned", "Returned",   Category.DONE),
]
# fmt: on
LEND = Transition("lend", "wished", "lent", [LIBRARIAN])
LOANS = metrics.Count(metrics.Items("library.loan", metrics.Made()))
RETURN = Transition("return", "lent", "returned", [READER])


def found(catalog: Catalog) -> list[str]:
    return [f"{finding.severity} {finding.code}: {finding}" for finding in lint(catalog)]


def moves(*transitions: Transition) -> dict[str, Any]:
    """A loan of these transitions, and nothing that would refer to others."""
    return {"moves": transitions}


def excepted(length: int, *, id: str = "library.spared") -> Gate:
    """A gate with a check that lets a loan through for a comment of a length."""
    why = reason_given("library.why", at_least=5)
    return Gate("library.excepted", "Excepted", why, unless=reason_given(id, at_least=length))


class TestASoundDefinition:
    def test_is_passed_without_a_word(self, composed: Compose) -> None:
        assert found(composed()) == []


class TestEveryState:
    def test_can_be_reached(self, composed: Compose) -> None:
        """A state to which no transition leads can never be."""
        lost = State("lost", "Lost", Category.CANCELLED)

        catalog = composed(**moves(LEND, RETURN) | {"states": [*STATES, lost]})

        assert found(catalog) == [
            (
                'error unreachable-state: library.loan.lost: no transitions lead to the state "lost" from the '
                'initial one, "wished": add a transition that leads to it, let items begin in it (`entries`), '
                "or take the state out"
            )
        ]

    def test_can_be_left_for_an_end(self, composed: Compose) -> None:
        """Work that has begun can be ended, one way or the other."""
        catalog = composed(
            **moves(LEND, RETURN, Transition("lose", "lent", "lost", [READER]))
            | {"states": [*STATES, State("lost", "Lost", Category.WAITING)]}
        )

        assert found(catalog) == [
            (
                'error endless-state: library.loan.lost: no transitions lead from the state "lost" to a final one '
                "(returned): add a transition that leads on from it, or make it `done` or `cancelled`"
            )
        ]

    def test_is_counted_from_the_open_ones_by_transitions_that_leave_from_all(
        self, composed: Compose
    ) -> None:
        """`open` stands for every state that is not final, `same` leads nowhere."""
        lost = State("lost", "Lost", Category.CANCELLED)
        anywhere = [
            Transition("lose", "open", "lost", [READER]),
            Transition("note", "open", "same", [READER]),
        ]

        assert found(composed(**moves(LEND, RETURN, *anywhere) | {"states": [*STATES, lost]})) == []

    def test_has_a_workflow_to_be_in(self, composed: Compose) -> None:
        catalog = composed(**moves() | {"states": [], "frozen_in": {}})

        assert found(catalog) == [
            "error no-state: library.loan: its workflow has no state: list at least an initial and a final one"
        ]


class TestEveryTransition:
    def test_has_a_role_that_may_fire_it(self, composed: Compose) -> None:
        catalog = composed(**moves(LEND, RETURN, Transition("renew", "lent", "same", [])))

        assert found(catalog) == [
            (
                "error no-role: library.loan.renew: no role may fire it: name at least one role, or take the "
                "transition out"
            )
        ]

    def test_has_a_role_that_somebody_can_hold(self, composed: Compose) -> None:
        ghost = Role("ghosts.ghost", "Ghost", max_holders=0)
        renew = Transition("renew", "lent", "same", [ghost])

        catalog = composed(Method("ghosts", "Ghosts", roles=[ghost]), **moves(LEND, RETURN, renew))

        assert found(catalog) == [
            (
                "error no-role: library.loan.renew: nobody can fire it, as ghosts.ghost can have no holder: add a "
                "role that somebody can hold, or raise `max_holders`"
            ),
            (
                "warning nobody-holds: ghosts.ghost: it is in use, and nobody can hold it, as `max_holders` is 0: "
                "raise `max_holders`, or take the role out"
            ),
        ]

    def test_may_be_the_systems_own(self, composed: Compose) -> None:
        """Timers and effects fire as `system`."""
        assert found(composed(**moves(LEND, RETURN, Transition("renew", "lent", "same", ["system"])))) == []

    def test_leaves_from_somewhere(self, composed: Compose) -> None:
        catalog = composed(**moves(LEND, RETURN, Transition("renew", [], "same", [READER])))

        assert found(catalog) == [
            'error no-source: library.loan.renew: it leaves from no state: list its source states, or "open"'
        ]


class TestEveryId:
    def test_begins_with_its_method(self, composed: Compose) -> None:
        """An id says whose rule it is, in every message and for ever."""
        gate = Gate("city.gate", "Gate", reason_given("town.reason"))
        parts = moves(LEND, Transition("return", "lent", "returned", [READER], [gate]))

        catalog = composed(
            library_parts={"metrics": [Metric("loans", "Loans", "count", "all", LOANS)]},
            **parts,
        )

        assert found(catalog) == [
            'error foreign-id: city.gate: the gate is defined by library: let its id start with "library."',
            'error foreign-id: loans: the metric is defined by library: let its id start with "library."',
            'error foreign-id: town.reason: the check is defined by library: let its id start with "library."',
        ]

    def test_is_defined_by_one_method(self, composed: Compose) -> None:
        catalog = composed(Method("city", "City", roles=[Role(READER, "Reader")], extends=["library"]))

        assert found(catalog) == [
            'error foreign-id: library.reader: the role is defined by city: let its id start with "city."',
            (
                "error id-defined-twice: library.reader: the role is defined by library and by city: let each "
                "method define its own"
            ),
        ]

    def test_is_defined_once(self, composed: Compose) -> None:
        catalog = composed(
            library_parts={"link_types": [LinkType("library.l", "l"), LinkType("library.l", "L")]}
        )

        assert found(catalog) == [
            "error id-defined-twice: library.l: library defines the link type twice: give one of them another id"
        ]

    def test_of_a_check_or_gate_has_one_meaning(self, composed: Compose) -> None:
        """People and records know a gate by its id alone."""
        short = Gate("library.reasoned", "Reasoned", reason_given("library.why", at_least=5))
        long = Gate("library.reasoned", "Reasoned", reason_given("library.why", at_least=50))

        def with_gates(first: Gate, second: Gate) -> list[str]:
            lend = Transition("lend", "wished", "lent", [LIBRARIAN], [first])
            return found(
                composed(**moves(lend, Transition("return", "lent", "returned", [READER], [second])))
            )

        assert with_gates(short, short) == []
        assert with_gates(excepted(5), excepted(5)) == []
        assert [each.partition(": the")[0] for each in with_gates(excepted(5), excepted(50))] == [
            "error ambiguous-id: library.excepted",
            "error ambiguous-id: library.spared",
        ]
        assert with_gates(short, long) == [
            f"error ambiguous-id: library.{id}: the {kind} requires 2 different things in different places: give "
            f"each its own id, as people and records know it by that alone"
            for kind, id in (("gate", "reasoned"), ("check", "why"))
        ]

    def test_within_an_item_type_stands_there_once(self, composed: Compose) -> None:
        gate = Gate("library.g", "G", reason_given("library.why"), reason_given("library.why"))
        parts = moves(LEND, LEND, Transition("return", "lent", "returned", [READER], [gate, gate]))

        assert found(composed(**parts | {"states": [*STATES, STATES[1]]})) == [
            "error check-twice: library.g: the check library.why is in it twice: take one out",
            "error check-twice: library.g: the check library.why is in it twice: take one out",
            (
                'error transition-twice: library.loan.lend: the transition "lend" is there twice: list all its '
                "sources in one, or give one of them another name"
            ),
            'error state-twice: library.loan.lent: the state "lent" is there twice: take one out',
            "error gate-twice: library.loan.return: it has the gate library.g twice: take one out",
        ]

    @pytest.mark.parametrize(
        ("id", "said"),
        [
            ("library.why", "error check-twice: library.excepted: the check library.why is in it twice"),
            ("city.spared", "error foreign-id: city.spared: the check is defined by library"),
            (
                "library.sparéd",
                'error malformed-id: library.sparéd: "library.sparéd" is not an id of a check',
            ),
        ],
    )
    def test_is_that_of_a_check_that_lets_items_through_too(
        self, composed: Compose, id: str, said: str
    ) -> None:
        """Records name it like every other."""
        lend = Transition("lend", "wished", "lent", [LIBRARIAN], [excepted(5, id=id)])

        assert any(each.startswith(said) for each in found(composed(**moves(lend, RETURN))))

    def test_is_no_word_of_the_tables(self, composed: Compose) -> None:
        """`same` stands for the state that an item is in, and `create` for the making of an item."""
        states = [State("same", "Same", Category.TODO), *STATES[1:]]
        parts = moves(Transition("create", "same", "lent", [READER]), RETURN) | {"states": states}

        assert found(composed(**parts)) == [
            (
                'error reserved-name: library.loan.create: "create" cannot be the name of a transition, as it '
                "stands for the making of an item: give it another name"
            ),
            (
                'error reserved-name: library.loan.same: "same" is not an id of a state, as tables of transitions use '
                "it for the state that an item is in: give it another id"
            ),
        ]

    def test_of_a_workflow_is_that_of_its_item_type(self, composed: Compose) -> None:
        workflow = Workflow("library.lending", STATES, [LEND, RETURN])

        assert found(composed(workflow=workflow, approvals=(), duties=())) == [
            (
                'error workflow-id: library.loan: its workflow has the id "library.lending": give it the item '
                "type's own id"
            )
        ]


class TestWhatWasLoosened:
    def test_is_listed_with_its_reason(
        self, library: Callable[..., Method], plugin: Callable[..., ModuleType]
    ) -> None:
        def extend(catalog: Extension) -> None:
            catalog.loosen_gate(
                "library.loan", "lend", "library.described", reason="readers may be surprised"
            )

        city = plugin(Method("city", "City", extends=["library"]), placet_extend=extend)

        catalog = Registry.of(plugin(library()), city).catalog(Rules(("library", "city")))

        assert found(catalog) == [
            (
                "note loosening: library.loan.lend: gate library.described: city takes the gate away: readers may be "
                "surprised: switch city off to have the rule back"
            )
        ]


class TestFindings:
    def test_are_reported_errors_first(self, composed: Compose) -> None:
        idle = Transition("return", "lent", "returned", [READER], [Gate("library.g", "G")])
        parts = moves(LEND, idle) | {"indexed": ["x"]}

        assert [finding.severity for finding in lint(composed(**parts))] == ["error", "warning"]

    def test_read_as_one_sentence(self) -> None:
        assert str(Finding("error", "code", "where", "what is wrong", "what to do")) == (
            "where: what is wrong: what to do"
        )
