"""Names of actors, as sentences say them."""

from __future__ import annotations

import time

from placet.engine.act.session import Session

#: Seconds for which a name is believed without asking the store: it decides nothing, and changes hardly ever.
_MEMORY = 60.0
#: Names kept at once.
_KEPT = 10_000


class Names:
    """Names by actor's id, remembered for a minute; so long may an erased or changed one still be read."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str | None]] = {}

    def of(self, id: str, session: Session) -> str | None:
        """An actor's name; `None` for an id that nobody has."""
        now = time.monotonic()
        known = self._known.get(id)
        if known is not None and known[0] > now:
            return known[1]
        if len(self._known) >= _KEPT:
            self._known.clear()
        actor = session.people.actor(id)
        name = actor.name if actor is not None else None
        self._known[id] = now + _MEMORY, name
        return name
