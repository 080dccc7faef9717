"""Models of webhooks, deliveries and dead letters."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from placet.addresses import URL_LIMIT
from placet.api.models.base import (
    PAGE,
    ActorId,
    Answer,
    Body,
    Cursor,
    Limit,
    Moment,
    Name,
    Paged,
    Parameters,
    TextOrNull,
    WorkspaceKey,
)
from placet.api.models.patterns import NO_WEB_ADDRESS, shaped
from placet.engine.act import deliveries

_KINDS_LIMIT = 100
#: Bytes of a secret, by the Standard Webhooks specification.
_LEAST, _MOST = 24, 64

Status = Literal["pending", "delivered", "dead"]


def _of_enough_bytes(value: str) -> str:
    try:
        length = len(base64.b64decode(value.removeprefix("whsec_"), validate=True))
    except binascii.Error:
        raise ValueError("is not whsec_ and base64") from None
    if not _LEAST <= length <= _MOST:
        raise ValueError(f"has {length} bytes, and {_LEAST} to {_MOST} are needed")
    return value


SigningSecret = Annotated[
    str,
    shaped(
        r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$",
        "it is not a secret of a webhook: whsec_ and 24 to 64 bytes in Base64; leave it out, and one is made",
    ),
    AfterValidator(_of_enough_bytes),
]


class NewWebhook(Body):
    """A webhook to be created."""

    url: Annotated[
        str,
        shaped(r"^https?://[\x21-\x7e]+$", NO_WEB_ADDRESS, max_length=URL_LIMIT),
        Field(description="The address; it has to be public, unless the server's settings allow others."),
    ]
    kinds: Annotated[
        list[Name], Field(max_length=_KINDS_LIMIT, description="Kinds of events; empty for all.")
    ] = Field(default_factory=list)
    workspace: Annotated[WorkspaceKey | None, Field(description="Only events of this workspace.")] = None
    secret: Annotated[
        SigningSecret | None, Field(description="The secret that signs deliveries; made if it is not given.")
    ] = None


class NewSecret(Body):
    """A webhook's next secret."""

    secret: Annotated[SigningSecret | None, Field(description="The new secret; made if it is not given.")] = (
        None
    )


class DeliveriesQuery(Parameters):
    """Which deliveries."""

    status: Annotated[Status | None, Field(description="The status of the deliveries; all if left out.")] = (
        None
    )
    limit: Limit = PAGE
    cursor: Cursor | None = None


class Webhook(Answer):
    """An address that gets events."""

    id: str
    url: str
    kinds: list[str]
    workspace: WorkspaceKey | None
    created_by: ActorId
    created_at: Moment
    gone_at: Annotated[
        Moment | None,
        Field(
            description="Since when it is switched off, because the address answered 410 Gone; null if it is not."
        ),
    ]
    former_until: Annotated[
        Moment | None,
        Field(
            description="Until when the secret before the last rotation signs too; null if it was never rotated."
        ),
    ]


class MadeWebhook(Webhook):
    """A webhook; `secret` is shown only once."""

    secret: str


class Webhooks(Answer):
    """All webhooks."""

    webhooks: list[Webhook]


class Attempt(Answer):
    """One attempt to deliver an event to a subscriber."""

    at: Moment
    seconds: Annotated[float, Field(ge=0)]
    status: Annotated[int | None, Field(description="The status that the address of a webhook answered.")]
    error: Annotated[TextOrNull, Field(description="Why it failed; null if it did not.")]


class Delivery(Answer):
    """The delivery of one event to one subscriber."""

    id: str
    subscriber: Annotated[str, Field(description="`webhook:ID`, `plugin:METHOD` or `notifications`.")]
    event: Annotated[str, Field(description="Id of the event.")]
    item: str
    kind: str
    status: Status
    next_at: Annotated[Moment | None, Field(description="When it is attempted next, while it is pending.")]
    attempts: Annotated[list[Attempt], Field(description="The last attempts, the oldest first.")]
    created_at: Moment

    @classmethod
    def of(cls, delivery: deliveries.Delivery) -> Delivery:
        """A delivery with its present status."""
        pending = delivery.status == "pending"
        return cls(
            id=delivery.id,
            subscriber=delivery.subscriber,
            event=delivery.event,
            item=delivery.item,
            kind=delivery.kind,
            status=delivery.status,
            next_at=delivery.next_at if pending else None,
            attempts=[Attempt.model_validate(each) for each in delivery.attempts],
            created_at=delivery.created_at,
        )


class Deliveries(Paged):
    """A page of deliveries, the newest event first."""

    deliveries: list[Delivery]
