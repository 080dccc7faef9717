"""A session that remembers when it failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from placet.errors import PlacetError

#: Errors of a wrong query, such as a search by a value of another kind.
_ASKED_WRONGLY = (TypeError, ValueError, LookupError, AttributeError)
#: The subjects of a session.
_PARTS = frozenset({"people", "timers", "deliveries", "log", "notifications", "proposals", "upkeep", "audit"})


class Failure:
    """The failure of the store; kept apart from the session, to avoid a reference cycle."""

    __slots__ = ("met",)

    def __init__(self) -> None:
        self.met: BaseException | None = None

    def noting(self, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a query, and keep its failure, unless the query itself was wrong."""
        try:
            return ask(*args, **kwargs)
        except (PlacetError, *_ASKED_WRONGLY):
            raise
        except Exception as failure:
            self.met = failure
            raise


class WatchedSession:
    """A session that remembers a failure of the store, so that it does not count as a failure of the check."""

    def __init__(self, session: Any, failure: Failure) -> None:
        self._session = session
        #: The parts of a session share its failure.
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
