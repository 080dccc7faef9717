"""A library that lends books: a method small enough to be read whole, and plugins made of it on the fly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import shop

from placet import (
    ActorId,
    Approval,
    Ballot,
    Category,
    Duty,
    Fields,
    Gate,
    ItemType,
    Method,
    Panel,
    Quorum,
    Role,
    State,
    Text,
    Transition,
    Workflow,
    approval_granted,
    fields_present,
)
from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.catalog.extension import Extension
from placet.definitions.verdicts import GateMode

READER = Role("library.reader", "Reader")
LIBRARIAN = Role("library.librarian", "Librarian")
DIRECTOR = Role("library.director", "Director", max_holders=1)
MAYOR = Role("city.mayor", "Mayor")

DESCRIBED = Gate("library.described", "Described", fields_present("library.book_named", "book"))
CONSENTED = Gate(
    "library.consented", "Consented", approval_granted("library.consent_given", "library.consent")
)


class LoanFields(Fields):
    book: Text | None = None
    courier: ActorId | None = None


# fmt: off
STATES = (
    State("wished",   "Wished for", Category.TODO),
    State("lent",     "Lent",       Category.ACTIVE),
    State("returned", "Returned",   Category.DONE),
    State("declined", "Declined",   Category.CANCELLED),
)
TRANSITIONS = (
    Transition("ask",     "wished", "same",     [READER],    asks=["library.consent"]),
    Transition("lend",    "wished", "lent",     [LIBRARIAN], [DESCRIBED, CONSENTED], input=["courier"]),
    Transition("decline", "wished", "declined", [LIBRARIAN, DIRECTOR]),
    Transition("return",  "lent",   "returned", [READER, LIBRARIAN]),
)
# fmt: on
#: The states of a loan that nobody can decline.
SHORT = STATES[:3]
CONSENT = Approval(
    "library.consent", "Consent", Panel(Ballot([LIBRARIAN], Quorum.any())), material_fields=["book"],
    reminds=timedelta(days=2),
)  # fmt: skip
NOT_ALONE = Duty(
    "library.not_alone", "Nobody consents to their own wish", ("create",), ("vote:library.consent",)
)


def _loan(**changes: Any) -> ItemType:
    states, transitions = changes.pop("states", STATES), changes.pop("transitions", TRANSITIONS)
    table: dict[str, Any] = {
        "fields": LoanFields,
        "workflow": Workflow("library.loan", states, transitions),
        "approvals": [CONSENT],
        "duties": [NOT_ALONE],
        "indexed": ["book"],
        "frozen_in": {"lent": ["book"]},
        "editors": [READER, LIBRARIAN, DIRECTOR],
    }
    return ItemType("library.loan", "Loan", **(table | changes))


def _library(**changes: Any) -> Method:
    item_type = changes.pop("loan", None) or _loan()
    table: dict[str, Any] = {"item_types": [item_type], "roles": [READER, LIBRARIAN, DIRECTOR]}
    return Method("library", "Library", **(table | changes))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs a plugin as pip would: a module and the metadata of its distribution."""
    names: list[str] = []

    def install(
        name: str, source: str, *, distribution: str = "", requires: Sequence[str] = (), group: str = "placet"
    ) -> None:
        module, distribution = f"toy_{distribution or name}".replace("-", "_"), distribution or f"toy-{name}"
        (tmp_path / f"{module}.py").write_text(source)
        metadata = tmp_path / f"{distribution.replace('-', '_')}-1.2.dist-info"
        metadata.mkdir()
        lines = [f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n"]
        lines += [f"Requires-Dist: {requirement}\n" for requirement in requires]
        (metadata / "METADATA").write_text("".join(lines))
        (metadata / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n" if group else "")
        names.append(module)

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def loan() -> Callable[..., ItemType]:
    """Makes the item type `library.loan`, with parts of its table changed."""
    return _loan


@pytest.fixture
def library() -> Callable[..., Method]:
    """Makes the method `library`, with parts changed."""
    return _library


@pytest.fixture
def plugin() -> Callable[..., ModuleType]:
    """Makes a plugin's module of a method and further hooks."""
    return shop.plugin


@pytest.fixture
def composed() -> Callable[..., Catalog]:
    """Makes the catalog, not linted, of the library with parts of its loan changed, and of further methods.

    With `moves` the loan has only those transitions, and nothing that would refer to others.
    """

    def made(
        *others: Method,
        library_parts: Mapping[str, Any] | None = None,
        moves: Sequence[Transition] | None = None,
        gate_modes: Mapping[str, GateMode] | None = None,
        **loan_parts: Any,
    ) -> Catalog:
        if moves is not None:
            loan_parts = {"states": SHORT, "transitions": moves, "approvals": (), "duties": ()} | loan_parts
        methods = [_library(loan=_loan(**loan_parts), **(library_parts or {})), *others]
        registry = Registry.of(*(shop.plugin(method, name=f"plugin_{n}") for n, method in enumerate(methods)))
        names = tuple(dict.fromkeys(method.id for method in methods))
        return registry.compose(Rules(names, gate_modes=gate_modes or {}))

    return made


@pytest.fixture
def extended() -> Callable[..., Catalog]:
    """The catalog of the library as the method `city` extends it, and others in their own right."""

    def made(city: Callable[[Extension], None], **others: Callable[[Extension], None]) -> Catalog:
        names = {"city": city, **others}
        plugins = [
            shop.plugin(
                Method(name, name.title(), roles=[MAYOR] if name == "city" else [], extends=["library"]),
                placet_extend=lambda catalog, extend=extend: extend(catalog),
            )
            for name, extend in names.items()
        ]
        return Registry.of(shop.plugin(_library()), *plugins).compose(Rules(("library", *names)))

    return made
