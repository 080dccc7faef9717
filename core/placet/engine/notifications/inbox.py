"""The inbox: a person's notifications, read and unread."""

from __future__ import annotations

from dataclasses import dataclass, replace

from placet.engine.act.access import elsewhere, in_workspace, item_places, may_see
from placet.engine.act.notifications import NotificationRecord
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.queries import InboxQuery, Page
from placet.engine.act.records import ItemRef
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.installation_rules import reads_installation
from placet.engine.notifications.places import places_of_inbox
from placet.engine.notifications.wording import in_words
from placet.errors import InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of somebody's notifications."""

    page: Page[NotificationRecord]
    #: The number of all unread ones.
    unread: int


class Inbox:
    """Verbs of people on their notifications. The first argument of each is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def page(
        self,
        actor: Actor,
        *,
        workspace: str | None = None,
        unread: bool = True,
        cursor: str | None = None,
        limit: int = 50,
    ) -> InboxPage:
        """The actor's notifications of items that they may see, the newest first."""

        def see(unit: UnitOfWork) -> InboxPage:
            if workspace is not None:
                item_places(unit, actor, workspace)
            query = InboxQuery(
                actor.id,
                places_of_inbox(unit, actor),
                elsewhere(unit, actor),
                workspace,
                unread=unread,
                limit=limit,
                cursor=cursor,
            )
            page = unit.session.notifications.page(query)
            shown = in_words(unit, page.rows)
            return InboxPage(Page(shown, page.next_cursor), unit.session.notifications.unread(query))

        return self._acts.look(see)

    def read(self, actor: Actor, id: str) -> NotificationRecord:
        """Mark one of the actor's notifications as read; a second time changes nothing."""

        def do(unit: UnitOfWork) -> NotificationRecord:
            found = unit.session.notifications.notification(actor.id, id)
            if found is None or not _still_seen(unit, actor, found):
                raise NotFoundError("notification", id[:100])
            [found] = in_words(unit, [found])
            # Of two simultaneous calls the first counts.
            read_at = unit.session.notifications.mark_read(actor.id, id, unit.now)
            return replace(found, read_at=read_at)

        return self._acts.administer("read_notification", do)

    def read_all(self, actor: Actor, *, until: str, workspace: str | None = None) -> int:
        """Mark a notification and all older ones as read, perhaps of one workspace; returns how many were marked."""

        def do(unit: UnitOfWork) -> int:
            if unit.session.notifications.notification(actor.id, until) is None:
                raise InvalidError.at("/until", f'there is no notification "{until[:100]}" in your inbox')
            return unit.session.notifications.mark_all_read(
                actor.id, unit.now, until=until, workspace=workspace
            )

        return self._acts.administer("read_notifications", do)


def _still_seen(unit: UnitOfWork, actor: Actor, notification: NotificationRecord) -> bool:
    if notification.workspace == INSTALLATION:
        return reads_installation(actor)
    if not notification.number:
        return in_workspace(actor, unit.workspace(notification.workspace))
    record = unit.item(ItemRef(notification.workspace, notification.number))
    return record is not None and may_see(unit, actor, record)
