"""The installation: its own history, and what it runs with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from placet.catalog.contents import content_hash
from placet.catalog.sources import Plugin
from placet.engine.act.access import demand_auditor
from placet.engine.act.installation import note
from placet.engine.act.kinds import demand_kinds
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.queries import EventQuery, Page
from placet.engine.act.records import EventRecord
from placet.engine.act.runner import SYSTEM_ACTOR, ActRunner
from placet.engine.act.sources import noted
from placet.engine.act.unit_of_work import UnitOfWork

#: The kind of the event that records the loaded plugins.
_LOADED = "plugins_loaded"


class Installation:
    """The installation's own history. The first argument of each verb that has one is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def events(
        self, actor: Actor, *, kinds: Sequence[str] = (), after: str | None = None, limit: int = 100
    ) -> Page[EventRecord]:
        """A page of the installation's own history, by position in the log; for administrators and auditors of all."""
        demand_auditor(actor, "reading the history of the installation")
        self._acts.store.settle()
        query = EventQuery((INSTALLATION,), kinds=demand_kinds(kinds), after=after, limit=limit)
        page = self._acts.look(lambda unit: unit.session.log.list_events(query))
        return Page([each.event for each in page.rows], page.next_cursor)

    def note_plugins(self) -> EventRecord | None:
        """Record the plugins that this process has loaded, where they differ from those that were recorded last."""
        loaded = [_described(plugin) for plugin in self._acts.registry.plugins]

        def do(unit: UnitOfWork) -> EventRecord | None:
            if unit.session.loaded_plugins() == loaded:
                return None
            unit.session.keep_plugins(loaded)
            rows = [noted("plugins", loaded)]
            return note(unit, _LOADED, SYSTEM_ACTOR, {"plugins": loaded}, rows)

        if self._acts.look(lambda unit: unit.session.loaded_plugins()) == loaded:
            return None
        return self._acts.administer("note_plugins", do)

    def note_restore(self, epoch: int) -> EventRecord:
        """Record that the database comes from a backup: its new epoch, and the end of the log as it was restored."""

        def do(unit: UnitOfWork) -> EventRecord:
            data = {"epoch": epoch, "position": unit.session.log.last_position()}
            return note(unit, "backup_restored", SYSTEM_ACTOR, data, [noted("log.epoch", epoch)])

        return self._acts.administer("note_restore", do)


def _described(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "hash": content_hash(plugin.module),
        "status": plugin.status,
    }
