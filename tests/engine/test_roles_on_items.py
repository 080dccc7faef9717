"""Roles that are held on items: on a project or a team, and on all that lies below it or names it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from shop import OpenShop, Shop, changed, plugin
from statements import sent
from trials import examples

from placet import (
    Appointment,
    Approval,
    Ballot,
    BlockedError,
    Category,
    Fields,
    ItemKey,
    ItemType,
    Method,
    NotificationRule,
    Panel,
    Quorum,
    Ref,
    Role,
    State,
    Transition,
    Workflow,
)
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ForbiddenError, InvalidError, NotFoundError

SPONSOR = Role("yard.sponsor", "Sponsor")
CREW = Role("yard.crew", "Crew")
MANAGER = Role(
    "yard.manager", "Project manager", held_on=["yard.project"], on_item=Appointment([SPONSOR], [CREW])
)
WATCH = Role(
    "yard.watch", "Watch", held_on=["yard.project", "yard.task"], on_item=Appointment([SPONSOR]),
    apart_from=[MANAGER.id],
)  # fmt: skip
LEAD = Role("yard.lead", "Team lead", held_on=["yard.team"], through=["team"], on_item=Appointment([SPONSOR]))


class TaskFields(Fields):
    team: Annotated[ItemKey, Ref("yard.team")] | None = None


def _type(id: str, *transitions: Transition, fields: type[Fields] = Fields, **more: object) -> ItemType:
    states = [State("open_", "Open", Category.TODO), State("closed", "Closed", Category.DONE)]
    return ItemType(id, id, fields=fields, workflow=Workflow(id, states, transitions), **more)  # type: ignore[arg-type]


METHOD = Method(
    "yard",
    "Yard",
    roles=[SPONSOR, CREW, MANAGER, WATCH, LEAD],
    item_types=[
        _type("yard.project", Transition("close", "open_", "closed", [MANAGER]), creators=[SPONSOR]),
        _type("yard.team", Transition("close", "open_", "closed", [LEAD]), creators=[SPONSOR]),
        _type(
            "yard.task",
            Transition("ask", "open_", "open_", [LEAD], asks=["yard.consent"]),
            Transition("close", "open_", "closed", [MANAGER, LEAD]),
            fields=TaskFields,
            creators=[MANAGER, SPONSOR, LEAD],
            editors=[MANAGER, SPONSOR],
            approvals=[Approval("yard.consent", "Consent", Panel(Ballot([MANAGER], Quorum.all())))],
        ),
    ],
    notification_rules=[
        NotificationRule(
            "yard.task_made", "A task is made", "yard.task", ["create"], [MANAGER], "it is yours"
        )
    ],
)


@pytest.fixture
def yard(open_shop: OpenShop, sqlite_url: str) -> Shop:
    """Ida sponsors two projects, of which ann manages one and cid the other; tom leads a team."""
    shop = open_shop(sqlite_url, plugin(METHOD), methods=("shop", "yard"))
    shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", SPONSOR.id, ["ida"])
    shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CREW.id, ["ann", "cid", "ben"])
    for key, type, role, holder in (
        ("SHOP-1", "project", MANAGER, "ann"), ("SHOP-2", "project", MANAGER, "cid"), ("SHOP-3", "team", LEAD, "tom"),
    ):  # fmt: skip
        assert made(shop, f"yard.{type}", by="ida").key == key
        shop.engine.items.set_role(SYSTEM_ACTOR, key, role.id, [holder])
    return shop


def made(shop: Shop, type: str, *, by: str, parent: str | None = None, **fields: str) -> ItemRecord:
    return shop.engine.items.create(
        shop[by], workspace="SHOP", type=type, title="Dig", fields=fields, parent=parent
    )


class TestTwoProjectsOfAWorkspace:
    def test_have_each_its_own_manager(self, yard: Shop) -> None:
        """On the project and on everything below it, at any depth."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")
        below = made(yard, "yard.task", by="ida", parent=task.key)

        for key in (below.key, task.key, "SHOP-1"):
            [blocker] = yard.refusal(key, "close", "cid").blockers
            assert (blocker.gate, "ann" in blocker.who, "cid" in blocker.who) == ("role", True, False)
            assert yard.move(key, "close", "ann").state == "closed"

    def test_ask_their_own_for_votes(self, yard: Shop) -> None:
        task = made(yard, "yard.task", by="ida", parent="SHOP-2", team="SHOP-3")
        yard.move(task, "ask", "tom")

        [round] = yard.engine.approvals.of_item(yard.item(task))

        assert round.asked == ("cid",)
        assert [each.approval.item.key for each in yard.engine.reports.worklist(yard["cid"]).approvals] == [
            task.key
        ]
        assert yard.engine.reports.worklist(yard["ann"]).approvals == ()

    def test_show_their_own_manager_what_they_can_move(self, yard: Shop) -> None:
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")

        def listed(who: str) -> list[str]:
            return sorted(each.item.key for each in yard.engine.reports.worklist(yard[who]).items)

        assert (listed("ann"), listed("cid")) == (["SHOP-1", task.key], ["SHOP-2"])

    def test_notify_their_own_manager(self, yard: Shop) -> None:
        task = made(yard, "yard.task", by="ida", parent="SHOP-2")

        notified = yard.engine.notifications.notify(
            yard.engine.event_log.history(SYSTEM_ACTOR, task.key).rows[0]
        )

        assert [each.actor for each in notified] == ["cid"]

    def test_let_their_own_manager_make_and_edit_below(self, yard: Shop) -> None:
        task = made(yard, "yard.task", by="ann", parent="SHOP-1")

        yard.engine.items.edit(yard["ann"], task.key, title="Dig deeper")
        with pytest.raises(ForbiddenError):
            yard.engine.items.edit(yard["cid"], task.key, title="Dig elsewhere")
        with pytest.raises(ForbiddenError):
            made(yard, "yard.task", by="ann", parent="SHOP-2")


class TestRolesApart:
    def test_are_not_held_together_on_an_item_or_below_it(self, yard: Shop) -> None:
        """Whichever of the two comes first, and whichever of them declares it."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")
        for key in ("SHOP-1", task.key):
            with pytest.raises(BlockedError, match="holds together") as refusal:
                yard.engine.items.set_role(SYSTEM_ACTOR, key, WATCH.id, ["cid", "ann"])
            assert [blocker.check for blocker in refusal.value.blockers] == ["segregation"]

        yard.engine.items.set_role(SYSTEM_ACTOR, "SHOP-1", WATCH.id, ["ben"])
        with pytest.raises(BlockedError):
            yard.engine.items.set_role(SYSTEM_ACTOR, "SHOP-1", MANAGER.id, ["ben"])
        yard.engine.items.set_role(SYSTEM_ACTOR, "SHOP-2", WATCH.id, ["ann"])


class TestARoleOnItems:
    def test_reaches_items_that_name_such_an_item(self, yard: Shop) -> None:
        """Tom, who holds no role in the workspace, sees and moves what his team is named on, and nothing else."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1", team="SHOP-3")
        other = made(yard, "yard.task", by="ida", parent="SHOP-1")

        with pytest.raises(NotFoundError):
            yard.engine.items.get(yard["tom"], other.key)
        assert yard.move(task, "close", "tom").state == "closed"

    def test_is_enough_to_make_what_names_such_an_item(self, yard: Shop) -> None:
        """Tom makes a task of his own team, and sees no workspace for one of another team, or of none."""
        other = made(yard, "yard.team", by="ida")

        assert made(yard, "yard.task", by="tom", team="SHOP-3").created_by == "tom"
        for fields in ({"team": other.key}, {}):
            with pytest.raises(InvalidError, match='there is no workspace "SHOP"'):
                made(yard, "yard.task", by="tom", **fields)
        with pytest.raises(InvalidError, match='there is no workspace "NONE"'):
            yard.engine.items.create(
                yard["tom"], workspace="NONE", type="yard.task", title="Dig", fields={"team": "NONE-3"}
            )

    def test_is_not_taken_by_the_fields_of_the_act_itself(self, yard: Shop) -> None:
        """Who leads a team does not move an item by naming their team in the same request."""
        yard.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", CREW.id, ["tom"])
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")

        refusal = yard.refusal(task, "close", "tom", fields={"team": "SHOP-3"})

        assert "role" in [blocker.gate for blocker in refusal.blockers]

    def test_is_not_held_in_the_workspace_nor_on_others(self, yard: Shop) -> None:
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")

        with pytest.raises(
            InvalidError,
            match=r"Project manager \(yard\.manager\) is held on a .*project, not in a workspace",
        ):
            yard.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", MANAGER.id, ["ann"])
        with pytest.raises(
            ForbiddenError,
            match=r"the role project manager is held on a yard\.project, and .* is a yard\.task",
        ):
            yard.engine.items.set_role(SYSTEM_ACTOR, task.key, MANAGER.id, ["ben"])

    def test_is_given_to_those_with_the_standing_for_it(self, yard: Shop) -> None:
        """And taken from the former holder at once, below too."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")
        with pytest.raises(
            InvalidError, match="Bea holds none of the roles that the role project manager needs"
        ):
            yard.engine.items.set_role(SYSTEM_ACTOR, "SHOP-1", MANAGER.id, ["bea"])

        yard.engine.items.set_role(SYSTEM_ACTOR, "SHOP-1", MANAGER.id, ["ben"])

        assert [blocker.gate for blocker in yard.refusal(task, "close", "ann").blockers] == ["role"]
        assert yard.move(task, "close", "ben").state == "closed"

    def test_is_not_inherited_from_another_workspace(self, yard: Shop) -> None:
        yard.engine.workspaces.create(SYSTEM_ACTOR, key="OTHER", name="Another", methods=["yard"])
        yard.engine.workspaces.assign(SYSTEM_ACTOR, "OTHER", SPONSOR.id, ["ida"])
        task = yard.engine.items.create(
            yard["ida"], workspace="OTHER", type="yard.task", title="Dig", fields={}, parent="SHOP-1"
        )

        with pytest.raises(NotFoundError):
            yard.engine.items.get(yard["ann"], task.key)

    def test_is_not_missed_in_the_workspace(self, yard: Shop) -> None:
        """The linter does not call it vacant: each item has its own holders."""
        found = yard.engine.reports.lint(yard["ida"], "SHOP")

        assert [str(each) for each in found if "yard.manager" in str(each)] == []


class TestAProjectAsAWhole:
    def test_is_all_that_lies_below_it(self, yard: Shop) -> None:
        """On every level, in one statement however many items there are; siblings and the project itself are not."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")
        below = made(yard, "yard.task", by="ida", parent=task.key)
        made(yard, "yard.task", by="ida", parent="SHOP-2")

        with sent(yard.application.store) as few:
            found = yard.engine.items.below(yard["ann"], "SHOP-1")
        made(yard, "yard.task", by="ida", parent=below.key)
        with sent(yard.application.store) as many:
            yard.engine.items.below(yard["ann"], "SHOP-1")

        assert [each.key for each in found] == [task.key, below.key]
        assert len(few) == len(many)
        assert yard.engine.items.below(yard["ann"], below.key) != []

    def test_shows_who_holds_its_roles(self, yard: Shop) -> None:
        """On every item, without a statement for each."""
        made(yard, "yard.task", by="ida", parent="SHOP-1", team="SHOP-3")
        project = yard.engine.items.get(yard["ida"], "SHOP-1")
        items = [project, *yard.engine.items.below(yard["ida"], "SHOP-1")]

        held = yard.engine.items.role_holders(yard["ida"], items, [MANAGER.id, LEAD.id, SPONSOR.id])

        assert held == {
            "SHOP-1": {MANAGER.id: ("ann",), LEAD.id: (), SPONSOR.id: ("ida",)},
            "SHOP-4": {MANAGER.id: ("ann",), LEAD.id: ("tom",), SPONSOR.id: ("ida",)},
        }

    def test_has_its_own_history(self, yard: Shop) -> None:
        """The events of some items, item by item; of those that the reader may not see, none."""
        task = made(yard, "yard.task", by="ida", parent="SHOP-1")
        yard.move(task, "close", "ann")
        keys = [task.key, "SHOP-1", "SHOP-99"]

        found = yard.engine.event_log.of_items(yard["ann"], keys)

        assert [(event.key, event.kind) for event in found] == [
            ("SHOP-1", "created"), ("SHOP-1", "roles"), (task.key, "created"), (task.key, "transition"),
        ]  # fmt: skip
        yard.person("eve")
        assert yard.engine.event_log.of_items(yard["eve"], keys) == []
        assert yard.engine.items.role_holders(yard["eve"], [task], [SPONSOR.id]) == {}
        with pytest.raises(NotFoundError):
            yard.engine.items.below(yard["eve"], "SHOP-1")


#: (type, the parent's place in the order, the team's, the holder of the type's own role).
_MADE = st.tuples(
    st.sampled_from(["project", "team", "task", "task"]),
    st.none() | st.integers(0, 8),
    st.none() | st.integers(0, 8),
    st.sampled_from([None, "tom", "out", "ann"]),
)


def readable(shop: Shop, person: str, key: str) -> bool:
    try:
        shop.engine.items.get(shop[person], key)
    except NotFoundError:
        return False
    return True


def listed(shop: Shop, person: str, **wish: Any) -> list[str]:
    """The keys on all pages of a list."""
    found, cursor = [], None
    while True:
        query = shop.engine.reports.item_query(shop[person], **wish, limit=3, cursor=cursor)
        page = shop.engine.reports.items(shop[person], query)
        found += [record.key for record in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


class TestWhoSees:
    @pytest.fixture
    def yard(self, open_shop: OpenShop, database_url: str) -> Shop:
        free = Role(
            "yard.manager", "Project manager", held_on=["yard.project"], on_item=Appointment([SPONSOR])
        )
        method = changed(METHOD, roles=[SPONSOR, CREW, free, LEAD])
        shop = open_shop(database_url, plugin(method), methods=("shop", "yard"))
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", SPONSOR.id, ["ida"])
        shop.person("out")
        return shop

    @given(tree=st.lists(_MADE, min_size=2, max_size=9))
    @examples(6, HealthCheck.function_scoped_fixture)
    def test_an_item_by_its_key_finds_it_in_lists_and_in_nothing_else(
        self, yard: Shop, tree: list[tuple[str, int | None, int | None, str | None]]
    ) -> None:
        """People without a role in the workspace: lists, counts, searches, the worklist agree with reading by key."""
        made_here: list[str] = []
        teams: list[str] = []
        for type, parent, team, holder in tree:
            above = made_here[parent % len(made_here)] if made_here and parent is not None else None
            fields = (
                {"team": teams[team % len(teams)]} if type == "task" and teams and team is not None else {}
            )
            made_here.append(made(yard, f"yard.{type}", by="ida", parent=above, **fields).key)
            if type == "team":
                teams.append(made_here[-1])
            if holder is not None and type != "task":
                role = MANAGER if type == "project" else LEAD
                yard.engine.items.set_role(SYSTEM_ACTOR, made_here[-1], role.id, [holder])
        every = listed(yard, "ida")

        for person in ("tom", "out"):
            seen = [key for key in every if readable(yard, person, key)]
            assert listed(yard, person) == seen
            assert listed(yard, person, q="dig") == seen
            tasks = [key for key in seen if yard.item(key).type == "yard.task"]
            if not seen:
                continue
            found = listed(yard, person, workspace="SHOP", type="yard.task", sort="-updated_at")
            assert sorted(found) == sorted(tasks)
            query = yard.engine.reports.item_query(yard[person])
            assert yard.engine.reports.number_of_items(yard[person], query) == len(seen)
            worklist = yard.engine.reports.worklist(yard[person])
            assert {each.item.key for each in worklist.items} <= set(seen)
            assert yard.engine.workspaces.catalog(yard[person], "SHOP").item_types.keys() >= {"yard.task"}

    def test_their_own_votes_and_the_rules_of_the_workspace(self, yard: Shop) -> None:
        """Out manages a project and holds nothing in the workspace, whose other items stay unseen."""
        project = made(yard, "yard.project", by="ida")
        yard.engine.items.set_role(SYSTEM_ACTOR, project.key, MANAGER.id, ["out"])
        team = made(yard, "yard.team", by="ida")
        yard.engine.items.set_role(SYSTEM_ACTOR, team.key, LEAD.id, ["ann"])
        task = made(yard, "yard.task", by="ida", parent=project.key, team=team.key)
        yard.move(task, "ask", "ann")

        [view] = yard.engine.approvals.find(yard["out"], waiting_for="out").rows
        [vote] = yard.engine.reports.worklist(yard["out"]).approvals

        assert view.item.key == vote.approval.item.key == task.key
        assert listed(yard, "out", workspace="SHOP") == [project.key, task.key]
        with pytest.raises(NotFoundError):
            yard.engine.workspaces.get(yard["out"], "SHOP")
        with pytest.raises(NotFoundError):
            listed(yard, "tom", workspace="SHOP")
