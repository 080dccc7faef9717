"""When notices go out, and how they read: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet.definitions.channels import Message
from placet.engine.act.notices import Digest, NotificationRecord, Sending

#: Notices that one message tells in full; it says how many more there are.
_TOLD = 50
_DAYS_OF_WEEK = 7


def due(now: datetime, digest: Digest, zone: str, at: time) -> datetime:
    """When a notice of this moment goes out: at once, or at the next time of day, on any day or on a Monday."""
    if digest is Digest.IMMEDIATE:
        return now
    here = now.astimezone(ZoneInfo(zone))
    day = here.date()
    if digest is Digest.WEEKLY:
        day += timedelta(days=(_DAYS_OF_WEEK - day.weekday()) % _DAYS_OF_WEEK)
    step = timedelta(days=1 if digest is Digest.DAILY else _DAYS_OF_WEEK)
    while True:
        moment = datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
        if moment > now:
            return moment
        day += step


def composed(sending: Sending) -> Message:
    """One message of everything that goes out at once, each notice with its reasons."""
    notices = sending.notices
    if len(notices) == 1:
        [notice] = notices
        return Message(_line(f"{notice.key} {notice.title}: {notice.message}"), _told(notice))
    told = "\n\n".join(_told(notice) for notice in notices[:_TOLD])
    more = f"\n\nand {len(notices) - _TOLD} more in your inbox" if len(notices) > _TOLD else ""
    return Message(f"{len(notices)} notices: {_items(notices)}", f"{told}{more}")


def _told(notice: NotificationRecord) -> str:
    reasons = " and because ".join(dict.fromkeys(reason for _, reason in notice.because))
    return (
        f"{_line(f'{notice.key} {notice.title}')}\n{notice.message} ({notice.at:%Y-%m-%d %H:%M} UTC)\n"
        f"You get this because {reasons}."
    )


def _line(text: str) -> str:
    """Text in one line, as subjects are."""
    return " ".join(text.split())


def _items(notices: Sequence[NotificationRecord]) -> str:
    keys = list(dict.fromkeys(notice.key for notice in notices))
    shown = 3
    more = f" and {len(keys) - shown} more" if len(keys) > shown else ""
    return f"{', '.join(keys[:shown])}{more}"
