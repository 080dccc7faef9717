"""Conformance: rules for every method, as a test class that a plugin subclasses in three lines.

class TestConformance(MethodConformance):
    method = "acme"
    tables = Path(__file__).parent / "tables"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import ClassVar

import pytest

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry, installed
from placet.catalog.examination import examine
from placet.definitions.document import canonical, item_type_document, method_of
from placet.definitions.items import ItemType
from placet.definitions.method import Method
from placet.testing.tables import workflow_table


class MethodConformance:
    """Subclass it and name the method."""

    #: Id of the method under test.
    method: ClassVar[str]
    #: Methods switched on with it, besides those that it requires.
    together_with: ClassVar[tuple[str, ...]] = ()
    #: The folder in which each of its item types has its workflow as a table, `ID.txt`; `None` where none are kept.
    tables: ClassVar[Path | None] = None

    @pytest.fixture
    def registry(self) -> Registry:
        """The installed plugins, as all desks have them; override it to test one that is not installed."""
        return installed()

    @pytest.fixture
    def definition(self, registry: Registry) -> Method:
        """The method under test."""
        assert self.method in registry.methods, f"{self.method} did not load: {registry.plugins}"
        return registry.methods[self.method]

    @pytest.fixture
    def catalog(self, registry: Registry, definition: Method) -> Catalog:
        """The method composed with those that it requires."""
        rules = Rules((*definition.requires, self.method, *self.together_with))
        registry.validate(rules)
        return registry.compose(rules)

    def own(self, catalog: Catalog) -> Iterator[ItemType]:
        """The item types that the method defines."""
        return (t for t in catalog.item_types.values() if method_of(t.id) == self.method)

    def test_the_linter_finds_no_error(self, registry: Registry, definition: Method) -> None:
        """Every state can be reached and finished, every transition can be fired, and every reference exists.

        With what the method requires, and with and without each method that it extends.
        """
        findings = examine(registry, definition.id, self.together_with)
        errors = [f"{finding} ({finding.place})" for finding in findings if finding.severity == "error"]

        assert errors == []

    def test_every_id_belongs_to_the_method(self, definition: Method) -> None:
        """A blocker's id names its method."""
        ids = [part.id for part in definition.item_types]
        ids += [part.id for part in definition.roles]
        ids += [part.id for part in definition.link_types]
        ids += [part.id for part in definition.metrics]
        foreign = [id for id in ids if method_of(id) != self.method]

        assert foreign == []

    def test_every_state_says_what_it_means(self, catalog: Catalog) -> None:
        """A person who has never seen the workflow can read it."""
        unspoken = [f"{t.id}.{s.id}" for t in self.own(catalog) for s in t.workflow.states if not s.meaning]

        assert unspoken == []

    def test_every_check_says_what_it_requires(self, registry: Registry, definition: Method) -> None:
        """An auditor can read the requirement aloud; also where it is added to a type of another method."""
        findings = examine(registry, definition.id, self.together_with)
        unspoken = [f"{found} ({found.place})" for found in findings if found.code == "untitled-check"]

        assert unspoken == []

    def test_every_setting_has_a_default(self, definition: Method) -> None:
        """A workspace can switch the method on without configuring anything."""
        required = [name for name, info in definition.settings.model_fields.items() if info.is_required()]

        assert required == []

    def test_every_definition_can_be_stored(self, catalog: Catalog) -> None:
        """The rules in force are stored with each decision, as one canonical document."""
        for item_type in self.own(catalog):
            assert canonical(item_type_document(item_type))

    def test_every_workflow_is_the_table_that_is_kept(self, definition: Method) -> None:
        """Who changes a rule changes its table too, where a reader sees it: it is compared whole."""
        if self.tables is None:
            return
        kept = {file.stem: file.read_text(encoding="utf-8") for file in self.tables.glob("*.txt")}
        found = {item_type.id: workflow_table(item_type) for item_type in definition.item_types}

        assert kept == found, "\n".join(
            [
                *_changed(kept, found),
                f"If that is wanted, write it into {self.tables}: workflow_table(item_type) is the text.",
            ]
        )


def _changed(kept: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """The lines in which workflows differ from the kept tables."""
    for id in sorted({*kept, *found}):
        before, now = (tables.get(id, "").splitlines() for tables in (kept, found))
        yield from unified_diff(before, now, f"{id}.txt", f"the workflow of {id}", lineterm="")
