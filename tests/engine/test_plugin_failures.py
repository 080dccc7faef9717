"""A plugin that fails: the culprit is named, nothing is half-written, and all else goes on."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from shop import (
    CUSTOMER,
    DESCRIBED,
    FIXER,
    PART,
    REPAIR,
    OpenShop,
    PartFields,
    Shop,
    changed,
    plugin,
    replace_approval,
    replace_transition,
    with_repair,
)

from placet import (
    OPEN,
    SAME,
    Approval,
    Check,
    CheckContext,
    Computed,
    Effect,
    EffectContext,
    Gate,
    ItemType,
    Method,
    Timer,
    Transition,
    Verdict,
    Workflow,
    blocked,
    passed,
)
from placet.definitions.verdicts import BlockedError, Outcome
from placet.engine.act.records import Message
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError, DefinitionError, InvalidError


def _guard(**hooks: Callable[..., Any]) -> Any:
    return plugin(Method("guard", "Guard"), name="guard", **hooks)


class UnreadableError(Exception):
    """An error whose message fails itself, as one that formats what it was not given."""

    def __str__(self) -> str:
        raise LookupError("no such figure")


def _failing(*_: object, **__: object) -> Any:
    raise RuntimeError("out of order")


class TestAtLoad:
    def test_one_that_cannot_be_imported_blocks_by_name_where_it_is_switched_on(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Its items stay readable, and its gates fail closed."""
        first = open_shop(sqlite_url, _guard(), methods=["shop", "guard"])
        item = first.wish(fault="dark", hours=1)
        shop = open_shop.again(sqlite_url, broken={"guard": "ImportError: no module named lock"})
        shop.people = first.people

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.check, b.source, b.verdict) for b in refusal.blockers] == [
            ("guard.loaded", "guard", Outcome.UNKNOWN)
        ]
        assert "no module named lock" in refusal.blockers[0].message
        assert shop.item(item).state == "wished"

    def test_items_of_a_method_that_is_gone_stay_readable(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """They can be read, commented on and given evidence; nothing that needs their rules works."""
        first = open_shop(sqlite_url)
        item = first.offered()
        shop = open_shop.again(sqlite_url, method=None)
        shop.people = first.people

        assert shop.engine.explain(shop["ben"], item.key).previews == ()
        assert shop.engine.approvals.of_item(item)[0].title == "shop.agreement"
        shop.engine.items.comment(shop["ben"], item.key, "what now?")
        shop.attach(item, "photo")
        assert shop.kinds(item)[-2:] == ["comment", "evidence"]
        for change in (
            lambda: shop.engine.items.edit(shop["ben"], item.key, fields={"hours": 2}),
            lambda: shop.engine.transition(shop["ben"], item.key, "test"),
        ):
            with pytest.raises(BlockedError, match=r"the rules of shop\.repair cannot be used"):
                change()
        assert [f.code for f in shop.engine.reports.lint(SYSTEM_ACTOR)].count("stranded") == 1
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_one_whose_extension_fails_is_named_and_takes_only_its_method_set_down(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """The method set cannot be switched on; the others are not touched."""
        shop = open_shop(sqlite_url, _guard(placet_extend=_failing))

        with pytest.raises(InvalidError, match=r"guard.*out of order"):
            shop.engine.workspaces.change(shop["ida"], "SHOP", methods=["shop", "guard"])

        assert shop.on_bench().state == "bench"

    def test_a_method_set_that_no_longer_composes_stops_only_its_workspaces(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """After an upgrade of one plugin: its items stay readable, nothing moves there, and the reason is shown."""
        first = open_shop(sqlite_url, _guard(), methods=["shop", "guard"])
        item = first.wish(fault="dark", hours=1)
        first.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another shop", methods=["shop"])
        first.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", "shop.customer", ["ann"])
        shop = open_shop.again(sqlite_url, _guard(placet_extend=_failing))
        shop.people = first.people

        refusal = shop.refusal(item, "start", "ben")
        with pytest.raises(BlockedError) as creating:
            shop.wish()
        other = shop.engine.items.create(shop["ann"], workspace="OTHER", type="shop.repair", title="A lamp")

        for blockers in (refusal.blockers, creating.value.blockers):
            assert [(b.check, b.source, b.verdict) for b in blockers] == [
                ("shop.loaded", "shop", Outcome.UNKNOWN)
            ]
            assert (
                "the plugin guard failed in placet_extend: RuntimeError: out of order" in blockers[0].message
            )
        rows = shop.engine.reports.items(SYSTEM_ACTOR, shop.engine.reports.item_query(SYSTEM_ACTOR)).rows
        assert [row.key for row in rows] == [other.key, item.key]
        assert ("composition", "SHOP") in [(f.code, f.where) for f in shop.engine.reports.lint(SYSTEM_ACTOR)]
        assert shop.engine.items.get(shop["ben"], item.key).fields == item.fields

    def test_and_is_mended_by_switching_the_culprit_off(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The workspace can be changed although its rules cannot work."""
        first = open_shop(sqlite_url, _guard(), methods=["shop", "guard"])
        item = first.wish(fault="dark", hours=1)
        shop = open_shop.again(sqlite_url, _guard(placet_extend=_failing))
        shop.people = first.people
        shop.refusal(item, "start", "ben")

        shop.engine.workspaces.change(shop["ida"], "SHOP", methods=["shop"])

        assert shop.move(item, "start", "ben").state == "bench"

    def test_a_plugin_whose_definitions_are_of_another_kind_is_named_at_load(self) -> None:
        """A function that is not a check, an effect as a gate, a text for a list: each where it is written."""

        def by_hand(make: Callable[[], object]) -> str:
            with pytest.raises(DefinitionError) as caught:
                make()
            return str(caught.value)

        not_a_check: Any = _failing
        not_a_list: Any = FIXER.id
        assert "checks[0] takes a Check, and was given the function _failing (" in by_hand(
            lambda: Gate("shop.odd", "Odd", not_a_check)
        )
        assert by_hand(lambda: Transition("start", "a", "b", not_a_list)).endswith(
            'roles takes a list, and was given the text "shop.fixer": write ["shop.fixer"]'
        )
        assert "target takes a Span" in by_hand(
            lambda: Timer("shop.t", "T", starts=(), stops=(), target=not_a_list)
        )


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests were begun in the background and it is ignored."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


class TestInATransition:
    def test_a_hook_that_raises_blocks_by_name(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An opinion that could not be had is not consent."""
        shop = open_shop(sqlite_url, _guard(placet_check=_failing), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        refusal = shop.refusal(item, "start", "ben")

        (blocker,) = refusal.blockers
        assert (blocker.gate, blocker.check) == ("guard.placet_check", "guard.placet_check")
        assert (blocker.source, blocker.verdict) == ("guard", Outcome.UNKNOWN)
        assert re.fullmatch(
            r"check failed to run: RuntimeError: out of order \(\S*test_plugin_failures\.py:\d+\)",
            blocker.message,
        )
        assert shop.kinds(item) == ["created", "refused"]

    def test_a_hook_may_have_no_opinion_or_a_verdict(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Dynamic rules speak with the method's own settings, and are reported like any check."""
        shop = open_shop(
            sqlite_url,
            _guard(
                placet_check=lambda ctx: (
                    None
                    if ctx.transition == "start"
                    else blocked("closed on Mondays", remedy="wait", who=["mia"])
                )
            ),
            methods=["shop", "guard"],
        )
        item = shop.on_bench()

        refusal = shop.refusal(item, "test", "ben")

        assert [(b.source, b.message, b.who) for b in refusal.blockers] == [
            ("guard", "closed on Mondays", ("mia",))
        ]

    @pytest.mark.parametrize("leave", [SystemExit(3), GeneratorExit(), BaseException("out")], ids=repr)
    def test_a_check_that_leaves_blocks_too(
        self, open_shop: OpenShop, sqlite_url: str, leave: BaseException
    ) -> None:
        """`sys.exit` in a check ends neither the request nor the server."""

        def leaving(ctx: CheckContext) -> Verdict:
            raise leave

        shop = open_shop(sqlite_url, _guard(placet_check=leaving), methods=["shop", "guard"])

        refusal = shop.refusal(shop.wish(fault="dark", hours=1), "start", "ben")

        assert [(b.check, b.verdict) for b in refusal.blockers] == [("guard.placet_check", Outcome.UNKNOWN)]
        assert type(leave).__name__ in refusal.blockers[0].message

    @pytest.mark.usefixtures("interruptible")
    def test_an_interruption_from_outside_is_nobodys_verdict(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Somebody stops the process while a check runs: then the act stops, and nothing is written."""

        def interrupted(ctx: CheckContext) -> Verdict:
            signal.raise_signal(signal.SIGINT)
            return passed()

        shop = open_shop(sqlite_url, _guard(placet_check=interrupted), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        with pytest.raises(KeyboardInterrupt):
            shop.move(item, "start", "ben")

        assert shop.kinds(item) == ["created"]

    @pytest.mark.parametrize(
        "malformed",
        [
            {"actions": ["go"]},
            {"remedy": None},
            {"earliest": datetime(2026, 3, 2)},  # noqa: DTZ001  # what it is about
            {"message": 7},
            {"who": [3]},
            {"message": "half \ud800"},
            {"params": {"cost": 10**5000}},
        ],
        ids=["actions", "remedy", "earliest", "message", "who", "half", "params"],
    )
    def test_a_malformed_verdict_is_the_failure_of_its_check(
        self, open_shop: OpenShop, sqlite_url: str, malformed: dict[str, Any]
    ) -> None:
        """The list of transitions shows it, with all others, instead of failing."""
        parts = {"message": "no", "remedy": "wait", **malformed}
        shop = open_shop(
            sqlite_url, _guard(placet_check=lambda ctx: blocked(**parts)), methods=["shop", "guard"]
        )
        item = shop.wish()

        start = shop.engine.explain(shop["ben"], item.key).preview("start")

        assert start is not None
        assert [(b.check, b.verdict) for b in start.blockers] == [
            ("shop.fault_named", Outcome.UNMET),
            ("guard.placet_check", Outcome.UNKNOWN),
        ]
        assert f"is malformed: {next(iter(malformed))}" in start.blockers[1].message

    @pytest.mark.parametrize(
        ("template", "value"),
        [("{it:person}", {"id": "ann"}), ("{it:role or}", [["shop.fixer"]]), ("{it:state}", 7), ("{it:act}", 7),
         ("{it:day}", 7), ("{it:span}", [datetime(2026, 3, 2, tzinfo=UTC)])],
        ids=["person", "role", "state", "act", "day", "span"],
    )  # fmt: skip
    def test_a_figure_of_another_kind_than_its_placeholder_is_the_failure_of_its_check(
        self, open_shop: OpenShop, sqlite_url: str, template: str, value: object
    ) -> None:
        """Where the check makes it, and not where somebody lists transitions, who would get nothing at all."""
        shop = open_shop(
            sqlite_url,
            _guard(placet_check=lambda ctx: blocked(template, remedy="wait", params={"it": value})),
            methods=["shop", "guard"],
        )

        start = shop.engine.explain(shop["ben"], shop.wish(fault="dark", hours=1).key).preview("start")

        assert start is not None
        assert [(b.check, b.verdict) for b in start.blockers] == [("guard.placet_check", Outcome.UNKNOWN)]
        assert f'the text "{template}" cannot be filled in from params with it' in start.blockers[0].message

    @pytest.mark.parametrize(
        ("error", "said"),
        [(UnreadableError(), "UnreadableError: its message cannot be read"),
         (ValueError("x" * 20_000), f"ValueError: {'x' * 10_000}...")],
        ids=["unreadable", "long"],
    )  # fmt: skip
    def test_an_error_whose_message_cannot_be_shown_blocks_like_any_other(
        self, open_shop: OpenShop, sqlite_url: str, error: Exception, said: str
    ) -> None:
        """Whatever a check raises is its own failure: the refusal is stored, listed and sent."""

        def failing(ctx: CheckContext) -> Verdict:
            raise error

        shop = open_shop(sqlite_url, _guard(placet_check=failing), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        refusal = shop.refusal(item, "start", "ben")

        message, _, line = refusal.blockers[0].message.rpartition(" (")
        assert message == f"check failed to run: {said}"
        assert line.startswith("tests/engine/test_plugin_failures.py:")
        assert shop.kinds(item) == ["created", "refused"]

    def test_an_interruption_that_a_check_makes_up_is_its_own_failure(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Nobody can interrupt a request: it runs in a thread, or in a process that ends by another handler."""

        def interrupting(ctx: CheckContext) -> Verdict:
            raise KeyboardInterrupt

        shop = open_shop(sqlite_url, _guard(placet_check=interrupting), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        with ThreadPoolExecutor(1) as requests:
            refusal = requests.submit(shop.refusal, item, "start", "ben").result()

        assert refusal.blockers[0].message.startswith("check failed to run: KeyboardInterrupt (tests/engine/")

    @pytest.mark.parametrize("answer", [None, True, "yes"])
    def test_a_check_that_gives_no_verdict_blocks(
        self, open_shop: OpenShop, sqlite_url: str, answer: object
    ) -> None:
        """A truthy answer is not a verdict: a gate fails closed."""
        odd = Gate("shop.odd", "Odd", Check("shop.odd_check", lambda ctx: answer))  # type: ignore[arg-type, return-value]
        shop = open_shop(
            sqlite_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [odd]))
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert f"it answered {type(answer).__name__} instead of a verdict" in refusal.blockers[0].message

    def test_a_check_that_raises_blocks_beside_the_others(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """All others are asked nevertheless."""
        broken = Gate("shop.odd", "Odd", Check("shop.odd_check", _failing))
        shop = open_shop(
            sqlite_url,
            method=replace_transition(Transition("start", "wished", "bench", [FIXER], [broken, DESCRIBED])),
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert [b.check for b in refusal.blockers] == ["shop.odd_check", "shop.fault_named"]

    @pytest.mark.parametrize(
        ("ask", "reported"),
        [
            (lambda ctx: ctx.items("shop.repare"), 'no item type "shop.repare"; did you mean "shop.repair"'),
            (lambda ctx: ctx.holders("shop.fixr"), 'no role "shop.fixr"; did you mean "shop.fixer"'),
            (lambda ctx: ctx.holds("ben", "shop.fixr"), 'no role "shop.fixr"'),
            (
                lambda ctx: ctx.approval("shop.agreed"),
                'no approval "shop.agreed"; did you mean "shop.agreement"',
            ),
            (lambda ctx: ctx.linked("shop.need"), 'no link type "shop.need"; did you mean "shop.needs"'),
            (lambda ctx: ctx.linking("shop.need"), 'no link type "shop.need"'),
            (lambda ctx: ctx.reachable("shop.need"), 'no link type "shop.need"'),
            (
                lambda ctx: ctx.items("shop.repair", states="bench"),
                'states takes a list, and was given the text "bench"',
            ),
            (
                lambda ctx: ctx.items("shop.repair", states=["bnech"]),
                'no state "bnech" of shop.repair; did you mean "bench"',
            ),
            (
                lambda ctx: ctx.item.doers("transition:strat"),
                'no transition "strat" of shop.repair; did you mean "start"',
            ),
            (lambda ctx: ctx.item.doers("made"), 'no act "made": write create'),
            (
                lambda ctx: ctx.item.edited_at("fualt"),
                'no field "fualt" of shop.repair; did you mean "fault"',
            ),
            (lambda ctx: ctx.holders("shp.fixer"), 'no role "shp.fixer"; did you mean "shop.fixer"'),
            (lambda ctx: ctx.children("shop.prat"), 'no item type "shop.prat"; did you mean "shop.part"'),
            (lambda ctx: ctx.children(7), "AttributeError"),
            (lambda ctx: ctx.items("shop.repair", fault=object()), "PydanticSerializationError"),
            (lambda ctx: ctx.items("shop.repair", fault={"a": 1}), "TypeError"),
            (lambda ctx: ctx.get(7), "TypeError"),
        ],
        ids=[
            "type",
            "role",
            "held",
            "approval",
            "link",
            "linking",
            "reachable",
            "states",
            "state",
            "doers",
            "act",
            "edited",
            "method",
            "children",
            "number",
            "object",
            "dict",
            "key",
        ],
    )
    def test_a_question_that_cannot_be_answered_is_the_failure_of_its_check(
        self, open_shop: OpenShop, sqlite_url: str, ask: Callable[[Any], object], reported: str
    ) -> None:
        """A misspelt id is met with the nearest one; the list of transitions shows it, and all others."""
        gate = Gate("shop.odd", "Odd", Check("shop.odd_check", lambda ctx: passed(found=str(ask(ctx)))))
        shop = open_shop(
            sqlite_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [gate]))
        )
        item = shop.wish()

        previews = shop.engine.explain(shop["ben"], item.key).previews
        refusal = shop.refusal(item, "start", "ben")

        assert [o.name for o in previews] == ["start", "drop"]
        assert [(b.check, b.verdict) for b in refusal.blockers] == [("shop.odd_check", Outcome.UNKNOWN)]
        assert reported in refusal.blockers[0].message

    def test_a_search_by_nothing_is_no_failure(self, open_shop: OpenShop, database_url: str) -> None:
        """A field that is not filled in yet is an answer like any other."""
        gate = Gate(
            "shop.odd",
            "Odd",
            Check(
                "shop.odd_check",
                lambda ctx: passed(n=len(ctx.items("shop.repair", fault=ctx.item.fields.fault))),
            ),
        )
        shop = open_shop(
            database_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [gate]))
        )

        assert shop.engine.explain(shop["ben"], shop.wish().key).previews[0].allowed

    def test_what_a_method_has_that_is_not_switched_on_is_not_there(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A rule may ask for what a method that it extends would add, and find nothing."""

        def asking(ctx: CheckContext) -> Verdict:
            found = (*ctx.items("other.thing"), *ctx.holders("other.role"), *ctx.linked("other.link"))
            return passed(found=len(found), asked=ctx.approval("other.consent") is not None)

        gate = Gate("shop.odd", "Odd", Check("shop.odd_check", asking))
        method = replace_transition(Transition("start", "wished", "bench", [FIXER], [gate]))
        shop = open_shop(sqlite_url, method=changed(method, extends=["other"]))

        assert shop.move(shop.wish(), "start", "ben").state == "bench"

    def test_a_check_that_searches_what_is_not_indexed_is_reported(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A search that would read every item is refused by name."""

        def search(ctx: CheckContext) -> Verdict:
            return passed(found=len(ctx.items("shop.repair", notes="x")))

        gate = Gate("shop.odd", "Odd", Check("shop.odd_check", search))
        shop = open_shop(
            sqlite_url, method=replace_transition(Transition("start", "wished", "bench", [FIXER], [gate]))
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert "searches shop.repair by notes, which is not indexed" in refusal.blockers[0].message


class TestEffects:
    def _shop(
        self, open_shop: OpenShop, url: str, *effects: Callable[[EffectContext], None], **more: Any
    ) -> Shop:
        made = [Effect(f"shop.effect_{n}", run) for n, run in enumerate(effects)]
        start = Transition("start", "wished", "bench", [FIXER], [], made)
        return open_shop(url, *more.pop("plugins", ()), method=replace_transition(start), **more)

    def test_that_raise_take_everything_back_and_are_named(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """The items that earlier effects made in the same move are not there either."""
        shop = self._shop(
            open_shop, database_url, lambda ctx: _ignored(ctx.create("shop.part", "P", maker="A")), _failing
        )
        item = shop.wish()

        refusal = shop.refusal(item, "start", "ben")

        assert [(b.gate, b.check, b.source, b.message) for b in refusal.blockers] == [
            (
                "effect",
                "shop.effect_1",
                "shop",
                "effect shop.effect_1 failed: RuntimeError: out of order; nothing was written",
            )
        ]
        assert str(refusal).startswith(f"Start (start) on {item.key} is blocked by 1 check: ")
        assert shop.item(item).state == "wished"
        assert shop.kinds(item) == ["created", "refused"]
        assert [
            i.key
            for i in shop.engine.reports.items(
                SYSTEM_ACTOR, shop.engine.reports.item_query(SYSTEM_ACTOR)
            ).rows
        ] == [item.key]

    @pytest.mark.parametrize(
        "mistake",
        [
            lambda ctx: ctx.set(hours="many"),
            lambda ctx: ctx.set(nothing_such=1),
            lambda ctx: ctx.set_on("SHOP-99", hours=1),
            lambda ctx: ctx.create("shop.nothing", "x"),
            lambda ctx: ctx.ask("shop.nothing"),
            lambda ctx: ctx.link("shop.nothing", ctx.item.key),
        ],
        ids=["value", "field", "item", "type", "approval", "link"],
    )
    def test_that_do_what_cannot_be_are_named_too(
        self, open_shop: OpenShop, sqlite_url: str, mistake: Callable[[EffectContext], None]
    ) -> None:
        """It is the plugin's mistake and not that of the person who moved the item."""
        shop = self._shop(open_shop, sqlite_url, mistake)

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert [(b.gate, b.check) for b in refusal.blockers] == [("effect", "shop.effect_0")]

    @pytest.mark.parametrize(
        ("values", "fault"),
        [
            ({"hours": 10**30}, "/fields/hours: is out of range"),
            ({"fault": "dark\x00"}, "/fields/fault: holds the control character U+0000 at position 4"),
        ],
        ids=["number", "text"],
    )
    def test_that_set_what_cannot_be_stored_are_named(
        self, open_shop: OpenShop, database_url: str, values: dict[str, Any], fault: str
    ) -> None:
        """A value of an effect is held to the same as one that somebody sends."""

        def setting(ctx: EffectContext) -> None:
            ctx.set(**values)

        shop = open_shop(database_url, _guard(placet_effect=setting), methods=["shop", "guard"])
        item = shop.wish(fault="dim", hours=1)

        refusal = shop.refusal(item, "start", "ben")

        assert [b.check for b in refusal.blockers] == ["guard.placet_effect"]
        assert fault in refusal.blockers[0].message
        assert shop.kinds(item) == ["created", "refused"]

    def test_of_a_hook_are_named_by_their_method(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A plugin that listens to every transition can stop them, and is named."""
        shop = open_shop(sqlite_url, _guard(placet_effect=_failing), methods=["shop", "guard"])

        refusal = shop.refusal(shop.wish(fault="dark", hours=1), "start", "ben")

        assert [(b.check, b.source) for b in refusal.blockers] == [("guard.placet_effect", "guard")]

    def test_of_a_hook_see_the_event_and_may_act(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The changes of a hook's effect are recorded with the move."""
        seen: list[dict[str, Any]] = []

        def note(ctx: EffectContext, event: dict[str, Any]) -> None:
            seen.append(event)
            ctx.set(notes=f"{event['from_state']} to {event['to_state']}")

        shop = open_shop(sqlite_url, _guard(placet_effect=note), methods=["shop", "guard"])

        moved = shop.move(shop.wish(fault="dark"), "start", "ben", fields={"hours": 1})

        assert moved.fields["notes"] == "wished to bench"
        assert (seen[0]["transition"], seen[0]["actor"], seen[0]["changes"]) == (
            "start",
            "ben",
            {"hours": [None, 1]},
        )
        assert shop.engine.event_log.history(SYSTEM_ACTOR, moved.key).rows[-1].data["changes"]["notes"] == [
            None,
            "wished to bench",
        ]

    def test_that_catch_a_refusal_leave_nothing_of_it(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A move that an effect tried in vain has not half happened."""

        def try_it(ctx: EffectContext) -> None:
            for part in ctx.children("shop.part"):
                try:
                    ctx.fire(part.key, "break", comment="trying")
                except BlockedError:
                    ctx.set(notes=f"{part.key} holds: it is {ctx.children('shop.part')[0].state}")

        def make_and_fail(ctx: EffectContext) -> None:
            ctx.create("shop.part", "never there", maker="A")
            raise RuntimeError("out of order")

        broken = Effect("shop.break", make_and_fail)
        moves = [*PART.transitions, Transition("break", "ordered", "used", ["system"], [], [broken])]
        part_type = ItemType(
            "shop.part", "Part", fields=PartFields, workflow=Workflow(PART.id, PART.states, moves)
        )
        start = Transition("start", "wished", "bench", [FIXER], [], [Effect("shop.try", try_it)])
        method = replace_transition(start)
        shop = open_shop(sqlite_url, method=changed(method, item_types=[method.item_types[0], part_type]))
        item = shop.wish()
        part = shop.engine.items.create(
            shop["ben"], workspace="SHOP", type="shop.part", title="P", fields={"maker": "A"}, parent=item.key
        )

        moved = shop.move(item, "start", "ben")

        assert moved.fields["notes"] == f"{part.key} holds: it is ordered"
        assert shop.item(part) == part
        assert (
            len(shop.engine.reports.items(SYSTEM_ACTOR, shop.engine.reports.item_query(SYSTEM_ACTOR)).rows)
            == 2
        )
        assert shop.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_that_move_in_a_circle_are_stopped(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Items that move each other for ever are a mistake of their method."""

        def on_and_on(ctx: EffectContext) -> None:
            ctx.fire(ctx.item.key, "spin", comment="again")

        spin = Transition("spin", OPEN, SAME, [FIXER, "system"], [], [Effect("shop.spin", on_and_on)])
        shop = open_shop(sqlite_url, method=replace_transition(REPAIR.transitions[0], spin))

        with pytest.raises(
            ConflictError, match="effects move items in a circle: spin on SHOP-1 is the 9th in a row"
        ):
            shop.engine.transition(shop["ben"], shop.wish().key, "spin")

    def test_may_void_and_ask(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An effect can take back an approval, and ask for another."""

        def again(ctx: EffectContext) -> None:
            ctx.void("shop.agreement", "the wind has changed")
            ctx.ask("shop.signature")

        ask = Transition(
            "ask", OPEN, SAME, [FIXER], [], [Effect("shop.again", again)], asks=["shop.agreement"]
        )
        shop = open_shop(sqlite_url, method=replace_transition(REPAIR.transitions[0], ask))
        item = shop.move(shop.wish(), "ask", "ben")

        moved = shop.move(item, "ask", "ben")

        assert [(r.approval, r.round, r.reason) for r in moved.approvals] == [
            ("shop.signature", 1, Message("approval.asked_again")),
            ("shop.agreement", 1, Message("plugin.sentence", {"sentence": "the wind has changed"})),
            ("shop.signature", 2, None),
            ("shop.agreement", 2, None),
        ]
        event = shop.engine.event_log.history(shop["ann"], item.key).rows[-1]
        assert {approval: why["message"] for approval, why in event.data["voided"].items()} == {
            "shop.agreement": "the wind has changed", "shop.signature": "asked again",
        }  # fmt: skip
        assert "the wind" not in event.body


class TestElsewhere:
    def test_a_computed_field_that_fails_stops_the_write_and_is_named(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """An item is never stored with a figure that could not be computed."""
        for compute in (_failing, lambda ctx: "much"):
            shop = open_shop.again(sqlite_url, method=with_repair(computed=[Computed("total", compute)]))
            if not shop.engine.workspaces.all(SYSTEM_ACTOR):
                shop.engine.workspaces.create(SYSTEM_ACTOR, key="SHOP", name="S", methods=["shop"])

            with pytest.raises(BlockedError) as caught:
                shop.engine.items.create(SYSTEM_ACTOR, workspace="SHOP", type="shop.repair", title="x")

            assert caught.value.blockers[0].check == "shop.repair.total"
            assert (
                shop.engine.reports.items(SYSTEM_ACTOR, shop.engine.reports.item_query(SYSTEM_ACTOR)).rows
                == []
            )

    @pytest.mark.parametrize(
        ("value", "fault"),
        [(10**30, "is out of range"), ("half \x00", "holds the control character U+0000")],
        ids=["number", "text"],
    )
    def test_a_computed_value_that_cannot_be_stored_is_named(
        self, open_shop: OpenShop, database_url: str, value: object, fault: str
    ) -> None:
        """The refusal says which field; otherwise only the database would fail, and nobody knew at what."""
        field = "notes" if isinstance(value, str) else "total"
        shop = open_shop(database_url, method=with_repair(computed=[Computed(field, lambda ctx: value)]))

        with pytest.raises(BlockedError) as caught:
            shop.wish()

        assert caught.value.blockers[0].check == f"shop.repair.{field}"
        assert f"/fields/{field}: {fault}" in caught.value.blockers[0].message

    def test_a_panel_that_cannot_be_notified_stops_the_asking(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Nothing is asked of nobody."""
        shop = open_shop(
            sqlite_url,
            method=replace_approval(Approval("shop.agreement", "A", _failing, asked=[CUSTOMER, FIXER])),
        )

        refusal = shop.refusal(shop.on_bench(), "offer", "ben")

        assert [(b.gate, b.check) for b in refusal.blockers] == [("approval", "shop.agreement")]


def _ignored(_: str) -> None:
    """An effect answers nothing."""


class _Unlisted:
    """An object that fails where its names are asked for."""

    def __dir__(self) -> list[str]:
        raise RuntimeError("nobody may look")


class TestAMistakeInACheck:
    def test_is_named_without_asking_the_object_of_a_plugin(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Its list of names is the plugin's code, which nothing limits here."""

        def mistaken(ctx: CheckContext) -> Verdict:
            return passed(found=_Unlisted().fund)  # type: ignore[attr-defined]

        shop = open_shop(sqlite_url, _guard(placet_check=mistaken), methods=["shop", "guard"])

        (blocker,) = shop.refusal(shop.wish(fault="dark", hours=1), "start", "ben").blockers

        assert "'_Unlisted' object has no attribute 'fund'" in blocker.message

    @pytest.mark.parametrize(
        ("mistake", "said"),
        [
            (lambda ctx: blocked("no", remdy="x"), "'remdy'; did you mean \"remedy\"?"),  # type: ignore[call-arg]
            (lambda ctx: blocked("no"), "missing 1 required keyword-only argument: 'remedy'"),  # type: ignore[call-arg]
            (lambda ctx: passed(3), "passed() takes 0 positional arguments"),  # type: ignore[call-arg]
            (
                lambda ctx: passed(fault=bool(ctx.item.fields.falt)),
                "has no attribute 'falt'; did you mean \"fault\"",
            ),
            (lambda ctx: passed(key=ctx.itm), "has no attribute 'itm'; did you mean \"item\""),
            (
                lambda ctx: blocked("no {n}", remedy="x", params={"m": 1}),
                "cannot be filled in from params with m",
            ),
        ],
    )
    def test_names_its_line_and_the_nearest_name(
        self, open_shop: OpenShop, sqlite_url: str, mistake: Callable[[CheckContext], Verdict], said: str
    ) -> None:
        shop = open_shop(sqlite_url, _guard(placet_check=mistake), methods=["shop", "guard"])
        item = shop.wish(fault="dark", hours=1)

        (blocker,) = shop.refusal(item, "start", "ben").blockers

        assert said in blocker.message
        assert blocker.message.endswith(f"test_plugin_failures.py:{mistake.__code__.co_firstlineno})")
