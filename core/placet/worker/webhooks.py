"""Webhooks: an event as a CloudEvent, signed by the Standard Webhooks specification, sent to allowed addresses only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from standardwebhooks import Webhook as Signer

from placet.engine.act.deliveries import Webhook
from placet.engine.act.event_document import event_document
from placet.engine.act.people import INSTALLATION
from placet.engine.act.records import EventRecord, SealedEvent
from placet.settings import Settings
from placet.vault import Vault
from placet.worker.subscribers import AwayError, GoneError, UndeliveredError
from placet.worker.wire import Wire, WireError

_MEDIA = "application/cloudevents+json"
#: The answer of an endpoint that is gone for good.
_GONE = 410


def cloud_event(event: SealedEvent) -> dict[str, Any]:
    """An event in the form of CloudEvents 1.0. `sequence` is its position in the log, as in `GET /events`."""
    record, document = event.event, event_document(event.event)
    return {
        "specversion": "1.0",
        "id": record.id,
        "source": _source(record),
        "type": f"placet.{record.kind}",
        "subject": record.key,
        "time": document["at"],
        "datacontenttype": "application/json",
        "sequence": event.cursor,
        "data": document,
    }


def _source(record: EventRecord) -> str:
    if record.workspace == INSTALLATION:
        return "/api/v1/installation"
    return f"/api/v1/workspaces/{record.workspace}"


class WebhookSubscriber:
    """A webhook as a subscriber."""

    def __init__(
        self, webhook: Webhook, vault: Vault, settings: Settings, *, clock: Callable[[], datetime]
    ) -> None:
        """A webhook to deliver to; `clock` is that of the installation, by which a former secret ends."""
        self.name = webhook.subscriber
        self._webhook = webhook
        self._vault = vault
        self._settings = settings
        self._clock = clock

    def wants(self, event: SealedEvent) -> bool:
        kinds, workspace = self._webhook.kinds, self._webhook.workspace
        if event.event.workspace == INSTALLATION and not kinds:
            return False  # only for those who name its kinds: most webhooks are about work
        return (not kinds or event.event.kind in kinds) and workspace in {None, event.event.workspace}

    @contextmanager
    def open(self) -> Iterator[_WebhookLine]:
        signers = [Signer(self._vault.unlock(secret)) for secret in self._webhook.secrets(self._clock())]
        with Wire(
            self._webhook.url,
            seconds=self._settings.webhook_timeout,
            private=self._settings.webhook_allow_private,
        ) as wire:
            yield _WebhookLine(wire, signers)


class _WebhookLine:
    def __init__(self, wire: Wire, signers: Sequence[Signer]) -> None:
        self._wire = wire
        self._signers = signers

    def deliver(self, event: SealedEvent) -> int | None:
        body = orjson.dumps(cloud_event(event))
        # The machine's own clock, also in a sandbox: subscribers refuse what is older than five minutes.
        now = datetime.now(UTC)
        signatures = [signer.sign(event.event.id, now, body.decode()) for signer in self._signers]
        headers: dict[bytes | str, bytes | str] = {
            "Content-Type": _MEDIA,
            "User-Agent": "placet",
            "webhook-id": event.event.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        try:
            status = self._wire.post(headers, body)
        except WireError as error:
            raise AwayError(str(error)) from error
        if status == _GONE:
            raise GoneError("it answered 410: it is gone, and the webhook is switched off", status=status)
        if not 200 <= status < 300:  # noqa: PLR2004  # success in HTTP
            raise UndeliveredError(f"it answered {status}", status=status)
        return status
