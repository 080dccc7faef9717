"""Operations take over, the stage ends, and the next one is to be authorized."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.delivery import accept
from placet_integration.demo.initiation import a_product, plan
from placet_integration.demo.tale import Tale

HANDED_OVER = "2026-07-21T09:00:00Z"
THREAT = {"kind": "threat", "cause": "Few know it", "event": "Nobody uses it", "effect": "Calls go on"}
#: Probability 70 % is level 4, times impact 4.
SCORE_16 = {"probability_percent": 70, "impact_level": 4, "cost_impact": 10000, "proximity": "this_stage"}
RESPONSE: dict[str, Any] = {
    "response": "reduce", "owner": "hana", "action_owner": "hana", "review_by": "2026-09-01",
    "residual_probability_percent": 20, "residual_impact_level": 3, "residual_cost_impact": 10000,
}  # fmt: skip


def hand_over(tale: Tale, product: str) -> Any:
    """The service owner accepts a product for operations in person, and the project manager hands it over."""
    petr = tale.by("petr")
    petr.edit(
        product, service_owner="otto", support_group="Service desk",
        known_errors=f"Pages are slow under the load of a whole region: {tale.problem}",
    )  # fmt: skip
    tale.confirm("otto", product, "integration.service_acceptance")
    petr.attach(product, "acceptance")
    return petr.move(product, "hand_over", handover_to="otto")


def deliver_reports(tale: Tale) -> None:
    """The second package of the stage, by a team without sprints."""
    maya = tale.by("maya")
    maya.move(tale.reporting, "accept")
    maya.move(tale.reporting, "start")
    maya.move(tale.reports, "develop")
    accept(tale, tale.reports)
    maya.move(tale.reporting, "notify_completion")
    tale.by("petr").move(tale.reporting, "receive")
    hand_over(tale, tale.reports)


def complete_delivery(tale: Tale) -> Any:
    """The board accepts the report of the stage, and the plan of the next one."""
    tale.by("petr").move(tale.delivery, "start_boundary")
    tale.accepted(str(tale.fields(tale.delivery)["end_stage_report"]))
    tale.handbook = a_product(tale, tale.rollout, "Handbook", moscow="must", kind="external")
    plan(tale, tale.rollout, ("2026-07-28", "2026-09-30"), 200000, tale.handbook)
    return tale.by("olga").move(tale.delivery, "complete_stage")


def find_risk(tale: Tale) -> Any:
    """A risk of score 16 that nobody has answered yet."""
    petr = tale.by("petr")
    tale.risk = petr.create("governance.risk", "Nobody uses it", parent=tale.project, **THREAT)
    return petr.move(tale.risk, "assess_risk", **SCORE_16)
