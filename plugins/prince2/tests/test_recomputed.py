"""A report equals what anybody can work out from the events of its project, in plain Python."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from .conftest import REASON, Organization
from .reading import Api
from .test_dashboard import overspent
from .test_products_and_issues import PRODUCT, measured, recommended, under_way

FINAL = {"closed", "rejected", "resolved", "withdrawn", "occurred"}


def everything(api: Api) -> list[dict[str, Any]]:
    """The whole log, page by page, as an administrator gets it."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = api.read("eva", f"/events?workspace=DESK&limit=200{after}")
        found += page["events"]
        if not page["events"]:
            return found
        after = f"&after={page['next_cursor']}"


def folded(events: list[dict[str, Any]], until: str) -> dict[str, dict[str, Any]]:
    """Every item as it was at a moment: state, fields, when it was made, and when it came into which state."""
    items: dict[str, dict[str, Any]] = {}
    for event in events:
        key, kind = event["item"], event["kind"]
        if key is None or event["at"] > until or "role" in event:
            continue
        if kind == "created":
            items[key] = {
                "type": event["type"],
                "parent": event.get("parent"),
                "made": event["at"],
                "fields": {},
                "at": [],
            }
        if key in items:
            items[key]["fields"] |= {name: new for name, (_, new) in event["changes"].items()}
            if kind in {"created", "transition"}:
                items[key]["state"] = event["to_state"]
                items[key]["at"].append((event["at"], event["to_state"]))
    return items


class Recomputed:
    """A report in the words of the method, worked out from the events alone."""

    def __init__(self, events: list[dict[str, Any]], report: str) -> None:
        self.until = max(e["at"] for e in events if e["item"] == report and e.get("to_state") == "issued")
        self.items = folded(events, self.until)
        self.report = self.items[report]
        self.kind, self.subject = self.report["fields"]["kind"], self.report["parent"]
        earlier = [
            at
            for key, item in self.items.items()
            if key != report and item["type"] == "prince2.report"
            and (item["fields"]["kind"], item["parent"]) == (self.kind, self.subject)
            for at, state in item["at"]
            if state == "issued" and at < self.until
        ]  # fmt: skip
        self.since = max(earlier, default="")

    def of(self, type: str, below: str | None = None) -> dict[str, dict[str, Any]]:
        """Items of a type; those of a part of the project alone, if one is named."""
        return {
            key: item
            for key, item in self.items.items()
            if item["type"] == type and (below is None or self.lies_in(key, below))
        }

    def lies_in(self, key: str | None, part: str) -> bool:
        while key is not None and key != part:
            key = self.items[key]["parent"]
        return key == part

    def registered(self, type: str) -> dict[str, dict[str, Any]]:
        """A team reports on its package; everybody else on the registers of the project."""
        return self.of(type, self.subject if self.kind == "checkpoint" else None)

    def products(self) -> dict[str, dict[str, Any]]:
        """Those of a package are named by it, those of a stage by its packages, or lie below it."""
        if self.kind in {"highlight", "end_project"}:
            return self.of("prince2.product")
        packages = self.of("prince2.work_package", self.subject).values()
        named = {key for each in packages for key in each["fields"].get("products", ())}
        own = self.of("prince2.product", self.subject)
        return {key: item for key, item in self.of("prince2.product").items() if key in named | set(own)}

    def parts(self) -> set[str]:
        """The items of which tolerances are shown."""
        stages, packages = self.of("prince2.stage"), self.of("prince2.work_package", self.subject)
        running = {"active", "in_exception", "boundary"}
        below: dict[str, set[str]] = {
            "checkpoint": set(),
            "end_stage": set(packages),
            "highlight": {key for key, item in stages.items() if item["state"] in running},
            "end_project": set(stages),
        }
        return {self.subject} | below[self.kind]

    def happened(self, item: dict[str, Any], states: set[str]) -> bool:
        return any(state in states and self.since < at <= self.until for at, state in item["at"][1:])

    def new(self, type: str) -> list[str]:
        return sorted(key for key, item in self.registered(type).items() if item["made"] > self.since)

    def content(self) -> dict[str, Any]:
        accepted, decided = {"approved", "handed_over"}, {"implementing", "rejected", "deferred", "closed"}
        products, issues = self.products(), self.registered("prince2.issue")
        exceptions = self.registered("prince2.exception")
        results = [
            item["fields"].get("result") or item["state"]
            for item in self.of("prince2.quality_activity").values()
            if item["parent"] in products
        ]
        return {
            "kind": self.kind,
            "subject": self.subject,
            "as_of": self.until,
            "since": self.since or None,
            "products_done": sorted(
                key for key, item in products.items()
                if item["state"] in accepted and self.happened(item, accepted)
            ),
            "products_next": sorted(
                key for key, item in products.items() if item["state"] in {"in_development", "in_review"}
            ),
            "issues_raised": self.new("prince2.issue"),
            "issues_decided": sorted(key for key, item in issues.items() if self.happened(item, decided)),
            "issues_open": sorted(key for key, item in issues.items() if item["state"] not in FINAL),
            "exceptions": sorted(
                key for key, item in exceptions.items()
                if item["state"] not in FINAL or item["made"] > self.since
            ),
            "risks_new": self.new("governance.risk"),
            "lights": {
                (key, line["aspect"]): (Decimal(line["deviation"]), line["light"])
                for key in self.parts()
                for line in self.items[key]["fields"].get("statuses", ())
            },
            "quality": {
                "passed": results.count("pass"),
                "failed": results.count("fail"),
                "outstanding": results.count("scheduled"),
            },
            "exposure": sum(
                Decimal(item["fields"].get("exposure") or 0)
                for item in self.of("governance.risk").values()
                if item["state"] not in FINAL and item["fields"]["kind"] == "threat"
            ),
            "outlook": self.report["fields"].get("outlook"),
            **(self.to_the_board() if self.kind != "checkpoint" else dict.fromkeys(TO_THE_BOARD)),
        }  # fmt: skip

    def to_the_board(self) -> dict[str, Any]:
        """Figures of the whole project."""
        [project] = self.of("prince2.project").values()
        cases = [
            item["fields"]
            for item in self.of("prince2.management_product").values()
            if item["fields"]["kind"] == "business_case"
        ]
        return {
            "budget_used": Decimal(project["fields"].get("change_budget_used") or 0),
            "npv": Decimal(cases[-1]["npv"]),
            "earned_value": self.earned_value(Decimal(project["fields"]["budget"])),
            "scenarios": scenarios(cases[-1]),
            "benefits": {
                key: (item["state"], *(item["fields"].get(f"{name}_value") for name in VALUES))
                for key, item in self.of("governance.benefit").items()
            },
        }

    def earned_value(self, budget: Decimal) -> tuple[str, ...]:
        """Planned and earned value until then, by the weight of agreed products, and actual cost."""
        agreed = {"baselined", "in_development", "in_review", "approved", "handed_over"}
        listed = {key: i for key, i in self.of("prince2.product").items() if i["state"] in agreed}
        whole = sum(item["fields"]["weight"] for item in listed.values())
        earned = sum(
            i["fields"]["weight"] for i in listed.values() if i["state"] in {"approved", "handed_over"}
        )
        planned = sum(
            item["fields"]["weight"] for item in listed.values() if self.planned_end(item) <= self.until[:10]
        )
        spent = Decimal(0)
        for key, stage in self.of("prince2.stage").items():
            packages = self.of("prince2.work_package", key).values()
            teams = sum(amount(p, "actual_cost") for p in packages if p["state"] != "draft")
            spent += max(amount(stage, "actual_cost"), teams)
        return shown(budget * planned / whole), shown(budget * earned / whole), shown(spent)

    def planned_end(self, product: dict[str, Any]) -> str:
        """That of its package, or else of its stage; far away where neither has one."""
        parts = (product["fields"].get("work_package"), product["parent"])
        days = [self.items[key]["fields"].get("planned_end") for key in parts if key is not None]
        return next((str(day) for day in days if day is not None), "9999")


TO_THE_BOARD = ("budget_used", "npv", "earned_value", "scenarios", "benefits")
VALUES = ("target", "forecast", "actual")


def amount(item: dict[str, Any], name: str) -> Decimal:
    return Decimal(item["fields"].get(name) or 0)


def shown(figure: Decimal | Fraction) -> str:
    """An amount to the cent."""
    return f"{float(figure):.2f}"


def scenarios(case: dict[str, Any]) -> list[str]:
    """The present value with 10 % fewer benefits, 10 % more costs, both, and benefits a year later."""

    def present(name: str, later: int = 0) -> Fraction:
        growth = 1 + Fraction(case["discount_rate"]) / 100
        flows = [(each["period"] + later, Fraction(each["amount"])) for each in case[name]]
        return sum((value / growth**year for year, value in flows), Fraction())

    costs, benefits = present("costs"), present("benefits")
    tenth = Fraction(1, 10)
    found = (
        benefits * (1 - tenth) - costs,
        benefits - costs * (1 + tenth),
        benefits * (1 - tenth) - costs * (1 + tenth),
        present("benefits", later=1) - costs,
    )
    return [shown(each) for each in found]


def worked_out(events: list[dict[str, Any]], report: str) -> dict[str, Any]:
    """The content of a report about a project, in the words of the method."""
    return Recomputed(events, report).content()


def said(report: dict[str, Any]) -> dict[str, Any]:
    """The same of a report."""
    change, case = report["change_budget"], report["business_case"]
    lists = (
        "products_done", "products_next", "issues_raised", "issues_decided", "issues_open", "exceptions", "risks_new",
    )  # fmt: skip
    return {
        "kind": report["kind"],
        "subject": report["subject"]["key"],
        "as_of": report["as_of"],
        "since": report["since"],
        **{name: sorted(each["key"] for each in report[name]) for name in lists},
        "lights": {
            (part["key"], line["aspect"]): (Decimal(line["deviation"]), line["light"])
            for part in report["parts"]
            for line in part["tolerances"]
            if line["light"]
        },
        "quality": report["quality"],
        "exposure": Decimal(report["risk"]["exposure"]),
        "outlook": report["outlook"],
        "budget_used": None if change is None else Decimal(change["used"]),
        "npv": None if case is None else Decimal(case["npv"]),
        **(dict.fromkeys(TO_THE_BOARD[2:]) if case is None else said_to_the_board(report)),
    }


def said_to_the_board(report: dict[str, Any]) -> dict[str, Any]:
    value = report["earned_value"]
    return {
        "earned_value": tuple(shown(Decimal(value[name])) for name in ("planned", "earned", "spent")),
        "scenarios": [shown(Decimal(each["npv"])) for each in report["business_case"]["scenarios"]],
        "benefits": {
            each["key"]: (each["state"], *(each[f"{name}_value"] for name in VALUES))
            for each in report["benefits"]
        },
    }


def benefit(organization: Organization) -> str:
    """A benefit of the project, with what is expected of it."""
    organization.desk.hold("governance.benefit_owner", "eva")
    return organization.create(
        "eva", "governance.benefit", "Less post", parent=organization.project, description="d", unit="EUR",
        category="cost_saving", baseline=0, target_value=200000, forecast_value=190000,
    )  # fmt: skip


def highlight(organization: Organization, outlook: str) -> str:
    organization.forecast(organization.project, benefits=200000, sustainability=40000)
    key = organization.create(
        "pia", "report", "Highlight report", parent=organization.project, kind="highlight"
    )
    organization.move(
        "pia",
        key,
        "issue_report",
        issues_risks_summary="As listed.",
        lessons_summary="None.",
        outlook=outlook,
    )
    return key


def failing_package(organization: Organization) -> tuple[str, str, str]:
    """A product that has failed once and passed, its package with an issue on it, and another one beside it."""
    product, package = under_way(organization)
    stage = organization.fields(package)["stage"]
    other = organization.create("pia", "product", "Guide", parent=stage, **PRODUCT)
    organization.move("pia", other, "baseline_description")
    measured(organization, product, 7, "fail")
    organization.move("tara", product, "rework", REASON)
    organization.desk.at("2026-01-06T09:00:00Z")
    measured(organization, product, 3, "pass")
    about = {"kind": "problem_concern", "description": "Late."}
    organization.create("tara", "issue", "Late data", parent=package, **about)
    organization.create("pia", "issue", "Elsewhere", parent=organization.project, **about)
    return product, package, stage


class TestAReport:
    def test_equals_its_recomputation_from_the_events(self, organization: Organization) -> None:
        """Two in a row, with a breach, issues and a threat; what comes later changes neither.

        They are read as Markdown too; and who sees a package alone reads its checkpoint report alone.
        """
        stage, exception = overspent(organization)
        api = Api(organization.desk)
        issue = {"parent": organization.project, "kind": "problem_concern", "description": "Late."}
        organization.create("pia", "issue", "Late data", **issue)
        expected = benefit(organization)
        form, guide = (
            organization.create("pia", "product", title, parent=stage, **PRODUCT)
            for title in ("Form", "Guide")
        )
        organization.move("pia", form, "baseline_description")
        first = highlight(organization, "Not good")
        organization.desk.at("2026-02-20T10:00:00Z")
        organization.create("pia", "issue", "Later data", **issue)
        organization.create(
            "pia", "governance.risk", "Theft", parent=organization.project, kind="threat", cause="c", event="e",
            effect="f", probability_percent=30, cost_impact=50000,
        )  # fmt: skip
        organization.move("pia", stage, "update_forecasts", actual_cost=62000, estimate_to_complete=40000)
        organization.move("pia", stage, "update_forecasts")
        organization.move("pia", exception, "withdraw", REASON)
        organization.move("pia", guide, "baseline_description")
        organization.edit("eva", expected, forecast_value=210000)
        second = highlight(organization, "Good again")
        organization.desk.at("2026-02-21T10:00:00Z")
        organization.edit("eva", expected, forecast_value=1)
        organization.create("pia", "issue", "Last data", **issue)

        events = everything(api)
        for report in (first, second):
            found = api.read("eva", f"/x/prince2/reports/{report}")
            assert found["issued"]
            assert said(found) == worked_out(events, report)
        assert said(api.read("eva", f"/x/prince2/reports/{second}"))["lights"][stage, "cost"] == (
            Decimal(2000),
            "green",
        )

        path = f"/x/prince2/reports/{second}"
        asked, accepted = (
            api.get("sven", f"{path}?format=markdown"),
            api.get("sven", path, Accept="text/markdown"),
        )
        assert asked.headers["content-type"].startswith("text/markdown")
        assert asked.text == accepted.text
        assert asked.text.startswith("# Highlight report: Online claims\n")
        assert api.get("sven", f"{path}?format=pdf").status_code == 400
        assert api.get("sven", f"/x/prince2/reports/{organization.project}").status_code == 404

        package = organization.create("pia", "work_package", "Forms", parent=stage)
        organization.appoint(package, "team_manager", "tom")
        checkpoint = organization.create("pia", "report", "Checkpoint", parent=package, kind="checkpoint")
        found = api.read("tom", f"/x/prince2/reports/{checkpoint}")
        assert (found["subject"]["key"], found["project"]["key"], found["issued"]) == (
            package,
            package,
            False,
        )

    def test_on_a_package_equals_its_recomputation(self, organization: Organization) -> None:
        """Two checkpoint reports: issues and products of other packages are in neither."""
        product, package, _ = failing_package(organization)
        organization.move(
            "tara",
            package,
            "update_forecasts",
            forecast_end="2026-03-18",
            actual_cost=9000,
            estimate_to_complete=22500,
        )
        organization.desk.pass_time("2026-01-12T09:00:00Z")
        first = issued(organization, "tara", "checkpoint")
        organization.desk.at("2026-01-15T09:00:00Z")
        accepted(organization, product)
        organization.move(
            "tara", package, "update_forecasts", forecast_end="2026-03-21", estimate_to_complete=22500
        )
        organization.desk.pass_time("2026-01-19T09:00:00Z")
        second = issued(organization, "tara", "checkpoint")
        organization.desk.at("2026-01-20T09:00:00Z")
        organization.move("tara", package, "update_forecasts", forecast_end="2026-03-15")

        api = Api(organization.desk)
        events = everything(api)

        found = [said(api.read("eva", f"/x/prince2/reports/{report}")) for report in (first, second)]
        assert found == [worked_out(events, report) for report in (first, second)]
        assert [each["products_done"] for each in found] == [[], [product]]
        assert found[1]["lights"][package, "time"] == (6, "red")

    def test_on_a_stage_equals_its_recomputation(self, organization: Organization) -> None:
        """An end stage report, with its packages; what is decided after it does not change it."""
        product, package, stage = failing_package(organization)
        organization.forecast(stage, sustainability=12000)
        accepted(organization, product)
        for person, move in (("tara", "notify_completion"), ("pia", "receive")):
            organization.move(person, package, move)
        [exception] = organization.all("exception")
        organization.move("pia", exception, "withdraw", REASON)
        organization.desk.at("2026-01-12T09:00:00Z")
        organization.move("pia", stage, "start_boundary")
        report = organization.fields(stage)["end_stage_report"]
        organization.move("pia", report, "issue_report", issues_risks_summary="As listed.", outlook="Fine.")
        organization.desk.at("2026-01-13T09:00:00Z")
        organization.move("pia", product, "rework", REASON)

        api = Api(organization.desk)
        found = said(api.read("eva", f"/x/prince2/reports/{report}"))

        assert found == worked_out(everything(api), report)
        assert found["products_done"] == [product]
        assert {part for part, _ in found["lights"]} == {stage, package}
        assert found["earned_value"] == ("0.00", "250000.00", "0.00")
        assert found["quality"] == {"passed": 1, "failed": 1, "outstanding": 0}

    def test_on_a_whole_project_equals_its_recomputation(self, organization: Organization) -> None:
        """An end project report, of a project that ends early: all stages, change budget and case are in it."""
        _, _, stage = failing_package(organization)
        organization.forecast(stage, sustainability=12000)
        change = {"parent": organization.project, "kind": "request_for_change", "description": "-"}
        issue = recommended(
            organization, organization.create("ada", "issue", "Change", **change), cost_impact=4000
        )
        organization.move("carl", issue, "approve_issue")
        organization.desk.at("2026-01-12T09:00:00Z")
        why = {"closure_reason": "Nobody needs it any more at all."}
        organization.move("eva", organization.project, "prepare_premature_closure", **why)
        report = issued(organization, "pia", "end_project")
        organization.desk.at("2026-01-13T09:00:00Z")
        organization.move("pia", issue, "close_issue")

        api = Api(organization.desk)
        found = said(api.read("eva", f"/x/prince2/reports/{report}"))

        assert found == worked_out(everything(api), report)
        assert found["budget_used"] == 4000
        assert issue in found["issues_decided"]
        assert issue in found["issues_open"]
        assert {stage, *organization.all("stage")} >= {part for part, _ in found["lights"]} - {
            organization.project
        }


def accepted(organization: Organization, product: str) -> None:
    """A product in review is accepted."""
    organization.move("tara", product, "ask_acceptance")
    organization.vote(product, "uma", approval="product_acceptance")
    organization.move("pia", product, "approve_product")


def issued(organization: Organization, by: str, kind: str) -> str:
    """The report of a kind that is due, issued."""
    [due] = [
        key for key in organization.all("report")
        if organization.fields(key)["kind"] == kind and organization.state(key) == "due"
    ]  # fmt: skip
    organization.move(by, due, "issue_report", issues_risks_summary="As listed.", outlook="Fine.")
    return due
