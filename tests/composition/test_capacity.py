"""Nobody is promised twice, who decides at the same moment, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from placet.app import build
from placet.definitions.verdicts import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import BusyError
from placet.settings import Settings

WEEK = {"week_from": "2026-W50", "week_to": "2026-W50"}
CONFIRMERS = 6


def test_of_six_confirmations_at_once_of_30_percent_three_find_room(
    database_url: str, tmp_path: Path
) -> None:
    """The reads of each hold when it is recorded; a second one is judged again, and then there is no room."""
    with closing(
        build(Settings(database_url=database_url, evidence_url=str(tmp_path / "evidence")))
    ) as application:
        engine = application.engine
        engine.workspaces.create(SYSTEM_ACTOR, key="TEAM", name="Team", methods=["governance"])
        remy = engine.people.add(SYSTEM_ACTOR, id="remy", name="Remy")
        engine.people.add(SYSTEM_ACTOR, id="dana", name="Dana")
        engine.workspaces.assign(SYSTEM_ACTOR, "TEAM", "governance.resource_manager", ["remy"])
        keys = [
            engine.items.create(
                remy, workspace="TEAM", type="governance.resource_allocation", title=f"Part {n}",
                fields={"person": "dana", "percent": "30", **WEEK},
            ).key
            for n in range(CONFIRMERS)
        ]  # fmt: skip

        refused: set[str] = set()

        def confirm(key: str) -> bool:
            while True:
                try:
                    engine.transition(remy, key, "confirm")
                except BusyError:
                    continue
                except BlockedError as refusal:
                    refused.update(blocker.check for blocker in refusal.blockers)
                    return False
                return True

        with ThreadPoolExecutor(CONFIRMERS) as pool:
            done = list(pool.map(confirm, keys))

        standing = [key for key in keys if engine.items.get(SYSTEM_ACTOR, key).state == "confirmed"]
        assert len(standing) == sum(done) == 3
        assert refused == {"governance.person_week"}
