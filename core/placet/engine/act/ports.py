"""The interfaces that the engine needs from outside; `store` implements those of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol, TypeVar, runtime_checkable

from placet.definitions.verdicts import Blocker
from placet.engine.act.records import ItemRecord
from placet.engine.act.session import Session

T = TypeVar("T")


class MovedError(Exception):
    """Data that an act has read has changed: `Store.run` starts the act again with fresh reads."""

    def __init__(self, names: Sequence[str], labels: Sequence[str]) -> None:
        super().__init__(f"changed meanwhile: {', '.join(names)}")
        #: The names of what has changed.
        self.names = tuple(names)
        #: The kind of each, for metrics.
        self.labels = tuple(labels)


class Store(Protocol):
    """The store of all data."""

    def run(self, act: Callable[[Session], T], *, event: str, bulk: bool = False, about: str = "") -> T:
        """Run one act: its reads lock nothing, and one commit compares them and writes.

        It starts again with fresh reads when data that it read has changed, even if it ended in a refusal or an
        error. `event` is the id of the first event that it would write, the same in every attempt; it shows whether the
        commit succeeded if its answer was lost. `bulk` acts take their locks earlier. `about` is the key of the item,
        of an act about one: after an act that has met others there, the next ones may wait for them first.

        Raises:
            BusyError: the data that it read had changed in every attempt until the time limit.
            UnavailableError: the database cannot be reached; it says whether it is known that nothing was written.
        """
        ...

    def transact(
        self, act: Callable[[Session], T], *, configures: Sequence[str] = (), forced: bool = True
    ) -> T:
        """Run an act of administration in one transaction; it starts again after a conflict with others.

        Args:
            act: the act.
            configures: the workspaces whose configuration it may change: acts in them wait until it has ended, and the
                data that it reads of them stays valid.
            forced: whether it has to be on the disk at its end. What a worker does again if it is lost with a failure
                of power need not be, as long as everything that follows from it is lost with it.

        Raises:
            BusyError: it conflicted with others in every attempt.
        """
        ...

    def reading(
        self, *, whole: bool = True, known: Sequence[ItemRecord] = ()
    ) -> AbstractContextManager[Session]:
        """A consistent, read-only view.

        Unless it is `whole`, its second read may find that the first one would return something else by now, and then
        raises `MovedError`. Items that are `known`, as of one moment, count as that first read, and are not read.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Wait without stopping the other requests of this process."""
        ...

    def settle(self) -> None:
        """Give positions to the events committed so far, where the commit itself does not do that."""
        ...

    def overwrite_erased(self) -> None:
        """Take what was erased out of the database's files, as far as a program can do that."""
        ...


class Stored(NamedTuple):
    """A stored file."""

    #: In hex.
    sha256: str
    size: int


class EvidenceStore(Protocol):
    """A store of files by their SHA-256."""

    def put(self, content: BinaryIO) -> Stored:
        """Store the rest of a file of any size; the same content is stored once.

        Raises:
            UnavailableError: no space is left.
        """
        ...

    def open(self, sha256: str) -> BinaryIO | None:
        """The stored file, which the caller closes; `None` if there is none.

        Raises:
            OSError: its content is not what was stored.
        """
        ...


class Signer(Protocol):
    """The Ed25519 key that signs checkpoints. It is read when it is first asked for something.

    Raises `SettingsError` without a key.
    """

    @property
    def name(self) -> str:
        """The name of the log, and of the key: without blanks and plus signs."""
        ...

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes."""
        ...


class Observer(Protocol):
    """Called with the results of requested transitions. It neither raises nor waits."""

    def moved(self, type: str, transition: str) -> None: ...
    def refused(self, type: str, transition: str, blockers: Sequence[Blocker]) -> None: ...
    def failed(self) -> None:
        """The transition was neither made nor refused by the rules: an error of the request or of the store."""
        ...


class Tracer(Protocol):
    """Traces the steps of acts, to show where the time goes."""

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
        """A context manager that traces the code inside it."""
        ...


class Clock(Protocol):
    """The engine's source of time."""

    def now(self) -> datetime:
        """The current moment, in UTC."""
        ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that stands still until it is set: for a sandbox, a test or a stage."""

    def move_to(self, moment: datetime) -> None:
        """Set the clock to a moment."""
        ...
