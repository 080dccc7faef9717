"""Makes acts overlap: each waits, after it has read and before it decides, until the others have read too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError


class Rendezvous:
    """A meeting that checks keep while a test has called one; otherwise they pass by."""

    def __init__(self) -> None:
        self._barrier: Barrier | None = None
        self._patience = 0.0
        #: Meetings to which everybody came.
        self.held = 0

    @contextmanager
    def of(self, parties: int, *, patience: float) -> Iterator[None]:
        """Call a meeting; once it was held, or somebody has waited in vain, nobody waits again.

        Args:
            parties: acts that shall overlap.
            patience: seconds to wait for the others. Where one writer at a time is let in, nobody ever comes.
        """
        self._patience, self._barrier = patience, Barrier(parties)
        try:
            yield
        finally:
            self._barrier = None

    def arrive(self) -> None:
        """Wait for the others, once."""
        barrier = self._barrier
        if barrier is None:
            return
        try:
            last = barrier.wait(self._patience) == 0
        except BrokenBarrierError:
            last = False
        else:
            self.held += last
        self._barrier = None


MEETING = Rendezvous()
