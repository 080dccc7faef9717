"""The acceptance scenario of service requests (ITIL 4, I13), through HTTP, with its figures."""

from __future__ import annotations

import time
from typing import Any

from patience import PATIENCE

from .conftest import Organisation

FORM: dict[str, Any] = {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]}
TASKS = [{"id": "order", "group": "purchasing"}]


def laptop(organisation: Organisation, cost: str, **fields: Any) -> str:
    """A laptop of the catalogue, asked for by uma for herself; lin is her manager, bea pays."""
    model = organisation.otto.create(
        "itil.request_model", "Laptop", form_schema=FORM, tasks=TASKS, budget_owner="bea", **fields
    )
    organisation.otto.move(model, "publish_model")
    body = {
        "workspace": "OPS", "type": "itil.service_request", "title": "A laptop for uma", "parent": model,
        "fields": {"form": {"size": "13 inch"}, "beneficiary": "uma", "cost": cost, "line_manager": "lin"},
    }  # fmt: skip
    return str(organisation.uma.send("POST", "/items", body, expect=201)["key"])


def wait_for(organisation: Organisation, key: str, state: str) -> None:
    """The worker makes the moves of `system`, soon."""
    deadline = time.monotonic() + PATIENCE
    while organisation.sam.get(f"/items/{key}")["state"] != state:
        assert time.monotonic() < deadline, f"{key} is not {state}"
        time.sleep(0.05)


class TestI13Laptop:
    def test_of_1450_is_approved_by_line_manager_and_budget_owner(self, organisation: Organisation) -> None:
        """Routed by `system`. The requester holds the role of an approver, and may not vote on what is for herself."""
        organisation.assign("itil.request_approver", "lin", "bea", "uma")
        key = laptop(organisation, "1450")
        wait_for(organisation, key, "awaiting_approval")

        waiting = organisation.sam.get("/approvals", status="pending", item=key)["approvals"]
        problem = organisation.uma.vote(key, "itil.request_approval", expect=409)
        blockers = organisation.lin.refused(key, "approve_request")

        assert [sorted(line["missing"]) for line in waiting] == [["bea", "lin"]]
        assert "itil.sod_request" in [blocker["check"] for blocker in problem["blockers"]]
        assert "0 of 2" in blockers["itil.request_votes"]["message"]

        organisation.lin.vote(key, "itil.request_approval")
        organisation.bea.vote(key, "itil.request_approval")
        wait_for(organisation, key, "in_fulfilment")

    def test_is_routed_and_approved_without_the_desk(self, organisation: Organisation) -> None:
        """`system` does what is clear: it routes, and takes it on when all have agreed; then five days run."""
        organisation.assign("itil.request_approver", "lin", "bea")
        key = laptop(organisation, "1450")
        organisation.clock("2026-11-16T09:00:01Z")
        wait_for(organisation, key, "awaiting_approval")
        organisation.lin.vote(key, "itil.request_approval")
        organisation.bea.vote(key, "itil.request_approval")
        organisation.clock("2026-11-16T09:00:02Z")

        taken_on = organisation.sam.get(f"/items/{key}")

        assert taken_on["state"] == "in_fulfilment"
        timers = organisation.sam.get("/timers", item=key, status="running")["timers"]
        assert [(each["timer"], each["due_at"]) for each in timers] == [
            ("itil.request_target", "2026-11-23T09:00:01Z")
        ]
