"""Gates that an item's effect adds to the rules of its workspace: data, in force for everybody from the commit on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import Field
from shop import (
    FIXER,
    MASTER,
    METHOD,
    REPAIR,
    OpenShop,
    RepairFields,
    Shop,
    changed,
    plugin,
    replace_transition,
    with_repair,
)

from placet import (
    SAME,
    AddedGate,
    Approval,
    Ballot,
    BlockedError,
    Check,
    CheckContext,
    CheckParams,
    Consequence,
    Effect,
    EffectContext,
    Gate,
    GateMode,
    Method,
    OfferedCheck,
    Panel,
    Quorum,
    Transition,
    Verdict,
    Workflow,
    blocked,
    check,
    passed,
)
from placet.definitions.roles import SYSTEM
from placet.engine.act.progress import COMPUTED
from placet.engine.act.records import ItemRecord
from placet.engine.act.regating import Regating
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Moved

SIGNED = Approval(
    "shop.rule", "Rule", Panel(Ballot([MASTER], Quorum.any())), material_fields=["fault"], reopens=False
)


class Price(CheckParams):
    """A price."""

    most: int


def cheap(id: str, given: Price) -> Any:
    """A check of the repair's price, with the method's own settings."""

    @check(id, most=given.most)
    def test(ctx: CheckContext) -> Verdict:
        """It is cheap."""
        price = ctx.item.fields.price or 0
        if price <= given.most:
            return passed(price=price)
        return blocked(
            "it costs {price}, {most} at most", remedy="ask {who}",
            params={"price": price, "most": given.most, "who": f"those who may spend {ctx.settings.largest_estimate}"},
        )  # fmt: skip

    return test


def forgiven(id: str, given: CheckParams) -> Any:
    """A check that lets repairs of a kind through."""

    @check(id)
    def test(ctx: CheckContext) -> Verdict:
        """It is forgiven."""
        return (
            passed(forgiven_by="mia")
            if "gift" in (ctx.item.fields.tags or ())
            else blocked("no", remedy="no")
        )

    return test


CHEAP = OfferedCheck("shop.cheap", "Costs {most} at most", cheap, params=Price, item_types=["shop.repair"])
FORGIVEN = OfferedCheck("shop.forgiven", "Forgiven", forgiven)


def _pass_on(ctx: EffectContext) -> None:
    ctx.fire(str(ctx.item.fields.like), "rule", comment="it is time")


def ruling(*gates: AddedGate) -> Method:
    """The method, under which `rule` on a repair gives the workspace gates, and `unrule` takes them away again."""
    wanted = list(gates)
    effect = Effect("shop.rule_it", lambda ctx: ctx.set_gates(*wanted), changes_rules="shop.rule")
    less = Effect("shop.unrule_it", lambda ctx: ctx.set_gates(), changes_rules="shop.rule")
    more = [
        Transition("ask", "wished", SAME, [FIXER], asks=["shop.rule"]),
        Transition("sign", "wished", SAME, [FIXER], asks=["shop.signature"]),
        Transition("rule", "wished", SAME, [FIXER, SYSTEM], effects=[effect]),
        Transition("pass_on", "wished", SAME, [FIXER], effects=[Effect("shop.pass_it_on", _pass_on)]),
        Transition("unrule", "wished", SAME, [FIXER], effects=[less]),
    ]
    method = replace_transition(*more, approvals=[*METHOD.item_types[0].approvals, SIGNED])
    return changed(method, offered_checks=[CHEAP, FORGIVEN])


def offering(cheap: OfferedCheck, *gates: AddedGate) -> Method:
    """The same, with another check in the place of the price's."""
    return changed(ruling(*gates), offered_checks=[cheap, FORGIVEN])


class ShortFaults(RepairFields):
    fault: Annotated[str, Field(max_length=3)] | None = None


def narrowed() -> Method:
    """The method, after its faults became short words."""
    repair, part = ruling().item_types
    return changed(ruling(), item_types=[changed(repair, fields=ShortFaults), part])


def _lost(id: str, given: Price) -> Any:  # the signature of `make`
    raise KeyError("most")


def _nothing(id: str, given: Price) -> Any:  # the signature of `make`
    return None


def _nameless(id: str, given: Price) -> Any:
    return Check(id, partial(_within, given.most))


def _within(most: int, ctx: CheckContext) -> Verdict:
    return passed(most=most, price=ctx.item.fields.price)


def gate(**parts: Any) -> AddedGate:
    """A gate on the start of a repair, which may cost 10."""
    said = {
        "id": "shop.rule.SHOP.1", "title": "Cheap enough", "item_type": "shop.repair", "transition": "start",
        "check": "shop.cheap", "params": {"most": 10},
    }  # fmt: skip
    return AddedGate(**said | parts)


def dear(shop: Shop, **fields: Any) -> ItemRecord:
    return shop.wish(fault="dark", hours=1, price=99.0, **fields)


@pytest.fixture
def rule(open_shop: OpenShop, database_url: str) -> Callable[..., tuple[Shop, ItemRecord]]:
    """Opens a shop in which a repair, SHOP-1, adds these gates with its `rule`."""

    def opened(*gates: AddedGate, **workspace: Any) -> tuple[Shop, ItemRecord]:
        shop = open_shop(database_url, method=ruling(*gates), **workspace)
        return shop, shop.wish()

    return opened


Rule = Callable[..., tuple[Shop, ItemRecord]]


class TestAnAddedGate:
    def test_blocks_from_the_commit_on_in_every_process(
        self, rule: Rule, open_shop: OpenShop, database_url: str
    ) -> None:
        """Its blocker names gate and check and begins with its label; the check reads its method's settings."""
        shop, item = rule(gate(label="[R 7]"))
        other = open_shop.again(database_url, method=ruling())
        wish = dear(shop)
        before = other.engine.explain(other["ben"], wish.key).preview("start")

        shop.move(item, "rule", "ben")
        refusal = other.refusal(wish, "start", "ben")
        after = shop.engine.explain(shop["ben"], wish.key).preview("start")

        assert before is not None
        assert before.allowed
        assert after is not None
        assert [(c.gate, c.check, c.verdict) for c in after.checks if c.gate == "shop.rule.SHOP.1"] == [
            ("shop.rule.SHOP.1", "shop.cheap", "unmet")
        ]
        [found] = refusal.blockers
        assert (found.gate, found.check, found.source) == ("shop.rule.SHOP.1", "shop.cheap", "shop")
        assert found.message == "[R 7] it costs 99.0, 10 at most"
        assert found.remedy == "ask those who may spend 40"

    def test_stops_nobody_once_it_is_taken_away(self, rule: Rule) -> None:
        """With its choice of a mode."""
        shop, item = rule(gate())
        shop.move(item, "rule", "ben")
        wish = dear(shop)
        shop.refusal(wish, "start", "ben")
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={"shop.rule.SHOP.1": GateMode.WARN})

        shop.move(item, "unrule", "ben")

        assert shop.move(wish, "start", "ben").state == "bench"
        place = shop.engine.workspaces.get(shop["ida"], "SHOP")
        assert (place.gates, dict(place.gate_modes)) == ((), {})

    def test_is_part_of_the_rules(self, rule: Rule) -> None:
        """Of the version, of the definition of its item type alone, and of the workspace's history; the chain holds."""
        shop, item = rule(gate())
        engine = shop.engine
        before = engine.workspaces.catalog(shop["ida"], "SHOP")
        version = engine.workspaces.get(shop["ida"], "SHOP").version

        moved = engine.transition(shop["ben"], item.key, "rule")
        after = engine.workspaces.catalog(shop["ida"], "SHOP")

        assert isinstance(moved, Moved)
        assert engine.workspaces.get(shop["ida"], "SHOP").version == version + 1
        assert after.definition("shop.repair").hash != before.definition("shop.repair").hash
        assert after.definition("shop.part").hash == before.definition("shop.part").hash
        [event] = [
            each for each in engine.event_log.events(engine.event_log.query(SYSTEM_ACTOR)).rows
            if each.kind == "workspace_changed"
        ]  # fmt: skip
        assert (event.actor, event.data["caused_by"], event.data["workspace_version"]) == (
            "ben",
            item.key,
            version + 1,
        )
        assert [each["id"] for each in event.data["changes"]["gates"][1]] == ["shop.rule.SHOP.1"]
        assert engine.reports.verify(SYSTEM_ACTOR).ok

    def test_is_recorded_with_what_it_read(self, rule: Rule) -> None:
        """In the event of every transition that passes it."""
        shop, item = rule(gate())
        shop.move(item, "rule", "ben")

        moved = shop.engine.transition(shop["ben"], shop.wish(fault="dark", hours=1, price=5.0).key, "start")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        assert {
            "gate": "shop.rule.SHOP.1",
            "check": "shop.cheap",
            "verdict": "met",
            "read": {"price": 5.0},
        } in (moved.event.data["checks"])

    def test_only_records_in_mode_observe(self, rule: Rule) -> None:
        """The mode is its own, as long as the workspace chooses no other."""
        shop, item = rule(gate(mode=GateMode.OBSERVE))
        shop.move(item, "rule", "ben")

        moved = shop.engine.transition(shop["ben"], dear(shop).key, "start")
        shop.engine.workspaces.change(shop["ida"], "SHOP", gate_modes={"shop.rule.SHOP.1": GateMode.ENFORCE})
        refusal = shop.refusal(dear(shop), "start", "ben")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        assert [(each["gate"], each["mode"]) for each in moved.event.data["reported"]] == [
            ("shop.rule.SHOP.1", "observe")
        ]
        assert [each.gate for each in refusal.blockers] == ["shop.rule.SHOP.1"]

    def test_lets_through_what_is_excepted(self, rule: Rule) -> None:
        """The event says what was unmet, and by what it passed; an item that is not excepted is blocked."""
        shop, item = rule(gate(unless="shop.forgiven"))
        shop.move(item, "rule", "ben")

        moved = shop.engine.transition(shop["ben"], dear(shop, tags=["gift"]).key, "start")
        shop.refusal(dear(shop), "start", "ben")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        [found] = [each for each in moved.event.data["checks"] if each["gate"] == "shop.rule.SHOP.1"]
        assert (found["verdict"], found["read"]["price"], found["read"]["forgiven_by"]) == (
            "met",
            99.0,
            "mia",
        )

    def test_holds_a_stock_check(self, rule: Rule) -> None:
        """Under an id of the gate's method, as it is this that asks."""
        shop, item = rule(
            gate(check="core.evidence_present", params={"kind": "quote", "younger_than": "P7D"})
        )
        shop.move(item, "rule", "ben")
        wish = dear(shop)

        refusal = shop.refusal(wish, "start", "ben")
        shop.attach(wish, "quote")

        assert [(each.check, each.source) for each in refusal.blockers] == [("shop.evidence_present", "shop")]
        assert shop.move(wish, "start", "ben").state == "bench"


class TestTheScopeOfAGate:
    @pytest.mark.parametrize(
        ("only", "fields", "beyond"),
        [
            ({"express": [True]}, {"express": False}, {"express": False}),
            ({"tags": ["gift", "loan"]}, {"tags": ["own"]}, {"tags": ["own"]}),
            ({"price": {"at_least": 100}}, {}, {"price": 99.0}),
            ({"price": {"at_most": 98.5}}, {}, {"price": 99.0}),
            ({"express": [True], "price": {"at_least": 99}}, {"express": False}, {"express": False}),
        ],
        ids=str,
    )
    def test_leaves_out_other_items_and_the_event_says_why(
        self, rule: Rule, only: dict[str, Any], fields: dict[str, Any], beyond: dict[str, Any]
    ) -> None:
        shop, item = rule(gate(only=only))
        shop.move(item, "rule", "ben")

        moved = shop.engine.transition(shop["ben"], dear(shop, **fields).key, "start")

        assert isinstance(moved, Moved)
        assert moved.event is not None
        [found] = [each for each in moved.event.data["checks"] if each["gate"] == "shop.rule.SHOP.1"]
        assert (found["verdict"], found["read"]) == ("met", {"out_of_scope": beyond})

    @pytest.mark.parametrize(
        ("only", "fields"),
        [
            ({"express": [True]}, {"express": True}),
            ({"tags": ["gift", "loan"]}, {"tags": ["own", "loan"]}),
            ({"price": {"at_least": 99, "at_most": 99}}, {}),
            ({"express": [True], "tags": ["gift"]}, {}),
        ],
        ids=str,
    )
    def test_takes_in_items_of_its_values_and_those_that_leave_them_empty(
        self, rule: Rule, only: dict[str, Any], fields: dict[str, Any]
    ) -> None:
        """A field that nobody fills in opens no gate."""
        shop, item = rule(gate(only=only))
        shop.move(item, "rule", "ben")

        refusal = shop.refusal(dear(shop, **fields), "start", "ben")

        assert [each.gate for each in refusal.blockers] == ["shop.rule.SHOP.1"]

    def test_counts_what_comes_with_the_transition(self, rule: Rule) -> None:
        """Its values are those with which the item would move."""
        shop, item = rule(gate(only={"hours": {"at_least": 5}}))
        shop.move(item, "rule", "ben")

        refusal = shop.refusal(dear(shop), "start", "ben", fields={"hours": 6})

        assert "shop.rule.SHOP.1" in [each.gate for each in refusal.blockers]

    def test_is_kept_in_the_rules(self, rule: Rule) -> None:
        """In the workspace, and in the definition that events name."""
        shop, item = rule(gate(only={"express": [True]}))

        shop.move(item, "rule", "ben")

        assert [each.only for each in shop.engine.workspaces.get(shop["ida"], "SHOP").gates] == [
            {"express": [True]}
        ]
        document = shop.engine.workspaces.catalog(shop["ida"], "SHOP").definition("shop.repair").document
        [start] = [each for each in document["workflow"]["transitions"] if each["name"] == "start"]
        assert [each["only"] for each in start["gates"] if each["id"] == "shop.rule.SHOP.1"] == [
            {"express": [True]}
        ]

    def test_takes_in_an_item_whose_stored_value_does_not_fit(
        self, rule: Rule, open_shop: OpenShop, database_url: str
    ) -> None:
        """After an upgrade that narrows the field."""
        shop, item = rule(gate(only={"fault": ["bright"]}))
        shop.move(item, "rule", "ben")
        wish = dear(shop)
        upgraded = open_shop.again(database_url, method=narrowed())

        refusal = upgraded.refusal(wish, "start", "ben")

        assert "shop.rule.SHOP.1" in [each.gate for each in refusal.blockers]


class TestAFaultyGate:
    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            ({"only": {"expres": [True]}}, 'shop.repair has no field "expres" for its scope; did you mean "express"'),
            ({"only": {"express": ["yes"]}}, 'the field "express" never has the value "yes"'),
            ({"only": {"express": []}}, 'the field "express" has no values in the scope'),
            ({"only": {"express": {"at_least": 1}}}, 'the field "express" has no range; its values are not numbers'),
            ({"only": {"price": {}}}, 'the range of the field "price" has no bound: give at_least, at_most or both'),
            ({"only": {"price": {"over": 1}}}, 'the range of the field "price" has over: give at_least'),
            ({"item_type": "shop.repare"}, 'there is no item type "shop.repare"; did you mean "shop.repair"'),
            ({"transition": "begin"}, 'shop.repair has no transition "begin"'),
            ({"check": "shop.cheep"}, 'there is no check "shop.cheep" to choose; did you mean "shop.cheap"'),
            ({"params": {}}, 'shop.cheap needs the parameter "most"'),
            ({"params": {"most": 1, "least": 0}}, 'shop.cheap has no parameter "least": it takes most'),
            ({"params": {"most": "much"}}, 'the parameter "most" of shop.cheap does not fit'),
            ({"item_type": "shop.part", "transition": "use"}, "shop.cheap judges shop.repair, and not shop.part"),
            ({"check": "core.fields_present", "params": {"fields": ["colour"]}}, 'there is no field "colour"'),
            ({"check": "core.approval_granted", "params": {"approval": "shop.x"}}, 'there is no approval "shop.x"'),
            ({"id": "other.rule"}, 'the id "other.rule" does not begin with "shop."'),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )  # fmt: skip
    def test_is_not_added(
        self, open_shop: OpenShop, sqlite_url: str, parts: dict[str, Any], message: str
    ) -> None:
        """The refusal names what does not exist, with the nearest, or what does not fit."""
        shop = open_shop(sqlite_url, method=ruling(gate(**parts)))

        refusal = shop.refusal(shop.wish(), "rule", "ben")

        assert message in refusal.blockers[0].message
        assert shop.engine.workspaces.get(shop["ida"], "SHOP").gates == ()

    def test_closes_itself_and_nothing_else(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """After an upgrade that no longer offers its check: its transition is blocked, and the linter says why."""
        shop = open_shop(sqlite_url, method=ruling(gate()))
        shop.move(shop.wish(), "rule", "ben")
        upgraded = open_shop.again(sqlite_url, method=changed(ruling(), offered_checks=[FORGIVEN]))
        wish = dear(upgraded)

        refusal = upgraded.refusal(wish, "start", "ben")
        findings = [
            each for each in upgraded.engine.reports.lint(SYSTEM_ACTOR) if each.code == "unusable-gate"
        ]

        assert [(each.gate, each.verdict) for each in refusal.blockers] == [("shop.rule.SHOP.1", "unknown")]
        assert 'there is no check "shop.cheap" to choose' in refusal.blockers[0].message
        assert [each.where for each in findings] == ["shop.repair.start: gate shop.rule.SHOP.1"]
        assert upgraded.move(wish, "drop", "mia", comment="not worth it").state == "dropped"

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_lost, "shop.cheap cannot be made of its parameters: KeyError: 'most'"),
            (_nothing, "shop.cheap makes no check of its parameters, but NoneType"),
            (_nameless, "shop.cheap cannot be made of its parameters: AttributeError"),
        ],
        ids=lambda each: "" if isinstance(each, str) else each.__name__,
    )
    def test_whose_check_cannot_be_made_closes_itself_and_nothing_else(
        self, open_shop: OpenShop, sqlite_url: str, make: Callable[[str, Any], Any], message: str
    ) -> None:
        """Whatever an upgraded plugin raises or returns; nobody adds one of it either."""
        shop = open_shop(sqlite_url, method=ruling(gate()))
        shop.move(shop.wish(), "rule", "ben")
        broken = OfferedCheck("shop.cheap", "Costs {most} at most", make, params=Price)
        upgraded = open_shop.again(sqlite_url, method=offering(broken, gate(id="shop.rule.another")))
        wish = dear(upgraded)

        refusal = upgraded.refusal(wish, "start", "ben")
        again = upgraded.refusal(upgraded.wish(), "rule", "ben")

        assert [(each.gate, each.verdict) for each in refusal.blockers] == [("shop.rule.SHOP.1", "unknown")]
        assert message in refusal.blockers[0].message
        assert message in again.blockers[0].message
        assert upgraded.move(wish, "drop", "mia", comment="not worth it").state == "dropped"

    def test_is_made_of_its_parameters_once(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The check that was proven is the one that judges."""
        made: list[str] = []

        def counted(id: str, given: Price) -> Any:
            made.append(id)
            if len(made) > 2:
                raise KeyError(id)
            return cheap(id, given)

        # Once where it is added, and once for the rules that have it.
        offered = OfferedCheck("shop.cheap", "Costs {most} at most", counted, params=Price)
        shop = open_shop(sqlite_url, method=offering(offered, gate()))
        shop.move(shop.wish(), "rule", "ben")

        refusal = shop.refusal(dear(shop), "start", "ben")

        assert [each.verdict for each in refusal.blockers] == ["unmet"]

    def test_does_not_take_the_id_of_a_gate_of_the_methods(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Its mode would be that of the other gate, which nobody has loosened."""
        shop = open_shop(sqlite_url, method=ruling(gate(id="shop.described", mode=GateMode.OBSERVE)))

        refusal = shop.refusal(shop.wish(), "rule", "ben")

        said = 'the gate "shop.described" is one of the methods: give it another id'
        assert said in refusal.blockers[0].message

    def test_loosens_no_gate_that_a_method_has_later(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An upgrade that brings in a gate of the same id: that is enforced, and the added one is closed."""
        shop = open_shop(sqlite_url, method=ruling(gate(id="shop.later", mode=GateMode.OBSERVE)))
        item = shop.move(shop.wish(), "rule", "ben")
        repair, part = ruling().item_types
        later = Gate("shop.later", "Later", forgiven("shop.forgiven_later", CheckParams()))
        start = Transition("start", "wished", "bench", [FIXER], [later])
        moves = [start if each.name == "start" else each for each in repair.workflow.transitions]
        upgraded_repair = changed(repair, workflow=Workflow(REPAIR.id, REPAIR.states, moves))
        upgraded = open_shop.again(sqlite_url, method=changed(ruling(), item_types=[upgraded_repair, part]))

        refusal = upgraded.refusal(item, "start", "ben")

        assert [(each.gate, each.check) for each in refusal.blockers] == [
            ("shop.later", "shop.forgiven_later"),
            ("shop.later", "shop.usable"),
        ]

    def test_is_not_added_by_an_effect_that_does_not_say_so(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """The table of a workflow shows which transitions change rules."""
        effect = Effect("shop.rule_it", lambda ctx: ctx.set_gates(gate()))
        rule = Transition("rule", "wished", SAME, [FIXER], effects=[effect])
        shop = open_shop(
            sqlite_url,
            method=with_repair(workflow=Workflow(REPAIR.id, REPAIR.states, [*REPAIR.transitions, rule])),
        )

        refusal = shop.refusal(shop.wish(), "rule", "ben")

        assert "declare it with changes_rules" in refusal.blockers[0].message


class TestChangingGates:
    def test_by_two_at_once_keeps_both(self, open_shop: OpenShop, database_url: str) -> None:
        """Two processes add gates of two items at the same moment."""
        one = open_shop(database_url, method=ruling(gate(id="shop.rule.one")))
        other = open_shop.again(database_url, method=ruling(gate(id="shop.rule.other")))
        wishes = [one.wish() for _ in range(2)]

        with ThreadPoolExecutor(2) as pool:
            moves = [
                pool.submit(shop.move, wish, "rule", "ben")
                for shop, wish in zip((one, other), wishes, strict=True)
            ]
            for move in moves:
                move.result()

        gates = one.engine.workspaces.get(one["ida"], "SHOP").gates
        assert [each.id for each in gates] == ["shop.rule.one", "shop.rule.other"]
        assert [each.gate for each in one.refusal(dear(one), "start", "ben").blockers] == [
            "shop.rule.one",
            "shop.rule.other",
        ]
        assert one.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_names_every_item_from_which_they_come(self, rule: Rule) -> None:
        """In one act, such as a request for several items."""
        shop, _ = rule(gate())
        place = shop.engine.workspaces.get(SYSTEM_ACTOR, "SHOP")
        regating = Regating()
        for n in (1, 2):
            regating.set(place, f"SHOP-{n}", "shop", [gate(id=f"shop.gate_{n}", item=f"SHOP-{n}")], "ben")

        [(_, _, event)] = regating.configured(lambda _: place, shop.clock.now(), {})

        assert (event.data["caused_by"], event.data["items"]) == ("SHOP-1", ["SHOP-1", "SHOP-2"])

    def test_to_one_that_another_item_has_is_refused(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An id belongs to one item."""
        shop = open_shop(sqlite_url, method=ruling(gate()))
        first = shop.wish()
        shop.move(first, "rule", "ben")

        refusal = shop.refusal(shop.wish(), "rule", "ben")

        assert f'there is a gate "shop.rule.SHOP.1" already, from {first.key}' in refusal.blockers[0].message

    def test_leaves_those_that_another_method_adds_for_the_item(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Each method says what comes of an item by its own rules."""
        watched = AddedGate(
            "city.rule", "Reasoned", "shop.repair", "start", "core.reason_given", {"at_least": 5}
        )
        effect = Effect("city.watch_it", lambda ctx: ctx.set_gates(watched), changes_rules="shop.rule")
        city = plugin(
            Method("city", "City", extends=["shop"]),
            placet_extend=lambda catalog: catalog.add_effect("shop.repair", "rule", effect),
        )
        shop = open_shop(sqlite_url, city, methods=("shop", "city"), method=ruling(gate()))
        item = shop.wish()

        shop.move(item, "rule", "ben")
        both = shop.engine.workspaces.get(shop["ida"], "SHOP").gates
        shop.move(item, "unrule", "ben")
        left = shop.engine.workspaces.get(shop["ida"], "SHOP").gates

        assert [each.id for each in both] == ["city.rule", "shop.rule.SHOP.1"]
        assert [each.id for each in left] == ["city.rule"]

    def test_leaves_computed_values_as_they_are(self, rule: Rule) -> None:
        """They follow from no gate: no item is computed again, and searches go on by the index."""
        shop, item = rule(gate())
        before = shop.engine.workspaces.catalog(shop["ida"], "SHOP")
        while shop.engine.upkeep.catch_up():
            pass

        shop.move(item, "rule", "ben")
        after = shop.engine.workspaces.catalog(shop["ida"], "SHOP")

        assert after.definition("shop.repair").hash != before.definition("shop.repair").hash
        assert after.computed_form("shop.repair") == before.computed_form("shop.repair")
        assert shop.engine._acts.look(lambda unit: unit.follows("SHOP", "shop.repair", COMPUTED))

    def test_is_decided_again_by_acts_that_read_the_former_rules(
        self, rule: Rule, open_shop: OpenShop, database_url: str
    ) -> None:
        """A transition that was about to be made without the gate meets it."""
        met: list[Callable[[], object]] = []

        def wait(ctx: EffectContext) -> None:
            if met:
                met.pop()()

        shop, item = rule(gate())
        slow = Transition("start", "wished", "bench", [FIXER], effects=[Effect("shop.wait", wait)])
        repair, part = ruling().item_types
        moves = [slow if t.name == "start" else t for t in repair.workflow.transitions]
        slower = changed(repair, workflow=Workflow(REPAIR.id, REPAIR.states, moves))
        other = open_shop.again(database_url, method=changed(ruling(), item_types=[slower, part]))
        wish = dear(shop)
        met.append(lambda: shop.move(item, "rule", "ben"))

        refusal = other.refusal(wish, "start", "ben")

        assert [each.gate for each in refusal.blockers] == ["shop.rule.SHOP.1"]

    def test_shows_itself_in_a_dry_run_and_leaves_nothing(self, rule: Rule) -> None:
        """As all that an act prepares."""
        shop, item = rule(gate())

        shop.engine.transition(shop["ben"], item.key, "rule", dry_run=True)

        assert shop.engine.workspaces.get(shop["ida"], "SHOP").gates == ()

    def test_makes_open_proposals_stale(self, rule: Rule) -> None:
        """A proposal holds on the rules that it was made on."""
        shop, item = rule(gate())
        shop.person("ike", admin=True)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["settings"])
        proposal = shop.engine.workspaces.change(
            shop["ida"], "SHOP", settings={"shop": {"largest_estimate": 1}}
        )

        shop.move(item, "rule", "ben")

        with pytest.raises(BlockedError, match="have changed since"):
            shop.engine.proposals.decide(shop["ike"], "SHOP", proposal.id, "approve")  # type: ignore[union-attr]  # a proposal

    def test_is_no_part_of_a_request_to_change_the_workspace(self, rule: Rule) -> None:
        """Other changes leave the gates where they are, and a switched-off method's gates come back with it."""
        shop, item = rule(gate())
        shop.move(item, "rule", "ben")

        shop.engine.workspaces.change(
            shop["ida"], "SHOP", name="Another", settings={"shop": {"largest_estimate": 9}}
        )

        assert [each.id for each in shop.engine.workspaces.get(shop["ida"], "SHOP").gates] == [
            "shop.rule.SHOP.1"
        ]


class TestWhereGatesAreGoverned:
    def test_nobody_adds_one_alone(self, rule: Rule) -> None:
        """The item has to carry the vote of somebody else who may decide on changes of rules."""
        shop, item = rule(gate(), governed_by=["shop.master"])
        shop.person("ike", admin=True)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["gates"])
        shop.move(item, "ask", "ben")
        alone = shop.refusal(item, "rule", "ben")

        shop.vote(item, "mia", approval="shop.rule")
        shop.move(item, "rule", "ben")

        assert [(each.gate, each.check) for each in alone.blockers] == [
            ("proposal", "proposal.second_person")
        ]
        assert len(shop.engine.workspaces.get(shop["ida"], "SHOP").gates) == 1

    def test_nobody_takes_one_away_alone(self, rule: Rule) -> None:
        """A loosening is a change of rules too; and the one who acts is not their own second person."""
        shop, item = rule(gate(), governed_by=["shop.master"])
        shop.person("ike", admin=True)
        shop.move(item, "rule", "ben")
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["gates"])

        refusal = shop.refusal(item, "unrule", "ben")

        assert [each.check for each in refusal.blockers] == ["proposal.second_person"]

    def test_only_the_approval_that_is_named_counts(self, rule: Rule) -> None:
        """Another may be granted for something else, and its material leaves out what the gates are made of."""
        shop, item = rule(gate(), governed_by=["shop.master"])
        shop.person("ike", admin=True)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["gates"])
        shop.move(item, "sign", "ben")
        shop.vote(item, "mia", approval="shop.signature")

        refusal = shop.refusal(item, "rule", "ben")

        assert [each.check for each in refusal.blockers] == ["proposal.second_person"]
        assert "no second person has agreed to it in Rule" in refusal.blockers[0].message

    @pytest.mark.parametrize(
        ("by", "writer", "alone"),
        [("ann", None, False), ("mia", None, True), ("ann", "mia", True), ("ann", "ann", False)],
        ids=["another made it", "made it", "wrote it", "another wrote it"],
    )
    def test_nobody_lets_the_system_change_them_alone(
        self, rule: Rule, by: str, writer: str | None, alone: bool
    ) -> None:
        """Where an effect or a timer makes the transition, one of two people has written what the other agrees to."""
        shop, first = rule(gate(), governed_by=["shop.master"])
        shop.person("ike", admin=True)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["gates"])
        item = shop.wish(by=by)
        if writer is not None:
            shop.engine.items.edit(shop[writer], item.key, fields={"fault": "it costs too much"})
        shop.move(item, "ask", "ben")
        shop.vote(item, "mia", approval="shop.rule")
        shop.engine.items.edit(shop["ben"], first.key, fields={"like": item.key})

        if alone:
            refusal = shop.refusal(first, "pass_on", "ben")
            assert [each.check for each in refusal.blockers] == ["proposal.second_person"]
        else:
            shop.move(first, "pass_on", "ben")
        assert len(shop.engine.workspaces.get(shop["ida"], "SHOP").gates) == (0 if alone else 1)

    def test_only_a_transition_changes_them(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Nobody has agreed to the consequences of an edit."""
        effect = Effect("shop.rule_it", lambda ctx: ctx.set_gates(gate()), changes_rules="shop.rule")
        repair, part = ruling().item_types
        following = changed(repair, consequences=[Consequence("shop.follow", ["fault"], effects=[effect])])
        shop = open_shop(sqlite_url, method=changed(ruling(), item_types=[following, part]))
        item = shop.wish()
        shop.person("ike", admin=True)
        shop.engine.workspaces.change(shop["ida"], "SHOP", governed=["gates"])

        with pytest.raises(BlockedError, match="nobody changes the gates of SHOP alone"):
            shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dark"})
