"""The one place where catalog, engine, store and clock are wired together."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from placet.catalog.discovery import Registry, installed
from placet.channels import Channels
from placet.engine.act.ports import Clock
from placet.engine.engine import Engine
from placet.errors import SettingsError
from placet.settings import Settings
from placet.signing import AuditKey
from placet.store import schema
from placet.store.evidence import FolderEvidenceStore
from placet.store.store import SqlStore, open_store
from placet.vault import Vault

if TYPE_CHECKING:
    from placet.tracing import Tracing

#: The installation's note with a sandbox's clock. It exists from the beginning of the database, or never.
_CLOCK_NOTE = "sandbox.clock"


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


class SandboxClock:
    """A clock that stands still until it is moved; it is kept in the database, so that all processes share it."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def now(self) -> datetime:
        """The present moment of the clock."""
        kept = self._store.note(_CLOCK_NOTE)
        if kept is None:
            raise SettingsError("this database has no clock of its own: it is not a sandbox")
        return datetime.fromisoformat(kept)

    def move_to(self, moment: datetime) -> None:
        """Set the clock to a moment."""
        self._store.set_note(_CLOCK_NOTE, moment.astimezone(UTC).isoformat())


@dataclass(frozen=True, slots=True)
class Application:
    """Everything wired."""

    engine: Engine
    store: SqlStore
    registry: Registry
    clock: Clock
    settings: Settings
    vault: Vault
    channels: Channels
    tracing: Tracing | None = None

    def close(self) -> None:
        """Close the database's connections, and send the remaining traces."""
        self.store.close()
        if self.tracing is not None:
            self.tracing.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    registry: Registry | None = None,
    asynchronous: bool = False,
) -> Application:
    """Wire the application over a database that has its schema. A sandbox's own clock takes precedence.

    Raises:
        SchemaError: the database is empty, or of another version.
        SettingsError: the settings do not fit.
    """
    store, sandbox = _usable_store(settings, asynchronous=asynchronous)
    if clock is None:
        clock = SandboxClock(store) if sandbox else SystemClock()
    registry = registry or installed(frozenset(settings.disabled_plugins))
    evidence = FolderEvidenceStore(settings.evidence_folder, reserve=settings.evidence_reserve)
    tracing = _tracing(settings)
    engine = Engine(
        store,
        registry,
        clock,
        evidence,
        mails=settings.mail_url is not None,
        check_deadline=settings.check_deadline,
        tracer=tracing,
        others_tokens_decide=(settings.tokens_for_others or ("full" if sandbox else "limited")) == "full",
        two_administrators=settings.two_administrators,
        signer=AuditKey(settings),
    )
    vault = Vault(settings)
    failed = [plugin.name for plugin in registry.plugins if plugin.status == "failed"]
    channels = Channels(settings, vault, registry.channels, failed=failed)
    return Application(engine, store, registry, clock, settings, vault, channels, tracing)


def _tracing(settings: Settings) -> Tracing | None:
    if settings.traces_endpoint is None:
        return None
    try:
        from placet.tracing import Tracing  # noqa: PLC0415  # with an extra, and heavy
    except ImportError as error:
        raise SettingsError(
            "traces_endpoint is set, and the tracing libraries are not installed: install placet[tracing]"
        ) from error
    return Tracing(settings.traces_endpoint)


def _usable_store(settings: Settings, *, asynchronous: bool) -> tuple[SqlStore, bool]:
    """A store over a database with this version's schema, and whether the database has a clock of its own."""

    def opened(*, asynchronous: bool) -> SqlStore:
        return open_store(
            settings.database_url,
            asynchronous=asynchronous,
            pool_size=settings.pool_size,
            pool_timeout=settings.pool_timeout,
        )

    store = opened(asynchronous=False)
    try:
        schema.demand_current(store)
        sandbox = store.note(_CLOCK_NOTE) is not None
    except BaseException:
        store.close()
        raise
    if not asynchronous:
        return store, sandbox
    # An asynchronous store works only inside an event loop, so that it cannot be read here.
    store.close()
    return opened(asynchronous=True), sandbox


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Upgrade a database to this version; returns the revisions before and after."""
    store = open_store(settings.database_url)
    try:
        return schema.migrate(store)
    finally:
        store.close()


def begin_epoch(settings: Settings) -> int:
    """Begin a new epoch after a restored backup: former cursors of the log are refused. Returns the epoch's number."""
    with closing(build(settings)) as application:
        era = application.store.begin_epoch(application.clock.now())
        application.engine.installation.note_restore(era)
    return era


def make_sandbox(settings: Settings, moment: datetime) -> None:
    """Give a new database a clock of its own, or move its existing clock.

    Raises:
        SettingsError: the database was made without a clock: real records must never get one that can be moved.
    """
    store = open_store(settings.database_url)
    try:
        if store.note(_CLOCK_NOTE) is not None:
            clock = SandboxClock(store)
            if moment > clock.now():
                clock.move_to(moment)
            return
        with store.reading() as session:
            if session.workspace_keys() or session.people.actor_ids("", 1):
                raise SettingsError(
                    "this database has real records: a clock that can be moved needs a database of its own"
                )
        store.set_note(_CLOCK_NOTE, moment.astimezone(UTC).isoformat())
    finally:
        store.close()
