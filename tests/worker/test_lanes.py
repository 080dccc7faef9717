"""Lanes: the due work of one method, one piece after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event

import pytest

from placet.errors import BusyError, UnavailableError
from placet.worker.lanes import Lanes


class TestWorkThatFails:
    @staticmethod
    def done(*failures: Exception | None) -> list[int]:
        """Which pieces of work were begun in a lane, each of which ends with one of these failures, or well."""
        begun: list[int] = []
        over = Event()

        def work(n: int, failure: Exception | None) -> Callable[[], None]:
            def do() -> None:
                begun.append(n)
                if failure is not None:
                    raise failure

            return do

        Lanes(over.set).give("shop", [work(n, failure) for n, failure in enumerate(failures)])
        assert over.wait(30)
        return begun

    def test_does_not_keep_what_is_due_after_it(self, caplog: pytest.LogCaptureFixture) -> None:
        """An item that others write to all the time is tried again; the next ones are done now."""
        with caplog.at_level(logging.ERROR):
            assert self.done(BusyError(9), None, RuntimeError("odd"), None) == [0, 1, 2, 3]

        assert len(caplog.records) == 2

    def test_ends_the_round_where_the_database_is_away(self) -> None:
        """Nothing else could be done: it is found again."""
        assert self.done(None, UnavailableError("it is away"), None) == [0, 1]
