"""Business time: Monday to Friday, nine to five, in UTC."""

from __future__ import annotations

from datetime import datetime, time, timedelta

_OPENS, _CLOSES = time(9), time(17)


def _opening(moment: datetime) -> datetime:
    """The first moment from this one on that counts."""
    if moment.timetz().replace(tzinfo=None) >= _CLOSES:
        moment = datetime.combine(moment.date() + timedelta(days=1), _OPENS, moment.tzinfo)
    elif moment.timetz().replace(tzinfo=None) < _OPENS:
        moment = datetime.combine(moment.date(), _OPENS, moment.tzinfo)
    while moment.weekday() > 4:
        moment = datetime.combine(moment.date() + timedelta(days=1), _OPENS, moment.tzinfo)
    return moment


def after(start: datetime, counted: timedelta) -> datetime:
    """When so much business time has passed."""
    moment = _opening(start)
    while True:
        closing = datetime.combine(moment.date(), _CLOSES, moment.tzinfo)
        if moment + counted <= closing:
            return moment + counted
        counted -= closing - moment
        moment = _opening(closing)


def between(start: datetime, end: datetime) -> timedelta:
    """Business time from one moment to another."""
    moment, counted = _opening(start), timedelta()
    while moment < end:
        closing = datetime.combine(moment.date(), _CLOSES, moment.tzinfo)
        counted += min(closing, end) - moment
        moment = _opening(closing)
    return counted


def days_after(start: datetime, days: int) -> datetime:
    """The same time of day so many business days later."""
    moment = _opening(start)
    for _ in range(days):
        moment = _opening(moment + timedelta(days=1))
    return moment
