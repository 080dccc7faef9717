"""What the engine needs from outside, stated in its own words; `store` implements it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol, TypeVar, runtime_checkable

from placet.definitions.verdicts import Blocker
from placet.engine.act.session import Session

T = TypeVar("T")


class MovedError(Exception):
    """What an act read is no longer as it was read: `Store.run` starts it again with fresh reads."""

    def __init__(self, names: Sequence[str], labels: Sequence[str]) -> None:
        super().__init__(f"changed meanwhile: {', '.join(names)}")
        #: What moved, each by its own name.
        self.names = tuple(names)
        #: What kind of thing each of them is, as metrics tell it.
        self.labels = tuple(labels)


class Store(Protocol):
    """Where everything is kept."""

    def run(self, work: Callable[[Session], T], *, event: str, bulk: bool = False) -> T:
        """Do the work of one act: its reads hold nothing, and one commit compares them and writes.

        Started again with fresh reads when something that it read has moved, whatever its outcome was: refusals and
        errors are compared too. `event` is the id of the first event that it would write, the same in every attempt, by
        which it is found again where the commit's answer was lost. `bulk` acts take their locks earlier.

        Raises:
            BusyError: what it read had moved in every attempt until its patience ended.
            UnavailableError: the database is away; says whether it is known that nothing was written.
        """
        ...

    def transact(self, work: Callable[[Session], T], *, configures: Sequence[str] = ()) -> T:
        """Do the work of administration in one transaction; start again where others were met.

        `configures` are the workspaces whose configuration it may change: acts in them wait until it is done, and what
        it reads of them holds.

        Raises:
            BusyError: it met others in every attempt.
        """
        ...

    def reading(self, *, whole: bool = True) -> AbstractContextManager[Session]:
        """A read-only view, consistent in itself.

        Unless it is `whole`, it may find with its second read that the first one would give something else by now, and
        raises `MovedError`.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Wait without stopping the other requests of this process."""
        ...

    def settle(self) -> None:
        """Give positions to what is committed by now, where that does not happen with the commit."""
        ...


class Stored(NamedTuple):
    """Bytes that are kept."""

    #: In hex.
    sha256: str
    size: int


class EvidenceStore(Protocol):
    """Bytes by their SHA-256."""

    def put(self, content: BinaryIO) -> Stored:
        """Keeps the rest of a file, once, of whatever size.

        Raises:
            UnavailableError: there is no room for it.
        """
        ...

    def open(self, sha256: str) -> BinaryIO | None:
        """The bytes as a file, to be closed by who asks for it; `None` if they are not here.

        Raises:
            OSError: they are not what was put there.
        """
        ...


class Observer(Protocol):
    """Told what became of the transitions that were asked for. It neither raises nor waits."""

    def moved(self, type: str, transition: str) -> None: ...
    def refused(self, type: str, transition: str, blockers: Sequence[Blocker]) -> None: ...
    def failed(self) -> None:
        """It was neither made nor refused by the rules: an error of the request or of the store."""
        ...


class Tracer(Protocol):
    """Follows what is done, for those who look into where time goes."""

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
        """Around what is done inside."""
        ...


class Clock(Protocol):
    """Where the engine has the time from."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that stands where it is put: a sandbox's, a test's, a stage's."""

    def move_to(self, moment: datetime) -> None:
        """Let it stand at a moment."""
        ...
