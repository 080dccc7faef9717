"""What is due is done by the worker, once, as any other act."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from post import eventually
from shop import Shop

from placet.worker.worker import Worker

WorkOn = Callable[[Shop], Worker]


@pytest.fixture
def work_on() -> Iterator[WorkOn]:
    """Starts the worker of a shop, and stops it in the end."""
    started: list[Worker] = []

    def start(shop: Shop) -> Worker:
        worker = Worker(shop.house)
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()


class TestWhatIsDue:
    def test_happens_when_its_moment_has_come(self, any_shop: Shop, work_on: WorkOn) -> None:
        """An approval that nobody gave in time counts no more, and its item's history says so, once."""
        waiting = [any_shop.offered() for _ in range(3)]
        work_on(any_shop)
        assert not any("approval_expired" in any_shop.kinds(item) for item in waiting)

        any_shop.clock.forward(days=11)

        def ended() -> list[int]:
            return [any_shop.kinds(item).count("approval_expired") for item in waiting]

        assert eventually(lambda: ended() == [1, 1, 1])
        assert not eventually(lambda: ended() != [1, 1, 1], seconds=2)
        assert any_shop.engine.verify(any_shop["ida"]).ok

    def test_happens_though_its_moment_passed_while_nobody_worked(self, shop: Shop, work_on: WorkOn) -> None:
        item = shop.offered()
        shop.clock.forward(days=30)

        work_on(shop)

        assert eventually(lambda: "approval_expired" in shop.kinds(item))
