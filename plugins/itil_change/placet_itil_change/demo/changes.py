"""Two months of changes: raised, decided on, done and reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from placet import Decision
from placet_itil_change.demo.company import Company, Story, text

_PLANS = {
    "implementation_plan": "Drain the node, deploy, run the smoke test, put it back; then the next node.",
    "test_plan": "Yesterday's traffic replayed in staging, then the smoke test on each node.",
    "backout_plan": "Deploy the former version from the artifact store, node by node.",
    "backout_max_min": 20,
}
_LOW = {
    "planned_outage_min": 0, "users_affected": 0, "data_class": "public",
    "novelty": 1, "complexity": 1, "testing": 1, "backout": 1,
}  # fmt: skip
_MEDIUM = _LOW | {"novelty": 2, "complexity": 2, "testing": 2, "backout": 2, "users_affected": 40}
_HIGH = _LOW | {"novelty": 3, "complexity": 3, "testing": 3, "backout": 3, "users_affected": 3000}
#: The name of the model that some changes try out.
RECIPE = "Restart a batch or mail service"
_VERIFIED = {"verification_note": "Probes green for fifteen minutes, a test payment went through."}


@dataclass(frozen=True, slots=True)
class _Plot:
    """The course of one normal change."""

    title: str
    item: str
    #: Business days from today to its planned start, and the hour; it is raised about two weeks before.
    day: int
    hour: int
    risk: dict[str, Any]
    #: Its end: a state, or `backed_out` or `issues` for how it closed.
    fate: str
    reason: str = "maintenance"
    initiator: str = "maya"
    #: Whether it tries out the recipe of `standard.py`.
    recipe: bool = False

    @property
    def deployment(self) -> dict[str, Any]:
        """The fields that DORA asks about: releases, fixes and features are deployed."""
        if self.reason not in {"release", "business", "fix"}:
            return {}
        return {"is_deployment": True}


# fmt: off
_PLOTS = [
    # title, item, business day, hour, risk, fate, reason, initiator
    _Plot("Renew the certificate of the merchant portal",     "portal-web",    -34, 10, _LOW,    "closed",     "security"),
    _Plot("Move the report batch to the night window",        "report-batch",  -33, 14, _LOW,    "closed"),
    _Plot("Raise the connection pool of the gateway",         "gateway-app-1", -32, 11, _MEDIUM, "closed",     "fix"),
    _Plot("Same pool size on the second node",                "gateway-app-2", -31, 11, _MEDIUM, "closed",     "fix"),
    _Plot("Apply the quarterly patch set to the mail relay",  "mail-relay",    -30, 15, _LOW,    "closed",     "security"),
    _Plot("Enable response compression at the edge",          "edge-lb",       -29, 13, _MEDIUM, "backed_out", "business"),
    _Plot("Archive settled payments older than five years",   "portal-db",     -27, 10, _MEDIUM, "closed"),
    _Plot("Release 4.12 of the merchant portal",              "portal-web",    -26, 11, _LOW,    "issues",     "release",     "jonas"),
    _Plot("Replace the failing disk shelf",                   "san-1",         -25, 10, _MEDIUM, "closed"),
    _Plot("Rotate the keys of the settlement export",         "report-batch",  -24, 14, _LOW,    "closed",     "security"),
    _Plot("Switch the portal to the new login page",          "portal-web",    -23, 11, _LOW,    "closed",     "business",    "jonas"),
    _Plot("Rewrite the gateway's routing table",              "gateway-app-1", -21, 10, _HIGH,   "rejected",   "business"),
    _Plot("Move the mail relay to the new subnet",            "mail-relay",    -20, 15, _LOW,    "cancelled"),
    _Plot("Update the time zone data on all nodes",           "edge-lb",       -19, 10, _MEDIUM, "closed"),
    _Plot("Add a read replica for reporting",                 "portal-db",     -18, 13, _MEDIUM, "closed",     "business"),
    _Plot("Release 4.13 of the merchant portal",              "portal-web",    -17, 11, _LOW,    "backed_out", "release",     "jonas"),
    _Plot("Tighten the firewall before the database",         "edge-lb",       -15, 14, _MEDIUM, "closed",     "security"),
    _Plot("Upgrade the gateway runtime",                      "gateway-app-1", -14, 10, _HIGH,   "closed",     "maintenance"),
    _Plot("Upgrade the gateway runtime on the second node",   "gateway-app-2", -13, 10, _HIGH,   "closed",     "maintenance"),
    _Plot("Purge the bounced mail queue weekly",              "mail-relay",    -10, 15, _LOW,    "closed"),
    _Plot("Index the settlement table",                       "portal-db",     -9,  13, _MEDIUM, "failed",     "fix"),
    _Plot("Release 4.14 of the merchant portal",              "portal-web",    -7,  11, _LOW,    "closed",     "release",     "jonas"),
    _Plot("Retire the old reporting view",                    "report-batch",  -6,  14, _LOW,    "closed",     "business"),
    _Plot("Raise the log retention to 400 days",              "mail-relay",    -5,  15, _LOW,    "closed",     "security"),
    _Plot("Release 4.15 of the merchant portal",              "portal-web",    -3,  11, _LOW,    "review",     "release",     "jonas"),
    _Plot("Patch the load balancer's firmware",               "edge-lb",       0,   13, _MEDIUM, "backing_out", "security"),
    _Plot("Move the report batch to the new scheduler",       "report-batch",  0,   15, _LOW,    "implement"),
    _Plot("Release 4.16 of the merchant portal",              "portal-web",    7,   11, _LOW,    "scheduled",  "release",     "jonas"),
    _Plot("Reorganize the storage volumes",                   "san-1",         3,   11, _MEDIUM, "scheduled"),
    _Plot("Enable transparent encryption on the portal",      "portal-db",     9,   13, _MEDIUM, "scheduled",  "security"),
    _Plot("Upgrade the payment database to the next version", "pay-db",        3,   10, _HIGH,   "authorize"),
    _Plot("Introduce instant refunds in the gateway",         "gateway-app-1", 13,  10, _HIGH,   "authorize",  "business"),
    _Plot("Move the mail relay to the cloud provider",        "mail-relay",    14,  15, _MEDIUM, "authorize"),
    _Plot("Replace the edge's rate limiter",                  "edge-lb",       16,  13, _MEDIUM, "assess",     "business"),
    _Plot("Split the portal's session store",                 "portal-web",    18,  11, _LOW,    "assess",     "business",    "jonas"),
    _Plot("Consolidate the reporting jobs",                   "report-batch",  21,  14, _LOW,    "new",        "business"),
    _Plot("Restart the mail relay with new libraries",        "mail-relay",    -34, 15, _LOW,    "closed",     recipe=True),
    _Plot("Restart the report batch with more memory",        "report-batch",  -31, 15, _LOW,    "closed",     recipe=True),
    _Plot("Restart the mail relay with another resolver",     "mail-relay",    -28, 15, _LOW,    "closed",     recipe=True),
    _Plot("Evaluate the vendor's new payment terminal",       "gateway-app-2", 24,  10, _MEDIUM, "new",        "business",    "jonas"),
]
# fmt: on


def stories(company: Company) -> list[Story]:
    """All stories of changes."""
    return [
        *(_normal(company, plot) for plot in _PLOTS),
        _emergency(company),
        _verbal(company),
    ]


def _normal(co: Company, plot: _Plot) -> Story:
    """The story of a normal change."""
    start = co.at(plot.day, plot.hour)
    if plot.fate in {"implement", "backing_out"}:
        start = co.stage.today - timedelta(minutes=50)
    end = start + timedelta(hours=2)
    fields = {
        "type": "normal", "reason": plot.reason, "cis": [co.items[plot.item]], "implementer": "ravi",
        "planned_start": text(start), "planned_end": text(end), **_PLANS, **plot.risk,
    }  # fmt: skip
    raised = min(start - timedelta(days=15), co.stage.today - timedelta(days=3))
    yield raised
    if plot.recipe:
        fields["model"] = co.made[RECIPE]
    key = co.made[plot.title] = co.create(plot.initiator, "itil.change", plot.title, **fields)
    if plot.fate == "new":
        return
    yield raised + timedelta(hours=3)
    co.do(plot.initiator, key, "submit")
    if plot.fate == "assess":
        co.engine.items.comment(co.people["carl"], key, "Who has tested this against the nightly batch?")
        return
    yield raised + timedelta(hours=5)
    co.attempt("carl", key, "request_authorization")
    yield raised + timedelta(hours=20)
    co.attach("ravi", key, "test_result", "All 312 regression tests passed in staging.")
    co.do("carl", key, "request_authorization")
    if plot.fate == "cancelled":
        yield raised + timedelta(hours=30)
        co.do(plot.initiator, key, "cancel_change", "The provider moves the subnet itself next year.")
        return
    yield raised + timedelta(hours=26)
    yield from _decided(co, plot, key, raised)
    if plot.fate in {"authorize", "rejected", "scheduled"}:
        return
    yield start
    deployed = plot.deployment and plot.deployment | {"first_commit_at": text(start - timedelta(days=2))}
    yield from done(co, plot.fate, key, start, deployed)


def _decided(co: Company, plot: _Plot, key: str, raised: datetime) -> Story:
    """The authority's decision, by the class of its risk."""
    if plot.fate == "rejected":
        comment = "No way back once the table is rewritten; split it into steps that can be reverted."
        co.engine.approvals.vote(
            co.people["finn"], key, "itil.change_approval", Decision.REJECT, comment=comment
        )
        yield raised + timedelta(hours=30)
        co.do("carl", key, "reject_change", "As the advisory board asks, in smaller steps.")
        return
    risk_class = co.engine.items.get(co.people["carl"], key).fields["risk_class"]
    voters = {"low": ["lea"], "medium": ["carl"]}.get(risk_class, ["gina", "dana"])
    if plot.fate == "authorize":
        # At most one vote is cast, so that a visitor can cast the others.
        co.vote(key, "itil.change_approval", *voters[:1] if len(voters) > 1 else ())
        return
    co.vote(key, "itil.change_approval", *voters, comment="Plans and tests look sound.")
    if len(voters) > 1:
        yield raised + timedelta(hours=27)
        co.attempt("carl", key, "authorize_change")
        yield raised + timedelta(hours=44)
        co.vote(key, "itil.change_approval", "finn", comment="Fine with the staged roll-out.")
    yield raised + timedelta(hours=46)
    co.do("carl", key, "authorize_change")


def done(co: Company, fate: str, key: str, start: datetime, deployed: dict[str, Any]) -> Story:
    """Implementation, and how it ended."""
    co.do("ravi", key, "start_implementation")
    if fate == "implement":
        return
    yield start + timedelta(minutes=40)
    if fate == "failed":
        co.do(
            "ravi",
            key,
            "declare_failed",
            "The index build locks the table; neither forward nor back.",
            **deployed,
        )
        return
    if fate in {"backing_out", "backed_out"}:
        co.do("ravi", key, "start_backout", "Two partners cannot read the answers any more.")
        if fate == "backing_out":
            return
        yield start + timedelta(minutes=55)
        co.do("ravi", key, "finish_backout", **_VERIFIED, **deployed)
    else:
        outcome = "successful_with_issues" if fate == "issues" else "successful"
        co.do("ravi", key, "complete_implementation", outcome=outcome, **_VERIFIED, **deployed)
    if fate == "review":
        return
    yield start + timedelta(hours=26)
    co.do("cora", key, "confirm_items", no_data_change=True)
    yield start + timedelta(hours=30)
    review = {"pir_reviewer": "carl", "pir_findings": "Looked at with those involved; lessons are noted."}
    needed = co.engine.items.get(co.people["carl"], key).fields.get("pir_required")
    co.do("carl", key, "close_change", **(review if needed else {}))


def _emergency(co: Company) -> Story:
    """An emergency that the board authorized within the hour."""
    begun = co.at(-11, 13)
    yield begun
    key = co.create(
        "jonas", "itil.change", "Block the addresses of the credential attack", type="emergency",
        reason="security", cis=[co.items["edge-lb"]], implementer="ravi",
        emergency_justification="Stolen passwords are being tried at forty a second from one provider.",
        planned_start=text(begun + timedelta(minutes=50)), planned_end=text(begun + timedelta(hours=2)),
        **_PLANS, **_LOW,
    )  # fmt: skip
    co.made["emergency"] = key
    co.do("jonas", key, "expedite")
    yield begun + timedelta(minutes=15)
    co.attempt("carl", key, "authorize_emergency")
    yield begun + timedelta(minutes=30)
    co.vote(key, "itil.ecab_approval", "gina", "dora", comment="By phone, go ahead.")
    co.do("carl", key, "authorize_emergency")
    yield begun + timedelta(minutes=50)
    co.do("ravi", key, "start_implementation")
    yield begun + timedelta(minutes=70)
    co.do(
        "ravi", key, "complete_implementation", outcome="successful", **_VERIFIED,
        is_deployment=True, first_commit_at=text(begun + timedelta(minutes=5)), unplanned_rework=True,
    )  # fmt: skip


def _verbal(co: Company) -> Story:
    """An emergency done on the duty manager's word, whose records are still missing."""
    begun = co.at(-1, 3)
    yield begun
    incident = co.create(
        "sam", "itil.incident", "A stranger reads our reports",
        summary="A stranger reads our reports", symptoms="Reports are fetched from an address that is not ours.",
        channel="monitoring", impact=1, urgency=1, category="security", cis=[co.items["report-batch"]],
    )  # fmt: skip
    yield begun + timedelta(minutes=4)
    key = co.create(
        "jonas", "itil.change", "Disable the leaked service account", type="emergency", reason="security",
        cis=[co.items["report-batch"]], implementer="ravi",
        emergency_justification="Its password was found in a public repository tonight.",
    )  # fmt: skip
    co.made["verbal"] = key
    co.engine.items.link(co.people["jonas"], key, "itil.raised_from", incident)
    yield begun + timedelta(minutes=10)
    co.do("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
    yield begun + timedelta(minutes=25)
    co.do("ravi", key, "complete_implementation", outcome="successful", **_VERIFIED)
    yield begun + timedelta(minutes=40)
    co.confirm("dora", key, "itil.spoken_authorization", "By phone, at ten past three.")
    yield begun + timedelta(hours=6)
    co.engine.items.edit(
        co.people["ravi"], key,
        fields={"pir_reviewer": "carl", "pir_findings": "The password had been in the repository for a year."},
    )  # fmt: skip
