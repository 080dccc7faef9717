"""A method that is switched off in a workspace that lives takes nothing away, and finds all of it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from placet.engine.engine import SYSTEM_ACTOR

from .joined import METHODS, Joined, joined


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    """A workspace with items of all methods, which are linked across them."""
    with joined(tmp_path_factory.mktemp("live")) as found:
        product = found.product("approved")
        found.story(product)
        change = found.change(product, state="assess")
        found.incident(change)
        found.sprint()
        found.allocated(found.stage_key, 60)
        found.objective()
        found.finding()
        yield found


def content(ground: Joined) -> dict[str, Any]:
    """All that the items of the workspace hold, by key."""
    return {
        each.key: (
            each.type, each.state, each.title, dict(each.fields), each.parent, each.roles, each.links, each.evidence,
            each.approvals, each.acts,
        )
        for each in ground.desk.items()
    }  # fmt: skip


def switched(ground: Joined, methods: list[str]) -> None:
    ground.engine.workspaces.change(SYSTEM_ACTOR, ground.workspace, methods=methods, force=True)


@pytest.mark.parametrize("method", METHODS)
def test_off_and_on_again_everything_is_as_it_was(ground: Joined, method: str) -> None:
    """Items, their fields, roles, links and decisions; with those methods off meanwhile that build on it."""
    required = {each.id: each.requires for each in ground.desk.catalog.methods.values()}
    others = [each for each in METHODS if each != method and method not in required[each]]
    before, offered = content(ground), set(ground.desk.catalog.item_types)

    switched(ground, others)
    away = content(ground)
    fewer = set(ground.desk.catalog.item_types)
    switched(ground, METHODS)

    assert away == before
    assert content(ground) == before
    assert (fewer < offered or method == "integration", set(ground.desk.catalog.item_types)) == (
        True,
        offered,
    )
    assert ground.desk.verify().ok
