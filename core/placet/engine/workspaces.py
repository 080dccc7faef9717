"""Verbs of administration: workspaces with their methods and roles, people, tokens, delegations.

What happens to a workspace is recorded in a history of its own, chained like an item's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from placet.catalog.catalog import Catalog, Definition, Rules
from placet.definitions.calendar import DEFAULT_CALENDAR, BusinessCalendar, Timetable, calendar_document
from placet.definitions.document import plain
from placet.definitions.roles import Role
from placet.definitions.verdicts import Blocker, GateMode
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.calendars import checked_calendar
from placet.engine.input import ACTOR_ID, WORKSPACE_KEY, clean_text
from placet.engine.items import ItemVerbs
from placet.engine.journal import make_event, new_id
from placet.engine.kernel import ref_of
from placet.engine.notices import CORE_NOTICES
from placet.engine.ports import Page
from placet.engine.records import Actor, Delegation, NoticeChoice, Token, WorkspaceRecord
from placet.engine.schedules import schedule
from placet.engine.spans import depends_on_zone, span_in
from placet.errors import (
    BlockedError,
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)

#: Longest mail address (RFC 5321).
_MAIL_LIMIT = 254
SCOPES = ("read", "write", "admin")
_TOKEN_PREFIX = "placet_"  # noqa: S105  # makes a leaked token recognisable to secret scanners


def token_digest(secret: str) -> str:
    """What is kept of a token. A plain hash is enough: the token has 256 random bits."""
    return sha256(secret.encode()).hexdigest()


def _demand_held(wanted: Sequence[str], held: Sequence[str]) -> None:
    """Raises `ForbiddenError` where a token would do more than the one that asks for it."""
    missing = list(dict.fromkeys(scope for scope in wanted if scope not in held))
    if missing:
        raise ForbiddenError(
            f"your token has the scopes {', '.join(held)}, and this needs {', '.join(missing)}",
            needs=[f"scope {scope}" for scope in missing],
        )


#: Items looked at together when clocks are set anew.
_BATCH = 500


class WorkspaceVerbs(ItemVerbs):
    """What administrators do."""

    def create_workspace(
        self,
        asker: Actor,
        *,
        key: str,
        name: str,
        methods: Sequence[str],
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        gate_modes: Mapping[str, GateMode] | None = None,
        calendars: Mapping[str, BusinessCalendar] | None = None,
        notification_rules: Mapping[str, NoticeChoice] | None = None,
        record_refusals: bool = True,
        require_if_match: bool = False,
    ) -> WorkspaceRecord:
        """Open a workspace with methods switched on. Raises `ConflictError` if the key is taken."""
        self.demand_admin(asker, "opening a workspace")
        if not WORKSPACE_KEY.match(key):
            raise InvalidError.at(
                "/key", "is not 1 to 20 capital letters, digits or _, beginning with a letter"
            )
        rules = Rules(tuple(dict.fromkeys(methods)), settings or {}, gate_modes or {})
        _demand_notices(self._checked_rules(rules), notification_rules or {})

        def do(work: UnitOfWork) -> WorkspaceRecord:
            if work.session.workspace(key) is not None:
                raise ConflictError(f'the workspace key "{key}" is taken')
            made = WorkspaceRecord(
                key=key,
                name=clean_text(name, "/name", limit=200, empty=False),
                version=1,
                methods=rules.methods,
                settings=rules.settings,
                gate_modes=rules.gate_modes,
                calendars=_opened(calendars or {}, work.now),
                notification_rules=notification_rules or {},
                record_refusals=record_refusals,
                require_if_match=require_if_match,
                roles={},
                created_at=work.now,
            )
            return self._saved(work, None, made, "workspace_created", asker, _configuration(made))

        return self.administer("create_workspace", do)

    def _checked_rules(self, rules: Rules) -> Catalog:
        """Rules that name what there is, and whose catalog the linter passes."""
        self.registry.validate(rules)
        return self.registry.catalog(rules)

    def _saved(
        self,
        work: UnitOfWork,
        old: WorkspaceRecord | None,
        new: WorkspaceRecord,
        kind: str,
        asker: Actor,
        data: Mapping[str, Any],
    ) -> WorkspaceRecord:
        version = new.version if old is None else old.version + 1
        event = make_event(new, kind, work.now, asker.id, {**data, "workspace_version": version})
        new = replace(new, seq=event.seq, head=event.hash, version=version)
        work.session.save_workspace(old, new, [event])
        return new

    def workspaces(self, asker: Actor) -> list[WorkspaceRecord]:
        """The workspaces that the asker belongs to; all for administrators."""

        def see(work: UnitOfWork) -> list[WorkspaceRecord]:
            return [work.workspace(key) for key in self.visible_workspaces(work, asker)]

        return self.look(see)

    def workspace(self, asker: Actor, key: str) -> WorkspaceRecord:
        return self.look(lambda work: self.seen_workspace(work, asker, key))

    def change_workspace(
        self,
        asker: Actor,
        key: str,
        *,
        name: str | None = None,
        methods: Sequence[str] | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        gate_modes: Mapping[str, GateMode] | None = None,
        calendars: Mapping[str, BusinessCalendar] | None = None,
        notification_rules: Mapping[str, NoticeChoice] | None = None,
        record_refusals: bool | None = None,
        require_if_match: bool | None = None,
        force: bool = False,
    ) -> WorkspaceRecord:
        """Change what a workspace has decided. Settings are replaced method by method, calendars name by name.

        A calendar that is changed has another version from now on; what lies before is computed by the former one.

        Raises:
            BlockedError: items would be stranded, in states that their rules no longer have; `force` does it anyway.
        """
        self.demand_admin(asker, "changing a workspace")

        def do(work: UnitOfWork) -> WorkspaceRecord:
            old = self.seen_workspace(work, asker, key)
            new = replace(
                old,
                name=old.name if name is None else clean_text(name, "/name", limit=200, empty=False),
                methods=old.methods if methods is None else tuple(dict.fromkeys(methods)),
                settings=old.settings if settings is None else {**old.settings, **settings},
                gate_modes=old.gate_modes if gate_modes is None else gate_modes,
                calendars=old.calendars
                if calendars is None
                else _changed(old.calendars, calendars, work.now),
                notification_rules=old.notification_rules
                if notification_rules is None
                else notification_rules,
                record_refusals=old.record_refusals if record_refusals is None else record_refusals,
                require_if_match=old.require_if_match if require_if_match is None else require_if_match,
            )
            if methods is not None:
                # Settings of a method that is switched off would be refused as unknown; they go with it.
                kept = {
                    m: values
                    for m, values in new.settings.items()
                    if m in new.methods or (settings and m in settings)
                }
                new = replace(new, settings=kept)
            before, after = _configuration(old), _configuration(new)
            changes = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
            if not changes:
                return old
            if new.rules != old.rules:
                catalog = self._checked_rules(new.rules)
                stranded = self.stranded_under(work, old.key, catalog)
                if stranded and not force:
                    raise BlockedError(old.key, "change", [_stranding(*each) for each in stranded])
            if notification_rules is not None:
                _demand_notices(self.registry.in_force(new.rules), notification_rules)
            saved = self._saved(work, old, new, "workspace_changed", asker, {"changes": changes})
            self._set_clocks(work, saved)
            if saved.calendar.zone != old.calendar.zone:
                self._set_spans(work, saved)
            return saved

        return self.administer("change_workspace", do, configures=[key])

    def _set_clocks(self, work: UnitOfWork, place: WorkspaceRecord) -> None:
        """What the clocks demand, by the calendars and rules that are in force from now on."""
        item_types = self.registry.in_force(place.rules).item_types
        after = 0
        while batch := work.session.on_the_clock(place.key, after, _BATCH):
            for record in batch:
                item_type = item_types.get(record.type)
                demanded = schedule(record, item_type, place.timetable, work.now)
                work.session.save_schedule(ref_of(record), demanded)
            after = batch[-1].number

    def _set_spans(self, work: UnitOfWork, place: WorkspaceRecord) -> None:
        """When items take place by whole days or by the clock on the wall, which is another from now on."""
        zone = place.calendar.zone
        for item_type in self.registry.in_force(place.rules).item_types.values():
            entry, after = item_type.calendar, 0
            while entry is not None and (
                batch := work.session.placed(place.key, item_type.id, after, _BATCH)
            ):
                work.session.save_spans(
                    {
                        record.key: span_in(item_type, record.fields, zone)
                        for record in batch
                        if depends_on_zone(entry, record.fields)
                    }
                )
                after = batch[-1].number

    def stranded_under(
        self, work: UnitOfWork, workspace: str, catalog: Catalog
    ) -> list[tuple[str, str, int]]:
        """(item type, state, number of items) that a set of rules has no place for."""
        found = []
        for type, state, count in work.session.states_in_use(workspace):
            item_type = catalog.item_types.get(type)
            if item_type is None or item_type.workflow.state(state) is None:
                found.append((type, state, count))
        return found

    def catalog(self, asker: Actor, workspace: str) -> Catalog:
        """The rules in force in a workspace."""
        return self.catalog_of(self.workspace(asker, workspace))

    def stored_definition(self, hash: str) -> Definition:
        """Rules as they once were, by their hash."""

        def see(work: UnitOfWork) -> Definition:
            found = work.session.definition(hash)
            if found is None:
                raise NotFoundError("definition", hash[:64])
            return found

        return self.look(see)

    # Roles

    def roles(self, asker: Actor, workspace: str) -> list[tuple[str, Role | None, tuple[str, ...]]]:
        """(role id, definition, holders) of a workspace; roles whose method is gone have no definition."""
        place = self.workspace(asker, workspace)
        known = self.catalog_of(place).roles
        return [(id, known.get(id), place.roles.get(id, ())) for id in dict.fromkeys([*known, *place.roles])]

    def assign(
        self,
        asker: Actor,
        workspace: str,
        role: str,
        actors: Sequence[str],
        *,
        expected: Sequence[str] | None = None,
    ) -> WorkspaceRecord:
        """Say who holds a role in a workspace.

        Args:
            asker: who says so.
            workspace: its key.
            role: the role's id.
            actors: who holds it from now on.
            expected: who holds it now, where that was read before.

        Raises:
            ConflictError: others hold it now than was expected.
            ForbiddenError, InvalidError, NotFoundError
        """
        self.demand_admin(asker, "naming role holders of a workspace")

        def do(work: UnitOfWork) -> WorkspaceRecord:
            old = self.seen_workspace(work, asker, workspace)
            known = work.catalog(old.key).roles
            if role not in known:
                raise NotFoundError("role", role[:100], known)
            people = self.checked_people(work, actors, role, known[role].max_holders)
            before = old.roles.get(role, ())
            if expected is not None and tuple(expected) != before:
                raise ConflictError(
                    f"meanwhile {role} in {workspace} was given to {', '.join(before) or 'nobody'}: look again, and "
                    "say it once more"
                )
            if people == before:
                return old
            roles = {name: holders for name, holders in {**old.roles, role: people}.items() if holders}
            data = {"role": role, "changes": {role: [list(before), list(people)]}}
            return self._saved(work, old, replace(old, roles=roles), "roles", asker, data)

        return self.administer("assign", do, configures=[workspace])

    # People

    def add_actor(
        self,
        asker: Actor,
        *,
        id: str,
        name: str,
        email: str | None = None,
        kind: str = "person",
        admin: bool = False,
    ) -> Actor:
        """Add a person or a service account. Raises `ConflictError` if the id is taken."""
        self.demand_admin(asker, "adding actors")
        faults = []
        if not ACTOR_ID.match(id) or id in {"system", "me"}:
            faults.append(
                Fault("/id", "is not 1 to 100 letters, digits or . _ @ -, or is reserved (system, me)")
            )
        if kind not in {"person", "service"}:
            faults.append(Fault("/kind", 'is neither "person" nor "service"'))
        if email is not None and ("@" not in email[1:-1] or len(email) > _MAIL_LIMIT):
            faults.append(Fault("/email", "is not a mail address"))
        if faults:
            raise InvalidError(faults)
        shown = clean_text(name, "/name", limit=200, empty=False)
        if email is not None:
            email = clean_text(email, "/email", limit=_MAIL_LIMIT)

        def do(work: UnitOfWork) -> Actor:
            actor = Actor(id, shown, email, kind, admin, work.now)
            if work.session.actor(id) is not None:
                raise ConflictError(f'the actor id "{id}" is taken')
            work.session.save_actor(actor)
            return actor

        return self.administer("add_actor", do)

    def actors(self, asker: Actor, *, after: str | None = None, limit: int = 50) -> Page[Actor]:
        """Everybody, in order of id. Names are for those who work here; mail addresses for administrators."""

        def see(work: UnitOfWork) -> Page[Actor]:
            page = work.session.list_actors(after, limit)
            rows = (
                page.rows
                if asker.admin
                else [replace(a, email=None) if a.id != asker.id else a for a in page.rows]
            )
            return Page(rows, page.next_cursor)

        return self.look(see)

    # Tokens

    def issue_token(
        self,
        asker: Actor,
        actor: str,
        *,
        name: str,
        expires_at: datetime | None = None,
        scopes: Sequence[str] = SCOPES,
        held: Sequence[str] = SCOPES,
    ) -> tuple[str, Token]:
        """A new token, shown once: administrators for anybody, everybody for themselves.

        `held` are the scopes of the token that asks: a new one can do no more, and for others it takes `admin`.
        """
        for n, scope in enumerate(scopes):
            if scope not in SCOPES:
                raise InvalidError.unknown(f"/scopes/{n}", "scope", scope[:50], SCOPES)
        _demand_held([*scopes, *(["admin"] if asker.id != actor else [])], held)
        if asker.id != actor:
            self.demand_admin(asker, "issuing tokens for others")
        shown = clean_text(name, "/name", limit=200, empty=False)
        secret = _TOKEN_PREFIX + secrets.token_urlsafe(32)

        def do(work: UnitOfWork) -> Token:
            if work.session.actor(actor) is None:
                raise NotFoundError("actor", actor[:100], work.session.actor_ids(actor, 1000))
            if expires_at is not None and expires_at <= work.now:
                raise InvalidError.at("/expires_at", f"is not after now, {work.now.isoformat()}")
            token = Token(
                new_id(),
                actor,
                shown,
                token_digest(secret),
                tuple(dict.fromkeys(scopes)),
                work.now,
                expires_at,
            )
            work.session.save_token(token)
            return token

        return secret, self.administer("issue_token", do)

    def revoke_token(self, asker: Actor, id: str) -> None:
        """Make a token worthless: one's own, or any for administrators. Other processes learn of it within a second."""

        def do(work: UnitOfWork) -> None:
            token = work.session.token_by_id(id)
            if token is None or (token.actor != asker.id and not asker.admin):
                raise NotFoundError("token", id[:100])
            work.session.revoke_token(id, work.now)

        self.administer("revoke_token", do)
        self.forget_tokens()

    def authenticate(self, secret: str) -> tuple[Actor, Token]:
        """Who is asking. Raises `UnauthenticatedError` for a token that is unknown, expired or revoked."""
        digest = token_digest(secret)
        known = self.known_token(digest)
        if known is None:
            with self.store.reading(whole=False) as session:
                found = session.token(digest)
            if found is None or found[0].revoked_at is not None:
                raise UnauthenticatedError("the token is unknown or revoked: ask for a new one")
            known = found[1], found[0]
            self.remember_token(digest, *known)
        expires = known[1].expires_at
        if expires is not None and expires <= self.clock.now():
            raise UnauthenticatedError(f"the token expired at {expires.isoformat()}: ask for a new one")
        return known

    def recall(self, secret: str) -> tuple[Actor, Token] | None:
        """Who is asking, where that was told a moment ago and does not depend on the time: reads nothing."""
        known = self.known_token(token_digest(secret))
        return known if known is not None and known[1].expires_at is None else None

    # Delegations

    def delegate(
        self,
        asker: Actor,
        *,
        from_actor: str,
        to_actor: str,
        starts_at: datetime,
        ends_at: datetime,
        roles: Sequence[str] = (),
        workspace: str | None = None,
    ) -> Delegation:
        """Let somebody vote for oneself for a while; administrators may do it for others."""
        if asker.id != from_actor and not asker.admin:
            raise ForbiddenError(
                f"{asker.id} may not delegate for {from_actor}", needs=["administrator", from_actor]
            )
        faults = []
        if ends_at <= starts_at:
            faults.append(Fault("/ends_at", "is not after starts_at"))
        if from_actor == to_actor:
            faults.append(Fault("/to_actor", "is the person who delegates"))
        if faults:
            raise InvalidError(faults)

        def do(work: UnitOfWork) -> Delegation:
            for pointer, actor in (("/from_actor", from_actor), ("/to_actor", to_actor)):
                if work.session.actor(actor) is None:
                    raise InvalidError.unknown(
                        pointer, "actor", actor[:100], work.session.actor_ids(actor, 1000)
                    )
            if workspace is not None:
                self.seen_workspace(work, asker, workspace)
            if roles:
                self._demand_roles(work, [workspace] if workspace else work.session.workspace_keys(), roles)
            made = Delegation(
                new_id(),
                from_actor,
                to_actor,
                starts_at,
                ends_at,
                tuple(roles),
                workspace,
                asker.id,
                work.now,
            )
            work.session.save_delegation(made)
            return made

        # It configures no workspace: what it means there follows from the roles that the giver holds.
        return self.administer("delegate", do)

    def _demand_roles(self, work: UnitOfWork, places: Sequence[str], roles: Sequence[str]) -> None:
        known = {role for place in places for role in work.catalog(place).roles}
        for n, role in enumerate(roles):
            if role not in known:
                raise InvalidError.unknown(f"/roles/{n}", "role", role[:100], known)

    def _demand_actors(self, work: UnitOfWork, actors: Mapping[str, str]) -> None:
        for pointer, actor in actors.items():
            if work.session.actor(actor) is None:
                raise InvalidError.unknown(pointer, "actor", actor[:100], work.session.actor_ids(actor, 1000))

    def delegations(self, asker: Actor) -> list[Delegation]:
        """Delegations from and to the asker; all for administrators."""
        return self.look(lambda work: list(work.session.list_delegations(None if asker.admin else asker.id)))


def _opened(calendars: Mapping[str, BusinessCalendar], now: datetime) -> dict[str, Timetable]:
    """The calendars of a new workspace; the default one is there in any case."""
    made = {DEFAULT_CALENDAR: BusinessCalendar(), **_checked(calendars, now)}
    return {name: Timetable(((None, calendar),)) for name, calendar in made.items()}


def _changed(
    old: Mapping[str, Timetable], calendars: Mapping[str, BusinessCalendar], now: datetime
) -> dict[str, Timetable]:
    found = dict(old)
    for name, calendar in _checked(calendars, now).items():
        found[name] = found[name].changed(calendar, now) if name in found else Timetable(((None, calendar),))
    return found


def _checked(calendars: Mapping[str, BusinessCalendar], now: datetime) -> dict[str, BusinessCalendar]:
    return {
        name: checked_calendar(calendar, f"/calendars/{name}", now) for name, calendar in calendars.items()
    }


def _configuration(workspace: WorkspaceRecord) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "methods": list(workspace.methods),
        "settings": plain(workspace.settings),
        "gate_modes": plain(workspace.gate_modes),
        "calendars": {
            name: calendar_document(timetable.latest) for name, timetable in workspace.calendars.items()
        },
        "notification_rules": plain(workspace.notification_rules),
        "record_refusals": workspace.record_refusals,
        "require_if_match": workspace.require_if_match,
    }


def _demand_notices(catalog: Catalog, choices: Mapping[str, NoticeChoice]) -> None:
    """Raises `InvalidError` for choices about notification rules, or additions of roles, that there are not."""
    known = [*(core.id for core in CORE_NOTICES), *catalog.notices]
    faults: list[Fault] = []
    for id, choice in choices.items():
        if id not in known:
            faults += InvalidError.unknown(
                f"/notification_rules/{id}", "notification rule", id[:200], known
            ).faults
        for n, role in enumerate(choice.to):
            if role not in catalog.roles:
                pointer = f"/notification_rules/{id}/to/{n}"
                faults += InvalidError.unknown(pointer, "role", role[:200], catalog.roles).faults
    if faults:
        raise InvalidError(faults)


def _stranding(type: str, state: str, count: int) -> Blocker:
    return Blocker(
        message=f"{count} item(s) of type {type} in state {state} would be stranded",
        remedy="finish or move them first, or send force to strand them: they stay readable and cannot move",
        message_id="workspace.stranded",
        params={"type": type, "state": state, "items": count},
        gate="workspace",
        check="workspace.stranded",
        source=type.partition(".")[0],
    )
