"""The time and the text of messages with notifications: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet.definitions.channels import Message
from placet.engine.act.notifications import Digest, NotificationRecord, Sending

#: A message shows so many notifications in full, and gives the number of the others.
_SHOWN = 50
_DAYS_OF_WEEK = 7


def due(now: datetime, digest: Digest, zone: str, at: time) -> datetime:
    """When a notification made now goes out: at once, or at the next time of day, daily or on Mondays."""
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
    """One message with all the notifications of a sending, each with its reasons."""
    notifications = sending.notifications
    if len(notifications) == 1:
        [notification] = notifications
        return Message(
            _line(f"{notification.key} {notification.title}: {notification.message}"), _said(notification)
        )
    texts = "\n\n".join(_said(notification) for notification in notifications[:_SHOWN])
    more = f"\n\nand {len(notifications) - _SHOWN} more in your inbox" if len(notifications) > _SHOWN else ""
    return Message(f"{len(notifications)} notifications: {_items(notifications)}", f"{texts}{more}")


def _said(notification: NotificationRecord) -> str:
    reasons = " and because ".join(dict.fromkeys(reason for _, reason in notification.because))
    return (
        f"{_line(f'{notification.key} {notification.title}')}\n"
        f"{notification.message} ({notification.local_time})\n"
        f"You get this because {reasons}."
    )


def _line(text: str) -> str:
    """Text in one line, for a subject."""
    return " ".join(text.split())


def _items(notifications: Sequence[NotificationRecord]) -> str:
    keys = list(dict.fromkeys(notification.key for notification in notifications))
    shown = 3
    more = f" and {len(keys) - shown} more" if len(keys) > shown else ""
    return f"{', '.join(keys[:shown])}{more}"
