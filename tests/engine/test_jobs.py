"""Periodic jobs of plugins: none of them can stop the others, and what failed is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time as time_of_day

import pytest
from shop import METHOD, OpenShop, Shop, changed
from statements import sent

from placet import Job, JobContext, Method
from placet.engine.act.queries import ItemQuery
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.timers.due import Due


def run_away(ctx: JobContext) -> None:
    """It would never end by itself."""
    while True:
        pass


def fail(ctx: JobContext) -> None:
    ctx.create("shop.repair", "What it has begun")
    raise RuntimeError("the shutter is stuck")


def leave(ctx: JobContext) -> None:
    raise SystemExit(3)


def be_refused(ctx: JobContext) -> None:
    for repair in ctx.items("shop.repair"):
        ctx.fire(repair.key, "start", comment="as every morning")


def do_nothing(ctx: JobContext) -> None:
    pass


def count(ctx: JobContext) -> None:
    ctx.create("shop.repair", "What the morning found")


def morning(run: Callable[[JobContext], None]) -> Method:
    """The method with a job at eight."""
    return changed(METHOD, jobs=[Job("shop.morning", "Morning", run, at=time_of_day(8))])


def fire(shop: Shop) -> None:
    """The next morning has come, and its job is due."""
    shop.clock.forward(days=1)
    [due] = [due for due in shop.engine.timers.due(shop.clock.now()) if due.subject == "job:shop.morning"]
    shop.engine.timers.fire(due)


def jobs_due(shop: Shop) -> list[Due]:
    return [due for due in shop.engine.timers.due(shop.clock.now()) if due.subject.startswith("job:")]


def failures(shop: Shop) -> list[str]:
    """The notifications of an administrator about jobs."""
    return [each.message for each in shop.engine.reports.lint(SYSTEM_ACTOR) if each.code == "failed-job"]


class TestAJob:
    def test_that_takes_too_long_is_interrupted(
        self, open_shop: OpenShop, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a check is, so that the worker's thread is free for the next one."""
        shop = open_shop(database_url, method=morning(run_away))
        monkeypatch.setattr(shop.engine._acts.plugins, "_deadline", 0.3)

        fire(shop)

        assert "it took longer than the 0.3 s that it may take" in failures(shop)[0]

    @pytest.mark.parametrize(
        ("run", "why"),
        [
            (fail, "RuntimeError: the shutter is stuck"),
            (leave, "SystemExit: 3"),
            (be_refused, "Start (start) on SHOP-1 is blocked by"),
        ],
    )
    def test_that_failed_is_sent_to_administrators(
        self, open_shop: OpenShop, database_url: str, run: Callable[[JobContext], None], why: str
    ) -> None:
        """With when it was due and why; nothing of it is kept, and it is done for that day."""
        shop = open_shop(database_url, method=morning(run))
        shop.wish()

        fire(shop)

        [reported] = failures(shop)
        assert reported.startswith(
            "the job shop.morning that was due at 2026-03-03T08:00:00+00:00 was not done: "
        )
        assert why in reported
        assert jobs_due(shop) == []
        assert len(shop.engine.reports.items(SYSTEM_ACTOR, ItemQuery(("SHOP",))).rows) == 1

    def test_that_was_done_again_is_reported_no_more(self, open_shop: OpenShop, database_url: str) -> None:
        shop = open_shop(database_url, method=morning(fail))
        fire(shop)
        repaired = open_shop.again(database_url, method=morning(do_nothing))
        repaired.clock.moment = shop.clock.now()

        fire(repaired)

        assert failures(shop) == failures(repaired) == []


class TestCatchingUp:
    def test_runs_a_job_once_however_many_of_its_moments_have_passed(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """For a time that is played in big steps: nothing is due afterwards."""
        shop = open_shop(database_url, method=morning(count))
        shop.clock.forward(days=5)
        before = len(shop.engine.reports.items(SYSTEM_ACTOR, ItemQuery(("SHOP",))).rows)

        shop.engine.timers.catch_up()

        made = len(shop.engine.reports.items(SYSTEM_ACTOR, ItemQuery(("SHOP",))).rows)
        assert (before, made) == (0, 1)
        assert jobs_due(shop) == []


class TestLookingForDueWork:
    @pytest.mark.parametrize(
        "look",
        [
            lambda shop: shop.engine.timers.due(shop.clock.now()),
            lambda shop: shop.engine.timers.query(SYSTEM_ACTOR),
        ],
        ids=["due work", "places of a list"],
    )
    def test_reads_no_more_in_many_workspaces_than_in_one(
        self, any_shop: Shop, look: Callable[[Shop], object]
    ) -> None:
        """The worker looks twice a second, in all workspaces."""

        def statements() -> list[str]:
            look(any_shop)
            with sent(any_shop.application.store) as found:
                look(any_shop)
            return found

        alone = statements()

        for number in range(3):
            any_shop.engine.workspaces.create(
                SYSTEM_ACTOR, key=f"SHOP{number}", name="A branch", methods=["shop"]
            )

        assert statements() == alone

    def test_reads_nothing_twice(self, any_shop: Shop) -> None:
        """Jobs that were done, workspaces and due work of items: one statement each."""
        any_shop.engine.timers.due(any_shop.clock.now())

        with sent(any_shop.application.store) as statements:
            any_shop.engine.timers.due(any_shop.clock.now())

        assert len(statements) == len(set(statements)) == 3
