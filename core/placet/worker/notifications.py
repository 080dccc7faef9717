"""Notifications: people are notified of events, and messages to them are sent by mail and chat."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from placet.app import Application
from placet.catalog.composition import one_line
from placet.definitions.channels import ChannelError
from placet.definitions.storable import message_of
from placet.definitions.wording import number_of
from placet.engine.act.deliveries import NOTIFICATIONS, Attempt
from placet.errors import BusyError, DefinitionError, UnavailableError
from placet.store.outbox import LOST_EVENT, Case, Outbox, Outcome, Rest
from placet.worker.bounded import BoundedCalls, CrowdedError, OverdueError

_log = logging.getLogger(__name__)

#: Events that are handled at a time.
_BATCH = 100
#: After so many events that concern nobody, the position is stored.
_WORTH = 500
#: Notifications never rest: each event is tried once, and again when an administrator asks for it.
_NO_REST = Rest(2**31, timedelta(), timedelta())
#: Seconds between two looks for messages to send.
_LOOK = 1.0
#: Seconds that a channel may take for a message.
_LONGEST = 60.0
#: Seconds that the worker waits for a message when it stops; after that, the next worker sends it again.
_PATIENCE = 5.0


class Notifier:
    """Notifies people of events in the order of the log, in batches; each is stored with its position."""

    def __init__(self, application: Application, outbox: Outbox) -> None:
        self._engine = application.engine
        self._outbox = outbox
        self._days = application.settings.delivery_days
        #: The stored position, up to which people were notified; `None` if it has to be read.
        self._stored: int | None = None
        #: The position up to which all events are handled.
        self._reached = 0

    def look(self) -> bool:
        """Notify people of the next events; returns whether there may be more."""
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
            self._stored = None  # another worker has led meanwhile: continue where it ended
        return len(page) == _BATCH

    def _again(self) -> None:
        """Notify people again of events at which a rule had failed, if an administrator asked for it."""
        now = datetime.now(UTC)
        for case in self._outbox.due_cases(NOTIFICATIONS, now, _BATCH):
            outcome = Outcome(case.delivery, Attempt(now, 0.0, error=self._tried_again(case)))
            self._outbox.note(NOTIFICATIONS, [outcome], now + timedelta(days=self._days), _NO_REST)

    def _tried_again(self, case: Case) -> str:
        """Notify people of one event; returns the error, with which it is a dead letter again, or an empty text."""
        if case.event is None:
            return LOST_EVENT
        try:
            self._engine.notifications.notify(case.event.event)
        except (BusyError, UnavailableError):
            raise
        except DefinitionError as failure:
            return str(failure)
        except Exception as failure:  # noqa: BLE001  # in the log and with the letter, and it must not stop the others
            _log.exception("nobody could be notified again of event %s", case.delivery.event)
            return one_line(failure)
        return ""


class Sender:
    """Sends due messages one by one, while its context is open. Any number of senders share the work."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._seconds = min(_LONGEST, application.settings.plugin_timeout)
        self._calls: dict[str, BoundedCalls] = {}
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
        for calls in self._calls.values():
            calls.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.send()
            except Exception:  # noqa: BLE001  # logged, and tried again
                _log.exception("the sender failed, and continues in a moment")
                busy = False
            if not busy:
                self._stopping.wait(_LOOK)

    def send(self) -> bool:
        """Send one message, if one is due; returns whether one was. A message that fails is tried again later."""
        engine = self._application.engine
        sending = engine.notifications.next_sending()
        if sending is None:
            return False
        try:
            self._application.channels.send(sending, self._within_time)
        except Exception as failure:  # noqa: BLE001  # no failure may stop messages to others
            if not isinstance(failure, ChannelError):
                _log.exception("sending to %s by %s failed", sending.actor.id, sending.channel.shown)
            why = message_of(failure) or type(failure).__name__
            again = engine.notifications.not_sent(sending, why)
            outcome = f"tried again at {again.isoformat()}" if again is not None else "given up"
            _log.warning(
                "%s for %s not sent by %s, and %s: %s",
                number_of(len(sending.notifications), "notification"), sending.actor.id, sending.channel.shown,
                outcome, why,
            )  # fmt: skip
        else:
            engine.notifications.sent(sending)
        return True

    def _within_time(self, plugin: str, send: Callable[[], None]) -> None:
        """Have a plugin send a message. Raises `ChannelError` where that takes too long, as others wait for it."""
        if plugin not in self._calls:
            self._calls[plugin] = BoundedCalls(f"the channel of {plugin}", self._seconds)
        try:
            self._calls[plugin].call(send)
        except (CrowdedError, OverdueError) as error:
            raise ChannelError(f"the plugin {plugin} failed: {error}") from error
