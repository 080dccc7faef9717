"""A session that remembers when it failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from placet.errors import PlacetError

#: What comes of a question that cannot be answered, such as a search by a value of another kind.
_ASKED_WRONGLY = (TypeError, ValueError, LookupError, AttributeError)
#: What a session has by subject.
_PARTS = frozenset({"people", "timers", "deliveries", "log", "notifications"})


class Failure:
    """What the store failed with; apart from the session, or that would live until circles are collected."""

    __slots__ = ("met",)

    def __init__(self) -> None:
        self.met: BaseException | None = None

    def noting(self, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Ask, and keep what it fails with, unless it was asked wrongly."""
        try:
            return ask(*args, **kwargs)
        except (PlacetError, *_ASKED_WRONGLY):
            raise
        except Exception as failure:
            self.met = failure
            raise


class WatchedSession:
    """A session that remembers when it failed, so that no check can mistake the store's failure for its own."""

    def __init__(self, session: Any, failure: Failure) -> None:
        self._session = session
        #: A part of a session notes it with the session.
        self._failure = failure

    def __getattr__(self, name: str) -> Any:
        found = self._failure.noting(getattr, self._session, name)
        if name in _PARTS:
            found = WatchedSession(found, self._failure)
        elif callable(found):
            found = partial(self._failure.noting, found)
        else:
            return found
        setattr(self, name, found)
        return found
