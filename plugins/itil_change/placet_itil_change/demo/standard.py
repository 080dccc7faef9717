"""A recipe that was proven by normal changes and is authorized for good, and the standard changes by it."""

from __future__ import annotations

from datetime import timedelta

from placet_itil_change.demo.changes import RECIPE, done
from placet_itil_change.demo.company import Company, Story, text


def stories(company: Company) -> list[Story]:
    """All stories of standard changes."""
    return [
        _recipe(company),
        _standard(
            company, "Restart the report batch after its queue has filled", "report-batch", -16, "closed"
        ),
        _standard(company, "Restart the mail relay for the new time zone data", "mail-relay", -8, "closed"),
        _standard(company, "Restart the mail relay with its monthly patches", "mail-relay", 2, "scheduled"),
    ]


def _recipe(co: Company) -> Story:
    """Written first, refused while nothing shows that it works, and authorized after three normal changes by it."""
    scope = [co.items["mail-relay"], co.items["report-batch"]]
    yield co.today - timedelta(days=65)
    model = co.made[RECIPE] = co.create(
        "maya", "itil.change_model", RECIPE, risk_class="low", cis_scope=scope,
        steps=["announce in the channel", "drain", "restart", "watch the queue"],
        test_plan="The queue is empty after ten minutes.",
        backout_step="Start the former process again.", max_outage_min=10, backout_max_min=10,
    )  # fmt: skip
    yield co.at(-24, 9)
    co.do("maya", model, "propose_model")
    co.attempt("carl", model, "approve_model")
    yield co.at(-23, 11)
    co.vote(model, "itil.model_approval", "carl", "otto", comment="Three times without a hitch.")
    co.do("carl", model, "approve_model")


def _standard(co: Company, title: str, item: str, day: int, fate: str) -> Story:
    """The story of a standard change at noon: scheduled by its model as soon as it is raised."""
    start = co.at(day, 12)
    raised = min(start - timedelta(days=1), co.stage.today - timedelta(hours=2))
    yield raised
    key = co.made[title] = co.create(
        "jonas", "itil.change", title, type="standard", reason="maintenance", model=co.made[RECIPE],
        cis=[co.items[item]], implementer="ravi", planned_outage_min=0,
        planned_start=text(start), planned_end=text(start + timedelta(hours=1)),
    )  # fmt: skip
    co.do("jonas", key, "schedule_standard")
    if fate == "scheduled":
        return
    yield start
    yield from done(co, fate, key, start, {})
