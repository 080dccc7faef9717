"""Every proof of the linter, by a definition that it refuses and the words that it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from types import ModuleType
from typing import Annotated, Any

import pytest

from placet import (
    ActorId,
    Approval,
    Ballot,
    Category,
    Check,
    Computed,
    Duty,
    Fields,
    Gate,
    ItemKey,
    ItemType,
    LinkType,
    Method,
    Metric,
    Panel,
    Quorum,
    Ref,
    Role,
    State,
    Timer,
    Transition,
    Workflow,
    actor_differs,
    approval_granted,
    children_in_state,
    fields_present,
    linked_in_state,
    passed,
    reason_given,
)
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.catalog.linter import Finding, lint, lint_holders
from placet.definitions.verdicts import GateMode

MakeType = Callable[..., ItemType]
Compose = Callable[..., Catalog]

READER, LIBRARIAN, DIRECTOR = "library.reader", "library.librarian", "library.director"


@pytest.fixture
def composed(library: Callable[..., Method], plugin: Callable[..., ModuleType], loan: MakeType) -> Compose:
    """The catalog of the library with parts of its loan changed, and of further methods."""

    def made(*others: Method, library_parts: dict[str, Any] | None = None, **loan_parts: Any) -> Catalog:
        methods = [library(loan=loan(**loan_parts), **(library_parts or {})), *others]
        plugins = [plugin(method, name=f"plugin_{number}") for number, method in enumerate(methods)]
        return Registry.of(*plugins).compose(Rules(tuple({method.id: None for method in methods})))

    return made


def found(catalog: Catalog) -> list[str]:
    return [f"{finding.severity} {finding.code}: {finding}" for finding in lint(catalog)]


# fmt: off
STATES = [
    State("wished",   "Wished for", Category.TODO),
    State("lent",     "Lent",       Category.ACTIVE),
    State("returned", "Returned",   Category.DONE),
]
# fmt: on


def moves(*transitions: Transition) -> dict[str, Any]:
    """A loan of these transitions, and nothing that would refer to others."""
    return {"states": STATES, "transitions": transitions, "approvals": (), "duties": ()}


LEND = Transition("lend", "wished", "lent", [LIBRARIAN])
RETURN = Transition("return", "lent", "returned", [READER])


class TestASoundDefinition:
    def test_is_passed_without_a_word(self, composed: Compose) -> None:
        assert found(composed()) == []


class TestEveryState:
    def test_can_be_reached(self, composed: Compose) -> None:
        """What no transition leads to can never be."""
        lost = State("lost", "Lost", Category.CANCELLED)

        catalog = composed(**moves(LEND, RETURN) | {"states": [*STATES, lost]})

        assert found(catalog) == [
            (
                'error unreachable-state: library.loan.lost: no transitions lead to the state "lost" from the '
                'initial one, "wished": add a transition that leads to it, or take the state out'
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
            )
        ]

    def test_may_be_the_systems_own(self, composed: Compose) -> None:
        """Timers and effects fire as `system`."""
        assert found(composed(**moves(LEND, RETURN, Transition("renew", "lent", "same", ["system"])))) == []

    def test_leaves_from_somewhere(self, composed: Compose) -> None:
        catalog = composed(**moves(LEND, RETURN, Transition("renew", [], "same", [READER])))

        assert found(catalog) == [
            'error no-source: library.loan.renew: it leaves from no state: list its source states, or "open"'
        ]


def voting(asked: Iterable[str], quorum: Quorum, *, asker: str = READER, **parts: Any) -> dict[str, Any]:
    """A loan for which consent is asked of some, before it is lent."""
    consent = Approval("library.consent", "Consent", Panel(Ballot(list(asked), quorum)))
    gate = Gate("library.consented", "Consented", approval_granted("library.given", "library.consent"))
    ask = Transition("ask", "wished", "same", [asker], asks=["library.consent"])
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
                "error unsatisfiable-approval: library.consent: 1 of library.director have to approve, and 0 of 1 "
                "can: the one holder of library.director has by then done create, and library.not_both keeps them "
                "from voting: ask another role, let more people hold these roles, or let somebody else do the act"
            )
        ]

    def test_can_be_given_by_somebody_who_had_no_part_in_the_way_there(self, composed: Compose) -> None:
        """The same where every way to the vote leads through a transition that only that person can fire."""
        duties = not_both("transition:ask")

        catalog = composed(**voting([DIRECTOR], Quorum.any(), asker=DIRECTOR, duties=duties))

        assert [finding.message for finding in lint(catalog)] == [
            (
                "1 of library.director have to approve, and 0 of 1 can: the one holder of library.director has by "
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
        first = Approval("library.first", "First", Panel(Ballot([DIRECTOR], Quorum.any())))
        gate = Gate("library.firstly", "Firstly", approval_granted("library.first_given", "library.first"))
        ask, lend, back = parts["transitions"]
        begin = Transition("begin", "wished", "same", [READER], asks=["library.first"])
        ask = Transition("ask", "wished", "same", [READER], [gate], asks=["library.consent"])
        parts |= {"approvals": [first, *parts["approvals"]], "transitions": [begin, ask, lend, back]}
        parts |= {"duties": not_both("vote:library.first")}

        strict = composed(**parts)

        assert [finding.message for finding in lint(strict)] == [
            (
                "1 of library.director have to approve, and 0 of 1 can: the one holder of library.director has by "
                "then done vote:library.first, and library.not_both keeps them from voting"
            )
        ]

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
                "more": Transition("beg", "wished", "same", [LIBRARIAN], asks=["library.consent"]),
            },
            # who will stand in the field cannot be known
            {"creators": [DIRECTOR], "duties": not_both("named:courier")},
            # the act comes later
            {"duties": not_both("transition:return")},
        ],
    )
    def test_passes_where_there_is_a_way(self, composed: Compose, parts: dict[str, Any]) -> None:
        more = parts.pop("more", None)
        table = voting([DIRECTOR], Quorum.any(), asker=DIRECTOR) | parts
        if more is not None:
            table["transitions"] = (*table["transitions"], more)

        assert found(composed(**table)) == []

    def test_asks_for_no_more_people_than_there_can_be(self, composed: Compose) -> None:
        catalog = composed(**voting([DIRECTOR], Quorum.n(2)))

        assert found(catalog) == [
            (
                "error unsatisfiable-approval: library.consent: 2 of library.director have to approve, and 1 of 1 "
                "can: ask another role, or let more people hold these roles"
            )
        ]

    def test_needs_each_of_its_ballots(self, composed: Compose) -> None:
        """One ballot that can be granted is no help where another cannot, nor where one person must be among them."""
        parts = voting([LIBRARIAN], Quorum.any(), creators=[DIRECTOR], duties=not_both("create"))
        ballots = [
            Ballot([LIBRARIAN], Quorum.any()),
            Ballot([DIRECTOR], Quorum.any()),
            Ballot([DIRECTOR], Quorum.any(), actors=["anna"]),
            Ballot([LIBRARIAN], Quorum.any(), including=[DIRECTOR]),
        ]

        catalog = composed(**parts | {"approvals": [Approval("library.consent", "Consent", Panel(*ballots))]})

        assert [finding.message[:56] for finding in lint(catalog)] == [
            "1 of library.director have to approve, and 0 of 1 can: t"
        ] * 2

    def test_that_depends_on_the_item_is_judged_by_whom_it_says_it_asks(self, composed: Compose) -> None:
        parts = voting([LIBRARIAN], Quorum.any(), creators=[DIRECTOR], duties=not_both("create"))

        def panel(ctx: object) -> Panel:
            return Panel(Ballot([DIRECTOR], Quorum.any()))

        asked = Approval("library.consent", "Consent", panel, asked=[DIRECTOR])
        silent = Approval("library.consent", "Consent", panel)

        assert [f.code for f in lint(composed(**parts | {"approvals": [asked]}))] == [
            "unsatisfiable-approval"
        ]
        assert found(composed(**parts | {"approvals": [silent]})) == [
            (
                "warning nobody-asked: library.consent: it cannot be told who votes on it: list the roles that may "
                "in `asked`"
            )
        ]

    def test_is_asked_for_by_a_transition(self, composed: Compose) -> None:
        """An approval that nothing asks for is usually a forgotten `asks`."""
        parts = moves(LEND, RETURN) | {
            "approvals": [Approval("library.consent", "Consent", Panel(Ballot([LIBRARIAN], Quorum.any())))]
        }

        assert found(composed(**parts)) == [
            (
                "warning never-asked: library.consent: no transition of library.loan asks for it: name it in "
                "`asks` of one, unless an effect asks for it"
            )
        ]


class TestEveryId:
    def test_begins_with_its_method(self, composed: Compose) -> None:
        """An id says whose rule it is, in every message and for ever."""
        gate = Gate("city.gate", "Gate", reason_given("town.reason"))
        parts = moves(LEND, Transition("return", "lent", "returned", [READER], [gate]))

        catalog = composed(library_parts={"metrics": [Metric("loans", "Loans", "count", "all")]}, **parts)

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

    def test_is_defined_once(self, composed: Compose, loan: MakeType) -> None:
        catalog = composed(
            library_parts={"link_types": [LinkType("library.l", "l"), LinkType("library.l", "L")]}
        )

        assert found(catalog) == [
            "error id-defined-twice: library.l: library defines the link type twice: give one of them another id"
        ]

    def test_of_a_check_or_gate_demands_one_thing(self, composed: Compose) -> None:
        """People and records know a gate by its id alone."""
        short = Gate("library.reasoned", "Reasoned", reason_given("library.why", at_least=5))
        long = Gate("library.reasoned", "Reasoned", reason_given("library.why", at_least=50))

        def with_gates(first: Gate, second: Gate) -> list[str]:
            lend = Transition("lend", "wished", "lent", [LIBRARIAN], [first])
            return found(
                composed(**moves(lend, Transition("return", "lent", "returned", [READER], [second])))
            )

        assert with_gates(short, short) == []
        assert with_gates(short, long) == [
            f"error ambiguous-id: library.{id}: the {kind} demands 2 different things in different places: give "
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
            "error gate-twice: library.loan.return: the gate library.g stands on it twice: take one out",
        ]

    def test_is_no_word_of_the_tables(self, composed: Compose) -> None:
        """`open` and `same` stand for states, and `create` for the making of an item."""
        states = [State("open", "Open", Category.TODO), *STATES[1:]]
        parts = moves(Transition("create", "open", "lent", [READER]), RETURN) | {"states": states}

        assert found(composed(**parts)) == [
            (
                'error reserved-name: library.loan.create: "create" is no name of a transition, as it stands for '
                "the making of an item: give it another name"
            ),
            (
                'error reserved-name: library.loan.open: "open" is no id of a state, as tables of transitions use '
                "it for more than one: give it another id"
            ),
        ]

    def test_of_a_workflow_is_that_of_its_item_type(self, composed: Compose, loan: MakeType) -> None:
        workflow = Workflow("library.lending", STATES, [LEND, RETURN])

        assert found(composed(workflow=workflow, approvals=(), duties=())) == [
            (
                'error workflow-id: library.loan: its workflow has the id "library.lending": give it the item '
                "type's own id"
            )
        ]


class Wish(Fields):
    for_branch: Annotated[ItemKey, Ref("library.branch")] | None = None


class Linked(Fields):
    book: str | None = None
    loan: Annotated[ItemKey, Ref("library.laon")] | None = None
    wishes: tuple[Wish, ...] = ()
    more: list[Wish] | None = None
    courier: ActorId | None = None


def demanding(*checks: Check, **gate: Any) -> dict[str, Any]:
    return moves(
        LEND, Transition("return", "lent", "returned", [READER], [Gate("library.g", "G", *checks, **gate)])
    )


TIMER: dict[str, Any] = {"starts": ("create",), "stops": ("return",), "duration": timedelta(days=1)}


def timer(**changes: Any) -> dict[str, Any]:
    return moves(LEND, RETURN) | {"timers": [Timer("library.clock", "Clock", **(TIMER | changes))]}


class TestEverythingReferredTo:
    @pytest.mark.parametrize(
        ("parts", "refusal"),
        [
            ({"indexed": ["x"]}, 'library.loan: there is no field "x" in library.loan'),
            ({"computed": [Computed("x", str)]}, 'library.loan: there is no field "x" in library.loan'),
            ({"frozen_in": {"lent": ["x"]}}, 'library.loan: there is no field "x" in library.loan'),
            ({"frozen_in": {"x": ["book"]}}, 'library.loan: there is no state "x" in library.loan'),
            ({"creators": ["library.x"]}, 'library.loan: there is no role "library.x"'),
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
                demanding(reason_given("library.why"), waived_by=["library.x"]),
                'library.g: there is no role "library.x"',
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
            (timer(starts=("x",)), 'library.clock: there is no transition "x" in library.loan'),
            (timer(stops=("x",)), 'library.clock: there is no transition "x" in library.loan'),
            (timer(fires="x"), 'library.clock: there is no transition "x" in library.loan'),
            (timer(pauses_in=("x",)), 'library.clock: there is no state "x" in library.loan'),
            (timer(duration=None, until_field="x"), 'library.clock: there is no field "x" in library.loan'),
            (timer(warnings={80: ("library.x",)}), 'library.clock: there is no role "library.x"'),
        ],
    )
    def test_is_there(self, composed: Compose, parts: dict[str, Any], refusal: str) -> None:
        """A name that stands for nothing is refused."""
        errors = [finding for finding in lint(composed(**parts)) if finding.severity == "error"]

        assert refusal in {f"{finding.where}: {finding.message}" for finding in errors}

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
                "vote:APPROVAL or named:FIELD"
            )
        ]

    def test_by_the_parts_of_an_approval_is_there(self, composed: Compose) -> None:
        """Who is asked, who may veto, whose vote has to be among them, and whose weight counts."""
        ballot = Ballot(
            ["library.a"], Quorum.weigh({"library.b": 1}, 1), veto=["library.c"], including=["library.d"]
        )
        consent = Approval("library.consent", "Consent", Panel(ballot), material_fields=["x"])
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
        told = composed(library_parts={"link_types": link_types, "extends": ["city"]})
        there = composed(
            Method("city", "City"), library_parts={"link_types": link_types, "extends": ["city"]}
        )

        assert found(silent) == [
            (
                'warning unknown-method: library.held_at: the item type "city.fair" is of a method that is not '
                'switched on, "city": check the spelling, or name city in `extends` if it may be off'
            )
        ]
        assert found(told) == []
        assert found(there) == [
            'error unknown-item-type: library.held_at: there is no item type "city.fair": there are "library.loan"'
        ]


class TestEveryTimer:
    def test_runs_for_a_time_or_until_a_moment(self, composed: Compose) -> None:
        refusal = [
            "error timer-length: library.clock: it is not clear how long it runs: give `duration` or `until_field`"
        ]

        assert found(composed(**timer(duration=None))) == refusal
        assert found(composed(**timer(until_field="book"))) == refusal
        assert found(composed(**timer())) == []

    def test_fires_what_the_system_may_fire(self, composed: Compose) -> None:
        assert found(composed(**timer(fires="return"))) == [
            (
                'error timer-cannot-fire: library.clock: it fires "return", which library.reader may fire and '
                "system may not: add system to the roles of the transition"
            )
        ]


class TestEveryGate:
    def test_demands_something(self, composed: Compose) -> None:
        assert found(composed(**demanding())) == [
            "warning empty-gate: library.g: it demands nothing: add a check to it, or take it out"
        ]

    def test_may_demand_what_a_required_method_demands(self, composed: Compose) -> None:
        """A check can be used again by a method that builds on the one that defines it."""
        parts = demanding(Check("city.open", lambda ctx: passed()))

        catalog = composed(Method("city", "City"), library_parts={"requires": ["city"]}, **parts)

        assert found(catalog) == []


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


class TestThePeopleOfAWorkspace:
    def told(self, catalog: Catalog, holders: dict[str, list[str]]) -> list[str]:
        findings = lint_holders(catalog, holders)
        assert {finding.severity for finding in findings} <= {"warning"}
        return [f"{finding.code}: {finding}" for finding in findings]

    def test_can_fire_every_transition(self, composed: Compose) -> None:
        catalog = composed(**moves(LEND, RETURN, Transition("renew", "lent", "same", ["system"])))

        assert self.told(catalog, {LIBRARIAN: ["anna"], READER: []}) == [
            (
                "no-holder: library.loan.return: nobody can fire it, as nobody holds library.reader: give somebody "
                "one of these roles"
            )
        ]

    def test_can_give_every_approval(self, composed: Compose) -> None:
        """One person in two roles may be one too few, though the definitions are sound."""
        catalog = composed(**voting([LIBRARIAN], Quorum.n(2), duties=not_both("create")))

        assert lint(catalog) == ()
        assert self.told(catalog, {LIBRARIAN: ["anna", "bert"], READER: ["carl"]}) == []
        assert self.told(catalog, {LIBRARIAN: ["anna", "bert"], READER: ["bert"]}) == [
            (
                "unsatisfiable-approval: library.consent: 2 of library.librarian have to approve, and 1 of 2 can: "
                "bert has by then done create, and library.not_both keeps them from voting: ask another role, let "
                "more people hold these roles, or let somebody else do the act"
            )
        ]

    def test_are_judged_by_the_gates_that_are_enforced(
        self, library: Callable[..., Method], loan: MakeType, plugin: Callable[..., ModuleType]
    ) -> None:
        """An earlier approval that is only warned about need not have been given."""
        first = Approval("library.first", "First", Panel(Ballot([LIBRARIAN], Quorum.any())))
        consent = Approval("library.consent", "Consent", Panel(Ballot([LIBRARIAN], Quorum.any())))
        gate = Gate("library.firstly", "Firstly", approval_granted("library.first_given", "library.first"))
        table = moves(
            Transition("begin", "wished", "same", [READER], asks=["library.first"]),
            Transition("ask", "wished", "same", [READER], [gate], asks=["library.consent"]),
            LEND,
            RETURN,
        )
        item_type = loan(**table | {"approvals": [first, consent], "duties": not_both("vote:library.first")})
        registry = Registry.of(plugin(library(loan=item_type)))
        holders = {LIBRARIAN: ["anna"], READER: ["bert"]}

        strict = registry.catalog(Rules(("library",)))
        lenient = registry.catalog(Rules(("library",), gate_modes={"library.firstly": GateMode.WARN}))

        assert [finding.code for finding in lint_holders(strict, holders)] == ["unsatisfiable-approval"]
        assert lint_holders(lenient, holders) == ()


class TestFindings:
    def test_are_told_errors_first(self, composed: Compose) -> None:
        parts = demanding() | {"indexed": ["x"]}

        assert [finding.severity for finding in lint(composed(**parts))] == ["error", "warning"]

    def test_read_as_one_sentence(self) -> None:
        assert str(Finding("error", "code", "where", "what is wrong", "what to do")) == (
            "where: what is wrong: what to do"
        )
