"""Notifications: people are notified of events, and what goes out to them by mail and chat is sent."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from placet.app import Application
from placet.definitions.channels import ChannelError
from placet.engine.act.deliveries import NOTIFICATIONS, Attempt
from placet.errors import DefinitionError
from placet.store.outbox import Outbox, Outcome, Rest

_log = logging.getLogger(__name__)

#: Events of which people are notified at a time.
_BATCH = 100
#: Events that concern nobody, after which it is stored that this is known.
_WORTH = 500
#: Notifications rest for nothing: each event is tried once, and again when somebody asks for it.
_NO_REST = Rest(2**31, timedelta(), timedelta())
#: Seconds between two looks for what is to be sent.
_LOOK = 1.0
#: Seconds that a message on its way may take when the worker stops; who comes next sends it again.
_PATIENCE = 5.0


class Notifier:
    """Notifies people of events, in the order of the log, in batches whose position moves with what they write."""

    def __init__(self, application: Application, outbox: Outbox) -> None:
        self._engine = application.engine
        self._outbox = outbox
        self._days = application.settings.delivery_days
        #: The position up to which it is stored that people were notified; `None` where it is to be read.
        self._stored: int | None = None
        #: The position up to which there was nobody to be notified.
        self._reached = 0

    def look(self) -> bool:
        """Notify people of the next events; answers whether there may be more."""
        if self._stored is None:
            self._stored = self._reached = self._outbox.subscribers([NOTIFICATIONS])[NOTIFICATIONS].position
        self._again()
        page = self._outbox.events_after(self._reached, _BATCH)
        if not page:
            return False
        end = page[-1].position
        drafts = self._engine.notifications.draft(page)
        if not drafts and end - self._stored < _WORTH:
            self._reached = end
        elif self._engine.notifications.save(drafts, since=self._stored, until=end):
            self._stored = self._reached = end
        else:
            self._stored = None  # another worker has led meanwhile: go on where it ended
        return len(page) == _BATCH

    def _again(self) -> None:
        """Notify people once more of events at which a rule had failed, where somebody asked for it."""
        now = datetime.now(UTC)
        for each in self._outbox.of(NOTIFICATIONS, now, _BATCH):
            [sealed] = self._outbox.events_after(each.position - 1, 1)
            try:
                self._engine.notifications.notify(sealed.event)
                error = ""
            except DefinitionError as failure:
                error = str(failure)
            outcome = Outcome(each, Attempt(now, 0.0, error=error))
            self._outbox.note(NOTIFICATIONS, [outcome], now + timedelta(days=self._days), _NO_REST)


class Sender:
    """Sends what is due, message by message, for as long as it is entered. Any number of them share the work."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="placet-sender", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.send()
            except Exception:  # noqa: BLE001  # logged, and tried again
                _log.exception("the sender failed, and goes on in a moment")
                busy = False
            if not busy:
                self._stopping.wait(_LOOK)

    def send(self) -> bool:
        """Send one message, if one is due; answers whether one was. One that fails is tried again later."""
        engine = self._application.engine
        sending = engine.notifications.next_sending()
        if sending is None:
            return False
        try:
            self._application.channels.send(sending)
        except Exception as failure:  # noqa: BLE001  # whatever it is, it must not stop what is for others
            if not isinstance(failure, ChannelError):
                _log.exception("sending to %s by %s failed", sending.actor.id, sending.channel.shown)
            again = engine.notifications.not_sent(sending, str(failure) or type(failure).__name__)
            outcome = f"tried again at {again.isoformat()}" if again is not None else "given up"
            _log.warning(
                "%d notification(s) for %s did not go out by %s, and are %s: %s",
                len(sending.notifications), sending.actor.id, sending.channel.shown, outcome, failure,
            )  # fmt: skip
        else:
            engine.notifications.sent(sending)
        return True
