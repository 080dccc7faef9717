"""Reports that are made from the log of a project, and how a board reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from placet import BusinessCalendar
from placet_prince2.overview.markdown import markdown
from placet_prince2.overview.models import Report
from placet_prince2.overview.past import entries_at
from placet_prince2.overview.reports import issued_at, made

D = Decimal
START = datetime(2026, 2, 2, 9, tzinfo=UTC)
RED = {
    "aspect": "cost", "unit": "EUR", "target": "100000", "forecast": "113500", "deviation": "13500",
    "limit_upper": "10000", "limit_lower": "10000", "used_percent": "135.0", "light": "red", "because": [],
}  # fmt: skip


@dataclass
class Event:
    key: str
    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]


@dataclass
class Log:
    """Writes events as the engine does, an hour apart."""

    events: list[Event] = field(default_factory=list)

    def _add(self, key: str, kind: str, **data: Any) -> datetime:
        at = START + timedelta(hours=len(self.events))
        self.events.append(Event(key, kind, at, "ann", data))
        return at

    def make(self, key: str, type: str, state: str, parent: str | None = None, **fields: Any) -> datetime:
        changes = {name: [None, value] for name, value in fields.items()}
        return self._add(
            key, "created", type=type, title=f"Title of {key}", to_state=state, parent=parent, changes=changes
        )

    def move(self, key: str, state: str, **fields: Any) -> datetime:
        changes = {name: [None, value] for name, value in fields.items()}
        return self._add(key, "transition", transition=f"to_{state}", to_state=state, changes=changes)

    def edit(self, key: str, **fields: Any) -> datetime:
        return self._add(key, "edited", changes={name: [None, value] for name, value in fields.items()})

    def report(self, key: str) -> Report:
        return made(
            self.events, "P-1", key, START + timedelta(days=30), calendar=BusinessCalendar(), least=Decimal(0)
        )


def project() -> Log:
    """A project in its second stage, with a product, a breach and a risk."""
    log = Log()
    log.make(
        "P-1", "prince2.project", "delivering", budget="200000", change_budget="20000", risk_budget="40000"
    )
    log.make(
        "P-2", "prince2.stage", "active", "P-1", number=2, kind="delivery", budget="100000",
        actual_cost="62000", estimate_to_complete="51500", planned_end="2026-03-31", statuses=[RED],
    )  # fmt: skip
    log.make("P-3", "prince2.product", "in_review", "P-2", kind="specialist", weight=3)
    log.make("P-4", "governance.risk", "assessed", "P-1", kind="threat", exposure="15000.00", score=12)
    log.make("P-5", "prince2.report", "due", "P-1", kind="highlight")
    return log


class TestTheMoment:
    def test_is_that_of_the_issue(self) -> None:
        """Later events do not change an issued report; a draft follows."""
        log = project()
        issued = log.move("P-5", "issued", outlook="Good")
        log.move("P-3", "approved")
        log.edit("P-2", statuses=[])

        found = log.report("P-5")

        assert (found.issued, found.as_of, found.outlook) == (True, issued, "Good")
        assert [each.key for each in found.products_next] == ["P-3"]
        assert found.parts[1].light == "red"

    def test_is_now_until_then(self) -> None:
        """Also after the report was returned."""
        log = project()
        log.move("P-5", "issued")
        log.move("P-5", "drafting")
        log.move("P-3", "approved")

        found = log.report("P-5")

        assert not found.issued
        assert [each.key for each in found.products_done] == ["P-3"]

    def test_stays_after_the_acceptance(self) -> None:
        """An accepted report is the issued one."""
        log = project()
        issued = log.move("P-5", "issued")
        log.move("P-5", "accepted")

        assert issued_at(log.events, "P-5") == issued


class TestThePeriod:
    def test_begins_after_the_report_before_it(self) -> None:
        """Of the same kind and subject; nothing falls between two of them, and nothing counts twice."""
        log = project()
        log.move("P-3", "approved")
        first = log.move("P-5", "issued")
        log.make("P-6", "prince2.issue", "captured", "P-1", kind="problem_concern")
        log.make("P-7", "prince2.report", "due", "P-1", kind="highlight")

        before, after = log.report("P-5"), log.report("P-7")

        assert (before.since, after.since) == (None, first)
        assert ([e.key for e in before.products_done], [e.key for e in after.products_done]) == (["P-3"], [])
        assert ([e.key for e in before.issues_raised], [e.key for e in after.issues_raised]) == ([], ["P-6"])
        assert [e.key for e in before.risks_new] == ["P-4"]
        assert after.risks_new == []

    def test_counts_only_what_still_holds(self) -> None:
        """A product that went back to its team is not done."""
        log = project()
        log.move("P-3", "approved")
        log.move("P-3", "in_development")

        found = log.report("P-5")

        assert (found.products_done, [e.key for e in found.products_next]) == ([], ["P-3"])


class TestTheFigures:
    def test_are_those_of_the_registers(self) -> None:
        """Budget, forecast, exposure and earned value, as the log has them."""
        log = project()
        log.edit("P-1", change_budget_used="14500")
        found = log.report("P-5")

        assert found.change_budget is not None
        assert (found.change_budget.used, found.change_budget.left) == (D(14_500), D(5_500))
        assert (found.risk.open_threats, found.risk.exposure, found.risk.risk_budget) == (
            1,
            D(15_000),
            D(40_000),
        )
        assert [(e.key, e.forecast_cost, e.actual_cost) for e in found.parts] == [
            ("P-1", D(113_500), D(62_000)), ("P-2", D(113_500), D(62_000)),
        ]  # fmt: skip
        assert found.earned_value is not None
        assert (found.earned_value.earned, found.earned_value.spent) == (D(0), D(62_000))

    def test_of_a_checkpoint_are_those_of_its_package(self) -> None:
        """A team reports its own products, quality and cost."""
        log = project()
        log.make(
            "P-6", "prince2.work_package", "in_progress", "P-2", products=["P-3"], budget="30000",
            actual_cost="10000", estimate_to_complete="15000",
        )  # fmt: skip
        log.make("P-7", "prince2.quality_activity", "performed", "P-3", result="fail")
        log.make("P-8", "prince2.quality_activity", "scheduled", "P-3")
        log.make("P-9", "prince2.report", "due", "P-6", kind="checkpoint")

        found = log.report("P-9")

        assert (found.subject.key, [(e.key, e.forecast_cost) for e in found.parts]) == (
            "P-6",
            [("P-6", D(25_000))],
        )
        assert [e.key for e in found.products_next] == ["P-3"]
        assert (found.quality.passed, found.quality.failed, found.quality.outstanding) == (0, 1, 1)
        assert (found.change_budget, found.business_case) == (None, None)

    def test_name_the_business_case_and_how_much_may_fail(self) -> None:
        """A draft without cash flows has no margins."""
        log = project()
        flows = [{"period": year, "amount": "200000"} for year in (1, 2, 3)]
        log.make(
            "P-6", "prince2.management_product", "approved", "P-1", kind="business_case", npv="115419.40",
            roi_percent="50", payback_years="2", costs=[{"period": 0, "amount": "400000"}], benefits=flows,
            discount_rate="8",
        )  # fmt: skip

        case = log.report("P-5").business_case

        assert case is not None
        assert (case.npv, case.benefit_margin, case.cost_margin) == (
            Decimal("115419.40"), Decimal("22.4"), Decimal("28.9"),
        )  # fmt: skip
        log.edit("P-6", costs=[], benefits=[])
        empty = log.report("P-5").business_case
        assert empty is not None
        assert (empty.benefit_margin, empty.scenarios) == (None, [])


class TestReading:
    def test_begins_with_what_is_out_of_line(self) -> None:
        """An exception comes before everything else, and every aspect has its figures in its unit."""
        log = project()
        breach = {
            "aspect": "cost",
            "unit": "EUR",
            "target": "100000",
            "limit": "10000",
            "forecast": "113500",
            "deviation": "13500",
        }
        log.make("P-6", "prince2.exception", "raised", "P-2", level="stage", breaches=[breach])
        log.move("P-5", "issued", outlook="All <b>well</b>\nsoon")

        text = markdown(log.report("P-5"), ZoneInfo("Europe/Berlin"))

        assert text.startswith("# Highlight report: Title of P-1\n\nProject: Title of P-1 (P-1)  \n")
        assert "Issued: 2026-02-02 16:00 CET" in text
        assert "- P-6 Title of P-6, raised: cost +13500 EUR (10000 permitted)\n" in text
        assert "| cost | 100000 EUR | 113500 | +13500 | -10000 / +10000 | 135.0 % | RED |" in text
        assert text.index("## Exceptions") < text.index("## Outlook") < text.index("## Performance")
        assert "> All \\<b\\>well\\</b\\>\n> soon" in text

    def test_has_the_sections_of_its_kind(self) -> None:
        """A lessons report is about lessons, an end project report about everything."""
        log = project()
        for number, kind in ((6, "lessons"), (7, "end_project"), (8, "checkpoint")):
            log.make(f"P-{number}", "prince2.report", "due", "P-1", kind=kind)

        def sections(key: str) -> list[str]:
            lines = markdown(log.report(key), ZoneInfo("UTC")).splitlines()
            return [line[3:] for line in lines if line.startswith("## ")]

        assert sections("P-6") == ["Lessons"]
        assert sections("P-7") == [
            "Performance against tolerances", "Cost and time", "Business case", "Benefits", "Products", "Exceptions",
            "Issues and changes", "Risks", "Lessons",
        ]  # fmt: skip
        assert sections("P-8") == [
            "Performance against tolerances", "Cost and time", "Products", "Issues and changes",
        ]  # fmt: skip


class TestThePast:
    def test_is_that_of_any_moment(self) -> None:
        """State, title and fields as they were; roles, comments and refusals change none of them."""
        log = Log()
        log.make("P-1", "prince2.project", "mandated", mandate="Move")
        log._add("P-1", "roles", role="prince2.executive", changes={"prince2.executive": [[], ["eva"]]})
        log._add(
            "P-1", "edited", changes={"title": ["Title of P-1", "Move the office"], "budget": [None, "5"]}
        )
        moved = log.move("P-1", "starting_up")
        log._add("P-1", "refused", transition="reject")

        early, late = (entries_at(log.events, at)[0] for at in (moved - timedelta(hours=1), moved))

        assert (early.state, early.title, early.fields) == (
            "mandated",
            "Move the office",
            {"mandate": "Move", "budget": "5"},
        )
        assert (late.state, late.since, [move.transition for move in late.moves]) == (
            "starting_up", moved, ["to_starting_up"],
        )  # fmt: skip
        assert entries_at(log.events, START - timedelta(hours=1)) == []
