"""The inbox: what somebody was notified of, and what of it they have read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from placet.engine.act.access import may_see, reach, seen_workspace
from placet.engine.act.notices import NotificationRecord
from placet.engine.act.people import Actor
from placet.engine.act.queries import InboxQuery, Page
from placet.engine.act.records import ItemRef
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.wording import in_words
from placet.errors import InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of somebody's notices."""

    page: Page[NotificationRecord]
    #: Unread ones in all.
    unread: int


class Inbox:
    """What people do with their notifications; each verb with who acts first."""

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
        """The actor's notices of items that they may see, the newest first."""

        def see(work: UnitOfWork) -> InboxPage:
            if workspace is not None:
                seen_workspace(work, actor, workspace)
            query = InboxQuery(
                actor.id, reach(work, actor), workspace, unread=unread, limit=limit, cursor=cursor
            )
            page = work.session.notices.page(query)
            shown = in_words(work, page.rows)
            return InboxPage(Page(shown, page.next_cursor), work.session.notices.unread(query))

        return self._acts.look(see)

    def read(self, actor: Actor, id: str) -> NotificationRecord:
        """Mark one of the actor's notices as read; a second time changes nothing."""

        def do(work: UnitOfWork) -> NotificationRecord:
            found = work.session.notices.notice(actor.id, id)
            if found is None or not _still_seen(work, actor, found):
                raise NotFoundError("notice", id[:100])
            [found] = in_words(work, [found])
            # Of two at once the first counts.
            read_at = work.session.notices.mark_read(actor.id, id, work.now)
            return replace(found, read_at=read_at)

        return self._acts.administer("read_notice", do)

    def read_all(self, actor: Actor, *, until: str, workspace: str | None = None) -> int:
        """Mark as read one of the actor's notices and all older ones, perhaps of one workspace; answers how many."""

        def do(work: UnitOfWork) -> int:
            if work.session.notices.notice(actor.id, until) is None:
                raise InvalidError.at("/until", f'there is no notice "{until[:100]}" in your inbox')
            return work.session.notices.mark_all_read(actor.id, work.now, until=until, workspace=workspace)

        return self._acts.administer("read_notices", do)


def _still_seen(work: UnitOfWork, actor: Actor, notice: NotificationRecord) -> bool:
    record = work.item(ItemRef(notice.workspace, notice.number))
    return record is not None and may_see(work, actor, record)
