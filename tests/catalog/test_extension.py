from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Annotated

import pytest
from pydantic import AfterValidator, ValidationError

from placet import Category, Check, Gate, Method, State, Text, Transition, fields_present, reason_given
from placet.catalog.catalog import Catalog, Loosening, Rules
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.errors import DefinitionError

Extend = Callable[[Extension], None]
Extended = Callable[..., Catalog]

LENDABLE = Gate("city.lendable", "Lendable", fields_present("city.shelf_known", "shelf"))
REASONED = reason_given("city.reasoned")
MAYOR = "city.mayor"


def transition(catalog: Catalog, name: str) -> Transition:
    found = catalog.item_types["library.loan"].workflow.transition(name)
    assert found is not None
    return found


def gate_ids(catalog: Catalog, name: str) -> list[str]:
    return [gate.id for gate in transition(catalog, name).gates]


def checks(catalog: Catalog, gate_id: str) -> list[str]:
    gates = [gate for gate in transition(catalog, "lend").gates if gate.id == gate_id]
    return [check.id for gate in gates for check in gate.checks]


class TestAdding:
    def test_a_field_keeps_all_others_and_says_where_it_is_from(self, extended: Extended) -> None:
        """The fields become a model derived from the old one, in which the new field may be left empty."""
        catalog = extended(lambda city: city.add_field("library.loan", "shelf", Text))
        fields = catalog.item_types["library.loan"].fields

        filled = fields.model_validate({"book": "Emma", "shelf": "A4"})

        assert filled.model_dump() == {"book": "Emma", "courier": None, "shelf": "A4"}
        assert fields().model_dump()["shelf"] is None
        assert fields.__name__ == "LoanFields"
        assert fields.model_json_schema()["properties"]["shelf"]["source"] == "city"
        with pytest.raises(ValidationError, match="colour"):
            fields.model_validate({"colour": "red"})

    def test_a_field_with_a_default_takes_no_less(self, extended: Extended) -> None:
        """A field that always has a value cannot be emptied."""
        catalog = extended(lambda city: city.add_field("library.loan", "copies", int, 1))
        fields = catalog.item_types["library.loan"].fields

        assert fields().model_dump()["copies"] == 1
        with pytest.raises(ValidationError, match="valid integer"):
            fields.model_validate({"copies": None})

    def test_a_field_has_its_own_default_judged_and_no_other(self, extended: Extended) -> None:
        """However many fields are added to an item type, each default is judged once on the way."""
        judged: list[int] = []

        def noted(value: int) -> int:
            judged.append(value)
            return value

        def extend(city: Extension) -> None:
            city.add_field("library.loan", "copies", Annotated[int, AfterValidator(noted)], 1)
            city.add_field("library.loan", "floor", Annotated[int, AfterValidator(noted)], 2)
            assert judged == [1, 2]

        extended(extend)

        assert set(judged) == {1, 2}

    def test_a_state_and_the_ways_through_it(self, extended: Extended) -> None:
        """States and transitions that were added name the method that they come from."""

        def extend(city: Extension) -> None:
            city.add_state("library.loan", State("overdue", "Overdue", Category.ACTIVE))
            city.add_transition("library.loan", Transition("renew", "open", "same", [MAYOR]))
            city.add_transition("library.loan", Transition("remind", "lent", "overdue", [MAYOR], [LENDABLE]))
            city.add_transition(
                "library.loan", Transition("give_back", "overdue", "returned", ["library.reader"])
            )

        catalog = extended(extend)

        workflow = catalog.definition("library.loan").document["workflow"]
        assert [(state["id"], state["source"]) for state in workflow["states"]][-2:] == [
            ("declined", "library"),
            ("overdue", "city"),
        ]
        assert [(t["name"], t["source"]) for t in workflow["transitions"]][-4:] == [
            ("return", "library"),
            ("renew", "city"),
            ("remind", "city"),
            ("give_back", "city"),
        ]

    def test_a_gate_and_checks(self, extended: Extended) -> None:
        """A former condition stays, and the strictest one counts."""

        def extend(city: Extension) -> None:
            city.add_gate("library.loan", "lend", LENDABLE)
            city.add_check("library.described", REASONED)

        catalog = extended(extend)

        assert gate_ids(catalog, "lend") == ["library.described", "library.consented", "city.lendable"]
        assert checks(catalog, "library.described") == ["library.book_named", "city.reasoned"]

    def test_only_where_the_method_is_switched_on(
        self, library: Callable[..., Method], plugin: Callable[..., ModuleType]
    ) -> None:
        """A workspace without the method has the rules as they were."""
        city = plugin(
            Method("city", "City", extends=["library"]),
            placet_extend=lambda catalog: catalog.add_gate("library.loan", "lend", LENDABLE),
        )
        registry = Registry.of(plugin(library()), city)

        with_city, without = (
            registry.compose(Rules(("city", "library"))),
            registry.compose(Rules(("library",))),
        )

        assert "city.lendable" in gate_ids(with_city, "lend")
        assert "city.lendable" not in gate_ids(without, "lend")

    def test_can_depend_on_settings_and_on_who_else_is_there(self, extended: Extended) -> None:
        """An extension can ask what is configured and which methods are switched on."""
        seen: list[object] = []

        extended(lambda city: seen.extend([city.settings.model_dump(), sorted(city.methods)]))

        assert seen == [{}, ["city", "library"]]


class TestTightening:
    def test_keeps_only_the_roles_named(self, extended: Extended) -> None:
        catalog = extended(
            lambda city: city.tighten_roles("library.loan", "decline", ["library.director", MAYOR])
        )

        assert transition(catalog, "decline").roles == ("library.director",)

    def test_counts_for_all_who_tighten(self, extended: Extended) -> None:
        """Of two methods that tighten, both have their way."""
        catalog = extended(
            lambda city: city.tighten_roles("library.loan", "decline", ["library.director"]),
            state=lambda state: state.tighten_roles("library.loan", "decline", ["library.librarian"]),
        )

        assert transition(catalog, "decline").roles == ()


class TestLoosening:
    def test_lets_in_more_roles_and_is_recorded(self, extended: Extended) -> None:
        catalog = extended(
            lambda city: city.loosen_roles("library.loan", "lend", [MAYOR], reason="the mayor opens the fair")
        )

        assert transition(catalog, "lend").roles == ("library.librarian", "city.mayor")
        assert catalog.loosenings == (
            Loosening("city", "library.loan.lend: roles", "lets in city.mayor", "the mayor opens the fair"),
        )

    @pytest.mark.parametrize("first", ["a_state", "z_state"])
    def test_yields_to_a_method_that_tightens(self, extended: Extended, first: str) -> None:
        """A role that one method lets in and another keeps out stays out, whichever speaks first."""
        catalog = extended(
            lambda city: city.loosen_roles("library.loan", "decline", [MAYOR], reason="in case of floods"),
            **{first: lambda state: state.tighten_roles("library.loan", "decline", ["library.director"])},
        )

        assert transition(catalog, "decline").roles == ("library.director",)

    def test_lets_a_transition_start_from_more_states(self, extended: Extended) -> None:
        catalog = extended(
            lambda city: city.loosen_sources(
                "library.loan", "return", ["wished"], reason="found on the shelf"
            )
        )

        assert transition(catalog, "return").sources == ("lent", "wished")
        assert catalog.loosenings == (
            Loosening(
                "city", "library.loan.return: sources", "lets it start from wished", "found on the shelf"
            ),
        )

    def test_opens_a_way_that_was_shut_on_purpose(self, extended: Extended) -> None:
        """A transition that is more than an addition says why, and is listed."""
        again = Transition("lend_again", "lent", "wished", [MAYOR])
        catalog = extended(
            lambda city: city.add_transition("library.loan", again, loosens="readers pass books on")
        )

        assert transition(catalog, "lend_again").origin == "city"
        assert catalog.loosenings == (
            Loosening(
                "city", "library.loan.lend_again", "opens a way from lent to wished", "readers pass books on"
            ),
        )

    def test_lets_items_begin_in_later_states(self, extended: Extended) -> None:
        catalog = extended(
            lambda city: city.loosen_entries("library.loan", ["lent"], [MAYOR], reason="books lent before us")
        )

        assert catalog.item_types["library.loan"].entries == {"lent": ("city.mayor",)}
        assert catalog.loosenings == (
            Loosening(
                "city",
                "library.loan: entries",
                "lets city.mayor make one that begins in lent",
                "books lent before us",
            ),
        )

    def test_stands_in_the_definition(self, extended: Extended) -> None:
        """Who reads the rules of a decision later sees what had been loosened, and why."""
        catalog = extended(
            lambda city: city.loosen_sources(
                "library.loan", "return", ["wished"], reason="found on the shelf"
            )
        )

        assert catalog.definition("library.loan").document["loosenings"] == [
            {
                "method": "city",
                "target": "library.loan.return: sources",
                "what": "lets it start from wished",
                "reason": "found on the shelf",
            }
        ]

    @pytest.mark.parametrize(
        ("loosen", "message"),
        [
            (
                lambda city: city.loosen_sources("library.loan", "return", ["lent"], reason="why"),
                "starts from lent already",
            ),
            (
                lambda city: city.loosen_sources("library.loan", "return", ["wishd"], reason="why"),
                'no state of library.loan "wishd"',
            ),
            (
                lambda city: city.loosen_entries("library.loan", ["lnt"], [MAYOR], reason="why"),
                'no state of library.loan "lnt"',
            ),
            (
                lambda city: city.loosen_entries("library.loan", ["lent"], ["city.baker"], reason="why"),
                'no role "city.baker"',
            ),
            (
                lambda city: city.loosen_entries("library.loan", ["lent"], [MAYOR], reason=" "),
                "without a reason",
            ),
        ],
    )
    def test_of_states_names_those_that_are_there(
        self, extended: Extended, loosen: Extend, message: str
    ) -> None:
        with pytest.raises(DefinitionError, match=message):
            extended(loosen)

    def test_takes_a_gate_off_one_transition(self, extended: Extended) -> None:
        catalog = extended(
            lambda city: city.loosen_gate(
                "library.loan", "lend", "library.consented", reason="decided by law"
            )
        )

        assert gate_ids(catalog, "lend") == ["library.described"]
        assert catalog.loosenings == (
            Loosening(
                "city", "library.loan.lend: gate library.consented", "takes the gate away", "decided by law"
            ),
        )

    @pytest.mark.parametrize("other", ["a_state", "z_state"])
    def test_leaves_what_another_method_added_to_the_gate(self, extended: Extended, other: str) -> None:
        """A method can take away what it knows of, and not a requirement of a third one, whichever speaks first."""
        demand = reason_given(f"{other}.reasoned")

        catalog = extended(
            lambda city: city.loosen_gate(
                "library.loan", "lend", "library.described", reason="decided by law"
            ),
            **{other: lambda state: state.add_check("library.described", demand)},
        )

        assert checks(catalog, "library.described") == [f"{other}.reasoned"]

    def test_takes_a_check_out_of_its_gate(self, extended: Extended) -> None:
        """A gate of which nothing is left is gone."""

        def extend(city: Extension) -> None:
            city.loosen_check("library.described", "library.book_named", reason="readers may be surprised")

        catalog = extended(extend)

        assert gate_ids(catalog, "lend") == ["library.consented"]
        assert catalog.loosenings == (
            Loosening(
                "city",
                "gate library.described: check library.book_named",
                "takes the check away",
                "readers may be surprised",
            ),
        )


class TestIsRefused:
    """Every refusal names the plugin, what is wrong, and the nearest names where one is not there."""

    def refusal(self, extended: Extended, extend: Extend) -> str:
        with pytest.raises(DefinitionError) as refused:
            extended(extend)
        reported, _, place = (
            str(refused.value).removeprefix("the plugin city cannot extend: ").rpartition(" (")
        )
        assert place.startswith(__file__)
        return reported

    @pytest.mark.parametrize(
        ("extend", "message"),
        [
            (
                lambda city: city.add_field("library.laon", "shelf", Text),
                'there is no item type "library.laon"; did you mean "library.loan"?',
            ),
            (
                lambda city: city.add_gate("library.loan", "lned", LENDABLE),
                'there is no transition of library.loan "lned"; did you mean "lend"?',
            ),
            (
                lambda city: city.add_check("library.descirbed", REASONED),
                'there is no gate "library.descirbed"; did you mean "library.described" or "library.consented"?',
            ),
            (
                lambda city: city.add_transition(
                    "library.loan", Transition("burn", "lent", "burnt", [MAYOR])
                ),
                'there is no state of library.loan "burnt"; there are "declined", "lent", "returned", "wished"',
            ),
            (
                lambda city: city.tighten_roles("library.loan", "lend", ["library.directr"]),
                (
                    'there is no role "library.directr"; did you mean "library.director" or "library.reader" or '
                    '"library.librarian"?'
                ),
            ),
            (
                lambda city: city.loosen_gate("library.loan", "lend", "library.x", reason="why not"),
                (
                    'there is no gate on library.loan.lend "library.x"; did you mean "library.described" or '
                    '"library.consented"?'
                ),
            ),
            (
                lambda city: city.loosen_check("library.described", "library.book", reason="why not"),
                'there is no check in the gate library.described "library.book"; did you mean "library.book_named"?',
            ),
        ],
    )
    def test_where_its_target_is_not_there(self, extended: Extended, extend: Extend, message: str) -> None:
        assert self.refusal(extended, extend) == message

    @pytest.mark.parametrize(
        ("extend", "message"),
        [
            (
                lambda city: city.add_field("library.loan", "book", Text),
                'library.loan already has a field "book", from library: give yours another name',
            ),
            (
                lambda city: city.add_state("library.loan", State("lent", "Lent", Category.ACTIVE)),
                'library.loan already has a state "lent", from library: give yours another id',
            ),
            (
                lambda city: city.add_transition("library.loan", Transition("lend", "lent", "lent", [MAYOR])),
                'library.loan already has a transition "lend", from library: give yours another name',
            ),
            (
                lambda city: [city.add_gate("library.loan", "lend", LENDABLE) for _ in range(2)],
                'library.loan.lend already has the gate "city.lendable": add checks to it instead',
            ),
            (
                lambda city: [city.add_check("library.described", REASONED) for _ in range(2)],
                'the gate library.described already has the check "city.reasoned": give yours another id',
            ),
        ],
    )
    def test_where_the_name_is_taken(self, extended: Extended, extend: Extend, message: str) -> None:
        assert self.refusal(extended, extend) == message

    @pytest.mark.parametrize(
        ("extend", "message"),
        [
            (
                lambda city: city.tighten_roles("library.loan", "lend", ["library.librarian", MAYOR]),
                (
                    "tightening the roles of library.loan.lend to library.librarian, city.mayor would keep out nobody, "
                    "as library.librarian may fire it: leave one of them out"
                ),
            ),
            (
                lambda city: city.tighten_roles("library.loan", "lend", [MAYOR]),
                (
                    "tightening the roles of library.loan.lend to city.mayor would let in nobody, as only "
                    "library.librarian may fire it: keep one of them"
                ),
            ),
            (
                lambda city: city.loosen_roles(
                    "library.loan", "lend", ["library.librarian"], reason="why not"
                ),
                "loosening the roles of library.loan.lend would let in nobody new: name another",
            ),
        ],
    )
    def test_where_it_would_do_nothing(self, extended: Extended, extend: Extend, message: str) -> None:
        assert self.refusal(extended, extend) == message

    def test_where_a_rule_is_loosened_without_a_reason(self, extended: Extended) -> None:
        message = self.refusal(
            extended, lambda city: city.loosen_gate("library.loan", "lend", "library.described", reason=" ")
        )

        assert message == (
            "city loosens library.loan.lend: gate library.described without a reason: say why in `reason`"
        )

    def test_where_the_id_of_a_check_that_lets_items_through_is_not_its_own(self, extended: Extended) -> None:
        spared = Gate("city.g", "G", REASONED, unless=reason_given("x.y"))

        said = self.refusal(extended, lambda city: city.add_gate("library.loan", "lend", spared))

        assert said == 'the check "x.y" is added by city: let its id start with "city."'

    @pytest.mark.parametrize(
        ("extend", "kind", "id"),
        [
            (
                lambda city: city.add_check("library.described", reason_given("library.why")),
                "check",
                "library.why",
            ),
            (lambda city: city.add_gate("library.loan", "lend", Gate("library.g", "G")), "gate", "library.g"),
            (
                lambda city: city.add_gate(
                    "library.loan", "lend", Gate("city.g", "G", Check("x.y", LENDABLE.checks[0]))
                ),
                "check",
                "x.y",
            ),
        ],
    )
    def test_where_an_id_is_not_its_own(self, extended: Extended, extend: Extend, kind: str, id: str) -> None:
        """Every blocker names the method that requires it by its id."""
        assert self.refusal(extended, extend) == (
            f'the {kind} "{id}" is added by city: let its id start with "city."'
        )

    def test_where_it_touches_a_method_that_it_does_not_name(
        self, library: Callable[..., Method], plugin: Callable[..., ModuleType]
    ) -> None:
        """A method that is not named might be composed later, and the outcome would hang on their names."""
        city = plugin(
            Method("city", "City"),
            placet_extend=lambda catalog: catalog.add_field("library.loan", "shelf", Text),
        )
        registry = Registry.of(plugin(library()), city)

        with pytest.raises(DefinitionError) as refused:
            registry.compose(Rules(("city", "library")))

        assert str(refused.value).startswith(
            "the plugin city cannot extend: the item type library.loan belongs to the method library, which city "
            f"neither requires nor extends: name it in `extends`, so that it is composed first ({__file__}:"
        )

    def test_by_name_for_every_plugin_that_fails(self, extended: Extended) -> None:
        """Extensions run one by one, and all failures are reported together."""

        def fail(state: Extension) -> None:
            raise ZeroDivisionError(f"{state.settings}\nby zero")

        with pytest.raises(DefinitionError) as refused:
            extended(lambda city: city.add_state("x", State("y", "Y", Category.TODO)), state=fail)

        first, second = str(refused.value).split("; the plugin ")
        assert first.startswith(
            f'the plugin city cannot extend: there is no item type "x"; there are "library.loan" ({__file__}:'
        )
        assert second.startswith(f"state failed in placet_extend: ZeroDivisionError: by zero ({__file__}:")
        assert second.endswith(": repair it or switch its method off")


class TestWhatAnExtensionReads:
    def test_is_the_fields_of_a_type_with_those_that_others_added(self, extended: Extended) -> None:
        seen: list[set[str]] = []

        def extend(catalog: Extension) -> None:
            catalog.add_field("library.loan", "shelf", int)
            seen.append(set(catalog.fields_of("library.loan").model_fields))

        extended(extend)

        assert {"book", "courier", "shelf"} <= seen[0]

    def test_is_the_roles_of_all_methods_that_are_on(self, extended: Extended) -> None:
        seen: list[frozenset[str]] = []

        extended(lambda catalog: seen.append(catalog.roles))

        assert {"library.reader", "city.mayor"} <= seen[0]

    def test_is_refused_for_a_type_that_does_not_exist(self, extended: Extended) -> None:
        with pytest.raises(
            DefinitionError, match=r'no item type "library\.lone"; did you mean "library\.loan"'
        ):
            extended(lambda catalog: catalog.fields_of("library.lone"))
