"""Notifications in words, composed when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from placet.engine.act.notifications import NotificationRecord
from placet.engine.act.records import EventRecord
from placet.engine.act.titles import Titles
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.phrases import because, sentence


def in_words(unit: UnitOfWork, notifications: Sequence[NotificationRecord]) -> list[NotificationRecord]:
    """Notifications as they read now: erased texts of their events are not shown."""
    events = unit.session.log.events(notification.event for notification in notifications)
    return [
        _worded(
            each,
            events[each.event],
            unit.titles(each.workspace, each.type),
        )
        for each in notifications
    ]


def _worded(notification: NotificationRecord, event: EventRecord, titles: Titles) -> NotificationRecord:
    """A notification with its sentence, its reasons, and who did it when."""
    return replace(
        notification,
        message=sentence(event, titles),
        because=tuple(because(why, titles) for why in notification.why),
        by=event.actor,
        local_time=f"{titles.moment(notification.at)}, {titles.zone}",
    )
