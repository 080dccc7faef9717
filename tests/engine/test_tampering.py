"""Verification finds whatever somebody changed in the database; a checkpoint kept elsewhere finds the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from shop import MASTER, SMALL, OpenShop, Shop, plugin, with_repair
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    Update,
    and_,
    create_engine,
    delete,
    select,
    text,
    update,
)
from statements import sent

from placet import Appointment, CalendarEntry, Confirmation, Method, Role, Threshold, Timer, elapsed
from placet.engine.act.journal import chained
from placet.engine.act.sources import SOURCES, Source
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports.audit import Audit
from placet.engine.reports.verification import items as batches
from placet.engine.reports.verification import log
from placet.errors import ConflictError
from placet.store.tables import event_texts, events, items, metadata, positions
from placet.store.tables.columns import Moment

#: Tables without a row in the shop below, whose log is sealed.
_WITHOUT_ROWS = {"unsealed"}
WATCH = Role("yard.watch", "Watch", held_on=["shop.repair"], on_item=Appointment([MASTER]))
YARD = Method("yard", "Yard", roles=[WATCH])
#: Repairs with all that an item can have.
RICH = with_repair(
    confirmations=[Confirmation("shop.taken_on", "Taken on", field="fixer", material_fields=["notes"])],
    calendar=CalendarEntry("due", None, ("wished", "bench")),
    timers=[
        Timer(
            "shop.wait",
            "Wait",
            ("create",),
            ("hand_over",),
            target=elapsed(days=3),
            thresholds=[Threshold(percent=100, notifies=[MASTER.id])],
        )
    ],
)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of checkpoints, which a PostgreSQL database needs."""
    monkeypatch.setenv("PLACET_AUDIT_KEY", "a key for tests alone")


@pytest.fixture
def rich_shop(open_shop: OpenShop, database_url: str) -> Shop:
    """A shop on either database in which everything was done once that leaves a row behind."""
    shop = busy(open_shop(database_url, plugin(YARD), methods=("shop", "yard"), method=RICH))
    shop.engine.items.set_role(shop["mia"], "SHOP-1", WATCH.id, ["tom"])
    return shop


def busy(shop: Shop) -> Shop:
    """The shop after its people have done this and that."""
    engine, ida, now = shop.engine, shop["ida"], shop.clock.now()
    item = shop.offered(price=2.5, notes="call Zoe", tags=["a", "b"], fixer="ben")
    shop.attach(item, "offer", b"an offer")
    shop.move(item, "order", "ben")
    shop.move(item, "take_back", "ben")
    other = shop.offered(due="2026-04-01T09:00:00Z")
    shop.vote(other, "cid", comment="fine by me")
    engine.items.link(shop["ben"], item.key, "shop.follows", other.key)
    waived = shop.wish(fault="dark", hours=99)
    ends = now + timedelta(days=1)
    waiver = engine.waivers.ask(shop["ben"], waived.key, gate=SMALL.id, reason="a friend", expires_at=ends)
    engine.waivers.decide(shop["mia"], waived.key, waiver.id, grant=True, comment="just once")
    engine.items.comment(shop["ben"], waived.key, "as agreed with Zoe")
    engine.asks.ask(shop["ben"], waived.key, check="shop.estimate_is_small", to="mia", comment="please")
    engine.people.invite(ida, "ann")
    engine.people.issue_token(ida, "ann", name="a laptop")
    engine.delegations.create(shop["cid"], from_actor="cid", to_actor="ann", ends_at=now + timedelta(days=5))
    engine.deliveries.add_webhook(ida, url="https://example.org/hook", secret="locked", kinds=["created"])
    engine.installation.note_plugins()
    shop.person("ira", admin=True)
    engine.workspaces.change(ida, "SHOP", governed=["record_refusals"])
    engine.workspaces.change(ida, "SHOP", record_refusals=False)
    return shop


def verified(shop: Shop) -> Audit:
    """Everything, verified."""
    return shop.engine.reports.verify(SYSTEM_ACTOR)


@contextmanager
def beside(shop: Shop) -> Iterator[Connection]:
    """A connection of somebody with access to the database, whom no foreign key stops."""
    url = shop.application.settings.database_url.replace("postgresql://", "postgresql+psycopg://")
    engine: Engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            yield connection
    finally:
        engine.dispose()


def altered(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1000
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, str):
        return value[:-1] + ("x" if value[-1:] != "x" else "y")
    if isinstance(value, list):
        return [altered(value[0]), *value[1:]] if value else ["x"]
    if isinstance(value, dict) and value:
        name = min(value)
        return {**value, name: altered(value[name])}
    return {"x": 1} if isinstance(value, dict) else "x"


def _other(column: Column[Any], value: Any) -> Any:
    if value is None:
        if isinstance(column.type, Moment):
            return datetime(2026, 3, 3, tzinfo=UTC)
        return 1 if column.type.python_type is int else "x"
    return altered(value)


def _row(connection: Connection, table: Table) -> Any:
    statement = select(table).order_by(*table.primary_key.columns).limit(1)
    if table.name == "installation":
        statement = statement.where(table.c.name == "plugins")
    found = connection.execute(statement).first()
    assert found is not None, table.name
    return found


def _same(table: Table, row: dict[str, Any]) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def changes(shop: Shop) -> Iterator[tuple[str, Table, dict[str, Any], dict[str, Any]]]:
    """Name, table, row and changed row, for each column that is verified."""
    for name, columns in SOURCES.items():
        table = metadata.tables[name]
        if name in _WITHOUT_ROWS or all(isinstance(each, str) for each in columns.values()):
            continue
        with beside(shop) as connection:
            row = dict(_row(connection, table)._mapping)
        for column, source in columns.items():
            if isinstance(source, Source) and (name, column) != ("items", "body"):
                changed = _other(table.c[column], row[column])
                yield f"{name}.{column}", table, row, {**row, column: changed}


def parts(shop: Shop) -> Iterator[tuple[str, Table, dict[str, Any], dict[str, Any]]]:
    """The same for each part of an item that is in its column `body`."""
    with beside(shop) as connection:
        rows = [dict(row._mapping) for row in connection.execute(select(items).order_by(items.c.number))]
    for part in rows[0]["body"]:
        row = next((row for row in rows if row["body"][part]), rows[0])
        changed = {**row["body"], part: altered(row["body"][part])}
        yield f"items.body.{part}", items, row, {**row, "body": changed}


def unnoticed(shop: Shop, found: Iterator[tuple[str, Table, dict[str, Any], dict[str, Any]]]) -> list[str]:
    """The names of those changes that a verification does not find; each is made and undone by itself."""
    missed = []
    for name, table, before, after in found:
        with beside(shop) as connection:
            assert connection.execute(_written(table, before, after)).rowcount == 1
        if verified(shop).ok:
            missed.append(name)
        with beside(shop) as connection:
            connection.execute(_written(table, after, before))
    assert verified(shop).ok
    return missed


def _written(table: Table, before: dict[str, Any], after: dict[str, Any]) -> Update:
    return update(table).where(_same(table, before)).values(_writable(table, after))


def _writable(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row without the columns that the database makes of others."""
    return {name: value for name, value in row.items() if table.c[name].computed is None}


class TestEveryColumn:
    def test_is_verified_or_says_why_not(self) -> None:
        """The table of sources has every column of the schema, and no other."""
        stored = {name: set(table.c.keys()) for name, table in metadata.tables.items()}
        assert {name: set(columns) for name, columns in SOURCES.items()} == stored
        reasons = [each for columns in SOURCES.values() for each in columns.values() if isinstance(each, str)]
        assert all(len(reason) > len("a reason") for reason in reasons)

    def test_whose_source_is_the_log_is_found_when_it_is_changed(self, rich_shop: Shop) -> None:
        """One at a time, in a shop where everything was done once."""
        shop = rich_shop
        assert verified(shop).findings == ()

        assert unnoticed(shop, changes(shop)) == []

    def test_and_every_part_of_an_item(self, rich_shop: Shop) -> None:
        """Holders of roles, votes, waivers, evidence, links, acts, timers: each by itself."""
        assert unnoticed(rich_shop, parts(rich_shop)) == []

    def test_is_named_with_what_its_events_say(self, shop: Shop) -> None:
        """Which item, which column, and both values."""
        item = shop.offered()

        with beside(shop) as connection:
            connection.execute(update(items).values(state="done"))

        bad = verified(shop).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.place) == (item.key, 3, "items.state")
        assert bad.reason == 'state is "done", and its events say "bench"'

    @pytest.mark.parametrize("note", ["log.installation", "log.epoch", "audit.tree", "plugins"])
    @pytest.mark.parametrize("value", ["none", '{"size": 3, "peaks": ["00", "11"], "checkpoint": null}'])
    def test_notes_of_the_installation_are_found(self, shop: Shop, note: str, value: str) -> None:
        """Even where they cannot be read any more: that is a finding, and the rest is verified."""
        shop.engine.installation.note_plugins()
        shop.engine.installation.note_restore(shop.application.store.begin_epoch(shop.clock.now()))
        shop.engine.checkpoints.make(SYSTEM_ACTOR)
        assert verified(shop).ok

        with beside(shop) as connection:
            notes = metadata.tables["installation"]
            changed = update(notes).where(notes.c.name == note).values(value=value)
            assert connection.execute(changed).rowcount == 1

        assert not verified(shop).ok


def logged() -> Iterator[Table]:
    """The tables of which every row follows from the log; of others a test says why not."""
    for name, columns in SOURCES.items():
        if name not in _WITHOUT_ROWS and any(isinstance(each, Source) for each in columns.values()):
            yield metadata.tables[name]


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """The rows of a table whose source is the log: of notes of the installation those alone."""
    statement = select(table).order_by(*table.primary_key.columns)
    if table.name == "installation":
        statement = statement.where(table.c.name.in_(["plugins", "log.installation"]))
    return [dict(row._mapping) for row in connection.execute(statement)]


def forged(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Another row like one of a table."""
    key = list(table.primary_key.columns)[-1].name
    made = {**row, key: altered(row[key])}
    for name in {"tokens": ("digest",), "invitations": ("digest",), "events": ("id",)}.get(table.name, ()):
        made[name] = altered(row[name])
    if table.name == "positions":
        made["seq"] = altered(row["seq"])
    return made


def on_postgresql(shop: Shop) -> bool:
    """Whether a shop is on PostgreSQL, where one row of each table is enough: what is compared is the same."""
    return shop.application.settings.database_url.startswith("postgresql")


class TestEveryRow:
    def test_whose_source_is_the_log_is_missed(self, rich_shop: Shop) -> None:
        """Each row of each table by itself: votes, links, holders, tokens, timers, and what is due."""
        shop, unnoticed, removed = rich_shop, list[str](), 0
        tables = list(logged())
        for table in tables:
            with beside(shop) as connection:
                rows = rows_of(connection, table)
            assert rows, table.name
            for row in rows[:1] if on_postgresql(shop) else rows:
                with beside(shop) as connection:
                    connection.execute(delete(table).where(_same(table, row)))
                removed += 1
                if verified(shop).ok:
                    unnoticed.append(f"{table.name} {row}")
                with beside(shop) as connection:
                    connection.execute(table.insert(), _writable(table, row))
        assert unnoticed == []
        assert removed == len(tables) if on_postgresql(shop) else removed > len(tables)
        assert verified(shop).ok

    def test_that_nobody_made_is_found(self, rich_shop: Shop) -> None:
        """A vote, a holder of a role, a link, a delegation, a token, a webhook, an event: one more in each table."""
        shop, unnoticed = rich_shop, []
        for table in logged():
            if table.name == "installation":
                # Notes without a source in the log decide nothing.
                continue
            with beside(shop) as connection:
                made = forged(table, rows_of(connection, table)[-1])
                connection.execute(table.insert(), _writable(table, made))
            if verified(shop).ok:
                unnoticed.append(table.name)
            with beside(shop) as connection:
                connection.execute(delete(table).where(_same(table, made)))
        assert unnoticed == []
        assert verified(shop).ok


class TestATimer:
    """A timer cannot be silenced beside the log."""

    @pytest.mark.parametrize(("column", "value"), [("at", datetime(2099, 1, 1, tzinfo=UTC)), ("tries", 7)])
    def test_that_is_put_off_beside_the_log_is_found(
        self, rich_shop: Shop, column: str, value: object
    ) -> None:
        """Whether as due later, or as if it had been refused: then it waits for a day at most."""
        shop, dues = rich_shop, metadata.tables["dues"]
        late = {"at": datetime(2099, 1, 1, tzinfo=UTC), column: value}

        with beside(shop) as connection:
            of_timers = dues.c.subject == "timer:shop.wait"
            assert connection.execute(update(dues).where(of_timers).values(late)).rowcount

        bad = verified(shop).first_bad
        assert bad is not None
        assert bad.place == "dues"
        assert bad.reason == (
            "timer:shop.wait is due at 2099-01-01T00:00:00Z, and its events say 2026-03-05T09:00:00Z"
        )

    def test_that_has_exceeded_its_target_since_it_was_written_is_as_its_events_say(
        self, rich_shop: Shop
    ) -> None:
        """Time alone changes how it stands, and no row."""
        rich_shop.clock.forward(days=30)

        assert verified(rich_shop).ok

    def test_of_work_that_failed_waits_for_its_next_attempt(self, rich_shop: Shop) -> None:
        """It was put off, by a day at most."""
        shop = rich_shop
        shop.clock.forward(days=30)
        for due in shop.engine.timers.due(shop.clock.now(), 10):
            shop.engine.timers.put_off(due, "a test")

        assert verified(shop).ok


class TestTheLog:
    def test_is_verified_to_the_last_bit(self, any_shop: Shop) -> None:
        """One bit of one event, wherever it is."""
        shop = busy(any_shop)
        with beside(shop) as connection:
            event = connection.execute(select(events).where(events.c.kind == "voted")).one()
        missed = []
        for place in range(0, len(event.body), 37):
            bent = event.body[:place] + chr(ord(event.body[place]) ^ 1) + event.body[place + 1 :]
            with beside(shop) as connection:
                connection.execute(update(events).where(events.c.id == event.id).values(body=bent))
            if verified(shop).ok:
                missed.append(place)
        assert missed == []

    @pytest.mark.parametrize("which", ["first", "middle", "last"])
    def test_misses_no_event_that_is_removed(self, any_shop: Shop, which: str) -> None:
        """With its position and its texts, from anywhere in an item's history."""
        shop = any_shop
        shop.vote(shop.offered(), "cid", comment="fine by me")
        seq = {"first": 1, "middle": 2, "last": 4}[which]

        with beside(shop) as connection:
            for table in (event_texts, positions, events):
                connection.execute(delete(table).where(table.c.number == 1, table.c.seq == seq))

        assert not verified(shop).ok

    def test_finds_two_events_that_were_swapped(self, any_shop: Shop) -> None:
        """The bodies of two events, each with its own hash."""
        shop = any_shop
        shop.offered()

        with beside(shop) as connection:
            two, three = connection.execute(
                select(events).where(events.c.number == 1, events.c.seq > 1).order_by(events.c.seq)
            )
            for one, other in ((two, three), (three, two)):
                values = {"body": other.body, "hash": other.hash, "kind": other.kind}
                connection.execute(update(events).where(events.c.id == one.id).values(values))

        assert not verified(shop).ok

    def test_names_an_event_that_was_removed_before_it_had_a_position(self, any_shop: Shop) -> None:
        """Its mark is left, for which the sealing of others does not wait."""
        gone = "01989f3e-0000-7000-8000-000000000001"
        assert verified(any_shop).ok

        with beside(any_shop) as connection:
            connection.execute(metadata.tables["unsealed"].insert(), {"decided": 1, "event": gone})

        (bad,) = verified(any_shop).findings
        assert (bad.key, bad.event, bad.place) == ("log", gone, "unsealed")
        assert "was removed" in bad.reason

    def test_goes_on_from_where_it_was_stopped(self, any_shop: Shop) -> None:
        """In parts, which together verify every event once."""
        shop = busy(any_shop)
        whole, cursor, events_verified, parts_taken = verified(shop), None, 0, 0

        while cursor is not None or parts_taken == 0:
            part = shop.engine.reports.verify(SYSTEM_ACTOR, after=cursor, limit=1)
            assert part.ok
            cursor, events_verified, parts_taken = (
                part.next_cursor,
                events_verified + part.events,
                parts_taken + 1,
            )

        assert (events_verified, parts_taken > 2) == (whole.events, True)

    def test_goes_on_within_the_positions(self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """The cursor keeps the tree so far, so that the checkpoints behind it are compared all the same."""
        shop = busy(any_shop)
        signed = shop.engine.checkpoints.make(SYSTEM_ACTOR).size
        monkeypatch.setattr(log, "PLACES", 4)

        def parts() -> list[Audit]:
            taken = [shop.engine.reports.verify(SYSTEM_ACTOR, after="positions::", limit=1)]
            while (cursor := taken[-1].next_cursor) is not None and cursor.startswith("positions"):
                taken.append(shop.engine.reports.verify(SYSTEM_ACTOR, after=cursor, limit=1))
            return taken

        intact = parts()
        with beside(shop) as connection:
            rebuild(connection, number=3, was='"decision":"approve"', becomes='"decision":"decline"')

        assert all(each.ok for each in intact)
        assert len(intact) > signed // 4
        found = [each.reason for part in parts() for each in part.findings]
        assert f"the first {signed} events are not those of the checkpoint that was signed over them" in found

    def test_reads_the_checkpoints_once_for_all_positions(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A log of millions of events has thousands of checkpoints, and thousands of batches."""
        busy(shop)
        shop.engine.checkpoints.make(SYSTEM_ACTOR)
        reads = []
        for batch in (1000, 2):
            monkeypatch.setattr(log, "PLACES", batch)
            with sent(shop.application.store) as statements:
                assert shop.engine.reports.verify(SYSTEM_ACTOR, after="positions::").ok
            reads.append([each for each in statements if "ORDER BY positions.position" not in each])

        assert reads[0] == reads[1]

    @pytest.mark.parametrize("size", [1, 2, 7])
    def test_is_the_same_in_batches_of_every_size(
        self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        """An item's history may go over several reads, and a read over several items; nothing is lost between them."""
        shop = busy(any_shop)
        whole = verified(shop)
        for module, names in ((batches, ("ITEMS", "EVENTS")), (log, ("PLACES", "FILES"))):
            for name in names:
                monkeypatch.setattr(module, name, size)

        small = verified(shop)
        with beside(shop) as connection:
            connection.execute(update(items).where(items.c.number == 3).values(title="another"))

        assert (small.ok, small.events) == (True, whole.events)
        assert [(each.key, each.place) for each in verified(shop).findings] == [("SHOP-3", "items.title")]

    def test_is_read_in_as_few_reads_as_it_takes(self, any_shop: Shop) -> None:
        """A table that one read has found to the end is not asked for more."""
        shop = busy(any_shop)
        assert verified(shop).ok

        with sent(shop.application.store) as statements:
            verified(shop)

        tables = ("actors", "tokens", "invitations", "delegations", "webhooks", "proposals", "definitions")
        reads = {
            name: sum(f"FROM {name} " in " ".join(each.split()) for each in statements) for name in tables
        }
        # Workspaces and the installation have proposals, and workspaces ask for the definitions that decided in them.
        assert reads == dict.fromkeys(tables, 1) | {"proposals": 2, "definitions": 2}

    def test_shows_who_erased_a_text(self, any_shop: Shop) -> None:
        """Erasing is an event; somebody who erases a text in the database alone is found."""
        shop = busy(any_shop)
        first = shop.engine.event_log.history(shop["ben"], "SHOP-1").rows[0]
        shop.engine.erasing.erase_text(shop["ida"], "SHOP-1", first.id, reason="Zoe asked for it")
        assert verified(shop).ok

        with beside(shop) as connection:
            gone = {"salt": None, "document": None, "erased_at": shop.clock.now()}
            connection.execute(update(event_texts).where(event_texts.c.number == 3).values(gone))

        bad = verified(shop).first_bad
        assert bad is not None
        assert bad.reason == "its text was erased, and no event says by whom"


class TestEvidence:
    def test_that_is_damaged_is_named_and_healed_by_the_right_bytes(self, any_shop: Shop) -> None:
        """Uploading the same file again puts it back in its place."""
        shop = any_shop
        item = shop.on_bench()
        shop.attach(item, "offer", b"an offer")
        digest = shop.item(item).evidence[0].sha256
        assert digest is not None
        folder = shop.application.settings.evidence_folder
        (file,) = (path for path in folder.rglob(digest))
        file.write_bytes(b"another offer")

        (bad,) = verified(shop).findings
        shop.attach(shop.on_bench(), "offer", b"an offer")

        assert (bad.key, bad.place) == (item.key, "evidence")
        assert bad.reason == f"the evidence {digest} is damaged: upload the same file again to heal it"
        assert verified(shop).ok

    def test_that_is_missing_is_named(self, shop: Shop) -> None:
        """A file that is not there proves nothing."""
        shop.attach(shop.on_bench(), "offer", b"an offer")
        shutil.rmtree(shop.application.settings.evidence_folder)

        (bad,) = verified(shop).findings

        assert "is missing" in bad.reason


class TestACheckpointKeptElsewhere:
    """Finds what leaves nothing behind in the database: whole items, the end of the log, all of it made anew."""

    def _kept(self, shop: Shop) -> Callable[[], Any]:
        checkpoint = shop.engine.checkpoints.make(SYSTEM_ACTOR)
        shop.engine.items.comment(shop["ben"], "SHOP-1", "later")
        return lambda: shop.engine.checkpoints.compare(SYSTEM_ACTOR, checkpoint.note)

    def test_agrees_with_a_log_that_has_grown(self, any_shop: Shop) -> None:
        """And with nothing but that."""
        assert self._kept(busy(any_shop))().origin

    def test_finds_an_item_that_was_erased_whole(self, any_shop: Shop) -> None:
        """With all of its rows, and the positions behind it moved up."""
        compare = self._kept(busy(any_shop))

        with beside(any_shop) as connection:
            places = [*connection.scalars(select(positions.c.position).where(positions.c.number == 4))]
            for table in metadata.tables.values():
                if {"workspace", "number"} <= set(table.c.keys()):
                    connection.execute(delete(table).where(table.c.number == 4))
            for place in sorted(places, reverse=True):
                later = select(positions.c.position).where(positions.c.position > place)
                for position in sorted(connection.scalars(later)):
                    moved = update(positions).where(positions.c.position == position)
                    connection.execute(moved.values(position=position - 1))

        with pytest.raises(ConflictError, match=r"changed, removed, added or moved|events were removed"):
            compare()

    def test_finds_a_tail_that_was_cut_off(self, any_shop: Shop) -> None:
        """Of the whole log, as if it had never been."""
        compare = self._kept(busy(any_shop))

        with beside(any_shop) as connection:
            connection.execute(delete(positions).where(positions.c.position > 20))

        with pytest.raises(ConflictError, match="events were removed"):
            compare()

    def test_finds_two_positions_that_were_swapped(self, any_shop: Shop) -> None:
        """Events of two items, whose own histories stay whole."""
        compare = self._kept(busy(any_shop))

        with beside(any_shop) as connection:
            wanted = positions.c.workspace == "SHOP", positions.c.number > 0, positions.c.seq == 1
            one, other = connection.scalars(
                select(positions.c.position).where(*wanted).order_by(positions.c.position).limit(2)
            )
            for here, there in ((one, -1), (other, one), (-1, other)):
                moved = update(positions).where(positions.c.position == here)
                connection.execute(moved.values(position=there))

        with pytest.raises(ConflictError, match="changed, removed, added or moved"):
            compare()

    def test_finds_an_old_backup(
        self, any_shop: Shop, open_shop: OpenShop, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        """A log that is intact, and ends too early."""
        compared = self._kept(busy(any_shop))
        assert compared().size > 20
        note = any_shop.engine.checkpoints.latest(SYSTEM_ACTOR).note
        if any_shop.application.settings.sqlite_file is not None:
            shutil.copyfile(request.getfixturevalue("sqlite_shop"), tmp_path / "old.db")
            backup = open_shop.again(f"sqlite:///{tmp_path}/old.db")
        else:
            create = request.getfixturevalue("new_postgresql")
            backup = open_shop.again(create(request.getfixturevalue("postgresql_shop")))

        assert verified(backup).ok
        with pytest.raises(ConflictError, match="events were removed"):
            backup.engine.checkpoints.compare(SYSTEM_ACTOR, note)

    def test_finds_a_chain_that_was_made_anew(self, any_shop: Shop) -> None:
        """Another vote, with every hash after it recomputed, and the item with it."""
        shop = busy(any_shop)
        compare = self._kept(shop)

        with beside(shop) as connection:
            rebuild(connection, number=3, was='"decision":"approve"', becomes='"decision":"decline"')

        with pytest.raises(ConflictError, match="changed, removed, added or moved"):
            compare()

    def test_is_found_by_verification_too_where_it_is_still_in_the_log(self, any_shop: Shop) -> None:
        """Who makes a chain anew and leaves the checkpoints alone is found without a copy elsewhere."""
        shop = any_shop
        shop.offered()
        shop.engine.items.comment(shop["ben"], "SHOP-1", "fine")
        shop.engine.checkpoints.make(SYSTEM_ACTOR)

        with beside(shop) as connection:
            rebuild(connection, number=1, was='"kind":"comment"', becomes='"kind":"remark"')
            connection.execute(update(events).where(events.c.kind == "comment").values(kind="remark"))
            connection.execute(update(positions).where(positions.c.kind == "comment").values(kind="remark"))

        reasons = [each.reason for each in verified(shop).findings]
        signed, kept = sorted(reasons)
        assert "are not those of the checkpoint that was signed over them" in signed
        assert "the tree that was kept of the first" in kept


class TestCheckpointsMadeAtOnce:
    def test_cover_more_each_time(self, any_shop: Shop) -> None:
        """Who makes one beside others signs no smaller log than they did, and none of a size that they signed."""
        shop, makers = busy(any_shop), 4
        ready = Barrier(makers)

        def make(_: int) -> int:
            ready.wait()
            return shop.engine.checkpoints.make(SYSTEM_ACTOR).size

        with ThreadPoolExecutor(makers) as pool:
            for n in range(5):
                shop.engine.items.comment(shop["ben"], "SHOP-1", f"no. {n}")
                assert len(set(pool.map(make, range(makers)))) == 1

        sizes = [each.size for each in shop.engine.checkpoints.find(SYSTEM_ACTOR).rows]
        assert (sizes, len(sizes)) == (sorted(set(sizes)), 5)
        assert verified(shop).ok


def rebuild(connection: Connection, *, number: int, was: str, becomes: str) -> None:
    """Replace a text in the events of an item, and recompute every hash, up to the item's own."""
    head, found = "", False
    history = select(events).where(events.c.workspace == "SHOP", events.c.number == number)
    for event in connection.execute(history.order_by(events.c.seq)).all():
        body = event.body.replace(was, becomes)
        found = found or body != event.body
        hash = chained(head, body)
        values = {"body": body, "prev_hash": head, "hash": hash}
        connection.execute(update(events).where(events.c.id == event.id).values(values))
        head = hash
    assert found
    same = items.c.workspace == "SHOP", items.c.number == number
    assert connection.execute(update(items).where(*same).values(head=head)).rowcount == 1
