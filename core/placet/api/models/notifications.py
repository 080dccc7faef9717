"""Models of the inbox, and of preferences about notifications."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from placet.api.models import workspaces
from placet.api.models.base import (
    PAGE,
    Answer,
    Body,
    Cursor,
    InWorkspace,
    Limit,
    Moment,
    Name,
    Names,
    Paged,
    Parameters,
    WorkspaceKey,
)
from placet.api.models.patterns import shaped
from placet.definitions import notification_rules as declarations
from placet.definitions.document import method_of
from placet.engine.act.notifications import Channel as KeptChannel
from placet.engine.act.notifications import Digest
from placet.engine.act.queries import ChannelState
from placet.engine.notifications.preferences import ChosenPreferences
from placet.engine.notifications.verbs import Rule


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{value[:50]}" is not a time zone: take a name such as Europe/Vienna') from None
    return value


ClockTime = Annotated[
    str,
    shaped("^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "'{given}' is not a time of day, such as 08:30"),
]

# Requests


class InboxQuery(Parameters):
    """A selection of notifications."""

    status: Annotated[
        Literal["unread", "all"], Field(description="`unread` notifications only, or `all` with those read.")
    ] = "unread"
    workspace: InWorkspace = None
    limit: Limit = PAGE
    cursor: Cursor | None = None


class ReadForm(Body):
    """The notifications that have been read."""

    until: Annotated[Name, Field(description="Id of the newest notification that was seen.")]
    workspace: WorkspaceKey | None = None


class ChannelForm(Body):
    """A channel: an existing one by its id, a new one by its url, or with neither your own mail address."""

    id: Name | None = None
    url: Annotated[
        Annotated[
            str,
            shaped(
                r"^[a-z][a-z0-9]{1,19}://[\x21-\x7e]{1,1900}$",
                "it is not the address of a channel, such as slack://... or mailto://...",
                max_length=2000,
            ),
        ]
        | None,
        Field(description="In the form of apprise; its secrets are kept encrypted and not shown again."),
    ] = None
    digest: Annotated[Digest, Field(strict=False)] = Digest.IMMEDIATE

    @model_validator(mode="after")
    def _one_of_both(self) -> ChannelForm:
        if self.id is not None and self.url is not None:
            raise ValueError("it has an id and a url: name an existing channel, or give a new one")
        return self


class PreferencesForm(Body):
    """Your notification preferences; omitted parts are reset."""

    channels: Annotated[list[ChannelForm], Field(max_length=10)] = Field(default_factory=list)
    muted: Annotated[
        Names, Field(description="Ids of rules, and keys of workspaces, that do not notify you.")
    ] = Field(default_factory=list)
    zone: Annotated[
        Annotated[workspaces.Zone, AfterValidator(_zone)] | None,
        Field(description="The zone of `digest_at`; that of the workspace by default."),
    ] = None
    digest_at: ClockTime = "08:00"

    @property
    def digest_time(self) -> time:
        """The time of day at which digests go out."""
        return time.fromisoformat(self.digest_at)


# Answers


class Because(Answer):
    """A reason of a notification: a rule, and the end of the sentence "You get this because ..."."""

    rule: str
    reason: str


class Notification(Answer):
    """A notification: what happened to which item, by whom, and when."""

    id: str
    at: Moment
    local_time: Annotated[
        str,
        Field(description="The same on the clock of the workspace: `Monday 2 March 10:00, Europe/Vienna`."),
    ]
    by: Annotated[str, Field(description="Who did it; `system` for Placet itself.")]
    workspace: str
    key: Annotated[str, Field(serialization_alias="item")]
    type: str
    title: str
    message: str
    because: list[Because]
    event: str
    read_at: Moment | None


class Inbox(Paged):
    """A page of your notifications."""

    notifications: list[Notification]
    unread: Annotated[int, Field(ge=0, description="Unread notifications in all.")]


class Read(Answer):
    """The number of notifications that were marked as read."""

    read: Annotated[int, Field(ge=0)]


class Channel(Answer):
    """A channel, without its secrets, and the state of sending."""

    id: str
    url: str | None
    mail: Annotated[str | None, Field(description="Your own mail address, if the channel is that.")]
    digest: Digest
    waiting: Annotated[int, Field(ge=0, description="Notifications that have not been sent yet.")]
    failed: Annotated[int, Field(ge=0, description="Notifications that were given up.")]
    error: Annotated[
        str | None, Field(description="The last error, while notifications wait or have failed.")
    ]


class Preferences(Answer):
    """Your notification preferences."""

    channels: list[Channel]
    muted: list[str]
    zone: str | None
    digest_at: str

    @classmethod
    def of(cls, found: ChosenPreferences) -> Preferences:
        """The preferences of a person, with the state of sending by each channel."""
        chosen = found.preferences
        channels = [_channel(each, found.states.get(each.id, ChannelState())) for each in chosen.channels]
        at = chosen.digest_at.isoformat(timespec="minutes")
        return cls(channels=channels, muted=list(chosen.muted), zone=chosen.zone, digest_at=at)


def _channel(channel: KeptChannel, state: ChannelState) -> Channel:
    own = channel.sealed is None
    return Channel(
        id=channel.id,
        url=None if own else channel.shown,
        mail=channel.shown if own else None,
        digest=channel.digest,
        waiting=state.waiting,
        failed=state.failed,
        error=state.error,
    )


class NotificationRule(Answer):
    """A notification rule. The rules `core.*` apply to every item."""

    id: str
    title: str
    source: str
    item_type: str | None
    on: list[str]
    to: list[str]
    because: str | None
    off: bool
    also_to: Annotated[list[str], Field(description="Further roles that the workspace notifies.")]

    @classmethod
    def of(cls, rule: Rule) -> NotificationRule:
        """The rule in force in a workspace."""
        declared = rule.declared if isinstance(rule.declared, declarations.NotificationRule) else None
        return cls(
            id=rule.declared.id,
            title=rule.declared.title,
            source=method_of(rule.declared.id),
            item_type=declared.item_type if declared else None,
            on=list(declared.on) if declared else [],
            to=list(declared.to) if declared else [],
            because=declared.because if declared else None,
            off=rule.choice.off,
            also_to=list(rule.choice.to),
        )


class NotificationRules(Answer):
    """The notification rules in force in a workspace."""

    notification_rules: list[NotificationRule]
