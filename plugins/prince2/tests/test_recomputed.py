"""A report equals what anybody can work out from the events of its project, in plain Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .conftest import REASON, Organisation
from .reading import Api
from .test_dashboard import overspent

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


def worked_out(events: list[dict[str, Any]], report: str) -> dict[str, Any]:
    """The content of a report about a project, in the words of the method."""
    until = max(e["at"] for e in events if e["item"] == report and e.get("to_state") == "issued")
    items = folded(events, until)
    kind, parent = items[report]["fields"]["kind"], items[report]["parent"]
    earlier = [
        at
        for key, item in items.items()
        if key != report and item["type"] == "prince2.report"
        and (item["fields"]["kind"], item["parent"]) == (kind, parent)
        for at, state in item["at"]
        if state == "issued" and at < until
    ]  # fmt: skip
    since = max(earlier, default="")

    def of(type: str) -> dict[str, dict[str, Any]]:
        return {key: item for key, item in items.items() if item["type"] == type}

    def happened(item: dict[str, Any], states: set[str]) -> bool:
        return any(state in states and since < at <= until for at, state in item["at"][1:])

    issues, threats = of("prince2.issue"), of("governance.risk")
    accepted = {"approved", "handed_over"}
    return {
        "as_of": until,
        "since": since or None,
        "products_done": sorted(
            key for key, item in of("prince2.product").items()
            if item["state"] in accepted and happened(item, accepted)
        ),
        "issues_raised": sorted(key for key, item in issues.items() if item["made"] > since),
        "issues_open": sorted(key for key, item in issues.items() if item["state"] not in FINAL),
        "exceptions": sorted(
            key for key, item in of("prince2.exception").items()
            if item["state"] not in FINAL or item["made"] > since
        ),
        "lights": {
            line["aspect"]: (Decimal(line["deviation"]), line["light"])
            for item in of("prince2.stage").values()
            if item["state"] in {"active", "in_exception", "boundary"}
            for line in item["fields"]["statuses"]
        },
        "exposure": sum(
            Decimal(item["fields"].get("exposure") or 0)
            for item in threats.values()
            if item["state"] not in FINAL and item["fields"]["kind"] == "threat"
        ),
        "outlook": items[report]["fields"].get("outlook"),
    }  # fmt: skip


def said(report: dict[str, Any]) -> dict[str, Any]:
    """The same of a report."""
    return {
        "as_of": report["as_of"],
        "since": report["since"],
        **{
            name: sorted(each["key"] for each in report[name])
            for name in ("products_done", "issues_raised", "issues_open", "exceptions")
        },
        "lights": {
            line["aspect"]: (Decimal(line["deviation"]), line["light"])
            for part in report["parts"][1:]
            for line in part["tolerances"]
            if line["light"]
        },
        "exposure": Decimal(report["risk"]["exposure"]),
        "outlook": report["outlook"],
    }


def highlight(organisation: Organisation, outlook: str) -> str:
    organisation.forecast(organisation.project, benefits=200000, sustainability=40000)
    key = organisation.create(
        "pia", "report", "Highlight report", parent=organisation.project, kind="highlight"
    )
    organisation.move(
        "pia",
        key,
        "issue_report",
        issues_risks_summary="As listed.",
        lessons_summary="None.",
        outlook=outlook,
    )
    return key


class TestAReport:
    def test_equals_its_recomputation_from_the_events(self, organisation: Organisation) -> None:
        """Two in a row, with a breach, issues and a threat; what comes later changes neither.

        They are read as Markdown too; and who sees a package alone reads its checkpoint report alone.
        """
        stage, exception = overspent(organisation)
        api = Api(organisation.desk)
        issue = {"parent": organisation.project, "kind": "problem_concern", "description": "Late."}
        organisation.create("pia", "issue", "Late data", **issue)
        first = highlight(organisation, "Not good")
        organisation.desk.at("2026-02-20T10:00:00Z")
        organisation.create("pia", "issue", "Later data", **issue)
        organisation.create(
            "pia", "governance.risk", "Theft", parent=organisation.project, kind="threat", cause="c", event="e",
            effect="f", probability_percent=30, cost_impact=50000,
        )  # fmt: skip
        organisation.move("pia", stage, "update_forecasts", actual_cost=62000, estimate_to_complete=40000)
        organisation.move("pia", exception, "withdraw", REASON)
        second = highlight(organisation, "Good again")
        organisation.desk.at("2026-02-21T10:00:00Z")
        organisation.create("pia", "issue", "Last data", **issue)

        events = everything(api)
        for report in (first, second):
            found = api.read("eva", f"/x/prince2/reports/{report}")
            assert found["issued"]
            assert said(found) == worked_out(events, report)
        assert said(api.read("eva", f"/x/prince2/reports/{second}"))["lights"]["cost"] == (
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
        assert api.get("sven", f"/x/prince2/reports/{organisation.project}").status_code == 404

        package = organisation.create("pia", "work_package", "Forms", parent=stage)
        organisation.appoint(package, "team_manager", "tom")
        checkpoint = organisation.create("pia", "report", "Checkpoint", parent=package, kind="checkpoint")
        found = api.read("tom", f"/x/prince2/reports/{checkpoint}")
        assert (found["subject"]["key"], found["project"]["key"], found["issued"]) == (
            package,
            package,
            False,
        )
