"""Typed text lies beside the events: it is read with them, can be erased, and the chain holds either way."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Literal

import orjson
import pytest
from pydantic import BaseModel
from shop import RepairFields, Shop
from sqlalchemy import text

from placet import ActorId, Fields, ItemKey, Line, Moment, Text
from placet.engine.act.event_document import event_document
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.engine.act.redaction import free_text


class Grade(StrEnum):
    GOOD = "good"


class Step(BaseModel):
    by: ActorId
    at: Moment


class Remark(BaseModel):
    at: Moment
    words: Text


class AllKinds(Fields):
    line: Line | None = None
    lines: list[Line] | None = None
    remark: Remark | None = None
    remarks: list[Remark] | None = None
    named: dict[str, Text] | None = None
    key: ItemKey | None = None
    person: ActorId | None = None
    people: list[ActorId] | None = None
    moment: Moment | None = None
    grade: Grade | None = None
    choice: Literal["a", "b"] | None = None
    count: int = 0
    counts: list[int] | None = None


def history(shop: Shop, item: ItemRecord) -> list[EventRecord]:
    """An item's events as the first person reads them."""
    return list(shop.engine.event_log.history(shop["ann"], item.key).rows)


def erase(shop: Shop, event: EventRecord) -> bool:
    """Erase what was typed in an event, as somebody has a right to."""
    ref = ItemRef(event.workspace, event.number)
    return shop.application.store.transact(
        lambda session: session.log.erase_text(ref, event.seq, shop.clock.now())
    )


def tamper(shop: Shop, statement: str) -> None:
    """Change the texts behind the engine's back."""
    with shop.application.store.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount


class TestFieldsForFreeText:
    def test_are_those_that_take_any_text(self) -> None:
        """Keys, people, moments and values of a list say nothing that somebody typed."""
        assert free_text(AllKinds) == {"line", "lines", "remark", "remarks", "named"}
        assert free_text(RepairFields) == {"fault", "tags", "notes"}


class TestWhatPeopleTyped:
    def test_is_not_in_the_body_that_is_hashed(self, shop: Shop) -> None:
        """Not in that of any event: neither as a comment nor as a title, a name, or the value of a field."""
        item = shop.offered(fault="Zoe dropped it", notes="call Zoe")
        shop.attach(item, "offer", b"cheap", name="offer for Zoe.pdf")
        shop.vote(item, "cid", comment="as Zoe wishes")
        shop.engine.items.edit(shop["ann"], item.key, title="The lamp of Zoe")
        shop.engine.items.comment(shop["ann"], item.key, "Zoe is waiting")

        events = history(shop, item)

        assert not [event.body for event in events if "Zoe" in event.body]
        assert sum("Zoe" in str(event_document(event)) for event in events) == 5

    def test_is_read_in_its_place(self, any_shop: Shop) -> None:
        """Who reads events sees no difference."""
        item = any_shop.wish("A lamp", fault="dark", hours=2, tags=["old", "brass"])
        any_shop.engine.items.edit(any_shop["ann"], item.key, fields={"fault": None, "hours": 3})

        created, edited = history(any_shop, item)

        assert created.data["title"] == "A lamp"
        assert created.data["changes"] == {
            "fault": [None, "dark"], "hours": [None, 2], "tags": [None, ["old", "brass"]],
        }  # fmt: skip
        assert edited.data["changes"] == {"fault": ["dark", None], "hours": [2, 3]}
        assert created.erased == edited.erased == ()

    def test_enters_the_hash_as_a_salted_digest(self, shop: Shop) -> None:
        """With the salt and the text anybody can check it; without the salt nobody finds the text by guessing."""
        item = shop.wish()
        shop.engine.items.comment(shop["ann"], item.key, "yes")
        shop.engine.items.comment(shop["ann"], item.key, "yes")

        first, second = history(shop, item)[1:]

        assert first.text is not None
        assert second.text is not None
        assert (first.text.document, first.text.salt) != (second.text.document, second.text.salt)
        assert first.text.document == '{"/comment":"yes"}'
        assert orjson.loads(first.body)["text"] == {
            "digest": sha256(f"{first.text.salt}\n{first.text.document}".encode()).hexdigest(),
            "of": ["/comment"],
        }

    def test_is_nothing_where_nobody_typed(self, shop: Shop) -> None:
        """An event without a text has no digest, and is stored without one."""
        item = shop.move(shop.wish(fault="dark", hours=2), "start", "ben")

        moved = history(shop, item)[-1]

        assert moved.text is None
        assert "text" not in orjson.loads(moved.body)


class TestErasing:
    def test_leaves_the_chain_as_it_was(self, any_shop: Shop) -> None:
        """Hashes and verification do not depend on what was erased."""
        item = any_shop.offered(notes="call Zoe")
        before = history(any_shop, item)

        any_shop.engine.erasing.erase_text(any_shop["ida"], item.key, before[0].id, reason="Zoe asked for it")

        after = history(any_shop, item)
        assert [event.hash for event in after[:-1]] == [event.hash for event in before]
        assert any_shop.engine.reports.verify(any_shop["ida"]).ok

    def test_shows_readers_that_something_was_erased(self, shop: Shop) -> None:
        """The places of texts are shown as erased; values that nobody typed stay."""
        item = shop.wish("The lamp of Zoe", fault="dark", hours=2)

        erase(shop, history(shop, item)[0])

        shown = event_document(history(shop, item)[0])
        assert shown["erased"] == ["/changes/fault/1", "/title"]
        assert (shown["title"], shown["changes"]) == (None, {"fault": [None, None], "hours": [None, 2]})
        log = shop.engine.event_log.events(shop.engine.event_log.query(shop["ann"], item=item.key)).rows
        assert [event.erased for event in log] == [("/changes/fault/1", "/title")]

    def test_takes_along_the_digest_of_what_was_voted_on(self, shop: Shop) -> None:
        """It has no salt, and a short text could be found by trying; version and names stay."""
        item = shop.offered()
        shop.vote(item, "cid")
        vote = history(shop, item)[-1]
        digest = vote.data["material"]["digest"]
        assert digest not in vote.body

        assert erase(shop, vote)

        erased = history(shop, item)[-1]
        assert erased.erased == ("/material/digest",)
        assert erased.data["material"] == vote.data["material"] | {"digest": None}

    def test_takes_the_salt_along(self, shop: Shop) -> None:
        """Or a short text could be found by trying."""
        item = shop.wish()
        erase(shop, history(shop, item)[0])

        erased = history(shop, item)[0].text

        assert erased is not None
        assert (erased.salt, erased.document) == (None, None)
        assert erased.erased_at == shop.clock.now()

    def test_happens_once(self, shop: Shop) -> None:
        """And nothing happens to an event in which nobody typed."""
        item = shop.move(shop.wish(fault="dark", hours=2), "start", "ben")
        created, moved = history(shop, item)

        assert [erase(shop, event) for event in (created, created, moved)] == [True, False, False]


class TestVerification:
    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            ("UPDATE event_texts SET document = replace(document, 'lamp', 'ramp')", "its text is not what was hashed"),
            ("UPDATE event_texts SET document = 'no json'", "its text is not what was hashed"),
            ("UPDATE event_texts SET salt = 'another'", "its text is not what was hashed"),
            ("DELETE FROM event_texts", "its text is gone, and nobody erased it"),
            ("UPDATE event_texts SET number = 2", "its text is gone, and nobody erased it"),
        ],
        ids=["document", "no_json", "salt", "gone", "another's"],
    )  # fmt: skip
    def test_finds_a_text_that_was_tampered_with(self, shop: Shop, statement: str, reason: str) -> None:
        """A text that is there has to be the one that was hashed; one that is not has to be erased."""
        item = shop.wish()

        tamper(shop, f"{statement} WHERE workspace = 'SHOP' AND number = 1 AND seq = 1")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.reason) == (item.key, 1, reason)

    def test_finds_a_text_that_was_put_beside_an_event(self, shop: Shop) -> None:
        """In which nobody had typed anything."""
        item = shop.move(shop.wish(fault="dark", hours=2), "start", "ben")

        tamper(
            shop,
            "INSERT INTO event_texts (workspace, number, seq, salt, document)"
            """ VALUES ('SHOP', 1, 2, '00', '{"/comment": "I agree"}')""".replace(": ", "\\: "),
        )

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.reason) == (item.key, 2, "a text lies beside it that was not hashed")
