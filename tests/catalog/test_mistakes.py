"""Mistakes of authors, each met where it is made: with the id, the file and line, what is wrong, and the nearest name.

Each row is one mistake. Others of its kind are met by the same means: constructors look at their annotations, and the
linter looks at all that is named.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, time, timedelta
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from linting import lint

from placet import (
    OPEN,
    ActorId,
    Approval,
    Ballot,
    Category,
    Computed,
    Duty,
    Fields,
    Gate,
    Holds,
    ItemType,
    Job,
    LinkType,
    Method,
    Metric,
    NotificationRule,
    Panel,
    Pause,
    Quorum,
    Role,
    Settings,
    State,
    Threshold,
    Timer,
    Transition,
    Verdict,
    Workflow,
    business,
    check,
    effect,
    elapsed,
    fields_present,
    hookimpl,
    metrics,
    passed,
    week,
)
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.catalog.examination import examine
from placet.catalog.findings import Finding
from placet.definitions.places import place_of
from placet.errors import DefinitionError

Compose = Callable[..., Catalog]
MakeMethod = Callable[..., Method]
MakePlugin = Callable[..., ModuleType]

READER, LIBRARIAN = "library.reader", "library.librarian"
LEND = Transition("lend", "wished", "lent", [LIBRARIAN])
RETURN = Transition("return", "lent", "returned", [READER])
#: Values that a type checker would refuse, for authors who have none.
wrong: Any = None


def plain_function(ctx: Any) -> Verdict:
    """A demand that nobody made a check of."""
    return passed()


async def waiting(ctx: Any) -> Verdict:
    """A check that would like to wait."""
    return passed()


@check("library.book_there")
def book_there(ctx: Any) -> Verdict:
    """The book is there."""
    return passed()


@effect("library.lend_it")
def lend_it(ctx: Any) -> None:
    """The book is lent."""


def a_list(text: str) -> str:
    return f'takes a list, and was given the text "{text}": write ["{text}"]'


GATE = Gate("library.there", "There", book_there)
DAY = elapsed(days=1)
CONSENT = Panel(Ballot([LIBRARIAN], Quorum.any()))
UNLIKE_A_TARGET = "target takes a Span, an Until, a ByField or a function, and was given"

#: The mistake, and the message about it after its kind, its id and its place.
WRITTEN: list[tuple[Callable[[], object], str, str]] = [
    # Nothing where something belongs
    (
        lambda: State("lent", " ", Category.ACTIVE),
        "the state lent",
        'title takes words that people read, and was given the text " "',
    ),
    (
        lambda: Gate("library.g", "", book_there),
        "the gate library.g",
        'title takes words that people read, and was given the text ""',
    ),
    (lambda: Role("library.r", ""), "the role library.r", "title takes words that people read"),
    (
        lambda: fields_present("library.filled_in"),  # type: ignore[call-arg]
        "fields_present library.filled_in",
        'the argument "name" is missing',
    ),
    # Time that runs backwards
    (lambda: elapsed(days=-1), "elapsed", "days takes a number from 0 on, and was given -1"),
    (lambda: business(hours=-2), "business", "hours takes a number from 0 on, and was given -2"),
    # One kind of part where another belongs
    (
        lambda: Gate("library.g", "G", plain_function),  # type: ignore[arg-type]
        "the gate library.g",
        (
            f"checks[0] takes a Check, and was given the function plain_function ({place_of(plain_function)}): put "
            '@check("METHOD") above the function, which makes a check of it'
        ),
    ),
    (
        lambda: Gate("library.g", "G", lend_it),  # type: ignore[arg-type]
        "the gate library.g",
        (
            f"checks[0] takes a Check, and was given the effect library.lend_it ({place_of(lend_it)}): "
            "effects belong to "
            "transitions, in `effects`"
        ),
    ),
    (
        lambda: Transition("lend", "wished", "lent", [READER], [book_there]),  # type: ignore[list-item]
        "the transition lend",
        (
            f"gates[0] takes a Gate, and was given the check library.book_there ({place_of(book_there)}): "
            "put checks into a "
            "Gate"
        ),
    ),
    (
        lambda: Transition("lend", "wished", "lent", [READER], effects=[book_there]),  # type: ignore[list-item]
        "the transition lend",
        (
            f"effects[0] takes an Effect, and was given the check library.book_there "
            f"({place_of(book_there)}): checks belong "
            "in a Gate, and that in `gates`"
        ),
    ),
    (
        lambda: Transition("lend", "wished", "lent", [READER], GATE),  # type: ignore[arg-type]
        "the transition lend",
        (
            f"gates takes a list, and was given the gate library.there ({place_of(GATE)}): put it into "
            "brackets, as a list of "
            "one"
        ),
    ),
    (
        lambda: check("library.c")(waiting),  # type: ignore[arg-type]
        "the check library.c",
        (
            f"test takes a plain function, and was given the function waiting ({place_of(waiting)}): write "
            "def for async "
            "def, as it waits for nothing"
        ),
    ),
    (
        lambda: Computed("book", lambda: "none"),  # type: ignore[misc, arg-type]
        "the computed",
        "compute takes a function that is called with 1 argument, and was given the function",
    ),
    (
        lambda: Method("library", "Library", item_types=[Role("library.r", "R")]),  # type: ignore[list-item]
        "the method library",
        "item_types[0] takes an ItemType, and was given the role library.r",
    ),
    (
        lambda: ItemType("library.loan", "Loan", fields=Settings, workflow=wrong),  # type: ignore[arg-type]
        "the item type library.loan",
        "fields takes a class made from Fields, and was given",
    ),
    # A text where a list belongs
    (
        lambda: Transition("lend", "wished", "lent", READER),
        "the transition lend",
        f"roles {a_list(READER)}",
    ),
    (
        lambda: Transition("lend", "wished", "lent", [READER], asks="library.consent"),
        "the transition lend",
        f"asks {a_list('library.consent')}",
    ),
    (
        lambda: Timer("library.t", "T", starts="create", stops=[], target=DAY),
        "the timer library.t",
        f"starts {a_list('create')}",
    ),
    (
        lambda: LinkType("library.l", "L", sources="library.loan"),
        "the link type library.l",
        f"sources {a_list('library.loan')}",
    ),
    (
        lambda: Duty("library.d", "D", acts="create", bars=["vote:library.consent"]),
        "the duty library.d",
        f"acts {a_list('create')}",
    ),
    (
        lambda: NotificationRule("library.n", "N", "library.loan", ["create"], READER, "it is yours"),
        "the notification rule library.n",
        f"to {a_list(READER)}",
    ),
    (
        lambda: Method("library", "Library", requires="city"),
        "the method library",
        f"requires {a_list('city')}",
    ),
    (
        lambda: Approval("library.a", "A", CONSENT, material_fields="book"),
        "the approval library.a",
        'material_fields takes a dictionary or a list, and was given the text "book": write ["book"]',
    ),
    (lambda: Ballot(READER, Quorum.any()), "the ballot", f"roles {a_list(READER)}"),
    (lambda: Pause("lent"), "the pause", f"states {a_list('lent')}"),
    (lambda: Holds("book", "x"), "the holds", f"values {a_list('x')}"),
    (lambda: Threshold(50, notifies=READER), "the threshold", f"notifies {a_list(READER)}"),
    (
        lambda: fields_present("library.c", "book", who=READER),
        "fields_present library.c",
        f"who {a_list(READER)}",
    ),
    (
        lambda: Duty("library.d", "D", acts={"create"}, bars=["x"]),  # type: ignore[arg-type]
        "the duty library.d",
        "acts takes a list, and was given {'create'}: write [...] for {...}, as a set has no order",
    ),
    # A word that is not one of those that there are
    (
        lambda: State("lent", "Lent", "todoo"),
        "the state lent",
        (
            'category takes one of "todo", "active", "waiting", "done", "cancelled", and was given the text '
            '"todoo": did you '
            'mean "todo"?'
        ),
    ),
    (
        lambda: LinkType("library.l", "L", cardinality="n:one"),  # type: ignore[arg-type]
        "the link type library.l",
        (
            'cardinality takes one of "n:m", "n:1", "1:n", "1:1", and was given the text "n:one": did you '
            'mean "n:m" or "n:1" or "1:n"?'
        ),
    ),
    (
        lambda: Approval("library.a", "A", CONSENT, material_fields={"book": "lowr"}),  # type: ignore[dict-item]
        "the approval library.a",
        (
            'material_fields[\'book\'] takes one of "any", "lower", "higher", "added", "replaced", and was given the '
            'text "lowr": did you mean "lower"?'
        ),
    ),
    # Something left out, or in excess
    (
        lambda: Transition("lend", "wished"),  # type: ignore[call-arg]
        "the transition lend",
        'the argument "target" is missing; the argument "roles" is missing: it takes name, sources, target, roles, ',
    ),
    (
        lambda: Transition("lend", "wished", "lent", [READER], gate=[GATE]),  # type: ignore[call-arg]
        "the transition lend",
        'there is no argument "gate"; did you mean "gates"',
    ),
    (
        lambda: Transition("lend", "wished", wrong, [READER]),
        "the transition lend",
        "target takes text, and was given None",
    ),
    (
        lambda: Timer("library.t", "T", starts=["create"], stops=[]),  # type: ignore[call-arg]
        "the timer library.t",
        'the argument "target" is missing: it takes id, title, starts, stops, target, ',
    ),
    (
        lambda: Timer("library.t", "T", ["create"], [], None),  # type: ignore[arg-type]
        "the timer library.t",
        f"{UNLIKE_A_TARGET} None",
    ),
    (
        lambda: Timer("library.t", "T", ["create"], [], timedelta(days=1)),  # type: ignore[arg-type]
        "the timer library.t",
        f"{UNLIKE_A_TARGET} datetime.timedelta(days=1): write elapsed(hours=4), or business(days=2) for working time",
    ),
    # A number or a time that cannot be
    (
        lambda: Job("library.j", "J", wrong_job, time(8), weekdays=(0, 1, 2, 3, 4)),
        "the job library.j",
        "weekdays[0] takes an ISO weekday, from 1 (Monday) to 7 (Sunday), and was given 0",
    ),
    (
        lambda: Job("library.j", "J", wrong_job, time(8), weekdays=[1, 8]),
        "the job library.j",
        "weekdays[1] takes an ISO weekday, from 1 (Monday) to 7 (Sunday), and was given 8",
    ),
    (
        lambda: Job("library.j", "J", wrong_job, time(8), weekdays=[]),
        "the job library.j",
        "weekdays takes at least one weekday, and was given []",
    ),
    (
        lambda: Job("library.j", "J", wrong_job, time(8, tzinfo=UTC)),
        "the job library.j",
        "at takes a time of day in the workspace's own zone, such as time(8), and was given",
    ),
    (
        lambda: Job("library.j", "J", None, time(8)),  # type: ignore[arg-type]
        "the job library.j",
        "run takes a function, and was given None",
    ),
    (
        lambda: week("09:00-17:00", days=[0, 1]),
        "week",
        "days[0] takes an ISO weekday, from 1 (Monday) to 7 (Sunday), and was given 0",
    ),
    (lambda: week("9-5"), "week", '"9-5" is not a span of hours: write 09:00-17:00'),
    (lambda: Quorum.n(0), "the quorum", "value takes a number above zero, and was given 0"),
    (
        lambda: Role("library.r", "R", max_holders=-1),
        "the role library.r",
        "max_holders takes a number from 0 on, and was given -1",
    ),
    (
        lambda: Metric("library.m", "M", "count", "all", metrics.Count("library.loan")),  # type: ignore[arg-type]
        "the count",
        'of takes an Items, a Standing or a Moves, and was given the text "library.loan"',
    ),
    (
        lambda: check(plain_function),  # type: ignore[arg-type]
        "check",
        (
            f"id takes text, and was given the function plain_function ({place_of(plain_function)}): write the "
            'method in brackets, as in @check("acme"): the id is the name of the function'
        ),
    ),
]


def wrong_job(ctx: Any) -> None:
    """A job of a job that is wrong otherwise."""


class TestWhatIsWrittenDown:
    @pytest.mark.parametrize(
        ("write", "whose", "said"), WRITTEN, ids=[f"{n} {each[1]}" for n, each in enumerate(WRITTEN)]
    )
    def test_is_refused_with_its_id_and_its_place(
        self, write: Callable[[], object], whose: str, said: str
    ) -> None:
        with pytest.raises(DefinitionError) as refused:
            write()

        start, _, rest = str(refused.value).partition(f"{__file__}:")
        line, _, reported = rest.partition("): ")
        lines, first = inspect.getsourcelines(write)
        assert start == f"{whose} ("
        assert first <= int(line) < first + len(lines)
        assert reported.startswith(said)

    def test_takes_any_sequence(self) -> None:
        """Lists and tuples are the same, and kept as what cannot change."""
        listed = Duty("library.d", "D", acts=["create"], bars=["transition:lend"])

        assert listed == Duty("library.d", "D", acts=("create",), bars=("transition:lend",))
        assert listed.acts == ("create",)

    def test_takes_the_values_of_an_enumeration(self) -> None:
        assert State("lent", "Lent", "active").category is Category.ACTIVE
        assert LinkType("library.l", "L", cardinality="n:1") == LinkType("library.l", "L", cardinality="n:1")  # type: ignore[arg-type]

    def test_stands_where_it_was_written_who_changes_it(self) -> None:
        """A gate with one more check is still its author's."""
        assert place_of(GATE.plus(book_there)) == place_of(GATE)


# Findings of the linter


class OddFields(Fields):
    book: int = "abc"  # type: ignore[assignment]
    courier: ActorId | None = None
    pages: int = None  # type: ignore[assignment]
    author: str = "x"


class OddSettings(Settings):
    period: timedelta = "a while"  # type: ignore[assignment]


def loan_of(*moves: Transition) -> dict[str, Any]:
    return {"moves": moves}


def line_of(subject: Any, text: str) -> str:
    """The place of a line of this file."""
    lines, first = inspect.getsourcelines(subject)
    return next(f"{__file__}:{first + n}" for n, line in enumerate(lines) if text in line)


NO_SUCH_STATE = Transition("lose", "lent", "retruned", [READER])
SPACED = Transition("pending activation", "lent", "same", [READER])
ARROWED = State("lent->lost", "Lost", Category.ACTIVE)

FOUND: list[tuple[dict[str, Any], str, str, str]] = [
    (
        loan_of(LEND, RETURN, NO_SUCH_STATE),
        "library.loan.lose",
        place_of(NO_SUCH_STATE),
        'there is no state "retruned" in library.loan: did you mean "returned"?',
    ),
    (
        loan_of(LEND, RETURN, SPACED),
        "library.loan.pending activation",
        place_of(SPACED),
        (
            '"pending activation" is not an id of a transition: an id has letters, digits and underscores: write '
            '"pending_activation", and what people read in the title'
        ),
    ),
    (
        loan_of(
            LEND,
            RETURN,
            Transition("lose", "lent", ARROWED.id, [READER]),
            Transition("find", ARROWED.id, "lent", [READER]),
        )
        | {
            "states": [
                State("wished", "Wished", "todo"),
                State("lent", "Lent", "active"),
                ARROWED,
                State("returned", "Returned", "done"),
            ]
        },
        "library.loan.lent->lost",
        place_of(ARROWED),
        (
            '"lent->lost" is not an id of a state: an id has letters, digits and underscores: write '
            '"lent_lost", and what '
            "people read in the title"
        ),
    ),
    (
        loan_of(LEND, RETURN) | {"fields": OddFields},
        "library.loan.book",
        line_of(OddFields, "book: int"),
        (
            "its default 'abc' does not fit: it has to be a whole number: give a "
            'default of the field\'s type, or write "TYPE | None = None" for one that is filled in later'
        ),
    ),
    (
        loan_of(LEND, RETURN) | {"fields": OddFields},
        "library.loan.pages",
        line_of(OddFields, "pages: int"),
        (
            "its default None does not fit: it has to be a whole number: give a default of the field's "
            "type, or write "
            '"TYPE | None = None" for one that is filled in later'
        ),
    ),
    (
        {"library_parts": {"settings": OddSettings}},
        "library.settings.period",
        line_of(OddSettings, "period"),
        "its default 'a while' does not fit: ",
    ),
]


class TestWhatTheLinterFinds:
    @pytest.mark.parametrize(("parts", "where", "place", "said"), FOUND, ids=[each[1] for each in FOUND])
    def test_is_reported_with_its_id_and_its_place(
        self, composed: Compose, parts: dict[str, Any], where: str, place: str, said: str
    ) -> None:
        errors = {f.where: f for f in lint(composed(**parts)) if f.severity == "error"}

        assert errors[where].place == place
        assert f"{errors[where].message}: {errors[where].remedy}".startswith(said)

    def test_keeps_the_place_of_what_was_extended(
        self, library: MakeMethod, loan: Callable[..., ItemType], plugin: MakePlugin
    ) -> None:
        """A transition that got another gate stands where its author wrote it."""
        extra = Gate("city.g", "G", fields_present("city.c", "book"))

        def extend(catalog: Any) -> None:
            catalog.add_gate("library.loan", "lend", extra)

        city = plugin(Method("city", "City", extends=["library"]), placet_extend=extend)
        own = library(loan=loan(frozen_in={"lnt": ["book"]}))
        _, findings = Registry.of(plugin(own), city).linted(Rules(("library", "city")))

        assert [(f.where, f.place) for f in findings] == [("library.loan", place_of(own.item_types[0]))]


class TestAStateThatItemsBeginIn:
    def test_counts_as_reached(self, composed: Compose) -> None:
        states = [
            State("wished", "Wished for", "todo"), State("lent", "Lent", "active"), State("found", "Found", "active"),
            State("returned", "Returned", "done"),
        ]  # fmt: skip
        parts = loan_of(LEND, Transition("return", ["lent", "found"], "returned", [READER]))

        found = lint(composed(**parts | {"states": states, "entries": {"found": [READER]}}))

        assert [str(finding) for finding in found] == []


class TestAStateCalledOpen:
    def test_is_meant_by_its_name(self, composed: Compose) -> None:
        """In a workflow that has such a state, `open` stands for it, and for no other."""
        states = [
            State("open", "Open", "todo"),
            State("lent", "Lent", "active"),
            State("returned", "Returned", "done"),
        ]
        moves = (Transition("lend", "open", "lent", [LIBRARIAN]), RETURN)

        catalog = composed(**loan_of(*moves) | {"states": states, "frozen_in": {}})

        assert [str(finding) for finding in lint(catalog)] == []
        workflow = catalog.item_types["library.loan"].workflow
        assert workflow.sources_of(moves[0]) == ("open",)
        assert workflow.sources_of(Transition("lose", OPEN, "returned", [READER])) == ("open", "lent")
        assert Workflow("library.loan", states[1:], moves).sources_of(moves[0]) == ("lent",)

    def test_cannot_be_added_where_the_word_means_more(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """It would change what the table of another method says."""

        def extend(catalog: Any) -> None:
            catalog.add_state("library.loan", State("open", "Open", "active"))

        lose = Transition("lose", "open", "returned", [READER])
        own = library(loan=ItemType("library.loan", "Loan", fields=Fields, workflow=Workflow("library.loan", [
            State("wished", "Wished", "todo"), State("lent", "Lent", "active"), State("returned", "Returned", "done"),
        ], [LEND, RETURN, lose])))  # fmt: skip
        city = plugin(Method("city", "City", extends=["library"]), placet_extend=extend)

        with pytest.raises(
            DefinitionError, match=r'"open" stands for every state of library\.loan that is not final'
        ):
            Registry.of(plugin(own), city).compose(Rules(("library", "city")))


# Messages of a plugin to others


def errors_of(registry: Registry, method: str) -> list[Finding]:
    return [finding for finding in examine(registry, method) if finding.severity != "note"]


class TestAPluginThatBuildsOnOthers:
    @pytest.mark.parametrize(
        ("names", "severity", "said"),
        [
            (
                {"requires": ["libary"]},
                "error",
                'acme: it requires the method "libary": it is not installed: did you mean "library"?',
            ),
            (
                {"extends": ["libary"]},
                "warning",
                'acme: it extends the method "libary", which is not installed: did you mean "library"?',
            ),
        ],
    )
    def test_names_methods_that_are_there(
        self, library: MakeMethod, plugin: MakePlugin, names: dict[str, Any], severity: str, said: str
    ) -> None:
        acme = Method("acme", "Acme", **names)

        (found,) = errors_of(Registry.of(plugin(library()), plugin(acme)), "acme")

        assert (found.severity, found.place) == (severity, place_of(acme))
        assert str(found).startswith(said)

    @pytest.mark.parametrize(
        ("extend", "said"),
        [
            (
                lambda catalog: catalog.add_gate("library.loan", "lendd", GATE),
                'there is no transition of library.loan "lendd"; did you mean "lend"?',
            ),
            (
                lambda catalog: catalog.add_field("library.loan", "k", int, "abc"),
                "the field \"k\" cannot be added to library.loan: its default 'abc' does not fit",
            ),
            (
                lambda catalog: catalog.tighten_roles("library.loan", "lend", LIBRARIAN),
                f"roles {a_list(LIBRARIAN)}",
            ),
            (
                lambda catalog: catalog.add_gate("library.loan", transtion="lend", gate=GATE),
                'there is no argument "transtion"; did you mean "transition"',
            ),
            (
                lambda catalog: catalog.add_gat("library.loan", "lend", GATE),
                "has no attribute 'add_gat'; did you mean \"add_gate\"",
            ),
            (
                lambda catalog: catalog.add_field("library.loan", "two words", int),
                '"two words" is not a name of a field: write letters, digits and underscores, a letter first',
            ),
            (
                lambda catalog: catalog.add_field("library.loan", "k", "int"),
                'the annotation of "k" is the text "int": write the type itself, without quotes',
            ),
        ],
    )
    def test_extends_what_is_there(
        self, library: MakeMethod, plugin: MakePlugin, extend: Callable[[Any], None], said: str
    ) -> None:
        """A method without item types of its own is examined too, together with those that it extends."""
        acme = plugin(
            Method("acme", "Acme", extends=["library"]),
            placet_extend=lambda catalog: extend(catalog) if "library" in catalog.methods else None,
        )

        (found,) = errors_of(Registry.of(plugin(library()), acme), "acme")

        assert said in found.message
        lines, first = inspect.getsourcelines(extend)
        assert any(f"{__file__}:{first + n})" in found.message for n in range(len(lines)))

    def test_is_examined_with_and_without_each(self, library: MakeMethod, plugin: MakePlugin) -> None:
        """A mistake that shows only where a method is off is found as well."""

        def extend(catalog: Any) -> None:
            catalog.add_gate("library.loan", "lend", Gate("acme.g", "G", fields_present("acme.c", "book")))

        acme = plugin(Method("acme", "Acme", extends=["library"]), placet_extend=extend)

        (found,) = errors_of(Registry.of(plugin(library()), acme), "acme")

        assert (found.code, 'there is no item type "library.loan"' in found.message) == ("composition", True)


class Misspelt:
    @hookimpl
    def placet_method(self) -> Method:
        return Method("acme", "Acme")

    @hookimpl
    def placet_extend(self, catalogue: Any) -> None: ...


class Unmarked:
    @hookimpl
    def placet_method(self) -> Method:
        return Method("acme", "Acme")

    def placet_check(self, ctx: Any) -> None: ...


class Failing:
    @hookimpl
    def placet_method(self) -> Method:
        raise KeyError("acme")


class TestAHook:
    @pytest.mark.parametrize(
        ("plugin_class", "line", "said"),
        [
            (Misspelt, "def placet_extend", 'is given no argument "catalogue"; did you mean "catalog"?'),
            (Unmarked, "def placet_check", "is never called: put @hookimpl above it"),
            (Failing, "raise KeyError", "KeyError: 'acme' ("),
        ],
    )
    def test_is_written_as_it_is_called(self, plugin_class: type, line: str, said: str) -> None:
        (plugin,) = Registry.of(plugin_class()).plugins

        assert plugin.status == "failed"
        assert said in plugin.error
        lines, first = inspect.getsourcelines(plugin_class)
        at = first + next(n for n, each in enumerate(lines) if line in each)
        assert any(f"({__file__}:{n})" in plugin.error for n in (at - 1, at))


def test_every_public_constructor_can_be_checked() -> None:
    """Annotations name what there is, so that no constructor fails of its own when it is first called."""
    import placet

    public = [getattr(room, name) for room in (placet, placet.metrics) for name in room.__all__]
    constructors = [
        each.__init__.__wrapped__
        for each in public
        if hasattr(getattr(each, "__init__", None), "__wrapped__")
    ]

    assert len(constructors) > 40
    for constructor in constructors:
        assert get_type_hints(constructor)


class TestACheckWithoutADocstring:
    def test_is_found_where_it_is_added_to_another_method(
        self, library: MakeMethod, plugin: MakePlugin
    ) -> None:
        """Nobody could read the requirement aloud."""

        @check("acme")
        def silent(ctx: Any) -> Any:
            return passed()

        acme = plugin(
            Method("acme", "Acme", requires=["library"]),
            placet_extend=lambda catalog: catalog.add_gate(
                "library.loan", "lend", Gate("acme.g", "G", silent)
            ),
        )

        (found,) = errors_of(Registry.of(plugin(library()), acme), "acme")

        assert (found.severity, found.code, found.where) == ("warning", "untitled-check", "acme.silent")
        assert found.place == place_of(silent.test)
        assert found.remedy == "write the requirement as the first line of the function's docstring"
