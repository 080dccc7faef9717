"""Changes of a workspace's configuration, checked as a whole and saved with an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placet.catalog.catalog import Catalog, Rules
from placet.catalog.discovery import Registry
from placet.definitions.verdicts import BlockedError
from placet.engine.act.patches import Operation
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.recorder import append_to_workspace
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
from placet.engine.workspaces.deciders import demand_governed
from placet.engine.workspaces.derived import begin_upkeep, misfitting, set_schedules, set_spans


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

    def checked(self, unit: UnitOfWork, old: WorkspaceRecord, what: Decided, *, force: bool) -> Change:
        """The change; without a difference, it has no changes.

        Raises:
            BlockedError: it is not forced, and items would be stranded, or have values that do not fit or that no rule
                knows; or its changes would wait for a second person whom there is not.
            InvalidError: a name does not exist, or a value does not fit.
        """
        new = decided(old, unit.now, what)
        before, after = configuration(old), configuration(new)
        changes = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
        if new.rules != old.rules:
            rules = self.checked_rules(new.rules)
            if not force:
                titles = unit.titles(old.key, "")
                blockers = [stranding(titles, *each) for each in _stranded_under(unit, old.key, rules)]
                blockers += misfitting(unit, old.key, unit.catalog(old.key), rules)
                if blockers:
                    raise BlockedError(old.key, "change", blockers, wording=titles)
        self.demand_names(self._registry.in_force(new.rules), what)
        if changes.keys() & {"governed", "governed_by"}:
            demand_governed(unit, new)
        return Change(old, new, changes)

    def save(
        self,
        unit: UnitOfWork,
        change: Change,
        actor: Actor,
        about: Mapping[str, Any] | None = None,
        rows: Sequence[Operation] = (),
    ) -> WorkspaceRecord:
        """Save a change, with what follows from it for the items.

        `about` are further members of its event, and `rows` the changes of proposals that it keeps.
        """
        data = {"changes": change.changes, **(about or {})}
        saved = append_to_workspace(unit, change.old, change.new, "workspace_changed", actor, data, rows)
        catalog = self._registry.in_force(saved.rules)
        set_schedules(unit, saved, catalog)
        if saved.rules != change.old.rules:
            begin_upkeep(unit, saved.key, catalog)
        if saved.calendar.zone != change.old.calendar.zone:
            set_spans(unit, saved, catalog)
        return saved


def _stranded_under(unit: UnitOfWork, workspace: str, catalog: Catalog) -> Iterator[tuple[str, str, int]]:
    """(item type, state, number of items) for states that a set of rules does not have."""
    for type, state, count in unit.session.states_in_use(workspace):
        item_type = catalog.item_types.get(type)
        if item_type is None or item_type.workflow.state(state) is None:
            yield type, state, count
