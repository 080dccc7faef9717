"""Acts of administration read people and write the installation's history; what they read holds when they commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from law import assert_law
from patience import PATIENCE

from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.errors import ConflictError
from placet.store.people import SqlPeople

from .conftest import Site

Leave = Callable[[Engine, Actor, str], object]


def _switch_off(engine: Engine, actor: Actor, person: str) -> object:
    return engine.departures.deactivate(actor, person)


def _demote(engine: Engine, actor: Actor, person: str) -> object:
    return engine.people.change(actor, person, admin=False)


@pytest.fixture
def administrators(site: Site) -> tuple[Actor, Actor]:
    """The only two."""
    ada, eve = (
        site.engine.people.add(SYSTEM_ACTOR, id=id, name=id.title(), admin=True) for id in ("ada", "eve")
    )
    return ada, eve


class TestTheLastTwoAdministrators:
    @pytest.mark.parametrize("leave", [_switch_off, _demote], ids=["switched off", "made no administrator"])
    def test_do_not_both_leave(
        self, site: Site, administrators: tuple[Actor, Actor], leave: Leave, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One has seen that the other is there, who leaves before the first one's act is written."""
        ada, eve = administrators
        one, other = site.engines
        seen, gone = Event(), Event()
        find = SqlPeople.administrators

        def find_and_wait(people: SqlPeople) -> list[str]:
            found = find(people)
            if not seen.is_set():
                seen.set()
                # On SQLite the other one waits for the lock of the file.
                gone.wait(PATIENCE if not site.applications[0].store.sqlite else 0.5)
            return found

        monkeypatch.setattr(SqlPeople, "administrators", find_and_wait)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(leave, one, ada, "eve")
            assert seen.wait(PATIENCE)
            second = pool.submit(leave, other, eve, "ada")
            second.add_done_callback(lambda _: gone.set())
            outcomes = [type(each.exception(PATIENCE)) for each in (first, second)]

        assert set(outcomes) == {type(None), ConflictError}
        assert len(_left(site.engine)) == 1
        assert_law(site.engine)


def _left(engine: Engine) -> list[str]:
    people = engine.people.find(SYSTEM_ACTOR).rows
    return [each.id for each in people if each.admin and each.deactivated_at is None]
