"""Notifications: people are told of events, and what goes out to them by mail and chat is sent."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from placet.app import House
from placet.channels import ChannelError
from placet.engine.ports import SealedEvent

_log = logging.getLogger(__name__)

#: Seconds between two looks for what is to be sent.
_LOOK = 1.0
#: Seconds that a message on its way may take when the worker stops; whoever comes next sends it again.
_PATIENCE = 5.0
#: Kinds of events of which no rule can tell anybody.
_SILENT = frozenset({"refused", "linked", "unlinked"})


class NotificationReceiver:
    """Writes the notices of an event; what of them goes out is the sender's."""

    name = "notifications"

    def __init__(self, house: House) -> None:
        self._engine = house.engine

    def wants(self, event: SealedEvent) -> bool:
        return bool(event.event.number) and event.event.kind not in _SILENT

    def receive(self, event: SealedEvent) -> int | None:
        self._engine.notify(event.event)
        return None


class Sender:
    """Sends what is due, message by message, for as long as it is entered. Any number of them share the work."""

    def __init__(self, house: House) -> None:
        self._house = house
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
        engine = self._house.engine
        sending = engine.next_sending()
        if sending is None:
            return False
        try:
            self._house.channels.send(sending)
        except Exception as failure:  # noqa: BLE001  # whatever it is, it must not stop what is for others
            if not isinstance(failure, ChannelError):
                _log.exception("sending to %s by %s failed", sending.actor.id, sending.channel.shown)
            again = engine.not_sent(sending, str(failure) or type(failure).__name__)
            outcome = f"tried again at {again.isoformat()}" if again is not None else "given up"
            _log.warning(
                "%d notice(s) for %s did not go out by %s, and are %s: %s",
                len(sending.notices), sending.actor.id, sending.channel.shown, outcome, failure,
            )  # fmt: skip
        else:
            engine.sent(sending)
        return True
