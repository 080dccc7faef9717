"""When the items of one search take place, as far as an act has read it: further times are read as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from placet.engine.act.queries import TimeRow, TimesAsked

_DAY = timedelta(days=1)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class ReadTimes:
    """The rows of one search, of one stretch of time, which grows.

    Several checks of a transition look at times that nearly coincide, and a search for a free slot goes on from where
    it was: whole days are read, and of a later time only the items that begin in it. One that recurs for good is thus
    read once, however often the schedule is asked.
    """

    def __init__(self, read: Callable[[TimesAsked], Sequence[TimeRow]], *, whole: bool) -> None:
        """`read` reads the store; `whole`: with the fields of the items."""
        self._read, self._whole = read, whole
        self._rows: list[TimeRow] = []
        self._after = self._before = _LAST

    def within(self, after: datetime, before: datetime) -> Sequence[TimeRow]:
        """The items that overlap a time [after, before), and further ones, in no order."""
        if self._after <= after and before <= self._before:
            return self._rows
        until = _midnight_after(before)
        if self._after <= after <= self._before:
            self._rows += self._read(TimesAsked(self._before, until, self._whole, beginning=True))
        else:
            self._after = _midnight_before(after)
            self._rows = [*self._read(TimesAsked(self._after, until, self._whole, beginning=False))]
        self._before = until
        return self._rows


def _midnight_before(moment: datetime) -> datetime:
    """The last midnight in UTC before a moment."""
    moment = moment.astimezone(UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - _DAY if midnight == moment and midnight - _FIRST >= _DAY else midnight


def _midnight_after(moment: datetime) -> datetime:
    """The first midnight in UTC from a moment on."""
    midnight = _midnight_before(moment.astimezone(UTC))
    while midnight < moment:
        if _LAST - midnight < _DAY:
            return _LAST
        midnight += _DAY
    return midnight
