"""Changes of a workspace's configuration, checked as a whole and saved with an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.definitions.verdicts import BlockedError
from placet.engine.act.journal import make_event
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.configuration import (
    Decided,
    configuration,
    decided,
    demand_governable,
    demand_roles,
    demand_rules,
    stranding,
)
from placet.engine.workspaces.derived import set_schedules, set_spans


@dataclass(frozen=True, slots=True)
class Change:
    """A change of configuration that may be saved."""

    old: WorkspaceRecord
    new: WorkspaceRecord
    #: `{part: [before, after]}`.
    changes: Mapping[str, Sequence[Any]]


class ConfigurationWriter:
    """Checks and saves configurations, by the methods that are installed."""

    def __init__(self, registry: Registry, core_rules: Sequence[str], always: Sequence[str]) -> None:
        self._registry = registry
        #: Ids of the notification rules that exist in every workspace.
        self._core_rules = core_rules
        #: Ids of those that cannot be switched off.
        self._always = always

    def checked_rules(self, rules: Rules) -> Catalog:
        """The workspace's rules, once all their names exist and the linter accepts their catalog."""
        self._registry.validate(rules)
        return self._registry.catalog(rules)

    def demand_names(self, catalog: Catalog, what: Decided) -> None:
        """Raises `InvalidError` for parts, notification rules and roles that do not exist."""
        demand_governable(what.governed or ())
        demand_rules(self._core_rules, self._always, catalog, what.notification_rules or {})
        demand_roles(catalog, what.governed_by or ())

    def checked(self, work: UnitOfWork, old: WorkspaceRecord, what: Decided, *, force: bool) -> Change:
        """The change; without a difference, it has no changes.

        Raises:
            BlockedError: items would be stranded, and it is not forced.
            InvalidError: a name does not exist, or a value does not fit.
        """
        new = decided(old, work.now, what)
        before, after = configuration(old), configuration(new)
        changes = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
        if new.rules != old.rules:
            stranded = list(_stranded_under(work, old.key, self.checked_rules(new.rules)))
            if stranded and not force:
                raise BlockedError(old.key, "change", [stranding(*each) for each in stranded])
        self.demand_names(self._registry.in_force(new.rules), what)
        return Change(old, new, changes)

    def save(
        self, work: UnitOfWork, change: Change, actor: Actor, about: Mapping[str, Any] | None = None
    ) -> WorkspaceRecord:
        """Save a change, with what follows from it for the items; `about` are further members of its event."""
        data = {"changes": change.changes, **(about or {})}
        saved = saved_with_event(work, change.old, change.new, "workspace_changed", actor, data)
        catalog = self._registry.in_force(saved.rules)
        set_schedules(work, saved, catalog)
        if saved.calendar.zone != change.old.calendar.zone:
            set_spans(work, saved, catalog)
        return saved


def saved_with_event(
    work: UnitOfWork,
    old: WorkspaceRecord | None,
    new: WorkspaceRecord,
    kind: str,
    actor: Actor,
    data: Mapping[str, Any],
) -> WorkspaceRecord:
    """Save a workspace with an event of its own history; its version rises, even if its rules stay."""
    version = new.version if old is None else old.version + 1
    event = make_event(new, kind, work.now, actor.id, {**data, "workspace_version": version})
    new = replace(new, seq=event.seq, head=event.hash, version=version)
    work.session.save_workspace(old, new, [event])
    return new


def _stranded_under(work: UnitOfWork, workspace: str, catalog: Catalog) -> Iterator[tuple[str, str, int]]:
    """(item type, state, number of items) for states that a set of rules does not have."""
    for type, state, count in work.session.states_in_use(workspace):
        item_type = catalog.item_types.get(type)
        if item_type is None or item_type.workflow.state(state) is None:
            yield type, state, count
