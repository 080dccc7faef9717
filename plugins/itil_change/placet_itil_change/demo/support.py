"""A month at the service desk: incidents, one major incident, the problems that caused them, and requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from placet_itil_change.demo.company import WORKSPACE, Company, Story


@dataclass(frozen=True, slots=True)
class _Call:
    """The course of one incident."""

    title: str
    category: str
    item: str
    impact: int
    urgency: int
    #: Business days from today, and the hour, at which it came in.
    day: int
    hour: int
    #: Hours until somebody took it, and until it was resolved.
    taken: float
    resolved: float
    #: Its end: a state, `waited` (for the user, then resolved), `reopened`, `handed_up`.
    fate: str = "closed"
    code: str = "fixed"
    channel: str = "portal"
    by: str = "uma"


# fmt: off
_CALLS = [
    #     title                                          category    item              i  u   day  h   taken resolved fate
    _Call("Settlement report shows last week",            "reports",  "report-batch",   3, 3, -22, 10, 1.5,  6.0),
    _Call("Mail to merchants is late",                    "mail",     "mail-relay",     3, 2, -21, 9,  0.8,  5.0, code="workaround"),
    _Call("Cannot log on to the portal",                  "access",   "portal-web",     4, 2, -20, 13, 0.3,  0.9, code="user_error", channel="phone"),
    _Call("Portal answers slowly",                        "speed",    "portal-web",     2, 3, -19, 11, 0.4,  9.0, "handed_up"),
    _Call("Export stops at 65,536 rows",                  "reports",  "report-batch",   4, 4, -18, 15, 5.0,  44.0, "waited", by="theo"),
    _Call("Gateway refuses one card scheme",              "payments", "gateway-app-1",  2, 2, -16, 8,  0.2,  3.1, channel="monitoring"),
    _Call("Mail to merchants is late again",              "mail",     "mail-relay",     3, 2, -15, 9,  1.0,  4.0, code="workaround", by="theo"),
    _Call("Printer in accounting prints blank pages",     "printing", "edge-lb",        4, 3, -14, 10, 2.0,  30.0, "waited", channel="phone"),
    _Call("Refund shows twice",                           "payments", "gateway-app-2",  2, 2, -13, 14, 0.6,  11.0, "reopened"),
    _Call("Storage latency doubled",                      "speed",    "san-1",          2, 2, -11, 16, 0.3,  2.0, channel="monitoring"),
    _Call("Certificate warning on the portal",            "access",   "portal-web",     2, 2, -10, 8,  0.2,  1.2, channel="mail"),
    _Call("Report batch ran twice",                       "reports",  "report-batch",   4, 3, -9,  7,  4.0,  12.0, code="no_fault"),
    _Call("Wrong currency on a receipt",                  "payments", "gateway-app-1",  3, 3, -8,  12, 1.0,  20.0, by="theo"),
    _Call("Nightly mail digest missing",                  "mail",     "mail-relay",     3, 3, -6,  9,  1.0,  7.0, "resolved", code="workaround"),
    _Call("Portal search finds nothing",                  "speed",    "portal-db",      3, 2, -5,  10, 0.5,  5.0, "handed_up"),
    _Call("Dashboard is empty for one merchant",          "reports",  "report-batch",   4, 3, -4,  11, 3.0,  9.0, "resolved", by="theo"),
    _Call("Chargeback file cannot be read",               "payments", "gateway-app-2",  3, 2, -3,  14, 1.0,  0.0, "pending"),
    _Call("Terminal loses its connection",                "payments", "edge-lb",        3, 3, -2,  9,  2.0,  0.0, "in_progress"),
    _Call("Two invoices share a number",                  "reports",  "report-batch",   4, 2, -1,  15, 0.0,  0.0, "triaged"),
    _Call("Password mail never arrives",                  "mail",     "portal-web",     4, 3, 0,   7,  0.0,  0.0, "new", by="theo"),
]
# fmt: on
_NOTES = {
    "fixed": "The cause was found and taken away; checked with the user.",
    "workaround": "The queue of bounces was emptied; mail flows again.",
    "no_fault": "Looked at the logs of that night; the batch ran once.",
    "user_error": "The account was locked after three attempts; unlocked, explained.",
}


def stories(company: Company) -> list[Story]:
    """All stories of the service desk."""
    return [
        *(_call(company, call) for call in _CALLS),
        _major(company),
        _known_error(company),
        _laptops(company),
    ]


def _record(co: Company, call: _Call) -> str:
    key = co.create(
        call.by, "itil.incident", call.title, summary=call.title, channel=call.channel,
        symptoms=f"{call.title}; noticed just now, it worked before.",
    )  # fmt: skip
    co.made[call.title] = key
    return key


def _triage(co: Company, call: _Call, key: str) -> None:
    co.do(
        "sam", key, "triage", impact=call.impact, urgency=call.urgency, category=call.category,
        cis=[co.items[call.item]], group="service desk",
    )  # fmt: skip


def _resolve(co: Company, by: str, key: str, code: str) -> None:
    co.do(by, key, "resolve", resolution_code=code, resolution_notes=_NOTES[code])


def _call(co: Company, call: _Call) -> Story:
    """The story of an incident."""
    begun = co.at(call.day, call.hour)
    yield begun
    key = _record(co, call)
    if call.fate == "new":
        return
    yield begun + timedelta(minutes=6)
    _triage(co, call, key)
    if call.fate == "triaged":
        return
    taken = begun + timedelta(hours=call.taken)
    yield taken
    co.attempt("sam", key, "start_work")
    co.do("sam", key, "start_work", assignee="sam")
    if call.fate == "in_progress":
        return
    yield from _worked_on(co, call, key, taken)
    if call.fate in {"pending", "resolved"}:
        return
    yield begun + timedelta(hours=call.resolved + 20)
    if call.fate == "reopened":
        co.do(call.by, key, "reopen", "It is back since this morning.")
        yield begun + timedelta(hours=call.resolved + 24)
        _resolve(co, "rosa", key, "fixed")
        yield begun + timedelta(hours=call.resolved + 48)
    co.do(call.by, key, "close", satisfaction=4)


def _worked_on(co: Company, call: _Call, key: str, taken: datetime) -> Story:
    """From taking it to its resolution."""
    begun = co.at(call.day, call.hour)
    resolver = "sam"
    if call.fate == "handed_up":
        yield taken + timedelta(minutes=50)
        co.do("sam", key, "escalate_functional", next_group="operations")
        yield taken + timedelta(minutes=80)
        co.do("rosa", key, "start_work", assignee="rosa")
        resolver = "rosa"
    if call.fate in {"waited", "pending"}:
        yield taken + timedelta(minutes=30)
        co.do("sam", key, "pend", pending_reason="awaiting_user")
        if call.fate == "pending":
            return
        yield taken + timedelta(hours=22)
        co.do(call.by, key, "resume", "Here is the screenshot that you asked for.")
    yield begun + timedelta(hours=call.resolved)
    _resolve(co, resolver, key, call.code)


def _major(co: Company) -> Story:
    """Nobody can pay for two hours, and everybody gets an update every half hour."""
    begun = co.at(-7, 14)
    yield begun
    title = "Nobody can pay"
    key = co.made[title] = co.create(
        "sam", "itil.incident", title, summary=title, channel="monitoring", users_affected=8_000, service_down=True,
        symptoms="Every authorization runs into a timeout; the gateway's queue grows.",
    )  # fmt: skip
    yield begun + timedelta(minutes=3)
    co.do(
        "sam", key, "triage", impact=1, urgency=1, category="payments", group="operations",
        cis=[co.items["Payment gateway"], co.items["pay-db"]],
    )  # fmt: skip
    yield begun + timedelta(minutes=9)
    co.do("mia", key, "declare_major", "Payments are down for everybody.")
    update = (
        ("The gateway waits for its database; operations looks at the database's locks.", 25),
        ("A report holds a lock on the ledger since 13:50. It is being ended.", 50),
        ("The lock is gone, the queue drains. Payments succeed again; we watch.", 78),
        ("All queues are empty. Merchants need not do anything.", 105),
    )
    for words, minutes in update:
        yield begun + timedelta(minutes=minutes)
        co.do("mia", key, "post_update", words, update_audience="merchants and management")
    yield begun + timedelta(minutes=110)
    co.attempt("rosa", key, "resolve")
    co.do("mia", key, "stand_down_major")
    yield begun + timedelta(minutes=115)
    co.do(
        "rosa", key, "resolve", resolution_code="fixed",
        resolution_notes="A report held a lock on the ledger for an hour; it was ended, the queue drained.",
    )  # fmt: skip
    yield begun + timedelta(hours=20)
    problem = co.engine.items.get(co.people["pia"], key).links["itil.caused_by_problem"][0]
    co.do("pia", problem, "start_investigation")
    co.engine.items.comment(co.people["pia"], problem, "Why may a report hold a lock that payments need?")


def _known_error(co: Company) -> Story:
    """Late mail recurs: its cause is known, and a workaround until it is fixed."""
    yield co.at(-14, 10)
    problem = co.made["late mail"] = co.create(
        "pia", "itil.problem", "Mail to merchants is late after every campaign", source="reactive",
        category="mail", cis=[co.items["mail-relay"]], impact=3, urgency=2,
    )  # fmt: skip
    for title in ("Mail to merchants is late", "Mail to merchants is late again"):
        co.engine.items.link(co.people["pia"], co.made[title], "itil.caused_by_problem", problem)
    co.do("pia", problem, "start_investigation")
    yield co.at(-12, 15)
    co.attempt("pia", problem, "identify_known_error")
    co.attach(
        "rosa", problem, "rca", "Five whys, from the late mail to the queue of bounces without a limit."
    )
    co.do(
        "pia", problem, "identify_known_error",
        root_cause="The relay keeps bounces for ever, and its disk fills up after every campaign.",
        rca_method="five_whys", cause_category="configuration",
        workaround="Empty the queue of bounces.", workaround_tested_at=co.at(-12, 14).isoformat(),
        known_error_article="Is mail late? Empty the queue of bounces on mail-relay, and ask the user to wait ten minutes.",
    )  # fmt: skip
    yield co.at(-2, 11)
    co.do(
        "pia", problem, "raise_fix", create_change=True, fix_plan="Keep bounces for three days, warn at 80 %."
    )


#: The catalog's form for a laptop.
_FORM = {
    "type": "object",
    "properties": {"size": {"type": "string", "enum": ["13 inch", "16 inch"]}, "why": {"type": "string"}},
    "required": ["size"],
}


def _laptops(co: Company) -> Story:
    """A catalog of two entries, and four requests: two delivered, one with its approvers, one that waits."""
    begun = co.at(-25, 9)
    yield begun
    laptop = co.create(
        "otto", "itil.request_model", "Laptop", form_schema=_FORM, budget_owner="ivy",
        tasks=[{"id": "order", "group": "purchasing"}, {"id": "install", "group": "workplace"}],
    )  # fmt: skip
    report = co.create(
        "otto", "itil.request_model", "Another report", auto_approve=True, target_bh=16,
        form_schema={"type": "object", "properties": {"columns": {"type": "string"}}, "required": ["columns"]},
        tasks=[{"id": "build", "group": "reporting"}],
    )  # fmt: skip
    co.attempt("uma", report, "publish_model")
    for model in (laptop, report):
        co.do("otto", model, "publish_model")
    yield co.at(-15, 10)
    first = _request(co, "uma", laptop, "A laptop for a new colleague", cost="1450", size="13 inch")
    free = _request(co, "theo", report, "A report of refunds by month", columns="month, refunds")
    # Timers route and approve them a moment later.
    yield co.at(-14, 11)
    co.vote(first, "itil.request_approval", "lea", "ivy", comment="Fine.")
    yield co.at(-13, 9)
    for key, tasks in ((first, ("order", "install")), (free, ("build",))):
        for task in tasks:
            co.do("fred", key, "complete_task", task=task)
        co.do("fred", key, "fulfil")
    yield co.at(-12, 9)
    co.do("uma", first, "close_request", satisfaction=5)
    yield co.at(-3, 9)
    second = _request(co, "theo", laptop, "A bigger laptop", cost="2300", size="16 inch", why="spreadsheets")
    under_way = _request(co, "uma", report, "A report of chargebacks", columns="scheme, chargebacks")
    yield co.at(-2, 9)
    co.vote(second, "itil.request_approval", "lea", comment="He needs it.")
    co.do("fred", under_way, "pend_request", pending_reason="awaiting_user")


def _request(co: Company, by: str, model: str, title: str, *, cost: str = "0", **form: str) -> str:
    made = co.engine.items.create(
        co.people[by], workspace=WORKSPACE, type="itil.service_request", title=title, parent=model,
        fields={"form": form, "beneficiary": by, "cost": cost},
    )  # fmt: skip
    return str(made.key)
