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


class WatchedSession:
    """A session that remembers when it failed, so that no check can mistake the store's failure for its own."""

    def __init__(self, session: Any, home: WatchedSession | None = None) -> None:
        self._session = session
        #: Where a failure is noted: a part of a session notes it with the session.
        self._home = home or self
        self.failure: BaseException | None = None

    def __getattr__(self, name: str) -> Any:
        found = self._noting(getattr, self._session, name)
        if name in _PARTS:
            found = WatchedSession(found, self._home)
        elif callable(found):
            found = partial(self._noting, found)
        else:
            return found
        setattr(self, name, found)
        return found

    def _noting(self, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(*args, **kwargs)
        except (PlacetError, *_ASKED_WRONGLY):
            raise
        except Exception as failure:
            self._home.failure = failure
            raise
