"""Paths that a distribution of its own brings, on a server without it."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from placet import hookimpl
from placet.catalog.discovery import Registry

if TYPE_CHECKING:
    from .conftest import Shop


@pytest.fixture(scope="session")
def registry(registry: Registry) -> Registry:
    """The print shop's method, and nothing else."""
    printing = ModuleType("printing")
    printing.placet_method = hookimpl(lambda: registry.methods["shop"])  # type: ignore[attr-defined]
    return Registry.of(printing)


@pytest.mark.parametrize(
    ("path", "distribution"),
    [
        ("export", "placet-process-mining"),
        ("windows", "placet-calendar-feed"),
        ("calendar.ics", "placet-calendar-feed"),
    ],
)
def test_say_what_to_install(shop: Shop, path: str, distribution: str) -> None:
    refused = shop.clara.get(f"/workspaces/SHOP/{path}")

    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
    assert refused.json()["detail"].endswith(
        f"comes with {distribution}, which is not installed: pip install {distribution}"
    )
    assert shop.nobody.get(f"/workspaces/SHOP/{path}").status_code == 401
