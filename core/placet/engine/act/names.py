"""Names of actors, for sentences."""

from __future__ import annotations

import time

from placet.engine.act.session import Session

#: Seconds for which a name is used without asking the store: names decide nothing and seldom change.
_MEMORY = 60.0
#: The most names that are kept at once.
_KEPT = 10_000


class Names:
    """Names by actor's id, cached for a minute; an erased or changed name may be shown for that long."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str | None]] = {}

    def of(self, id: str, session: Session) -> str | None:
        """The name of an actor, with the id where others have the same one; `None` for an unknown id."""
        now = time.monotonic()
        known = self._known.get(id)
        if known is not None and known[0] > now:
            return known[1]
        if len(self._known) >= _KEPT:
            self._known.clear()
        found = session.people.name_of(id)
        name = None if found is None else found[0]
        # After an erasure the name is the id.
        if found is not None and found[1] and name != id:
            name = f"{name} ({id})"
        self._known[id] = now + _MEMORY, name
        return name
