"""Paths that a distribution of its own brings, on a server without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shop import METHOD, plugin

from placet.catalog.discovery import Registry

if TYPE_CHECKING:
    from .conftest import Shop


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The repair shop's method, and nothing else."""
    return Registry.of(plugin(METHOD))


@pytest.mark.parametrize(
    ("path", "distribution"),
    [
        ("export", "placet-process-mining"),
        ("windows", "placet-calendar-feed"),
        ("calendar.ics", "placet-calendar-feed"),
    ],
)
def test_say_what_to_install(shop: Shop, path: str, distribution: str) -> None:
    refused = shop.ben.get(f"/workspaces/SHOP/{path}")

    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
    assert refused.json()["detail"].endswith(
        f"comes with {distribution}, which is not installed: pip install {distribution}"
    )
    assert shop.nobody.get(f"/workspaces/SHOP/{path}").status_code == 401
