"""Between two looks of a worker's loop: longer where events come one after the other, and short where they stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from placet.worker import worker
from placet.worker.worker import Loop


class Pauses(threading.Event):
    """The end of a worker, which comes after some pauses; none of them takes time, and each is noted."""

    def __init__(self, number: int, during: Callable[[], None]) -> None:
        super().__init__()
        self.noted: list[float] = []
        self._number, self._during = number, during

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.noted.append(timeout)
        self._during()
        if len(self.noted) == self._number:
            self.set()
        return self.is_set()


class AtOnce(threading.Event):
    """A signal for which nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def pauses(number: int, during: Callable[[Loop, int], None]) -> list[float]:
    """The pauses of a loop that finds nothing more to do, with what happens in each of them."""
    leading = threading.Event()
    leading.set()
    stopping = Pauses(number, lambda: during(loop, len(stopping.noted)))
    loop = Loop("delivery", lambda: False, AtOnce(), leading, stopping)
    loop.run()
    return stopping.noted


@pytest.fixture(autouse=True)
def _no_rest_for_the_duration_of_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine would make a look long, and with it the pause."""
    monkeypatch.setattr(worker, "_REST", 0)


class TestThePauseAfterALook:
    def test_is_longer_while_events_come_and_never_more_than_a_fifth_of_a_second(self) -> None:
        """A look costs nearly as much for one event as for fifty."""
        assert pauses(5, lambda loop, _: loop.wake()) == [0.1, 0.2, 0.2, 0.2, 0.2]

    def test_is_short_again_as_soon_as_none_came_meanwhile(self) -> None:
        """So that the first event after a silence waits no longer than before."""

        def three_events(loop: Loop, pause: int) -> None:
            if pause <= 3:
                loop.wake()

        assert pauses(6, three_events) == [0.1, 0.2, 0.2, 0.2, 0.1, 0.1]

    def test_does_not_grow_with_the_ends_of_tasks(self) -> None:
        """Each of them makes room for the next deliveries of a subscriber that is behind."""
        assert pauses(3, lambda loop, _: loop.look_again()) == [0.1, 0.1, 0.1]
