"""Faults in the distribution of a plugin, and how they are reported: no entry point, or versions that do not fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from placet import Method, hookimpl
from placet.catalog.discovery import Registry
from placet.catalog.distributions import silent_distributions
from placet.catalog.examination import examined
from placet.errors import DefinitionError, NotFoundError

Install = Callable[..., None]

SOURCE = """
from placet import Method, hookimpl

@hookimpl
def placet_method():
    return Method("acme", "Acme")
"""


class Acme:
    @hookimpl
    def placet_method(self) -> Method:
        return Method("acme", "Acme")


class TestADistributionWithoutAnEntryPoint:
    @pytest.mark.parametrize(("group", "elsewhere"), [("", ""), ("placets", ', but in "placets"')])
    def test_is_named_to_who_asks_for_its_plugin(
        self, installed: Install, group: str, elsewhere: str
    ) -> None:
        installed("acme", SOURCE, distribution="placet-acme", group=group, requires=["placet>=0.1"])

        with pytest.raises(DefinitionError) as refused:
            examined(Registry.of(), "acme")

        assert str(refused.value) == (
            'there is no plugin "acme", although the distribution placet-acme 1.2 is installed and has no entry '
            "point in "
            f'the group "placet"{elsewhere}: write [project.entry-points.placet] with acme = "placet_acme" in its '
            "pyproject.toml, and install it again"
        )

    def test_is_found_where_it_builds_on_placet(self, installed: Install) -> None:
        installed("acme", SOURCE, distribution="placet-acme", group="", requires=["placet>=0.1"])
        installed("other", SOURCE, distribution="other", group="", requires=["pluggy"])

        found = {finding.where: finding.severity for finding in silent_distributions()}

        assert found.get("placet-acme") == "warning"
        assert "other" not in found

    def test_is_not_what_a_misspelt_name_means(self) -> None:
        with pytest.raises(NotFoundError, match='there is no plugin "acmee"; did you mean "acme" or "Acme"'):
            examined(Registry.of(Acme()), "acmee")


class TestADistributionThatAsksForAnotherVersion:
    def test_is_not_loaded(self, installed: Install) -> None:
        """It was installed past what it asks for, and would fail somewhere else."""
        installed("acme", SOURCE, requires=["placet>=2", "pluggy>=999"])

        plugin = next(each for each in Registry.discover().plugins if each.name == "acme")

        assert plugin.status == "failed"
        assert plugin.error.startswith("it requires placet>=2, and ")
        assert plugin.error.endswith(" is installed: install versions that fit each other")

    def test_is_loaded_where_it_fits(self, installed: Install) -> None:
        installed("acme", SOURCE, requires=["placet>=0.1", 'placet>=2; extra == "later"'])

        plugin = next(each for each in Registry.discover().plugins if each.name == "acme")

        assert plugin.status == "active"
