"""Code of plugins that does not end: its time is limited, the culprit is named, and others do not wait for it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE
from shop import FIXER, OpenShop, Shop, plugin, replace_transition, with_repair
from sqlalchemy import event

from placet import (
    Check,
    CheckContext,
    Computed,
    Effect,
    EffectContext,
    Gate,
    Method,
    Transition,
    Verdict,
    blocked,
    passed,
)
from placet.app import build
from placet.catalog.discovery import Registry
from placet.definitions.verdicts import BlockedError, Outcome
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.rules.previews import Explanation
from placet.settings import Settings
from placet.store import bridge

#: Longer than any test waits: what is not interrupted is found by the test's own end.
FOR_EVER = 3600

Ask = Callable[[CheckContext], Verdict]


@pytest.fixture(autouse=True)
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has the time to wait for two seconds."""
    monkeypatch.setenv("PLACET_CHECK_DEADLINE", "0.2")


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """A thread that is not the main one, as those of the server on SQLite."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def _hanging(ctx: CheckContext) -> Verdict:
    time.sleep(FOR_EVER)
    return passed()


def _spinning(ctx: CheckContext) -> Verdict:
    while True:
        pass


def _deaf(ctx: CheckContext) -> Verdict:
    """Takes an interruption for one of its own failures, and goes on."""
    while True:
        with suppress(Exception):
            _hanging(ctx)


def _reading_on_and_on(ctx: CheckContext) -> Verdict:
    while True:
        ctx.items("shop.repair", states=["bench"])


def _method(*asked: Ask) -> Method:
    """The repair shop, where these stand before the start of a repair, each as a check of its own."""
    checks = [Check(f"shop.odd_{n}", ask) for n, ask in enumerate(asked)]
    return replace_transition(
        Transition("start", "wished", "bench", [FIXER], [Gate("shop.odd", "Odd", *checks)])
    )


def _found(explanation: Explanation) -> list[tuple[str, Outcome, str]]:
    start = explanation.preview("start")
    assert start is not None
    return [(b.check, b.verdict, b.message) for b in start.blockers]


OVERRAN = "check failed to run: it took longer than the 0.2 s that it may take (PLACET_CHECK_DEADLINE)"


class TestInTheMainThread:
    @pytest.mark.parametrize("ask", [_hanging, _spinning, _deaf, _reading_on_and_on])
    def test_a_check_is_interrupted_and_named_beside_the_others(
        self, open_shop: OpenShop, database_url: str, ask: Ask
    ) -> None:
        """A sleep, a loop, and a loop of searches end at the deadline; the refusal has all blockers."""
        other = blocked("closed", remedy="wait")
        shop = open_shop(database_url, method=_method(ask, lambda ctx: other))
        item = shop.wish()

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.check, b.source, b.verdict, b.message) for b in refusal.blockers] == [
            ("shop.odd_0", "shop", Outcome.UNKNOWN, OVERRAN),
            ("shop.odd_1", "shop", Outcome.UNMET, "closed"),
        ]
        assert shop.kinds(item) == ["created", "refused"]
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_what_it_reads_does_not_count(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A search is the database's time, which has limits of its own: a check is not blamed for a slow one."""

        def searching(ctx: CheckContext) -> Verdict:
            return passed(found=len(ctx.items("shop.repair", states=["wished"])))

        shop = open_shop(sqlite_url, method=_method(searching))
        item = shop.wish()
        _slow_down(shop, 0.5)

        assert shop.move(item, "start", "ben").state == "bench"


@pytest.mark.parametrize("apart", [False, True], ids=["main thread", "other thread"])
def test_an_import_is_not_interrupted(
    open_shop: OpenShop, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, apart: bool
) -> None:
    """A library that is imported by the first check that needs it would be broken in this process from then on."""
    module = f"slow_library_{'apart' if apart else 'here'}"
    (tmp_path / f"{module}.py").write_text(
        "import time\nfor _ in range(30):\n    time.sleep(0.02)\nWHOLE = True\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    def importing(ctx: CheckContext) -> Verdict:
        return passed(whole=importlib.import_module(module).WHOLE)

    shop = open_shop(sqlite_url, method=_method(importing))
    item = shop.wish()

    with ThreadPoolExecutor(1) as pool:
        if apart:
            pool.submit(shop.engine.explain, shop["ben"], item.key).result()
        else:
            shop.engine.explain(shop["ben"], item.key)

    assert sys.modules[module].WHOLE


@pytest.mark.untraced
class TestInOtherThreads:
    @pytest.mark.parametrize("ask", [_spinning, _reading_on_and_on])
    def test_a_check_is_interrupted_too(
        self, open_shop: OpenShop, sqlite_url: str, elsewhere: ThreadPoolExecutor, ask: Ask
    ) -> None:
        """Where requests run in threads, as on SQLite."""
        shop = open_shop(sqlite_url, method=_method(ask))
        item = shop.wish()

        found = elsewhere.submit(shop.engine.explain, shop["ben"], item.key).result()

        assert _found(found) == [("shop.odd_0", Outcome.UNKNOWN, OVERRAN)]

    def test_one_that_sleeps_is_given_up_from_the_second_time_on(
        self, open_shop: OpenShop, sqlite_url: str, elsewhere: ThreadPoolExecutor
    ) -> None:
        """Once it has overrun, it runs in a thread of its own, and who asks waits no longer than the deadline."""
        let_go = threading.Event()

        def nap_after_nap() -> None:
            while True:
                time.sleep(0.05)

        naps: Iterator[Callable[[], object]] = iter([nap_after_nap, let_go.wait])

        def sleeping(ctx: CheckContext) -> Verdict:
            next(naps)()
            return passed()

        shop = open_shop(sqlite_url, method=_method(sleeping))
        item = shop.wish()
        found = [elsewhere.submit(shop.engine.explain, shop["ben"], item.key).result() for _ in range(2)]

        assert [_found(each) for each in found] == [[("shop.odd_0", Outcome.UNKNOWN, OVERRAN)]] * 2
        assert not let_go.is_set()
        let_go.set()

    def test_one_that_never_wakes_keeps_only_who_asked_first(
        self, open_shop: OpenShop, sqlite_url: str, elsewhere: ThreadPoolExecutor
    ) -> None:
        """Something outside Python that does not answer takes one thread, and not all of them one by one."""
        let_go = threading.Event()

        def sleeping(ctx: CheckContext) -> Verdict:
            let_go.wait()
            return passed()

        shop = open_shop(sqlite_url, method=_method(sleeping))
        item = shop.wish()
        first = elsewhere.submit(shop.engine.explain, shop["ben"], item.key)
        while not shop.engine._acts.plugins.runs_apart("shop.odd_0"):
            time.sleep(0.01)

        with ThreadPoolExecutor(1) as another:
            found = another.submit(shop.engine.explain, shop["ben"], item.key).result()

        assert _found(found) == [("shop.odd_0", Outcome.UNKNOWN, OVERRAN)]
        assert not first.done()
        let_go.set()
        assert _found(first.result()) == [("shop.odd_0", Outcome.UNKNOWN, OVERRAN)]


@pytest.mark.untraced
class TestAfterwards:
    def test_a_check_that_ends_again_is_heard_and_may_read(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """In a thread of its own it sees what it would see anywhere, also what was only just prepared."""
        naps = iter([FOR_EVER])

        def waking(ctx: CheckContext) -> Verdict:
            time.sleep(next(naps, 0))
            wished = ctx.items("shop.repair", states=["wished"])
            return blocked(
                "{n} wished for, this one for {hours} hours",
                remedy="wait",
                params={"n": len(wished), "hours": ctx.item.fields.hours},
            )

        shop = open_shop(database_url, method=_method(waking))
        item, _ = shop.wish(), shop.wish()
        shop.refusal(item, "start", "ben")

        refusal = shop.refusal(item, "start", "ben", fields={"hours": 3})

        assert [b.message for b in refusal.blockers] == ["2 wished for, this one for 3 hours"]

    def test_what_it_raises_there_is_reported_as_ever(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """`sys.exit` too; the engine's own errors stay the engine's."""
        naps = iter([FOR_EVER])

        def leaving(ctx: CheckContext) -> Verdict:
            time.sleep(next(naps, 0))
            raise SystemExit(3)

        shop = open_shop(sqlite_url, method=_method(leaving))
        item = shop.wish()
        shop.refusal(item, "start", "ben")

        refusal = shop.refusal(item, "start", "ben")

        (message,) = [b.message for b in refusal.blockers]
        assert message.startswith("check failed to run: SystemExit: 3 (")

    def test_only_so_many_are_left_behind(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A check that never ends does not fill the process with threads."""
        let_go = threading.Event()

        def sleeping(ctx: CheckContext) -> Verdict:
            let_go.wait()
            return passed()

        shop = open_shop(sqlite_url, method=_method(sleeping))
        item = shop.wish()
        before = threading.active_count()

        messages = [_found(shop.engine.explain(shop["ben"], item.key))[0][2] for _ in range(19)]

        assert messages[:17] == [OVERRAN] * 17
        assert "16 calls that took too long have not ended" in messages[18]
        assert threading.active_count() <= before + 17
        let_go.set()

    @pytest.mark.greenlets
    def test_others_go_on_in_the_thread_of_the_event_loop(
        self, open_shop: OpenShop, postgresql_url: str
    ) -> None:
        """On PostgreSQL all requests of a process run in one thread: while a check hangs, others are answered."""
        let_go, hanging = threading.Event(), threading.Event()

        def sleeping(ctx: CheckContext) -> Verdict:
            hanging.set()
            let_go.wait(FOR_EVER)
            return blocked(f"{ctx.item.key} is heard", remedy="wait")

        method = _method(sleeping)
        shop = open_shop(postgresql_url, method=method)
        item = shop.wish()
        settings = Settings(database_url=postgresql_url, check_deadline=60)
        application = build(
            settings, clock=shop.clock, registry=Registry.of(plugin(method)), asynchronous=True
        )
        application.engine._acts.plugins.run_apart("shop.odd_0")

        async def both() -> tuple[int, Explanation]:
            explaining = asyncio.create_task(
                bridge.run(application.store, lambda: application.engine.explain(shop["ben"], item.key))
            )
            await asyncio.to_thread(hanging.wait)
            seen = await bridge.run(
                application.store, lambda: application.engine.items.get(SYSTEM_ACTOR, item.key)
            )
            assert not explaining.done()
            let_go.set()
            found = await explaining
            await bridge.run(application.store, application.close)
            return seen.version, found

        version, found = asyncio.run(both())

        assert version == item.version
        assert [message for _, _, message in _found(found)] == [f"{item.key} is heard"]


@pytest.mark.untraced
class TestOtherCode:
    def test_a_computed_field_that_hangs_stops_the_write_by_name(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """No item is stored with a figure that could not be computed."""
        shop = open_shop(sqlite_url, method=with_repair(computed=[Computed("total", _hanging)]))

        with pytest.raises(BlockedError) as caught:
            shop.wish()

        assert [(b.gate, b.check, b.source) for b in caught.value.blockers] == [
            ("computed", "shop.repair.total", "shop")
        ]
        assert "it took longer than the 0.2 s" in caught.value.blockers[0].message

    def test_an_effect_that_hangs_takes_everything_back(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Its earlier work is not there either, and its work after its time was up never is."""

        def make_and_hang(ctx: EffectContext) -> None:
            ctx.create("shop.part", "P", maker="A")
            _hanging(ctx)

        start = Transition("start", "wished", "bench", [FIXER], [], [Effect("shop.hang", make_and_hang)])
        shop = open_shop(sqlite_url, method=replace_transition(start))
        item = shop.wish()

        for _ in range(2):
            assert [b.check for b in shop.refusal(item, "start", "ben").blockers] == ["shop.hang"]
        query = shop.engine.reports.item_query(SYSTEM_ACTOR)
        assert [row.key for row in shop.engine.reports.items(SYSTEM_ACTOR, query).rows] == [item.key]

    def test_a_hook_that_hangs_is_named_by_its_method(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A plugin's opinion on everybody's transitions is limited like any check."""
        guard = plugin(Method("guard", "Guard"), name="guard", placet_check=_hanging)
        shop = open_shop(sqlite_url, guard, methods=["shop", "guard"])

        refusal = shop.refusal(shop.wish(fault="dark", hours=1), "start", "ben")

        assert [(b.check, b.source, b.message) for b in refusal.blockers] == [
            ("guard.placet_check", "guard", OVERRAN)
        ]


class TestSlowOnes:
    @pytest.fixture(autouse=True)
    def long_deadline(self, short_deadline: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """Slow ones do not overrun, however much slower the machine makes them."""
        monkeypatch.setenv("PLACET_CHECK_DEADLINE", "60")

    def test_are_named_in_the_log_once_a_minute(
        self, open_shop: OpenShop, sqlite_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """From 50 ms on, with what they took of their own."""

        def sleeping(ctx: CheckContext) -> Verdict:
            time.sleep(0.06)
            return passed()

        shop = open_shop(sqlite_url, method=_method(sleeping))
        item = shop.wish()

        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                shop.engine.explain(shop["ben"], item.key)

        slow = [record.getMessage() for record in caplog.records if " ms on " in record.getMessage()]
        assert len(slow) == 1
        assert slow[0].startswith("shop.odd_0 took ")
        assert f" ms on {item.key}, " in slow[0]


#: A thread is interrupted, and another function is called under a profiler afterwards.
_PROFILED = """
import sys, threading, time
from placet.engine.act.deadline import HERE, Overrun

def late():
    HERE.running.due = time.monotonic()
    try:
        while True:
            pass
    except Overrun:
        HERE.running.clear()

thread = threading.Thread(target=late)
thread.start()
thread.join()
sys.setprofile(lambda *_: None)
(lambda: None)()
sys.setprofile(None)
"""


_PROFILED_BESIDE_A_SLEEPER = """
import os, sys, threading, time
from placet.engine.act.deadline import HERE

made = []

def late():
    made.append(HERE.running)
    HERE.running.due = time.monotonic()
    time.sleep(3600)

threading.Thread(target=late, daemon=True).start()
while not (made and made[0].struck_at and made[0].aimed):
    time.sleep(0)
sys.setprofile(lambda *_: None)
(lambda: None)()
sys.setprofile(None)
os._exit(0)
"""


class TestAnInterruption:
    def test_leaves_nothing_behind_for_a_profiler(self) -> None:
        """Python 3.11 looks for a withdrawn exception at every call, and under a profiler or tracer for ever."""
        subprocess.run([sys.executable, "-c", _PROFILED], check=True, timeout=PATIENCE)  # our own program

    @pytest.mark.untraced
    def test_that_a_sleeping_thread_cannot_take_leaves_nothing_to_others(self) -> None:
        """A check that sleeps in a thread of its own is given up, and the thread has its exception until it wakes."""
        subprocess.run([sys.executable, "-c", _PROFILED_BESIDE_A_SLEEPER], check=True, timeout=PATIENCE)


def _slow_down(shop: Shop, seconds: float) -> None:
    """Let every search of this shop take a while, in the database."""

    def slowly(*arguments: Any) -> None:
        if "shop.repair" in str(arguments[3]):
            time.sleep(seconds)

    event.listen(shop.application.store.engine, "before_cursor_execute", slowly)
