from __future__ import annotations

import pytest

from placet.engine.act.ports import MovedError
from placet.engine.act.watched_session import Failure, WatchedSession
from placet.errors import NotFoundError


class Moving:
    """A view that finds out that what it read has moved: as soon as a part of it is asked for, or when one is used."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure
        self.people = self

    @property
    def log(self) -> Moving:
        raise self._failure

    def actor(self, id: str) -> None:  # as a session has it
        raise self._failure


class TestAFailureOfTheStore:
    def test_is_noted_when_a_part_is_used(self) -> None:
        session = WatchedSession(Moving(moved := MovedError(["view"], ["view"])), failure := Failure())

        with pytest.raises(MovedError):
            session.people.actor("ann")

        assert failure.met is moved

    def test_is_noted_when_a_part_is_asked_for(self) -> None:
        """It takes its connection then; who catches everything must not take it for a fault of a plugin."""
        session = WatchedSession(Moving(moved := MovedError(["view"], ["view"])), failure := Failure())

        with pytest.raises(MovedError):
            _ = session.log

        assert failure.met is moved


def test_what_is_refused_is_no_failure_of_the_store() -> None:
    session = WatchedSession(Moving(NotFoundError("actor", "ann")), failure := Failure())

    with pytest.raises(NotFoundError):
        session.people.actor("ann")

    assert failure.met is None
