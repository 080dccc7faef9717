"""START HERE: runs one act from its reads to its commit, or a look that writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from placet.catalog.catalog import Catalog
from placet.catalog.discovery import Registry
from placet.engine.act.environment import Derived, Environment, Identity
from placet.engine.act.names import Names
from placet.engine.act.people import INSTALLATION, Actor, WorkspaceRecord
from placet.engine.act.plugin_calls import DEADLINE, PluginCalls
from placet.engine.act.ports import Clock, EvidenceStore, MovedError, Store, Tracer
from placet.engine.act.records import ItemRecord
from placet.engine.act.session import Session
from placet.engine.act.typed import TypedFields
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ForbiddenError

T = TypeVar("T")

#: The actor of timers, effects and the local command line. It has the role `system` and is an administrator.
SYSTEM_ACTOR = Actor(id="system", name="Placet", kind="system", admin=True)


class ActRunner:
    """Runs acts against a store, by the rules of a registry."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        clock: Clock,
        evidence: EvidenceStore,
        derived: Derived,
        *,
        check_deadline: float = DEADLINE,
        tracer: Tracer | None = None,
        others_tokens_decide: bool = False,
    ) -> None:
        self.store = store
        self._others_tokens_decide = others_tokens_decide
        self.registry = registry
        self.clock = clock
        self.plugins = PluginCalls(check_deadline, store.pause)
        self._environment = Environment(
            self.catalog_of,
            self.plugins,
            TypedFields(),
            Names(),
            evidence,
            derived,
            others_tokens_decide,
            {},
        )
        self._tracer = tracer
        self._catalogs: dict[str, tuple[int, Catalog]] = {}

    def act(self, name: str, do: Callable[[UnitOfWork], T], *, bulk: bool = False, about: str = "") -> T:
        """Run one act: it reads without locks, and its one commit compares its reads.

        It runs again when the data has changed, so it may only read and prepare. `bulk` is for acts on many items,
        which would otherwise lose every conflict and start again; `about` is the key of the one item that it is about.
        """
        identity = Identity()

        def attempt(session: Session) -> T:
            return do(self.unit_of_work(session, identity=identity))

        return self._traced(
            name, lambda: self.store.run(attempt, event=identity.event, bulk=bulk, about=about)
        )

    def administer(
        self,
        name: str,
        do: Callable[[UnitOfWork], T],
        *,
        configures: Sequence[str] = (),
        forced: bool = True,
    ) -> T:
        """Run an act of administration in one transaction; acts in the workspaces that it configures wait for it.

        With `forced`, it is on the disk at its end (see `Store.transact`), and may append to the installation's
        history: it starts again where another act has done so since it began, so that what it read of people holds.
        """

        def attempt(session: Session) -> T:
            unit = self.unit_of_work(session)
            if forced:
                # Before anything else is read: each read of such a transaction may be of another moment.
                unit.installation = session.installation()
            return do(unit)

        return self._traced(name, lambda: self.store.transact(attempt, configures=configures, forced=forced))

    def demand_in_person(self, actor: Actor, act: str) -> None:
        """Raises `ForbiddenError` for a decision that nobody takes in person.

        That is one by a service account, or with a token that somebody else made, unless such tokens decide here.

        Args:
            actor: who decides.
            act: the act, such as `vote`.
        """
        if actor.kind == "service":
            raise ForbiddenError(
                f"{actor.name} is a service account, and people decide: it cannot {act}", needs=["person"]
            )
        if actor.token_issued_by in {None, SYSTEM_ACTOR.id} or self._others_tokens_decide:
            return
        maker = actor.token_issued_by
        name = self.look(lambda unit: unit.titles(INSTALLATION, "").person(maker))
        raise ForbiddenError(
            f"{name} made this token, and {actor.name} cannot {act} with it: ask an administrator for an invitation, "
            "which gives you a token of your own",
            needs=["own token"],
        )

    def _traced(self, name: str, act: Callable[[], T]) -> T:
        if self._tracer is None:
            return act()
        with self._tracer.span(f"act {name.partition(' ')[0]}", {"placet.act": name}):
            return act()

    def look(
        self,
        see: Callable[[UnitOfWork], T],
        *,
        now: datetime | None = None,
        whole: bool = False,
        known: Sequence[ItemRecord] = (),
    ) -> T:
        """Read in a consistent view; `whole` is for views that always read more than one thing.

        Items that are `known`, as of one moment, are not read unless something else is, and only if they have changed.
        """
        try:
            with self.store.reading(whole=whole, known=known) as session:
                return see(self.unit_of_work(session, now))
        except MovedError:
            # Another act has committed between its first read, or what was known, and its second.
            with self.store.reading() as session:
                return see(self.unit_of_work(session, now))

    def unit_of_work(
        self, session: Session, now: datetime | None = None, identity: Identity | None = None
    ) -> UnitOfWork:
        """The unit of work of an act over a session; at the clock's moment, unless another is given."""
        moment = now or self.clock.now()
        return UnitOfWork(session, moment, self._environment, identity)

    def known_catalog(self, workspace: str, version: int) -> Catalog | None:
        """The rules of a version of a workspace's configuration, if they were resolved already; reads nothing."""
        known = self._catalogs.get(workspace)
        return known[1] if known is not None and known[0] == version else None

    def catalog_of(self, workspace: WorkspaceRecord) -> Catalog:
        """The rules in force, resolved once for each version of a workspace's configuration.

        If they cannot be resolved, every method is missing for that reason: items can be read, but not moved.
        """
        known = self._catalogs.get(workspace.key)
        if known is None or known[0] != workspace.version:
            known = self._catalogs[workspace.key] = (
                workspace.version,
                self.registry.in_force(workspace.rules),
            )
        return known[1]
