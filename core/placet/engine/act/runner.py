"""What all verbs of the engine stand on: running an act, and who may see what."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TypeVar

from placet.catalog.catalog import Catalog
from placet.catalog.discovery import Registry
from placet.engine.act.input import parse_key
from placet.engine.act.plugin_calls import DEADLINE, Guard
from placet.engine.act.ports import Clock, EvidenceStore, MovedError, Observer, Session, Store, Tracer
from placet.engine.act.records import Actor, ItemRecord, ItemRef, Token, WorkspaceRecord
from placet.engine.act.typed import TypedFields
from placet.engine.act.unit_of_work import Identity, UnitOfWork
from placet.errors import ForbiddenError, NotFoundError, PreconditionRequiredError, StaleError

T = TypeVar("T")

#: Timers, effects, and the command line on the machine itself. It holds the role `system`, and administers.
SYSTEM_ACTOR = Actor(id="system", name="Placet", kind="system", admin=True)

#: Seconds for which a token is believed without asking the store: how late another process learns of a revocation.
_TOKEN_MEMORY = 1.0
#: Tokens remembered at once.
_TOKENS_KEPT = 10_000


class Kernel:
    """Runs acts against a store, under the rules of a registry."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        clock: Clock,
        evidence: EvidenceStore,
        *,
        mails: bool = False,
        check_deadline: float = DEADLINE,
    ) -> None:
        self.store = store
        self.guard = Guard(check_deadline, store.pause)
        self.typed = TypedFields()
        self.registry = registry
        self.clock = clock
        self.evidence_store = evidence
        self.observer: Observer | None = None
        self.tracer: Tracer | None = None
        #: Whether mail can be sent to people's own addresses.
        self.mails = mails
        self._catalogs: dict[str, tuple[int, Catalog]] = {}
        self._tokens: dict[str, tuple[float, Actor, Token]] = {}

    def act(self, name: str, do: Callable[[UnitOfWork], T], *, bulk: bool = False) -> T:
        """Run one act: it reads without holding anything, and its one commit compares what it read.

        It is run again when that has moved, so it must do nothing but read and prepare. `bulk` is for acts over many
        items, which would otherwise always be the ones that start again.
        """
        identity = Identity()

        def attempt(session: Session) -> T:
            return do(self._work(session, identity=identity))

        with self._traced(name):
            return self.store.run(attempt, event=identity.event, bulk=bulk)

    def administer(
        self,
        name: str,
        do: Callable[[UnitOfWork], T],
        *,
        configures: Sequence[str] = (),
    ) -> T:
        """Run an act of administration in one transaction; acts in the workspaces that it configures wait for it."""

        def attempt(session: Session) -> T:
            return do(self._work(session))

        with self._traced(name):
            return self.store.transact(attempt, configures=configures)

    def _traced(self, name: str) -> AbstractContextManager[object]:
        if self.tracer is None:
            return nullcontext()
        return self.tracer.span(f"act {name.partition(' ')[0]}", {"placet.act": name})

    def look(self, see: Callable[[UnitOfWork], T], *, now: datetime | None = None) -> T:
        """Read, in a view that is consistent in itself."""
        try:
            with self.store.reading(whole=False) as session:
                return see(self._work(session, now))
        except MovedError:
            # Somebody has committed between its first read and its second.
            with self.store.reading() as session:
                return see(self._work(session, now))

    def _work(
        self, session: Session, now: datetime | None = None, identity: Identity | None = None
    ) -> UnitOfWork:
        moment = now or self.clock.now()
        return UnitOfWork(session, moment, self.catalog_of, self.guard, self.typed, identity)

    def catalog_of(self, workspace: WorkspaceRecord) -> Catalog:
        """The rules in force, resolved once for each version of a workspace's configuration.

        Where they cannot work, every method is missing with the reason: nothing moves, and everything can be read.
        """
        known = self._catalogs.get(workspace.key)
        if known is None or known[0] != workspace.version:
            known = self._catalogs[workspace.key] = (
                workspace.version,
                self.registry.in_force(workspace.rules),
            )
        return known[1]

    # Who may see and do what

    def seen(self, work: UnitOfWork, asker: Actor, key: str) -> ItemRecord:
        """The item, or `NotFoundError` whether it is not there or not theirs to see."""
        ref = parse_key(key)
        try:
            record = work.own(ref)
        except NotFoundError:
            raise NotFoundError("item", key) from None
        if not may_see(work, asker, record):
            raise NotFoundError("item", key)
        return record

    def seen_workspace(self, work: UnitOfWork, asker: Actor, key: str) -> WorkspaceRecord:
        """The workspace, or `NotFoundError` with the names of those that the asker can see."""
        found = work.session.workspace(key)
        if found is None or not in_workspace(asker, found):
            raise NotFoundError("workspace", key[:100], self.visible_workspaces(work, asker) or ())
        return found

    def visible_workspaces(self, work: UnitOfWork, asker: Actor) -> tuple[str, ...]:
        keys = work.session.workspace_keys()
        found = (work.session.workspace(key) for key in keys)
        return tuple(w.key for w in found if w is not None and in_workspace(asker, w))

    def demand_admin(self, asker: Actor, what: str) -> None:
        if not asker.admin:
            raise ForbiddenError(
                f"{what} is for administrators, and {asker.id} is none", needs=["administrator"]
            )

    def demand_version(self, work: UnitOfWork, record: ItemRecord, expected: int | None) -> None:
        """Raises `StaleError`, or `PreconditionRequiredError` where the workspace demands a version."""
        if expected is None:
            if work.workspace(record.workspace).require_if_match:
                raise PreconditionRequiredError(record.key)
        elif expected != record.version:
            raise StaleError(record.key, expected=expected, current=record.version)

    def known_token(self, digest: str) -> tuple[Actor, Token] | None:
        found = self._tokens.get(digest)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1], found[2]

    def remember_token(
        self, digest: str, actor: Actor, token: Token, *, seconds: float = _TOKEN_MEMORY
    ) -> None:
        """Believe a token for a while without asking the store."""
        if len(self._tokens) >= _TOKENS_KEPT:
            self._tokens.clear()
        self._tokens[digest] = (time.monotonic() + seconds, actor, token)

    def forget_tokens(self) -> None:
        self._tokens.clear()


def in_workspace(asker: Actor, workspace: WorkspaceRecord) -> bool:
    """Whether somebody belongs to a workspace: holds a role there, or administers."""
    return asker.admin or _holds_a_role(asker.id, workspace)


def _holds_a_role(person: str, place: WorkspaceRecord | ItemRecord) -> bool:
    return any(person in people for people in place.roles.values())


def lenders(work: UnitOfWork, asker: Actor, workspace: str) -> tuple[str, ...]:
    """Whose votes are somebody's in a workspace, by delegations in force."""
    return tuple(
        d.from_actor
        for d in work.delegations(asker.id)
        if d.to_actor == asker.id and d.workspace in {None, workspace} and d.holds(work.now)
    )


def sees_for_others(work: UnitOfWork, asker: Actor, workspace: WorkspaceRecord) -> bool:
    """Whether somebody has a vote of one who holds a role in a workspace."""
    return any(_holds_a_role(giver, workspace) for giver in lenders(work, asker, workspace.key))


def may_see(work: UnitOfWork, asker: Actor, record: ItemRecord) -> bool:
    """Whether somebody may see an item: by a role in its workspace or on itself, or by a delegation of who has one.

    Who sees nothing has nothing to lend: of them a delegation shows nothing.
    """
    workspace = work.workspace(record.workspace)
    if in_workspace(asker, workspace) or _holds_a_role(asker.id, record):
        return True
    givers = lenders(work, asker, workspace.key)
    return any(_holds_a_role(giver, workspace) or _holds_a_role(giver, record) for giver in givers)


def ref_of(record: ItemRecord) -> ItemRef:
    """The item's key in its two parts."""
    return ItemRef(record.workspace, record.number)
