"""A method: the contribution of one plugin, as one value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from placet.definitions.arguments import Title, written
from placet.definitions.items import ItemType, LinkType
from placet.definitions.jobs import Job
from placet.definitions.metrics import Metric
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.offered_checks import OfferedCheck
from placet.definitions.places import Written
from placet.definitions.roles import Role


class Settings(BaseModel):
    """Base of a method's settings, which workspaces may configure, each with a default and a unit."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_timedelta="iso8601")


@written
@dataclass(frozen=True, slots=True)
class Method(Written):
    """The contribution of a plugin to Placet."""

    #: The first part of every id that it defines: `itil`.
    id: str
    title: Title
    item_types: tuple[ItemType, ...] = ()
    roles: tuple[Role, ...] = ()
    link_types: tuple[LinkType, ...] = ()
    metrics: tuple[Metric, ...] = ()
    #: Notification rules for its own item types, and for those of methods that it requires or extends.
    notification_rules: tuple[NotificationRule, ...] = ()
    jobs: tuple[Job, ...] = ()
    #: Checks for gates that a workspace adds as data.
    offered_checks: tuple[OfferedCheck, ...] = ()
    settings: type[Settings] = Settings
    #: Methods that have to be switched on with it, and after which it is composed.
    requires: tuple[str, ...] = ()
    #: Methods that it may extend, and after which it is composed where they are switched on.
    extends: tuple[str, ...] = ()
    description: str = ""

    def __init__(
        self,
        id: str,
        title: Title,
        *,
        item_types: Iterable[ItemType] = (),
        roles: Iterable[Role] = (),
        link_types: Iterable[LinkType] = (),
        metrics: Iterable[Metric] = (),
        notification_rules: Iterable[NotificationRule] = (),
        jobs: Iterable[Job] = (),
        offered_checks: Iterable[OfferedCheck] = (),
        settings: type[Settings] = Settings,
        requires: Iterable[str] = (),
        extends: Iterable[str] = (),
        description: str = "",
    ) -> None:
        for name, value in {
            "id": id,
            "title": title,
            "item_types": tuple(item_types),
            "roles": tuple(roles),
            "link_types": tuple(link_types),
            "metrics": tuple(metrics),
            "notification_rules": tuple(notification_rules),
            "jobs": tuple(jobs),
            "offered_checks": tuple(offered_checks),
            "settings": settings,
            "requires": tuple(requires),
            "extends": tuple(extends),
            "description": description,
        }.items():
            object.__setattr__(self, name, value)
