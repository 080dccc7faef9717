"""The organization as it is governed: where it wants to go, what it risks, what it has learned, and whose time it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from placet import week_of
from placet_itil_change.demo.company import Company, Story


def stories(company: Company) -> list[Story]:
    """All stories of governance; the decisions on changes, and the lessons of their reviews, come by themselves."""
    return [
        _aims(company),
        _risk(company),
        _improvement(company),
        _decisions(company),
        _people(company),
    ]


def _day(co: Company, days: int) -> str:
    return (co.today + timedelta(days=days)).date().isoformat()


def _aims(co: Company) -> Story:
    """An objective, and a benefit that is measured on the way to it."""
    yield co.at(-44, 10)
    objective = co.made["objective"] = co.create(
        "ivy", "governance.objective", "Changes that merchants do not notice", level="enterprise",
        statement="Of a hundred changes five at most go wrong", measure="failed changes", unit="%", baseline="12",
        target="5", target_date=_day(co, 300), enterprise_goals=["EG05", "EG06"], alignment_goals=["AG05"],
    )  # fmt: skip
    co.do("ivy", objective, "activate_objective")
    yield co.at(-43, 10)
    benefit = co.create(
        "otto", "governance.benefit", "Fewer calls about late mail", category="quality",
        description="Merchants get their mail on the day.", unit="calls a month", baseline="40", target_value="10",
        owner="otto", measure_method="The service desk's own count.",
        measure_dates=[_day(co, -14), _day(co, 45), _day(co, 90)],
    )  # fmt: skip
    co.do("otto", benefit, "plan_benefit")
    co.do("otto", benefit, "start_tracking")
    yield co.at(-9, 10)
    co.do(
        "otto", benefit, "record_measure", actual_value="26", measured_on=_day(co, -14),
        measure_source="Incidents of category mail.",
    )  # fmt: skip


def _risk(co: Company) -> Story:
    """The known error of late mail is a risk until it is fixed."""
    yield co.at(-12, 16)
    risk = co.create(
        "pia", "governance.risk", "Mail is lost and not only late", kind="threat", cause="The queue has no limit.",
        event="The disk of the relay is full.", effect="Invoices do not arrive.",
    )  # fmt: skip
    co.engine.items.link(co.people["pia"], risk, "governance.raised_from", co.made["late mail"])
    co.attempt("pia", risk, "plan_response")
    co.do(
        "pia", risk, "assess_risk", probability_percent="30", impact_level=3, cost_impact="12000",
        proximity="this_stage",
    )  # fmt: skip
    co.do(
        "pia", risk, "plan_response", response="reduce", owner="pia", action_owner="rosa", review_by=_day(co, 20),
        residual_probability_percent="10", residual_impact_level=2, residual_cost_impact="4000",
    )  # fmt: skip


def _improvement(co: Company) -> Story:
    """An idea of the reviews that serves the objective, and is being done."""
    yield co.at(-20, 14)
    idea = co.create(
        "carl", "governance.improvement_initiative", "Rehearse every back-out",
        idea="Who implements a change rehearses its back-out the week before.",
    )  # fmt: skip
    co.engine.items.link(co.people["carl"], idea, "governance.serves", co.made["objective"])
    co.do(
        "carl", idea, "assess_initiative", expected_value="Half as many failed changes.", effort="m",
        measure="Back-outs that end in time.", value_score=4, effort_score=2,
    )  # fmt: skip
    yield co.at(-18, 11)
    co.do("ivy", idea, "approve_initiative")
    yield co.at(-16, 9)
    co.do("carl", idea, "begin_initiative")


def _decisions(co: Company) -> Story:
    """One that was taken by who may, after somebody tried who may not; one that waits."""
    yield co.at(-30, 9)
    method = _decision(co, "carl", "Do we decide on changes with a register?", ["yes", "no"], "switch_method")
    answer = {"chosen": "yes", "rationale": "Auditors ask who decided; now the record says it."}
    co.attempt("pia", method, "decide")
    yield co.at(-29, 15)
    co.do("ivy", method, "decide", **answer)
    yield co.at(-2, 14)
    _decision(
        co,
        "otto",
        "Do we pay for a second line to the data center?",
        ["pay for it", "wait a year"],
        "exceed_budget",
    )


def _decision(co: Company, by: str, question: str, options: list[str], right: str) -> str:
    return co.create(by, "governance.decision", question, question=question, options=options, right=right)


def _people(co: Company) -> Story:
    """A drill, and the time that the upgrade of the database takes of one person."""
    yield co.at(-15, 10)
    drill = co.create(
        "lea", "governance.training", "Drill: back out under pressure", audience=["change implementers"],
        required_count=4,
    )  # fmt: skip
    co.attempt("lea", drill, "complete_training")
    co.do("lea", drill, "start_training")
    yield co.at(-6, 16)
    co.do("lea", drill, "complete_training", completed_count=4, passed_count=4, pass_mark=80)
    yield co.at(-4, 10)
    upgrade = co.made["Upgrade the payment database to the next version"]
    for person, percent in (("ravi", "60"), ("rosa", "30")):
        share: dict[str, Any] = {
            "person": person,
            "percent": percent,
            "week_from": _week(co, 0),
            "week_to": _week(co, 7),
        }
        key = co.create(
            "ines", "governance.resource_allocation", f"Upgrade of the database: {person}", **share
        )
        co.engine.items.link(co.people["ines"], key, "governance.allocated_to", upgrade)
        if person == "ravi":
            co.do("lea", key, "confirm")


def _week(co: Company, days: int) -> str:
    return week_of(co.today + timedelta(days=days))
