"""Service requests: who approves them, what has to be done, and what is promised."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError, Blocker, Decision
from placet.errors import InvalidError

if TYPE_CHECKING:
    from .conftest import Organization

APPROVAL = "itil.request_approval"
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"model": {"type": "string", "enum": ["13 inch", "16 inch"]}},
    "required": ["model"],
}
TASKS = [{"id": "order", "group": "purchasing"}, {"id": "install", "group": "workplace"}]


def catalog(organization: Organization, **fields: Any) -> str:
    """A published entry of the catalog."""
    given = {"form_schema": FORM, "tasks": TASKS, "budget_owner": "bea"} | fields
    key = organization.create("otto", "itil.request_model", "Laptop", **given)
    organization.move("otto", key, "publish_model")
    return key


def request(organization: Organization, model: str | None, cost: str = "1450", **fields: Any) -> str:
    """A request of uma's for herself, whose manager is lin."""
    given = {"form": {"model": "13 inch"}, "beneficiary": "uma", "cost": cost, "line_manager": "lin"} | fields
    return organization.create("uma", "itil.service_request", "A laptop", parent=model, **given)


def not_made(
    organization: Organization, model: str | None, cost: str = "1450", **fields: Any
) -> dict[str, Blocker]:
    """The blockers for which such a request is refused, by check."""
    with pytest.raises(BlockedError) as refusal:
        request(organization, model, cost, **fields)
    return {blocker.check: blocker for blocker in refusal.value.blockers}


def in_fulfilment(organization: Organization, model: str | None = None) -> str:
    """A request for nothing that costs anything, approved by itself."""
    key = request(organization, model or catalog(organization, auto_approve=True), cost="0")
    organization.move("sam", key, "auto_approve")
    return key


def missing(organization: Organization, key: str) -> set[str]:
    """Who is asked and has not voted."""
    return {person for asked in organization.desk.approvals(key) for person in asked.missing}


@pytest.fixture(autouse=True)
def people(organization: Organization) -> None:
    organization.hold("itil.request_approver", "lin", "bea", "rob", "mona")
    organization.hold("itil.fulfiller", "fred")


class TestWhoApproves:
    @pytest.mark.parametrize(
        ("cost", "asked"),
        [
            ("0", {"lin"}),
            ("999.99", {"lin"}),
            ("1000", {"lin", "bea"}),
            ("9999.99", {"lin", "bea"}),
            ("10000", {"lin", "bea", "ivy"}),
        ],
    )
    def test_follows_from_what_it_costs(self, organization: Organization, cost: str, asked: set[str]) -> None:
        key = request(organization, catalog(organization), cost)

        organization.move("sam", key, "route")

        assert missing(organization, key) == asked

    def test_follows_from_the_data_too(self, organization: Organization) -> None:
        """Who answers for restricted data is asked whatever it costs."""
        model = catalog(organization, auto_approve=True, data_class="restricted", resource_owner="rob")
        key = request(organization, model, "0")

        organization.move("sam", key, "route")

        assert missing(organization, key) == {"rob"}

    def test_can_be_everybody(self, organization: Organization) -> None:
        key = request(organization, catalog(organization, approval_rule="everybody"), "5")

        organization.move("sam", key, "route")

        assert missing(organization, key) == {"lin", "bea", "ivy"}

    def test_follows_the_settings(self, organization: Organization) -> None:
        """Other limits, and managers known by person, whom a requester cannot choose."""
        organization.configure(request_limits=["10", "20"], line_managers={"uma": "mona"})
        key = request(organization, catalog(organization), "15", line_manager="lin")

        organization.move("sam", key, "route")

        assert missing(organization, key) == {"mona", "bea"}

    def test_has_to_be_known(self, organization: Organization) -> None:
        """It could never be routed, and is refused when it is made."""
        blocker = not_made(organization, catalog(organization), line_manager=None)["itil.approvers_known"]

        assert blocker.message == "it is not known who the line manager of Uma is"
        assert blocker.remedy == "name the line manager"
        assert blocker.actions == ()

    def test_is_nobody_who_may_not(self, organization: Organization) -> None:
        """A friend is not a line manager."""
        blocker = not_made(organization, catalog(organization), "5", line_manager="udo")[
            "itil.approvers_known"
        ]

        assert blocker.message == "the line manager, Udo, is not a request approver"
        assert blocker.remedy == "name a request approver, or give Udo that role"

    def test_is_nobody_where_it_costs_nothing_and_the_catalog_says_so(
        self, organization: Organization
    ) -> None:
        """Then it is not routed, and one that needs somebody does not approve itself."""
        free = request(organization, catalog(organization, auto_approve=True), "0")
        dear = request(organization, catalog(organization), "0")

        routed = organization.refused("sam", free, "route")["itil.needs_approval"]
        auto = organization.refused("sam", dear, "auto_approve")["itil.auto"]

        assert (routed.message, routed.remedy) == ("nobody has to approve it", "approve it automatically")
        assert (auto.message, auto.remedy) == ("it has to be approved by Lin", "send it to its approvers")


class TestApproving:
    def test_takes_everybody_who_is_asked(self, organization: Organization) -> None:
        key = request(organization, catalog(organization))
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "lin")

        blocker = organization.refused("bea", key, "approve_request")["itil.request_votes"]
        organization.vote(key, APPROVAL, "bea")

        assert "1 of 2" in blocker.message
        assert organization.move("bea", key, "approve_request") == "in_fulfilment"
        assert [task["id"] for task in organization.fields(key)["tasks"]] == ["order", "install"]

    def test_is_not_for_whom_it_is_for(self, organization: Organization) -> None:
        """Neither who asked nor who gets it."""
        key = request(organization, catalog(organization), beneficiary="lin", line_manager="lin")
        organization.move("sam", key, "route")

        assert organization.vote_refused(key, APPROVAL, "lin") == ["itil.sod_request"]

    def test_is_asked_anew_when_it_becomes_dearer(self, organization: Organization) -> None:
        key = request(organization, catalog(organization), "500")
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "lin")

        organization.edit("sam", key, cost="1500")

        assert missing(organization, key) == {"lin", "bea"}


class TestBySystem:
    def test_it_is_routed_approved_and_its_clock_started(self, organization: Organization) -> None:
        """Nobody at the desk has to touch it."""
        key = request(organization, catalog(organization))
        organization.desk.pass_time("2026-11-16T09:00:01Z")
        assert organization.state(key) == "awaiting_approval"

        organization.vote(key, APPROVAL, "lin", "bea")
        organization.desk.pass_time("2026-11-16T09:00:02Z")

        assert organization.state(key) == "in_fulfilment"
        assert (
            organization.desk.timer(organization.desk.item(key), "itil.request_target").reading.due_at
            is not None
        )

    def test_what_needs_nobody_approves_itself(self, organization: Organization) -> None:
        key = request(organization, catalog(organization, auto_approve=True), "0")

        organization.desk.pass_time("2026-11-16T09:00:01Z")

        assert organization.state(key) == "in_fulfilment"

    def test_a_refusal_rejects_it(self, organization: Organization) -> None:
        key = request(organization, catalog(organization), "5")
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "lin", decision=Decision.REJECT)

        organization.desk.pass_time("2026-11-16T09:00:01Z")

        assert organization.state(key) == "rejected"

    def test_silent_approvers_are_stood_in_for_and_then_it_is_rejected(
        self, organization: Organization
    ) -> None:
        """Five business days, then their managers for five more; who has agreed is not asked again."""
        organization.configure(line_managers={"uma": "lin", "lin": "mona"})
        key = request(organization, catalog(organization))
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "bea")

        organization.desk.pass_time("2026-11-23T09:00:00Z")

        assert organization.fields(key)["escalated_round"] == 2
        assert missing(organization, key) == {"lin", "mona"}
        organization.desk.pass_time("2026-11-30T09:00:00Z")
        assert organization.state(key) == "rejected"

    def test_what_changed_since_is_asked_of_everybody_again(self, organization: Organization) -> None:
        """Who agreed to 1,450 has not agreed to 1,900; the director stands in for a manager nobody knows."""
        organization.configure(line_managers={"uma": "lin", "lin": "mona"})
        key = request(organization, catalog(organization))
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "bea")
        organization.desk.pass_time("2026-11-23T09:00:00Z")

        organization.edit("sam", key, cost="1900")

        assert missing(organization, key) == {"lin", "mona", "bea", "ivy"}

    def test_a_director_who_has_agreed_is_not_asked_again(self, organization: Organization) -> None:
        organization.configure(line_managers={"uma": "lin", "lin": "mona"})
        key = request(organization, catalog(organization), "20000")
        organization.move("sam", key, "route")
        organization.vote(key, APPROVAL, "ivy", "bea")

        organization.desk.pass_time("2026-11-23T09:00:00Z")

        assert missing(organization, key) == {"lin", "mona"}

    def test_the_manager_of_a_silent_approver_may_approve(self, organization: Organization) -> None:
        organization.configure(line_managers={"uma": "lin", "lin": "mona"})
        key = request(organization, catalog(organization), "5")
        organization.move("sam", key, "route")
        organization.desk.pass_time("2026-11-23T09:00:00Z")

        organization.vote(key, APPROVAL, "mona")
        organization.desk.pass_time("2026-11-23T09:00:01Z")

        assert organization.state(key) == "in_fulfilment"


class TestTheForm:
    def test_is_checked_against_the_catalog(self, organization: Organization) -> None:
        """A misfit is named, with its place."""
        blocker = not_made(organization, catalog(organization), form={"model": "19 inch"})["itil.form_fits"]

        assert (
            blocker.message
            == "the form is not complete: model: '19 inch' is not one of ['13 inch', '16 inch']"
        )
        assert blocker.remedy == "correct the form"

    def test_that_is_spoiled_afterwards_is_heard_of(self, organization: Organization) -> None:
        """Nobody can decide on it: after a business day the desk and the owner of the catalog are notified."""
        key = request(organization, catalog(organization))
        organization.desk.edit(organization.desk.item(key), actor="sam", form={"model": "19 inch"})

        organization.desk.pass_time("2026-11-17T17:00:00Z")

        events = organization.desk.history(organization.desk.item(key))
        stuck = [e for e in events if e.kind == "timer" and e.data["timer"] == "itil.request_stuck"]
        assert stuck[0].data["notifies"] == ["itil.service_desk_analyst", "itil.service_owner"]
        assert organization.desk.item(key).state == "submitted"

    def test_belongs_to_a_published_entry(self, organization: Organization) -> None:
        draft = organization.create("otto", "itil.request_model", "Phone", form_schema=FORM, tasks=TASKS)

        messages = [not_made(organization, model)["itil.form_fits"].message for model in (draft, None)]

        assert messages == [
            f"'{organization.desk.item(draft).title}' ({draft}) is in 'Draft', and cannot be requested",
            "it has no request model",
        ]

    @pytest.mark.parametrize(
        ("schema", "message"),
        [
            ({"type": "array"}, "a form is an object"),
            ({"type": "object", "properties": {"a": {"pattern": "(a+)+$"}}}, "a form cannot say pattern"),
            ({"type": "object", "properties": {"a": {"$ref": "#"}}}, r"a form cannot say \$ref"),
            ({"type": "object", "properties": {"a": {"type": "text"}}}, "it is not a JSON Schema"),
            ({"type": "object", "required": "a"}, "it is not a JSON Schema"),
        ],
    )
    def test_says_only_what_a_form_can_show(
        self, organization: Organization, schema: dict[str, Any], message: str
    ) -> None:
        """Nothing that could make a check run for ever."""
        with pytest.raises(InvalidError, match=message):
            organization.create("otto", "itil.request_model", "Odd", form_schema=schema)

    def test_is_not_nested_without_end(self, organization: Organization) -> None:
        schema: dict[str, Any] = {"type": "object"}
        for _ in range(7):
            schema = {"type": "object", "properties": {"in": schema}}

        with pytest.raises(InvalidError, match="nested deeper than 5 levels"):
            organization.create("otto", "itil.request_model", "Deep", form_schema=schema)


class TestFulfilling:
    def test_takes_every_task(self, organization: Organization) -> None:
        """Each is ticked off once, and it shows by whom."""
        key = in_fulfilment(organization)
        organization.move("fred", key, "complete_task", task="order")

        blocker = organization.refused("fred", key, "fulfil")["itil.request_tasks"]
        again = organization.refused("fred", key, "complete_task", task="order")["itil.task_open"]
        organization.move("fred", key, "complete_task", task="install")

        assert blocker.message == "1 open task of 2: install (workplace)"
        assert (again.message, again.remedy) == (
            "order is not an open task",
            "name one of the open tasks: install",
        )
        assert [task["by"] for task in organization.fields(key)["tasks"]] == ["fred", "fred"]
        assert organization.move("fred", key, "fulfil") == "fulfilled"

    def test_takes_the_change_that_it_needs(self, organization: Organization) -> None:
        """A closed, successful change of the model, linked as implementing it."""
        item = organization.item()
        recipe = organization.active_model(item)
        key = in_fulfilment(organization, catalog(organization, auto_approve=True, needs_change_model=recipe))
        for task in ("order", "install"):
            organization.move("fred", key, "complete_task", task=task)
        none = organization.refused("fred", key, "fulfil")["itil.request_change"]
        change = organization.standard(item, recipe, "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")
        organization.link("maya", change, "itil.implements", key)
        waiting = organization.refused("fred", key, "fulfil")["itil.request_change"]
        organization.move("maya", change, "schedule_standard")
        organization.at("2026-11-24T10:00:00Z")
        organization.close(change)

        assert none.message == (
            f"no change by the model '{organization.desk.item(recipe).title}' ({recipe}) implements it"
        )
        assert waiting.message == (
            "the change that implements it is not closed as successful:"
            f" '{organization.desk.item(change).title}' ({change}) is in 'New'"
        )
        assert organization.move("fred", key, "fulfil") == "fulfilled"

    def test_is_promised_in_business_hours_and_pauses_for_the_user(self, organization: Organization) -> None:
        """40 hours from Monday 09:00 end on Friday 17:00; a day of waiting moves that to the next Monday."""
        key = in_fulfilment(organization)
        due = organization.desk.timer(organization.desk.item(key), "itil.request_target").reading.due_at
        organization.move("fred", key, "pend_request", pending_reason="awaiting_user")
        organization.at("2026-11-17T09:00:00Z")
        organization.move("uma", key, "resume_request")

        later = organization.desk.timer(organization.desk.item(key), "itil.request_target").reading.due_at

        assert due == datetime.fromisoformat("2026-11-20T17:00:00Z")
        assert later == datetime.fromisoformat("2026-11-23T17:00:00Z")

    def test_ends_by_itself_or_comes_back(self, organization: Organization) -> None:
        """Three business days without a word close it; a user may send it back before."""
        key = in_fulfilment(organization)
        for task in ("order", "install"):
            organization.move("fred", key, "complete_task", task=task)
        organization.move("fred", key, "fulfil")
        organization.move("uma", key, "reject_delivery", "It is the wrong keyboard.")
        organization.move("fred", key, "fulfil")

        organization.desk.pass_time("2026-11-19T09:00:00Z")

        assert organization.state(key) == "closed"

    def test_others_do_not_act_on_it(self, organization: Organization) -> None:
        """A requester acts on their own requests alone."""
        key = in_fulfilment(organization)

        blocker = organization.refused("udo", key, "cancel_request", "I want it instead of her.")[
            "itil.own_item"
        ]

        assert (blocker.message, blocker.remedy) == ("it belongs to Uma", "ask Uma, or the service desk")


class TestTheCatalog:
    def test_is_complete_before_it_is_published(self, organization: Organization) -> None:
        key = organization.create("otto", "itil.request_model", "Laptop", data_class="regulated")

        blocker = organization.refused("otto", key, "publish_model")["itil.request_model_fields"]

        assert blocker.message == "missing: form schema, tasks, resource owner"

    def test_keeps_its_promise_to_those_who_asked(self, organization: Organization) -> None:
        key = catalog(organization)

        with pytest.raises(BlockedError, match="form schema cannot be changed in 'Published'"):
            organization.edit("otto", key, form_schema={"type": "object"})

    def test_names_each_task_once(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match="the tasks order are there twice"):
            organization.create("otto", "itil.request_model", "Laptop", tasks=[TASKS[0], TASKS[0]])


class TestOnTime:
    def test_counts_those_fulfilled(self, organization: Organization) -> None:
        """One on time, one late; one that still runs does not count."""
        model = catalog(organization, auto_approve=True)
        late, timely, running = (in_fulfilment(organization, model) for _ in range(3))
        for key, moment in ((timely, "2026-11-17T09:00:00Z"), (late, "2026-11-24T09:00:00Z")):
            organization.at(moment)
            for task in ("order", "install"):
                organization.move("fred", key, "complete_task", task=task)
            organization.move("fred", key, "fulfil")

        found = organization.desk.metric("itil.request_on_time").value

        assert (found.value, found.numerator, found.denominator) == (50, 1, 2)
        assert organization.state(running) == "in_fulfilment"
