"""The thread of an item: complete over parents, children, traced links and fields, in order, without what is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shop import OpenShop, Shop, plugin
from statements import sent
from trials import examples

from placet import (
    Appointment,
    Extension,
    Fields,
    ItemKey,
    ItemType,
    LinkType,
    Method,
    Ref,
    Role,
    State,
    Trace,
    Transition,
    Workflow,
)
from placet.engine.act.queries import Page
from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports.thread import Thread
from placet.errors import MalformedError, NotFoundError

#: Events of a long thread.
_MANY = 600

RIGGER = Role("yard.rigger", "Rigger", "everything")
GUEST = Role(
    "yard.guest", "Guest", "one job", held_on=["yard.job"], on_item=Appointment([RIGGER], by_parties=True)
)
LED_TO, RESTS_ON, LIKE = "yard.led_to", "yard.rests_on", "yard.like"


class JobFields(Fields):
    crane: Annotated[ItemKey, Ref("yard.job", trace=True)] | None = None
    note: Annotated[ItemKey, Ref("yard.job")] | None = None


METHOD = Method(
    "yard",
    "Yard",
    roles=[RIGGER, GUEST],
    link_types=[
        LinkType(LED_TO, "led to", trace=Trace.BOTH),
        LinkType(RESTS_ON, "rests on", trace=Trace.TARGET),
        LinkType(LIKE, "is like"),
    ],
    item_types=[
        ItemType(
            "yard.job",
            "Job",
            fields=JobFields,
            workflow=Workflow(
                "yard.job",
                [State("open", "Open", "todo"), State("done", "Done", "done")],
                [Transition("finish", "open", "done", [RIGGER])],
            ),
        )
    ],
)


class Yard:
    """Jobs in two workspaces: Ben works in SHOP alone, Cid in both."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.engine = shop.engine
        self.engine.workspaces.create(SYSTEM_ACTOR, key="FAR", name="Far", methods=["yard"])
        self.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", RIGGER.id, ["ben", "cid"])
        self.engine.workspaces.assign(SYSTEM_ACTOR, "FAR", RIGGER.id, ["cid"])

    def job(self, workspace: str = "SHOP", **said: Any) -> str:
        made = self.engine.items.create(
            self.shop["cid"], workspace=workspace, type="yard.job", title="A job", **said
        )
        return made.key

    def link(self, source: str, link_type: str, target: str) -> None:
        self.engine.items.link(self.shop["cid"], source, link_type, target)

    def thread(self, key: str, by: str = "cid", **said: Any) -> Thread:
        return self.engine.event_log.thread(self.shop[by], key, **said)

    def log(self, after: str | None = None) -> Page[EventRecord]:
        query = self.engine.event_log.query(self.shop["ida"], workspace="SHOP", after=after, limit=500)
        return self.engine.event_log.events(query)

    def keys(self, key: str, by: str = "cid") -> list[str]:
        return [each.record.key for each in self.thread(key, by).items]


@pytest.fixture
def yard(open_shop: OpenShop, database_url: str) -> Yard:
    return Yard(open_shop(database_url, plugin(METHOD), methods=("shop", "yard")))


@pytest.fixture
def sqlite_yard(open_shop: OpenShop, sqlite_url: str) -> Yard:
    return Yard(open_shop(sqlite_url, plugin(METHOD), methods=("shop", "yard")))


class TestAThread:
    def test_goes_up_down_and_along_traced_links(self, yard: Yard) -> None:
        """Above, a project is shown and not what else it does; below and beside, everything is followed."""
        project = yard.job()
        other = yard.job(parent=project)
        job = yard.job(parent=project)
        task = yard.job(parent=job)
        cause, effect = yard.job(), yard.job()
        yard.link(cause, LED_TO, job)
        yard.link(job, LED_TO, effect)
        below_effect = yard.job(parent=effect)
        yard.link(job, LIKE, other)

        found = yard.thread(job)

        ways = {each.record.key: each.connection for each in found.items}
        assert ways.keys() == {project, job, task, cause, effect, below_effect}
        assert (found.connected, found.hidden) == (6, 0)
        assert ways[cause] == (LED_TO, job, False)
        assert ways[effect] == (LED_TO, job, True)
        assert ways[project] == ("parent", job, True)
        assert ways[below_effect] == ("child", effect, True)

    def test_ends_at_what_many_items_share(self, yard: Yard) -> None:
        """The target of a link that is traced to the target alone, and what a traced field names, and not their own."""
        crane, rule = yard.job(), yard.job()
        job = yard.job(fields={"crane": crane, "note": yard.job()})
        neighbor = yard.job(fields={"crane": crane})
        for each in (job, neighbor):
            yard.link(each, RESTS_ON, rule)

        assert yard.keys(job) == sorted([crane, rule, job])
        assert yard.keys(rule) == [rule]

    def test_follows_fields_that_another_method_added(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """They are indexed as the type's own are."""

        def placet_extend(catalog: Extension) -> None:
            catalog.add_field("yard.job", "hoist", Annotated[ItemKey, Ref("yard.job", trace=True)] | None)

        more = plugin(Method("more", "More", extends=["yard"]), placet_extend=placet_extend)
        yard = Yard(open_shop(sqlite_url, plugin(METHOD), more, methods=("shop", "yard", "more")))
        hoist = yard.job()
        job = yard.job(fields={"hoist": hoist})

        assert yard.keys(job) == sorted([hoist, job])
        assert yard.thread(job).complete

    def test_is_one_log_in_the_order_of_decisions(self, yard: Yard) -> None:
        job = yard.job()
        child = yard.job(parent=job)
        yard.engine.transition(yard.shop["cid"], job, "finish")
        yard.engine.items.comment(yard.shop["cid"], child, "too late")

        events = yard.thread(job).events

        assert [(_key(event), event.kind) for event in events] == [
            (job, "created"),
            (child, "created"),
            (job, "transition"),
            (child, "comment"),
        ]

    def test_is_read_page_by_page(self, yard: Yard) -> None:
        """Each page with the items that its events are about, and the last one without a cursor."""
        job = yard.job()
        children = [yard.job(parent=job) for _ in range(4)]
        pages = list(_pages(yard, job, limit=2))

        assert [len(page.events) for page in pages] == [2, 2, 1]
        assert [[each.record.key for each in page.items] for page in pages] == [
            [job, children[0]],
            children[1:3],
            children[3:],
        ]
        assert {page.connected for page in pages} == {5}

    def test_of_many_events_is_read_as_cheaply_page_by_page_and_whole(self, yard: Yard) -> None:
        """A page sends as many statements among many events as among few; together the pages have each event once."""
        job = yard.job()
        secret = yard.job("FAR")
        jobs = [job, *(yard.job(parent=job) for _ in range(4))]
        yard.link(job, LED_TO, secret)
        store = yard.shop.application.store

        def first_page() -> int:
            with sent(store) as noted:
                assert len(yard.thread(job, "ben", limit=5).events) == 5
            return len(noted)

        first_page()  # what is read once in a process
        few = first_page()
        for n in range(_MANY):
            yard.engine.items.comment(yard.shop["cid"], jobs[n % len(jobs)], f"no. {n}")
        many = first_page()
        pages = list(_pages(yard, job, 100, "ben"))

        found = [event.id for page in pages for event in page.events]
        assert many == few
        assert len(found) == len(set(found)) == _MANY + len(jobs) + 1
        assert {(page.connected, page.hidden) for page in pages} == {(len(jobs), 1)}

    def test_can_be_narrowed_to_kinds_of_events(self, yard: Yard) -> None:
        job = yard.job()
        yard.engine.transition(yard.shop["cid"], yard.job(parent=job), "finish")

        found = yard.thread(job, kinds=["transition"], limit=1)

        assert ([event.kind for event in found.events], found.next_cursor) == (["transition"], None)

    def test_refuses_a_cursor_of_something_else(self, sqlite_yard: Yard) -> None:
        with pytest.raises(MalformedError, match="is not a cursor of this log"):
            sqlite_yard.thread(sqlite_yard.job(), after="OPS-1")


class TestWhatTheReaderMayNotSee:
    def test_is_counted_and_not_followed(self, yard: Yard) -> None:
        """Not even to what they may see again: that it is connected through something hidden is hidden too."""
        job = yard.job()
        hidden = yard.job("FAR")
        beyond = yard.job()
        yard.link(job, LED_TO, hidden)
        yard.link(hidden, LED_TO, beyond)
        yard.job("FAR", parent=hidden)

        ben, cid = yard.thread(job, by="ben"), yard.thread(job, by="cid")

        assert ([each.record.key for each in ben.items], ben.connected, ben.hidden) == ([job], 1, 1)
        assert (cid.connected, cid.hidden) == (4, 0)

    def test_has_no_thread(self, sqlite_yard: Yard) -> None:
        with pytest.raises(NotFoundError):
            sqlite_yard.thread(sqlite_yard.job("FAR"), by="ben")

    def test_is_shown_where_a_role_on_the_item_opens_it(self, sqlite_yard: Yard) -> None:
        """Who holds a role on one item of a workspace sees that one, and no other."""
        job = sqlite_yard.job()
        shown, hidden = sqlite_yard.job("FAR", parent=job), sqlite_yard.job("FAR", parent=job)
        sqlite_yard.engine.items.set_role(sqlite_yard.shop["cid"], shown, GUEST.id, ["ben"])

        found = sqlite_yard.thread(job, by="ben")

        assert {each.record.key for each in found.items} == {job, shown}
        assert (found.hidden, hidden in {_key(event) for event in found.events}) == (1, False)


_LINKS = st.tuples(st.integers(0, 7), st.sampled_from([LED_TO, RESTS_ON, LIKE]), st.integers(0, 7))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to eight jobs, with parents and cranes among those made before, and links, of which some are removed."""
    before = st.none() | st.integers(0, 6)
    parents = draw(st.lists(before, min_size=2, max_size=8))
    cranes = draw(st.lists(before, min_size=len(parents), max_size=len(parents)))
    return Plan(parents, cranes, draw(st.lists(_LINKS, max_size=8)), draw(st.sets(st.integers(0, 7))))


class Plan(NamedTuple):
    """Jobs by number: the parent and the crane of each, and links between them."""

    parents: Sequence[int | None]
    cranes: Sequence[int | None]
    links: Sequence[tuple[int, str, int]]
    #: The numbers of links that are removed again.
    removed: set[int]

    def carried_out(self, yard: Yard) -> list[str]:
        """The keys of the jobs."""
        made: list[str] = []
        for n, (parent, crane) in enumerate(zip(self.parents, self.cranes, strict=True)):
            above = made[parent] if parent is not None and parent < n else None
            named = {"crane": made[crane]} if crane is not None and crane < n else {}
            made.append(yard.job(parent=above, fields=named))
        for n, (source, link_type, target) in enumerate(self.links):
            if source < len(made) and target < len(made) and source != target:
                yard.link(made[source], link_type, made[target])
                if n in self.removed:
                    yard.engine.items.unlink(yard.shop["cid"], made[source], link_type, made[target])
        return made


class TestAThreadOfAnything:
    @examples(15, HealthCheck.function_scoped_fixture)
    @given(plan=plans())
    def test_is_what_an_independent_walk_over_the_log_finds(self, sqlite_yard: Yard, plan: Plan) -> None:
        """The events alone say what is connected, removed links aside."""
        before = sqlite_yard.log().next_cursor
        made = plan.carried_out(sqlite_yard)
        log = sqlite_yard.log(before).rows

        for key in made:
            connected = Beside.of(log).walked(key)
            expected = [event.id for event in log if _key(event) in connected]
            found = [event.id for page in _pages(sqlite_yard, key, limit=3) for event in page.events]
            assert found == expected, key


def _pages(yard: Yard, key: str, limit: int, by: str = "cid") -> Iterator[Thread]:
    page = yard.thread(key, by, limit=limit)
    yield page
    while page.next_cursor is not None:
        page = yard.thread(key, by, limit=limit, after=page.next_cursor)
        yield page


def _key(event: EventRecord) -> str:
    return f"{event.workspace}-{event.number}"


class Beside:
    """The items beside each item, by what the events say."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.followed: dict[str, set[str]] = defaultdict(set)
        self.touched: dict[str, set[str]] = defaultdict(set)

    @classmethod
    def of(cls, log: Sequence[EventRecord]) -> Beside:
        """As it is at the end of the log."""
        beside = cls()
        links: set[tuple[str, str, str]] = set()
        for event in log:
            if event.kind == "created":
                beside.created(_key(event), event.data)
            elif event.kind == "linked":
                links.add((_key(event), event.data["link_type"], event.data["target"]))
            elif event.kind == "unlinked":
                links.discard((_key(event), event.data["link_type"], event.data["target"]))
        for source, link_type, target in links:
            if link_type == LED_TO:
                beside.followed[source].add(target)
                beside.followed[target].add(source)
            elif link_type == RESTS_ON:
                beside.touched[source].add(target)
        return beside

    def created(self, key: str, data: Mapping[str, Any]) -> None:
        """A job was made."""
        if data.get("parent"):
            self.parent[key] = data["parent"]
            self.followed[data["parent"]].add(key)
        if "crane" in data.get("changes", {}):
            self.touched[key].add(data["changes"]["crane"][1])

    def walked(self, start: str) -> set[str]:
        """The items connected to one."""
        matter, todo = {start}, [start]
        while todo:
            new = self.followed[todo.pop()] - matter
            matter |= new
            todo += new
        shown = matter | {each for key in matter for each in self.touched[key]}
        return shown | {above for key in shown for above in self._above(key)}

    def _above(self, key: str) -> Iterator[str]:
        while key in self.parent:
            key = self.parent[key]
            yield key
