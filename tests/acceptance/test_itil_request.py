"""The acceptance scenario of service requests (ITIL 4, I13), through HTTP, with its figures."""

from __future__ import annotations

import time
from typing import Any

from patience import PATIENCE

from .conftest import Organization

FORM: dict[str, Any] = {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]}
TASKS = [{"id": "order", "group": "purchasing"}]


def laptop(organization: Organization, cost: str, **fields: Any) -> str:
    """A laptop of the catalog, asked for by uma for herself; lin is her manager, bea pays."""
    model = organization.otto.create(
        "itil.request_model", "Laptop", form_schema=FORM, tasks=TASKS, budget_owner="bea", **fields
    )
    organization.otto.move(model, "publish_model")
    body = {
        "workspace": "OPS", "type": "itil.service_request", "title": "A laptop for uma", "parent": model,
        "fields": {"form": {"size": "13 inch"}, "beneficiary": "uma", "cost": cost, "line_manager": "lin"},
    }  # fmt: skip
    return str(organization.uma.send("POST", "/items", body, expect=201)["key"])


def wait_for(organization: Organization, key: str, state: str) -> None:
    """The worker makes the moves of `system`, soon."""
    deadline = time.monotonic() + PATIENCE
    while organization.sam.get(f"/items/{key}")["state"] != state:
        assert time.monotonic() < deadline, f"{key} is not {state}"
        time.sleep(0.05)


class TestI13Laptop:
    def test_of_1450_is_approved_by_line_manager_and_budget_owner(self, organization: Organization) -> None:
        """Routed by `system`. The requester holds the role of an approver, and may not vote on what is for herself."""
        organization.assign("itil.request_approver", "lin", "bea", "uma")
        key = laptop(organization, "1450")
        wait_for(organization, key, "awaiting_approval")

        waiting = organization.sam.get("/approvals", status="pending", item=key)["approvals"]
        problem = organization.uma.vote(key, "itil.request_approval", expect=409)
        blockers = organization.lin.refused(key, "approve_request")

        assert [sorted(line["missing"]) for line in waiting] == [["bea", "lin"]]
        assert "itil.sod_request" in [blocker["check"] for blocker in problem["blockers"]]
        assert "0 of 2" in blockers["itil.request_votes"]["message"]

        organization.lin.vote(key, "itil.request_approval")
        organization.bea.vote(key, "itil.request_approval")
        wait_for(organization, key, "in_fulfilment")

    def test_is_routed_and_approved_without_the_desk(self, organization: Organization) -> None:
        """`system` does what is clear: it routes, and takes it on when all have agreed; then five days run."""
        organization.assign("itil.request_approver", "lin", "bea")
        key = laptop(organization, "1450")
        organization.clock("2026-11-16T09:00:01Z")
        wait_for(organization, key, "awaiting_approval")
        organization.lin.vote(key, "itil.request_approval")
        organization.bea.vote(key, "itil.request_approval")
        organization.clock("2026-11-16T09:00:02Z")

        taken_on = organization.sam.get(f"/items/{key}")

        assert taken_on["state"] == "in_fulfilment"
        timers = organization.sam.get("/timers", item=key, status="running")["timers"]
        assert [(each["timer"], each["due_at"]) for each in timers] == [
            ("itil.request_target", "2026-11-23T09:00:01Z")
        ]
