"""The columns of a map, as far as a log has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from placet import nearest
from placet_process_mining.faults import LogError

#: Names of columns that are remembered, for the error message.
_KEPT = 200


class Columns:
    """Columns of a map that no row has had yet."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._missing = set(wanted)
        self._known: set[str] = set()

    def there(self, names: Iterable[str]) -> None:
        """Note columns of rows."""
        if self._missing:
            self._missing.difference_update(names)
            if len(self._known) < _KEPT:
                self._known.update(names)

    def demand(self, file: Path, line: int | None = None) -> None:
        """Raises `LogError` for columns that no row had, unless the log has no rows."""
        if self._missing and (self._known or line is not None):
            named = "; ".join(
                f'there is no column "{name}"{nearest(name, self._known)}' for name in sorted(self._missing)
            )
            raise LogError(file, line, f"{named}: name the right ones in the map")
