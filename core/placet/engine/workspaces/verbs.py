"""Workspaces: open and change them, assign roles, and read the rules in force.

Changes of a workspace are recorded in a history of its own, chained like an item's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from placet.catalog.catalog import Catalog, Definition, Rules
from placet.definitions.calendar import BusinessCalendar
from placet.definitions.method import Settings
from placet.definitions.roles import AUDITOR, AUDITOR_ROLE, Role
from placet.definitions.verdicts import GateMode
from placet.engine.act.access import (
    demand_admin,
    known_workspace,
    seen_workspace,
    visible_workspaces,
)
from placet.engine.act.input import WORKSPACE_KEY
from placet.engine.act.people import LONGEST_DELEGATION, Actor, NotificationChoice, WorkspaceRecord
from placet.engine.act.proposals import Proposal
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.appointing import (
    appointment,
    demand_another,
    demand_as_read,
    governs,
    save_appointment,
)
from placet.engine.workspaces.changing import ConfigurationWriter
from placet.engine.workspaces.configuration import (
    Decided,
    configuration,
    first_calendars,
    governed_parts,
    workspace_name,
)
from placet.engine.workspaces.deciders import demand_governed
from placet.engine.workspaces.derived import begin_upkeep
from placet.engine.workspaces.proposing import propose, propose_appointment
from placet.errors import ConflictError, InvalidError, NotFoundError


class Workspaces:
    """Administration of workspaces. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, writer: ConfigurationWriter) -> None:
        self._acts = acts
        self._writer = writer

    def create(
        self,
        actor: Actor,
        *,
        key: str,
        name: str,
        methods: Sequence[str],
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        gate_modes: Mapping[str, GateMode] | None = None,
        calendars: Mapping[str, BusinessCalendar] | None = None,
        notification_rules: Mapping[str, NotificationChoice] | None = None,
        record_refusals: bool = True,
        require_if_match: bool = False,
        longest_delegation: timedelta | None = None,
        effects_with: Sequence[str] | None = None,
        governed: Sequence[str] = (),
        governed_by: Sequence[str] = (),
    ) -> WorkspaceRecord:
        """Open a workspace with methods switched on. Raises `ConflictError` if the key is already in use.

        Where parts are governed, two people have to be able to decide from the beginning: open a workspace without them
        otherwise, appoint the people who decide, and govern it then.
        """
        demand_admin(actor, "opening a workspace")
        if not WORKSPACE_KEY.match(key):
            raise InvalidError.at(
                "/key", "is not 1 to 20 capital letters, digits or _, beginning with a letter"
            )
        rules = Rules(tuple(dict.fromkeys(methods)), settings or {}, gate_modes or {})
        given = Decided(notification_rules=notification_rules, governed=governed, governed_by=governed_by)
        self._writer.demand_names(self._writer.checked_rules(rules), given)

        def made(unit: UnitOfWork) -> WorkspaceRecord:
            return WorkspaceRecord(
                key=key, name=workspace_name(name), version=1, methods=rules.methods, settings=rules.settings,
                gate_modes=rules.gate_modes, calendars=first_calendars(calendars or {}, unit.now),
                notification_rules=notification_rules or {}, record_refusals=record_refusals,
                require_if_match=require_if_match, roles={}, created_at=unit.now,
                longest_delegation=longest_delegation or LONGEST_DELEGATION, effects_with=tuple(effects_with or ()),
                governed=tuple(governed), governed_by=tuple(dict.fromkeys(governed_by)),
            )  # fmt: skip

        return self._acts.administer("create_workspace", lambda unit: self._open(unit, actor, made(unit)))

    def _open(self, unit: UnitOfWork, actor: Actor, made: WorkspaceRecord) -> WorkspaceRecord:
        if unit.session.workspace(made.key) is not None:
            raise ConflictError(f'the workspace key "{made.key}" is already in use')
        demand_governed(unit, made, opening=True)
        opened = append_to_workspace(unit, None, made, "workspace_created", actor, configuration(made))
        begin_upkeep(unit, made.key, self._acts.registry.in_force(made.rules))
        return opened

    def all(self, actor: Actor) -> list[WorkspaceRecord]:
        """The workspaces that the actor belongs to; administrators see all."""

        def see(unit: UnitOfWork) -> list[WorkspaceRecord]:
            return [unit.workspace(key) for key in visible_workspaces(unit, actor)]

        return self._acts.look(see)

    def get(self, actor: Actor, key: str) -> WorkspaceRecord:
        """One workspace. Raises `NotFoundError` with the names of those that the actor can see."""
        return self._acts.look(lambda unit: seen_workspace(unit, actor, key))

    def change(
        self,
        actor: Actor,
        key: str,
        *,
        name: str | None = None,
        methods: Sequence[str] | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        gate_modes: Mapping[str, GateMode] | None = None,
        calendars: Mapping[str, BusinessCalendar] | None = None,
        notification_rules: Mapping[str, NotificationChoice] | None = None,
        record_refusals: bool | None = None,
        require_if_match: bool | None = None,
        longest_delegation: timedelta | None = None,
        effects_with: Sequence[str] | None = None,
        governed: Sequence[str] | None = None,
        governed_by: Sequence[str] | None = None,
        force: bool = False,
    ) -> WorkspaceRecord | Proposal:
        """Change the configuration of a workspace. Settings are replaced method by method, calendars name by name.

        A changed calendar gets another version from now on; earlier times are still computed by the former one.

        Returns:
            The workspace as it is now; or, if a part is governed that would change, the proposal of the whole change,
            which waits for a second person.

        Raises:
            BlockedError: items would be stranded in states that their rules no longer have, or have values that do not
                fit or that no rule knows, which `force` allows; or nobody could be the second person.
        """
        demand_admin(actor, "changing a workspace")
        what = Decided(
            name, methods, settings, gate_modes, calendars, notification_rules, record_refusals, require_if_match,
            longest_delegation, effects_with, governed, governed_by,
        )  # fmt: skip

        def do(unit: UnitOfWork) -> WorkspaceRecord | Proposal:
            return self._change(unit, actor, seen_workspace(unit, actor, key), what, force=force)

        return self._acts.administer("change_workspace", do, configures=[key])

    def _change(
        self, unit: UnitOfWork, actor: Actor, old: WorkspaceRecord, what: Decided, *, force: bool
    ) -> WorkspaceRecord | Proposal:
        change = self._writer.checked(unit, old, what, force=force)
        if not change.changes:
            return old
        if governed_parts(old, change.changes):
            return propose(unit, change, actor, force=force)
        return self._writer.save(unit, change, actor)

    def catalog(self, actor: Actor, workspace: str) -> Catalog:
        """The rules in force in a workspace, also for people who see only some of its items."""
        return self._acts.catalog_of(self._acts.look(lambda unit: known_workspace(unit, actor, workspace)))

    def definition(self, actor: Actor, hash: str) -> Definition:
        """A former version of rules, by its hash. Raises `NotFoundError`, also if no workspace of the actor used it."""

        def see(unit: UnitOfWork) -> Definition:
            found = unit.session.definition(hash)
            if found is None or not unit.session.uses_definition(hash, visible_workspaces(unit, actor)):
                raise NotFoundError("definition", hash[:64])
            return found

        return self._acts.look(see)

    def settings(self, workspace: str, method: str) -> Settings | None:
        """A workspace's settings of a method; `None` where it is not switched on."""

        def see(unit: UnitOfWork) -> Settings | None:
            if method not in unit.workspace(workspace).methods:
                return None
            return unit.catalog(workspace).settings.get(method)

        return self._acts.look(see)

    def calendar(self, workspace: str) -> BusinessCalendar:
        """The default calendar of a workspace, which says what day it is there."""
        return self._acts.look(lambda unit: unit.workspace(workspace).calendar)

    def roles(self, actor: Actor, workspace: str) -> list[tuple[str, Role | None, tuple[str, ...]]]:
        """(role id, definition, holders) for each role; a role whose method is gone has no definition."""
        place = self.get(actor, workspace)
        known = {**self._acts.catalog_of(place).roles, AUDITOR: AUDITOR_ROLE}
        ids = dict.fromkeys([*known, *place.roles])
        return [(id, known.get(id), place.roles.get(id, ())) for id in ids]

    def assign(
        self,
        actor: Actor,
        workspace: str,
        role: str,
        actors: Sequence[str],
        *,
        expected: Sequence[str] | None = None,
    ) -> WorkspaceRecord | Proposal:
        """Assign a role in a workspace.

        Args:
            actor: who assigns it.
            workspace: its key.
            role: the role's id.
            actors: its holders from now on.
            expected: its present holders, where they were read before.

        Returns:
            The workspace as it is now; or, where its appointments are governed, the proposal, which waits for a second
            person.

        Raises:
            BlockedError: nobody could be the second person, or too few would be left who could.
            ConflictError: its present holders are not the expected ones.
            ForbiddenError, InvalidError, NotFoundError
        """
        demand_admin(actor, "naming role holders of a workspace")

        def do(unit: UnitOfWork) -> WorkspaceRecord | Proposal:
            made = appointment(unit, seen_workspace(unit, actor, workspace), role, actors)
            if expected is not None:
                demand_as_read(unit, made, expected)
            if made.after == made.before:
                return made.place
            demand_another(unit, actor, made)
            if governs(made.place, made.role):
                return propose_appointment(unit, made, actor)
            return save_appointment(unit, made, actor)

        return self._acts.administer("assign", do, configures=[workspace])
