"""The places of somebody's inbox: the workspaces that they belong to, and the installation."""

from __future__ import annotations

from placet.engine.act.access import visible_workspaces
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.installation_rules import reads_installation


def places_of_inbox(unit: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The keys of the places of which somebody sees all notifications."""
    own = (INSTALLATION,) if reads_installation(actor) else ()
    return (*visible_workspaces(unit, actor), *own)
