"""The rows of an item's timers: an act writes those of the timers that it changes, and leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hotline import AGENT, REGISTRY
from sqlalchemy import text

from placet.app import Application, build
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

IDA = Actor(id="ida", name="Ida", kind="person", admin=False)
#: The place of each row, which PostgreSQL changes with every new version of it.
_PLACES = text("SELECT timer, CAST(ctid AS text), status FROM timers")


@pytest.fixture
def hotline(postgresql_url: str) -> Iterator[Application]:
    """A hotline on PostgreSQL."""
    with closing(build(Settings(database_url=postgresql_url), registry=REGISTRY)) as application:
        engine = application.engine
        engine.people.add(SYSTEM_ACTOR, id=IDA.id, name=IDA.name)
        engine.workspaces.create(SYSTEM_ACTOR, key="HOT", name="Hotline", methods=["hotline"])
        engine.workspaces.assign(SYSTEM_ACTOR, "HOT", AGENT.id, [IDA.id])
        yield application


def rows(application: Application) -> set[tuple[str, str, str]]:
    with application.store.engine.connect() as connection:
        return {(timer, place, status) for timer, place, status in connection.execute(_PLACES)}


def test_of_timers_that_an_act_does_not_change_are_not_written(hotline: Application) -> None:
    """Who starts stops the response; the resolution and the promise run on as they did."""
    engine = hotline.engine
    item = engine.items.create(IDA, workspace="HOT", type="hotline.call", title="On fire")
    before = rows(hotline)

    engine.transition(IDA, item.key, "start")

    changed = {(timer, status) for timer, _, status in rows(hotline) - before}
    assert changed == {("hotline.response", "met")}
    assert {timer for timer, _, _ in before} == {timer for timer, _, _ in rows(hotline)}
