"""Events keep ids, figures and the reads of checks; sentences are rendered when somebody reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from shop import FIXER, OpenShop, Shop, replace_transition

from placet import CheckContext, Gate, Transition, Verdict, blocked, check, passed
from placet.definitions.verdicts import GateMode, Outcome
from placet.engine.act.event_document import event_document
from placet.engine.act.messages import MESSAGES
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.engine.rules.evaluation import CheckReport
from placet.engine.rules.grounds import check_data


def last(shop: Shop, item: ItemRecord) -> EventRecord:
    """The item's last event, as it is read."""
    return shop.engine.event_log.history(shop["ann"], item.key).rows[-1]


def body(event: EventRecord) -> dict[str, Any]:
    """The hashed body."""
    found: dict[str, Any] = orjson.loads(event.body)
    return found


#: Words that were retired before the log was published: an id, once stored, is for ever.
RETIRED = {
    "notice",
    "notices",
    "asker",
    "maker",
    "told",
    "tells",
    "said",
    "clock",
    "ring",
    "owed",
}


def test_ids_and_parameters_of_messages_are_words_of_the_field() -> None:
    """One word for each thing, in the log too."""
    used = {part for id in MESSAGES for part in id.split(".")}
    used |= {name for text in MESSAGES.values() for name in re.findall(r"{(\w+)", text)}

    assert {word for name in used for word in (name, *name.split("_"))} & RETIRED == set()


class TestARefusal:
    def test_keeps_templates_and_figures_and_reads_as_it_was_said(self, any_shop: Shop) -> None:
        """No sentence is stored: it is put together from its template and parameters."""
        item = any_shop.wish(fault="dark")
        refusal = any_shop.refusal(item, "start", "ann", fields={"hours": 99})

        event = last(any_shop, item)

        role, _ = body(event)["blockers"]
        assert (
            role["template"][0]
            == "{transition:transition} is for the {roles:role or}, and {actor:person} holds no such role"
        )
        assert role["params"] == {
            "actor": "ann", "transition": "start", "roles": ["shop.fixer"], "people": ["ben", "bea"],
        }  # fmt: skip
        assert not {"message", "remedy"} & role.keys()
        assert [(b["message"], b["remedy"]) for b in event.data["blockers"]] == [
            (b.message, b.remedy) for b in refusal.blockers
        ]
        assert event.data["blockers"][1]["message"] == "99 hours are more than 40"

    def test_has_blockers_in_the_form_that_a_refused_person_gets(self, shop: Shop) -> None:
        """Gate, check, verdict, mode, message, remedy, source, who, the earliest moment, message id and parameters."""
        item = shop.wish()
        refusal = shop.refusal(item, "start", "ben")

        (shown,) = event_document(last(shop, item))["blockers"]

        (given,) = refusal.blockers
        assert shown == {
            "gate": given.gate, "check": given.check, "verdict": "unmet", "mode": "enforce",
            "message": given.message, "remedy": given.remedy, "source": "shop", "who": list(given.who),
            "earliest": None, "message_id": given.message_id, "params": given.params,
        }  # fmt: skip


class TestAVoidedApproval:
    def test_keeps_why_as_an_id_with_figures_and_reads_as_a_sentence_too(self, shop: Shop) -> None:
        """As blockers do: a client that speaks another language translates the id, and others show the sentence."""
        item = shop.offered()
        shop.engine.items.edit(shop["ben"], item.key, fields={"price": 900.0})

        event = last(shop, item)

        why = {"message_id": "approval.changed", "params": {"fields": ["price"]}}
        assert body(event)["voided"] == {"shop.agreement": why}
        assert event_document(event)["voided"] == {
            "shop.agreement": why | {"message": "price changed since it was asked for"}
        }


class TestWhatAPluginSays:
    def refused(self, open_shop: OpenShop, url: str, test: Any) -> tuple[Shop, ItemRecord]:
        """A repair whose start a check of this kind has refused."""
        gate = Gate("shop.asked", "Asked", check("shop.asked_first")(test))
        start = Transition("start", "wished", "bench", [FIXER], [gate])
        shop = open_shop(url, method=replace_transition(start))
        item = shop.wish("The lamp of Zoe")
        shop.refusal(item, "start", "ben")
        return shop, item

    def test_as_a_whole_sentence_is_kept_as_a_text_that_can_be_erased(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Nobody knows what is in it."""

        def test(ctx: CheckContext) -> Verdict:
            return blocked(f"{ctx.item.title} is not there", remedy="ask Zoe")

        shop, item = self.refused(open_shop, sqlite_url, test)

        event = last(shop, item)
        assert "Zoe" not in event.body
        assert event.data["blockers"][0]["message"] == "The lamp of Zoe is not there"
        shop.engine.erasing.erase_text(shop["ida"], "SHOP-1", event.id, reason="Zoe asked for it")
        erased = shop.engine.event_log.history(shop["ida"], "SHOP-1").rows[event.seq - 1]
        assert erased.erased == ("/blockers/0/message", "/blockers/0/remedy")
        assert erased.data["blockers"][0] | {"message": None, "remedy": None} == erased.data["blockers"][0]
        assert shop.engine.reports.verify(shop["ida"]).ok

    def test_with_what_somebody_typed_among_the_figures_loses_that_alone(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Template and figures stay; the sentence says that something was erased."""

        def test(ctx: CheckContext) -> Verdict:
            return blocked(
                "{title} waits for {n} more", remedy="wait", params={"title": ctx.item.title, "n": 2}
            )

        shop, item = self.refused(open_shop, sqlite_url, test)

        event = last(shop, item)
        assert "Zoe" not in event.body
        assert event.data["blockers"][0]["message"] == "The lamp of Zoe waits for 2 more"
        shop.application.store.transact(
            lambda session: session.log.erase_text(ItemRef("SHOP", 1), event.seq, shop.clock.now())
        )
        assert last(shop, item).data["blockers"][0]["message"] == "(erased) waits for 2 more"

    @pytest.mark.parametrize(
        ("template", "params", "message"),
        [
            ("due {at:%d %B}", {"at": datetime(2026, 3, 2, tzinfo=UTC)}, "due 02 March"),
            ("{n} of {all}", {"n": 10**30, "all": None}, f"{10**30} of None"),
            ("{keys} are open", {"keys": list(range(30))}, f"{', '.join(map(str, range(30)))} are open"),
        ],
        ids=["a format that text does not have", "numbers beyond JSON", "a long list"],
    )  # fmt: skip
    def test_is_read_as_it_was_said_whatever_its_figures_are(
        self, open_shop: OpenShop, sqlite_url: str, template: str, params: dict[str, Any], message: str
    ) -> None:
        """Where the figures, as JSON keeps them, would give another sentence, the sentence itself is kept."""

        def test(ctx: CheckContext) -> Verdict:
            return blocked(template, remedy="wait", params=params)

        shop, item = self.refused(open_shop, sqlite_url, test)

        assert last(shop, item).data["blockers"][0]["message"] == message


class TestATransition:
    def test_keeps_every_check_with_its_verdict_and_what_it_read(self, shop: Shop) -> None:
        """So that years later a control can see on which values the gate opened."""
        item = shop.on_bench(hours=7)

        assert last(shop, item).data["checks"] == [
            {"gate": "shop.described", "check": "shop.fault_named", "verdict": "met",
             "read": {"fields": ["fault", "hours"]}},
            {"gate": "shop.small", "check": "shop.estimate_is_small", "verdict": "met", "read": {"hours": 7}},
            {"gate": "shop.small", "check": "shop.bench_is_free", "verdict": "met", "read": {"busy": 0}},
        ]  # fmt: skip

    def test_keeps_the_mode_of_a_gate_that_only_reports(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An unmet check that stopped nothing can be distinguished from one that was waived."""
        shop = open_shop(sqlite_url, gate_modes={"shop.small": GateMode.WARN})
        item = shop.on_bench(hours=99)

        kept = {each["check"]: each for each in last(shop, item).data["checks"]}

        assert (kept["shop.estimate_is_small"]["verdict"], kept["shop.estimate_is_small"]["mode"]) == (
            "unmet",
            "warn",
        )

    def test_names_the_other_items_that_it_rests_on_with_their_versions(self, shop: Shop) -> None:
        """As they were read."""
        busy = shop.on_bench(express=True)
        item = shop.wish(fault="dark", hours=1)

        shop.move(item, "start", "ben")

        assert last(shop, item).data["read"] == {busy.key: shop.item(busy).version}

    def test_says_under_which_configuration_it_was_decided(self, shop: Shop) -> None:
        """The version of the workspace goes up with every change of settings, modes and role holders."""
        first = last(shop, shop.on_bench()).data["workspace_version"]
        shop.person("eve", FIXER)
        second = last(shop, shop.on_bench()).data["workspace_version"]

        assert second == first + 1
        log = shop.engine.event_log.query(shop["ida"], workspace="SHOP", kinds=["roles"])
        assert shop.engine.event_log.events(log).rows[-1].data["workspace_version"] == second

    def test_keeps_what_a_check_read_of_typed_text_where_it_can_be_erased(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Sentences, and single words that somebody typed on the item."""

        @check("shop.read_all")
        def read_all(ctx: CheckContext) -> Verdict:
            """It reads what was typed."""
            fault = ctx.item.fields.fault
            return passed(why=ctx.comment, fault=fault, by=ctx.actor, day="2026-03-02", hours=3)

        start = Transition("start", "wished", "bench", [FIXER], [Gate("shop.read", "Read", read_all)])
        shop = open_shop(sqlite_url, method=replace_transition(start))

        item = shop.move(shop.wish(fault="Zoe"), "start", "ben", comment="she said so")

        event = last(shop, item)
        assert body(event)["checks"][0]["read"] == {
            "why": None, "fault": None, "by": "ben", "day": "2026-03-02", "hours": 3,
        }  # fmt: skip
        assert event.data["checks"][0]["read"]["fault"] == "Zoe"


class TestWhatACheckRead:
    def kept(self, **read: Any) -> Any:
        """The form in which an event keeps it."""
        report = CheckReport("a.gate", "a.check", "", "a", GateMode.ENFORCE, Outcome.MET, read)
        return check_data(report).get("read")

    def test_is_bounded(self) -> None:
        """An event is not a copy of the database."""
        many = self.kept(keys=list(range(1000)), text="x" * 10_000, table={n: n for n in range(99)})
        assert many["keys"] == [*range(20), "... 1000"]
        assert many["text"] == "x" * 200 + "..."
        assert (len(many["table"]), many["table"]["..."]) == (21, 99)

        much = self.kept(**{f"n{n}": "y" * 200 for n in range(1000)})
        assert len(orjson.dumps(much)) < 4_000
        assert list(much.values())[-1] == "..."

    def test_is_what_json_knows(self) -> None:
        """Moments are text, and so are numbers that others would round."""
        assert self.kept(at=datetime(2026, 3, 2, tzinfo=UTC), mode=GateMode.WARN, big=2**60) == {
            "at": "2026-03-02T00:00:00+00:00",
            "mode": "warn",
            "big": str(2**60),
        }
        assert self.kept() is None
