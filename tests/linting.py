"""Everything that the linter finds about a catalog: common to the tests of each of its rooms."""

from __future__ import annotations

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding
from placet.catalog.linter import lint_composition, lint_modes


def lint(catalog: Catalog) -> tuple[Finding, ...]:
    """All findings about a catalog, errors first."""
    return lint_modes(catalog, lint_composition(catalog))
