"""Webhooks: an event as a CloudEvent, signed as the Standard Webhooks specification says, sent where it may go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from standardwebhooks import Webhook as Signer

from placet.engine.ports import SealedEvent
from placet.engine.telling import Webhook, told
from placet.settings import Settings
from placet.vault import Vault
from placet.worker.receivers import UndeliveredError
from placet.worker.wire import WireError, post

_MEDIA = "application/cloudevents+json"
#: What a receiver answers that shall never be asked again.
_GONE = 410


def cloud_event(event: SealedEvent) -> dict[str, Any]:
    """An event in the form of CloudEvents 1.0. `sequence` is its place in the log, as `GET /events` writes it."""
    record = event.event
    return {
        "specversion": "1.0",
        "id": record.id,
        "source": f"/api/v1/workspaces/{record.workspace}",
        "type": f"placet.{record.kind}",
        "subject": record.key,
        "time": record.at,
        "datacontenttype": "application/json",
        "sequence": event.cursor,
        "data": told(record),
    }


class WebhookReceiver:
    """A webhook as a receiver."""

    def __init__(self, webhook: Webhook, vault: Vault, settings: Settings) -> None:
        self.name = webhook.receiver
        self._webhook = webhook
        self._vault = vault
        self._settings = settings

    def wants(self, event: SealedEvent) -> bool:
        kinds, workspace = self._webhook.kinds, self._webhook.workspace
        return (not kinds or event.event.kind in kinds) and workspace in {None, event.event.workspace}

    def receive(self, event: SealedEvent) -> int | None:
        body = orjson.dumps(cloud_event(event), option=orjson.OPT_UTC_Z)
        now = datetime.now(UTC)
        signer = Signer(self._vault.unlock(self._webhook.secret))
        headers: dict[bytes | str, bytes | str] = {
            "Content-Type": _MEDIA,
            "User-Agent": "placet",
            "webhook-id": event.event.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(event.event.id, now, body.decode()),
        }
        try:
            status = post(
                self._webhook.url,
                headers,
                body,
                seconds=self._settings.webhook_timeout,
                private=self._settings.webhook_allow_private,
            )
        except WireError as error:
            raise UndeliveredError(str(error)) from error
        if not 200 <= status < 300:  # noqa: PLR2004  # what HTTP calls a success
            reason = f"it answered {status}"
            raise UndeliveredError(reason, status=status, final=status == _GONE)
        return status
