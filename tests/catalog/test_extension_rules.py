"""Rules that a method adds to another's item type: composed, linted, stored, and named after who added them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from linting import lint

from placet import (
    SAME,
    Approval,
    Ballot,
    CheckContext,
    Computed,
    Duty,
    Effect,
    Fields,
    Holds,
    LinkType,
    Method,
    NotificationRule,
    Panel,
    Quorum,
    Role,
    State,
    Text,
    Threshold,
    Timer,
    Transition,
    elapsed,
)
from placet.catalog.catalog import Catalog, Loosening, Rules
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.definitions import diagrams
from placet.errors import DefinitionError

Extend = Callable[[Extension], None]
Extended = Callable[..., Catalog]

LOAN = "library.loan"
MAYOR = "city.mayor"
COUNCIL = Approval(
    "city.council", "Consent of the council", Panel(Ballot([MAYOR], Quorum.any())), reminds=timedelta(days=1)
)
APART = Duty("city.apart", "who lends does not consent", ["transition:lend"], ["vote:city.council"])
OVERDUE = Timer("city.overdue", "Overdue", ["lend"], ["return"], elapsed(days=28))
STAMP = Effect("city.stamp", lambda ctx: None, "the book is stamped")
LENT = NotificationRule(
    "city.lent", "A book is lent", LOAN, ["transition:lend"], [MAYOR], "the mayor wants to know"
)


def _length(ctx: CheckContext) -> int:
    return len(ctx.item.fields.book or "")


def computed(city: Extension) -> None:
    city.add_field(LOAN, "length", int, indexed=True)
    city.add_computed(LOAN, Computed("length", _length))


#: Every verb, with something that it can add.
ALL: dict[str, Extend] = {
    "add_approval": lambda city: city.add_approval(LOAN, COUNCIL, asked_by=["ask"], needed_by=["lend"]),
    "add_duty": lambda city: city.add_duty(
        LOAN, Duty("city.apart", "who asks does not lend", ["transition:ask"], ["transition:lend"])
    ),
    "add_timer": lambda city: city.add_timer(LOAN, OVERDUE),
    "add_computed": computed,
    "add_effect": lambda city: city.add_effect(LOAN, "lend", STAMP),
    "add_input": lambda city: city.add_input(LOAN, "lend", "book"),
    "add_notification": lambda city: city.add_notification(LENT),
}


def everything(city: Extension) -> None:
    for add in ALL.values():
        add(city)


def document(catalog: Catalog) -> Any:
    return catalog.definition(LOAN).document


def moved(catalog: Catalog, name: str) -> Any:
    return next(each for each in document(catalog)["workflow"]["transitions"] if each["name"] == name)


class TestEveryVerb:
    def test_passes_the_linter(self, extended: Extended) -> None:
        """Parts that fit are as good as the item type's own."""
        assert [str(found) for found in lint(extended(everything))] == []

    @pytest.mark.parametrize("verb", ALL)
    def test_decides_and_so_changes_the_hash(self, extended: Extended, verb: str) -> None:
        """The rules in force at a decision are found by their hash."""
        plain = extended(lambda city: None).definition(LOAN).hash

        assert extended(ALL[verb]).definition(LOAN).hash != plain

    @pytest.mark.parametrize("verb", ALL)
    def test_is_off_where_its_method_is(
        self,
        library: Callable[..., Method],
        plugin: Callable[..., Any],
        verb: str,
    ) -> None:
        """A workspace without the method has the rules as they were, by document and hash."""

        def extend(catalog: Extension) -> None:
            ALL[verb](catalog)

        method = Method("city", "City", roles=[Role(MAYOR, "Mayor")], extends=["library"])
        city = plugin(method, placet_extend=extend)
        both, alone = Registry.of(plugin(library()), city), Registry.of(plugin(library()))

        without = both.catalog(Rules(("library",)))

        assert without.definition(LOAN) == alone.catalog(Rules(("library",))).definition(LOAN)
        assert list(without.notification_rules) == []

    def test_names_who_added_it(self, extended: Extended) -> None:
        """The stored definition says of every part which method it came from."""
        shown, lend, ask = document(found := extended(everything)), moved(found, "lend"), moved(found, "ask")

        assert {part["id"]: part["source"] for part in shown["approvals"]} == {
            "library.consent": "library",
            "city.council": "city",
        }
        assert {part["id"]: part["source"] for part in shown["duties"]} == {
            "library.not_alone": "library",
            "city.apart": "city",
        }
        assert [(part["id"], part["source"]) for part in shown["timers"]] == [("city.overdue", "city")]
        assert shown["computed"] == {"length": {"compute": f"{__name__}._length", "source": "city"}}
        assert [(part["id"], part["source"]) for part in shown["notification_rules"]] == [
            ("city.lent", "city")
        ]
        assert [(part["id"], part["source"]) for part in lend["effects"]] == [("city.stamp", "city")]
        assert [(part["id"], part["source"]) for part in lend["gates"]][2:] == [
            ("city.council", "city"),
            ("city.loan_lend_input", "city"),
        ]
        assert (lend["added"], ask["added"]) == ({"book": "city"}, {"city.council": "city"})

    def test_is_seen_in_pictures(self, extended: Extended) -> None:
        """A transition in which another method has a say is marked with its name, and so is a state."""

        def extend(city: Extension) -> None:
            city.add_effect(LOAN, "lend", STAMP)
            city.add_state(LOAN, State("lost", "Lost", "cancelled"))
            city.add_transition(LOAN, Transition("lose", "lent", "lost", [MAYOR]))

        workflow = document(extended(extend))["workflow"]

        lines = diagrams.mermaid(workflow).splitlines()
        assert '    state "Lost (city)" as s4' in lines
        assert [line.rpartition(": ")[2] for line in lines if ": " in line] == [
            "ask", "lend (city)", "decline", "return", "lose (city)",
        ]  # fmt: skip
        assert ">lend (city)<" in diagrams.svg(workflow)
        assert ">lost (city)<" in diagrams.svg(workflow)
        assert 'event="lend"' in diagrams.scxml(workflow)
        assert 'placet:methods="library city"' in diagrams.scxml(workflow)
        assert 'placet:source="city"' in diagrams.scxml(workflow)


class TestAnApproval:
    def test_is_asked_for_needed_and_taken_back(self, extended: Extended) -> None:
        """One line says which transitions ask, which wait, and which void it."""
        catalog = extended(
            lambda city: city.add_approval(
                LOAN, COUNCIL, asked_by=["ask"], needed_by=["lend"], voided_by=["decline"]
            )
        )

        gate = moved(catalog, "lend")["gates"][-1]
        assert moved(catalog, "ask")["asks"] == ["library.consent", "city.council"]
        assert moved(catalog, "decline")["voids"] == ["city.council"]
        assert (gate["id"], gate["title"]) == ("city.council", "Consent of the council granted")
        assert [check["id"] for check in gate["checks"]] == ["city.council_granted"]

    def test_that_duties_keep_everybody_from_is_found(self, extended: Extended) -> None:
        """The one director alone may ask, and may then not consent; the finding has the approval's line."""
        director = ["library.director"]

        def extend(city: Extension) -> None:
            city.add_transition(LOAN, Transition("propose", "wished", SAME, director))
            panel = Panel(Ballot(director, Quorum.any()))
            city.add_approval(LOAN, Approval("city.consent", "Consent", panel), asked_by=["propose"])
            acts = ["transition:propose"], ["vote:city.consent"]
            city.add_duty(LOAN, Duty("city.apart", "who proposes does not consent", *acts))

        (found,) = [each for each in lint(extended(extend)) if each.severity == "error"]

        assert (found.code, found.where) == ("unsatisfiable-approval", "city.consent")
        assert "city.apart keeps them from voting" in found.message
        assert found.place.startswith(__file__)

    def test_that_nothing_asks_for_is_warned_of(self, extended: Extended) -> None:
        (found,) = lint(extended(lambda city: city.add_approval(LOAN, COUNCIL)))

        assert (found.severity, found.code, found.where) == ("warning", "never-asked", "city.council")


class TestAComputedField:
    def test_is_a_field_like_others(self, extended: Extended) -> None:
        """It is indexed, and says in the schema of the fields whose it is."""
        item_type = extended(computed).item_types[LOAN]

        assert item_type.indexed == ("book", "length")
        assert item_type.computed_fields == {"length"}
        assert item_type.fields.model_json_schema()["properties"]["length"]["source"] == "city"


class TestAField:
    def test_can_be_frozen_in_states(self, extended: Extended) -> None:
        catalog = extended(lambda city: city.add_field(LOAN, "shelf", Text, frozen_in=["lent", "returned"]))

        assert catalog.item_types[LOAN].frozen_in == {"lent": ("book", "shelf"), "returned": ("shelf",)}


class TestAnInput:
    def test_is_asked_for_and_demanded(self, extended: Extended) -> None:
        """All requirements of one method on a transition are in one gate of its own."""

        def extend(city: Extension) -> None:
            city.add_field(LOAN, "shelf", Text)
            city.add_input(LOAN, "lend", "shelf")
            city.add_input(LOAN, "lend", "book")
            city.add_input(LOAN, "return", "shelf", required=False)

        catalog = extended(extend)

        lend, back = moved(catalog, "lend"), moved(catalog, "return")
        assert lend["input"] == ["courier", "shelf", "book"]
        assert (lend["gates"][-1]["id"], lend["gates"][-1]["title"]) == (
            "city.loan_lend_input",
            "Filled in for City",
        )
        assert [check["id"] for check in lend["gates"][-1]["checks"]] == [
            "city.loan_shelf_given",
            "city.loan_book_given",
        ]
        assert (back["input"], back["gates"]) == (["shelf"], [])

    def test_that_is_asked_for_already_is_only_demanded(self, extended: Extended) -> None:
        lend = moved(extended(lambda city: city.add_input(LOAN, "lend", "courier")), "lend")

        assert (lend["input"], lend["added"]) == (["courier"], {})
        assert [gate["id"] for gate in lend["gates"]][2:] == ["city.loan_lend_input"]

    def test_of_a_frozen_field_is_a_loosening(self, extended: Extended) -> None:
        """A transition lets its own inputs be given where nobody may edit them, which has to be meant."""
        catalog = extended(
            lambda city: city.add_input(LOAN, "return", "book", loosens="readers bring another edition")
        )

        assert catalog.loosenings == (
            Loosening(
                "city",
                "library.loan.return: input",
                "lets book be given in lent",
                "readers bring another edition",
            ),
        )


class TestAnEffect:
    def test_comes_after_those_that_are_there_in_order_of_dependency(
        self, library: Callable[..., Method], plugin: Callable[..., Any]
    ) -> None:
        """The effects that a method builds on have run when its own effect runs."""

        def adding(name: str) -> Any:
            made = Effect(f"{name}.stamp", lambda ctx: None)
            return lambda catalog: catalog.add_effect(LOAN, "lend", made)

        registry = Registry.of(
            plugin(library()),
            plugin(
                Method("abbey", "Abbey", requires=["zoo"], extends=["library"]), placet_extend=adding("abbey")
            ),
            plugin(Method("zoo", "Zoo", extends=["library"]), placet_extend=adding("zoo")),
        )

        lend = moved(registry.catalog(Rules(("abbey", "library", "zoo"))), "lend")

        assert [effect["id"] for effect in lend["effects"]] == ["zoo.stamp", "abbey.stamp"]


class Copies(Fields):
    copies: int = 1


class TestAnAttribute:
    def test_is_added_to_links_of_another_method(
        self, library: Callable[..., Method], plugin: Callable[..., Any]
    ) -> None:
        """Those that there are stay, and the stored definition has all of them, each with its source."""
        needs = LinkType("library.needs", "needs", attributes=Copies)
        city = plugin(
            Method("city", "City", extends=["library"]),
            placet_extend=lambda catalog: catalog.add_attribute("library.needs", "reason", Text),
        )
        registry = Registry.of(plugin(library(link_types=[needs])), city)

        (shown,) = registry.catalog(Rules(("city", "library"))).definition(LOAN).document["link_types"]

        assert list(shown["attributes"]["properties"]) == ["copies", "reason"]
        assert shown["attributes"]["properties"]["reason"]["source"] == "city"
        assert registry.catalog(Rules(("library",))).link_types["library.needs"] is needs

    def test_has_a_default_that_fits(
        self, library: Callable[..., Method], plugin: Callable[..., Any]
    ) -> None:
        class Wrong(Fields):
            copies: int = "many"  # type: ignore[assignment]

        link_type = LinkType("library.needs", "needs", attributes=Wrong)
        catalog = Registry.of(plugin(library(link_types=[link_type]))).compose(Rules(("library",)))

        (found,) = lint(catalog)

        assert (found.code, found.where) == ("unfit-default", "library.needs.copies")


class TestIsRefused:
    """Every refusal names the plugin, its line, what is wrong, and the nearest names where one is not there."""

    @pytest.mark.parametrize(
        ("extend", "message"),
        [
            (
                lambda city: city.add_approval("library.laon", COUNCIL),
                'there is no item type "library.laon"; did you mean "library.loan"?',
            ),
            (
                lambda city: city.add_approval(LOAN, COUNCIL, asked_by=["aks"]),
                'there is no transition of library.loan "aks"; did you mean "ask"?',
            ),
            (
                lambda city: city.add_effect(LOAN, "lned", STAMP),
                'there is no transition of library.loan "lned"; did you mean "lend"?',
            ),
            (
                lambda city: city.add_input(LOAN, "lend", "corier"),
                'there is no field of library.loan "corier"; did you mean "courier"?',
            ),
            (
                lambda city: city.add_computed(LOAN, Computed("lenght", _length)),
                'there is no field of library.loan "lenght"; there are "book", "courier"',
            ),
            (
                lambda city: city.add_field(LOAN, "shelf", Text, frozen_in=["lnet"]),
                'there is no state of library.loan "lnet"; did you mean "lent"?',
            ),
            (
                lambda city: city.add_attribute("library.needs", "reason", Text),
                'there is no link type "library.needs"',
            ),
            (
                lambda city: city.add_link_effect("library.wants", STAMP),
                'there is no link type "library.wants"',
            ),
        ],
    )
    def test_where_its_target_is_not_there(self, extended: Extended, extend: Extend, message: str) -> None:
        assert self.refusal(extended, extend) == message

    @pytest.mark.parametrize(
        "verb", ["add_approval", "add_duty", "add_timer", "add_effect", "add_notification"]
    )
    def test_where_it_is_added_twice(self, extended: Extended, verb: str) -> None:
        """Ids stand for one thing."""

        def twice(city: Extension) -> None:
            ALL[verb](city)
            ALL[verb](city)

        reported = self.refusal(extended, twice)

        assert reported.endswith(": give yours another id")

    @pytest.mark.parametrize(
        ("extend", "kind"),
        [
            (
                lambda city: city.add_approval(
                    LOAN, Approval("library.more", "More", Panel(Ballot([MAYOR], Quorum.any())))
                ),
                "approval",
            ),
            (lambda city: city.add_duty(LOAN, Duty("library.more", "More", ["create"], ["create"])), "duty"),
            (lambda city: city.add_timer(LOAN, Timer("library.more", "More", [], [], elapsed(days=1))), "timer"),
            (lambda city: city.add_effect(LOAN, "lend", Effect("library.more", lambda ctx: None)), "effect"),
            pytest.param(
                lambda city: city.add_timer(
                    LOAN,
                    Timer(
                        "city.more", "More", [], [], elapsed(days=1),
                        [Threshold(percent=100, effects=[Effect("library.more", lambda ctx: None)])],
                    ),
                ),
                "effect",
                id="effect of a timer",
            ),
            (
                lambda city: city.add_notification(
                    NotificationRule("library.more", "More", LOAN, ["create"], [MAYOR], "it is so")
                ),
                "notification rule",
            ),
        ],
    )  # fmt: skip
    def test_where_an_id_is_not_its_own(self, extended: Extended, extend: Extend, kind: str) -> None:
        """The id shows whose rule it is."""
        assert self.refusal(extended, extend) == (
            f'the {kind} "library.more" is added by city: let its id start with "city."'
        )

    @pytest.mark.parametrize(
        ("extend", "message"),
        [
            (
                lambda city: city.add_computed(LOAN, Computed("book", _length)),
                'the field "book" of library.loan is from library, which determines its value',
            ),
            (
                lambda city: [
                    ALL["add_computed"](city),
                    city.add_computed(LOAN, Computed("length", _length)),
                ],
                'the field "length" of library.loan is computed already',
            ),
            (
                lambda city: [ALL["add_computed"](city), city.add_input(LOAN, "lend", "length")],
                'the field "length" of library.loan is computed, and cannot be given',
            ),
            (
                lambda city: [
                    city.add_field(LOAN, "length", int),
                    city.add_input(LOAN, "lend", "length"),
                    city.add_computed(LOAN, Computed("length", _length)),
                ],
                'library.loan.lend asks people for the field "length"',
            ),
            (
                lambda city: city.add_input(LOAN, "return", "book"),
                'the field "book" of library.loan is frozen in lent, and return would let it be changed there',
            ),
            (
                lambda city: city.add_input(LOAN, "lend", "courier", required=False),
                'library.loan.lend already asks for the field "courier"',
            ),
        ],
    )
    def test_where_it_would_undo_another_rule(self, extended: Extended, extend: Extend, message: str) -> None:
        assert self.refusal(extended, extend).startswith(message)

    def refusal(self, extended: Extended, extend: Extend) -> str:
        with pytest.raises(DefinitionError) as refused:
            extended(extend)
        reported, _, place = (
            str(refused.value).removeprefix("the plugin city cannot extend: ").rpartition(" (")
        )
        assert place.startswith(__file__)
        return reported


class TestIsLinted:
    @pytest.mark.parametrize(
        ("extend", "code", "where"),
        [
            (
                lambda city: city.add_duty(LOAN, Duty("city.d", "D", ["transition:lned"], ["create"])),
                "unknown-transition",
                "city.d",
            ),
            (
                lambda city: city.add_approval(
                    LOAN,
                    Approval("city.a", "A", Panel(Ballot(["city.mayr"], Quorum.any())), material_fields=["book"]),
                    asked_by=["ask"],
                ),
                "unknown-role",
                "city.a",
            ),
            (
                lambda city: city.add_approval(
                    LOAN,
                    Approval("city.a", "A", Panel(Ballot([MAYOR], Quorum.any())), material_fields=["bok"]),
                    asked_by=["ask"],
                ),
                "unknown-field",
                "city.a",
            ),
            (
                lambda city: city.add_timer(
                    LOAN, Timer("city.t", "T", ["lend"], ["return"], elapsed(days=1), runs_while=Holds("bok", ["x"]))
                ),
                "unknown-field",
                "city.t",
            ),
            (
                lambda city: city.add_timer(
                    LOAN,
                    Timer(
                        "city.t", "T", ["lend"], ["return"], elapsed(days=1), [Threshold(percent=100, fires="return")]
                    ),
                ),
                "timer-cannot-fire",
                "city.t",
            ),
            (
                lambda city: city.add_notification(
                    NotificationRule("city.n", "N", LOAN, ["timer:city.overdu"], [MAYOR], "it is so")
                ),
                "unknown-timer",
                "city.n",
            ),
            (
                lambda city: city.add_effect(LOAN, "lend", Effect("city.Stamp it", lambda ctx: None)),
                "malformed-id",
                "city.Stamp it",
            ),
        ],
    )  # fmt: skip
    def test_for_names_that_stand_for_nothing(
        self, extended: Extended, extend: Extend, code: str, where: str
    ) -> None:
        """As the item type's own parts are: by what they name, with the line on which they were written."""
        found = [each for each in lint(extended(extend)) if (each.code, each.where) == (code, where)]

        assert [each.severity for each in found] == ["error"]
        assert found[0].place.startswith(__file__)
