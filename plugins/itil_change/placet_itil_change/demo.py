"""The demonstration organisation: a payment service, its people, and two months of its changes.

Everything is made through the engine, by the people who do such things, in the order in which it happened: each change
is a story that tells when it goes on, and the stage plays the stories by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from placet import BlockedError, Decision
from placet.demo import Script, Shown, Stage

_WORKSPACE = "PAY"
_PEOPLE = {
    "maya": ("Maya Lindqvist", ["change_initiator"]),
    "jonas": ("Jonas Weber", ["change_initiator", "change_implementer"]),
    "ravi": ("Ravi Menon", ["change_implementer", "resolver"]),
    "lea": ("Lea Moreau", ["delegated_change_authority"]),
    "carl": ("Carl Novak", ["change_manager"]),
    "finn": ("Finn Okafor", ["cab_member"]),
    "gina": ("Gina Rossi", ["cab_member", "ecab_member"]),
    "dana": ("Dana Petrova", ["cab_member"]),
    "otto": ("Otto Brandt", ["service_owner"]),
    "ivy": ("Ivy Tanaka", ["it_director"]),
    "cora": ("Cora Silva", ["configuration_manager"]),
    "dora": ("Dora Haddad", ["duty_manager", "ecab_member"]),
    "pia": ("Pia Jensen", ["problem_manager"]),
}
_ITEMS = {
    # name: (kind, criticality, data class, depends on)
    "Payment gateway": ("service", 5, "restricted", ["gateway-app-1", "gateway-app-2", "pay-db"]),
    "gateway-app-1": ("application", 4, "confidential", ["pay-db"]),
    "gateway-app-2": ("application", 4, "confidential", ["pay-db"]),
    "pay-db": ("database", 4, "restricted", ["san-1"]),
    "Merchant portal": ("service", 3, "internal", ["portal-web", "portal-db"]),
    "portal-web": ("application", 2, "internal", []),
    "portal-db": ("database", 3, "confidential", ["san-1"]),
    "Reporting": ("service", 2, "internal", ["report-batch"]),
    "report-batch": ("application", 1, "internal", []),
    "edge-lb": ("network", 3, "public", []),
    "san-1": ("server", 3, "restricted", []),
    "mail-relay": ("server", 2, "internal", []),
}
_PLANS = {
    "implementation_plan": "Drain the node, deploy, run the smoke test, put it back; then the next node.",
    "test_plan": "Yesterday's traffic replayed in staging, then the smoke test on each node.",
    "backout_plan": "Deploy the former version from the artefact store, node by node.",
    "backout_max_min": 20,
}
_LOW = {
    "planned_outage_min": 0, "users_affected": 0, "data_class": "public",
    "novelty": 1, "complexity": 1, "testing": 1, "backout": 1,
}  # fmt: skip
_MEDIUM = _LOW | {"novelty": 2, "complexity": 2, "testing": 2, "backout": 2, "users_affected": 40}
_HIGH = _LOW | {"novelty": 3, "complexity": 3, "testing": 3, "backout": 3, "users_affected": 3000}
_VERIFIED = {"verification_note": "Probes green for fifteen minutes, a test payment went through."}

#: A story yields the moment at which it goes on.
Story = Iterator[datetime]


@dataclass(frozen=True, slots=True)
class _Plot:
    """One normal change as it went."""

    title: str
    item: str
    #: Business days from today to its planned start, and the hour; it is raised about two weeks before.
    day: int
    hour: int
    risk: dict[str, Any]
    #: How far it got: a state, or `backed_out` and `issues` for how it closed.
    fate: str
    reason: str = "maintenance"
    initiator: str = "maya"


# fmt: off
_PLOTS = [
    #     title, item, business day, hour, risk, fate, reason, initiator
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
    _Plot("Release 4.13 of the merchant portal",              "portal-web",    -17, 11, _LOW,    "closed",     "release",     "jonas"),
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
    _Plot("Reorganise the storage volumes",                   "san-1",         3,   11, _MEDIUM, "scheduled"),
    _Plot("Enable transparent encryption on the portal",      "portal-db",     9,   13, _MEDIUM, "scheduled",  "security"),
    _Plot("Upgrade the payment database to the next version", "pay-db",        3,   10, _HIGH,   "authorize"),
    _Plot("Introduce instant refunds in the gateway",         "gateway-app-1", 13,  10, _HIGH,   "authorize",  "business"),
    _Plot("Move the mail relay to the cloud provider",        "mail-relay",    14,  15, _MEDIUM, "authorize"),
    _Plot("Replace the edge's rate limiter",                  "edge-lb",       16,  13, _MEDIUM, "assess",     "business"),
    _Plot("Split the portal's session store",                 "portal-web",    18,  11, _LOW,    "assess",     "business",    "jonas"),
    _Plot("Consolidate the reporting jobs",                   "report-batch",  21,  14, _LOW,    "new",        "business"),
    _Plot("Evaluate the vendor's new payment terminal",       "gateway-app-2", 24,  10, _MEDIUM, "new",        "business",    "jonas"),
]
# fmt: on


def perform(stage: Stage) -> Script:
    """Make the organisation, and play its two months."""
    return _Company(stage).play()


class _Company:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.engine = stage.engine
        self.today = _weekday(stage.today.replace(hour=9))
        self.people: dict[str, Any] = {}
        self.items: dict[str, str] = {}
        self.changes: dict[str, str] = {}

    def play(self) -> Script:
        self.stage.at(self.today - timedelta(days=66))
        self._open()
        self._items()
        self._windows()
        stories = [self._normal(plot) for plot in _PLOTS]
        stories += [self._model(), self._emergency(), self._verbal()]
        self._run(stories)
        self.stage.at(self.stage.today)
        return Script(
            welcome="The demonstration organisation runs a payment service. Be one of its people:",
            people=(
                Shown("carl", "Carl Novak", "change manager"),
                Shown("maya", "Maya Lindqvist", "raises changes"),
                Shown("finn", "Finn Okafor", "sits on the change advisory board"),
            ),
            key=self.changes["Upgrade the payment database to the next version"],
            transition="authorize_change",
        )

    def _run(self, stories: list[Story]) -> None:
        """Play the stories side by side, each going on when its moment has come, up to today."""
        waiting: list[tuple[datetime, int, Story]] = []
        for number, story in enumerate(stories):
            heappush(waiting, (next(story), number, story))
        while waiting:
            moment, number, story = heappop(waiting)
            if moment > self.stage.today:
                continue
            self.stage.at(moment)
            following = next(story, None)
            if following is not None:
                heappush(waiting, (max(following, moment), number, story))

    # The scenery

    def _open(self) -> None:
        director = self.stage.director
        self.engine.create_workspace(director, key=_WORKSPACE, name="Payments", methods=["itil"])
        holders: dict[str, list[str]] = {}
        for id, (name, roles) in _PEOPLE.items():
            mail = f"{id}@payments.example"
            self.people[id] = self.engine.add_actor(director, id=id, name=name, email=mail)
            for role in roles:
                holders.setdefault(f"itil.{role}", []).append(id)
        for role, people in holders.items():
            self.engine.assign(director, _WORKSPACE, role, people)

    def _create(self, by: str, item_type: str, title: str, /, **fields: Any) -> str:
        made = self.engine.create(
            self.people[by], workspace=_WORKSPACE, type=item_type, title=title, fields=fields
        )
        return str(made.key)

    def _items(self) -> None:
        for name, (kind, criticality, data_class, _) in _ITEMS.items():
            self.items[name] = self._create(
                "cora", "itil.configuration_item", name,
                kind=kind, criticality=criticality, data_class=data_class, owner="otto",
            )  # fmt: skip
        for name, (_, _, _, needed) in _ITEMS.items():
            for other in needed:
                self.engine.link(self.people["cora"], self.items[name], "itil.depends_on", self.items[other])

    def _windows(self) -> None:
        sunday = self.today - timedelta(days=self.today.isoweekday(), hours=9 - 2)
        self._create(
            "carl", "itil.change_window", "Sunday maintenance", kind="maintenance", scope=["all"],
            start=_text(sunday), end=_text(sunday + timedelta(hours=4)), rrule="FREQ=WEEKLY",
        )  # fmt: skip
        freeze = self.today + timedelta(days=40)
        self._create(
            "carl", "itil.change_window", "Peak season freeze", kind="freeze", scope=["all"],
            start=_text(freeze), end=_text(freeze + timedelta(days=14)),
        )  # fmt: skip

    # The stories

    def _do(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> None:
        self.stage.move(self.people[by], key, transition, comment=comment, **fields)

    def _try(self, by: str, key: str, transition: str) -> None:
        """Try what is not allowed yet, as people do; the refusal stays in the history."""
        try:
            self._do(by, key, transition)
        except BlockedError:
            return
        raise AssertionError(f"{transition} on {key} was to be refused")

    def _vote(self, key: str, approval: str, *people: str, comment: str = "") -> None:
        for person in people:
            self.engine.decide(self.people[person], key, approval, Decision.APPROVE, comment=comment)

    def _attach(self, by: str, key: str, kind: str, text: str) -> None:
        self.engine.attach(
            self.people[by],
            key,
            kind=kind,
            name=f"{kind}.txt",
            content=text.encode(),
            media_type="text/plain",
        )

    def _at(self, day: int, hour: int, minute: int = 0) -> datetime:
        weeks, rest = divmod(self.today.isoweekday() - 1 + day, 5)
        monday = self.today - timedelta(days=self.today.isoweekday() - 1)
        return (monday + timedelta(weeks=weeks, days=rest)).replace(hour=hour, minute=minute)

    def _normal(self, plot: _Plot) -> Story:
        """A normal change, as far as it got."""
        start = self._at(plot.day, plot.hour)
        if plot.fate in {"implement", "backing_out"}:
            start = self.stage.today - timedelta(minutes=50)
        end = start + timedelta(hours=2)
        fields = {
            "type": "normal", "reason": plot.reason, "cis": [self.items[plot.item]], "implementer": "ravi",
            "planned_start": _text(start), "planned_end": _text(end), **_PLANS, **plot.risk,
        }  # fmt: skip
        raised = min(start - timedelta(days=15), self.stage.today - timedelta(days=3))
        yield raised
        key = self.changes[plot.title] = self._create(plot.initiator, "itil.change", plot.title, **fields)
        if plot.fate == "new":
            return
        yield raised + timedelta(hours=3)
        self._do(plot.initiator, key, "submit")
        if plot.fate == "assess":
            self.engine.comment(self.people["carl"], key, "Who has tested this against the nightly batch?")
            return
        yield raised + timedelta(hours=5)
        self._try("carl", key, "request_authorization")
        yield raised + timedelta(hours=20)
        self._attach("ravi", key, "test_result", "All 312 regression tests passed in staging.")
        self._do("carl", key, "request_authorization")
        if plot.fate == "cancelled":
            yield raised + timedelta(hours=30)
            self._do(plot.initiator, key, "cancel_change", "The provider moves the subnet itself next year.")
            return
        yield raised + timedelta(hours=26)
        yield from self._decided(plot, key, raised)
        if plot.fate in {"authorize", "rejected", "scheduled"}:
            return
        yield start
        yield from self._done(plot, key, start)

    def _decided(self, plot: _Plot, key: str, raised: datetime) -> Story:
        """The authority's decision, by the class of its risk."""
        if plot.fate == "rejected":
            comment = "No way back once the table is rewritten; split it into steps that can be reverted."
            self.engine.decide(
                self.people["finn"], key, "itil.change_approval", Decision.REJECT, comment=comment
            )
            yield raised + timedelta(hours=30)
            self._do("carl", key, "reject_change", "As the advisory board asks, in smaller steps.")
            return
        risk_class = self.engine.item(self.people["carl"], key).fields["risk_class"]
        voters = {"low": ["lea"], "medium": ["carl"]}.get(risk_class, ["gina", "dana"])
        if plot.fate == "authorize":
            # One vote is cast, or none, so that something is left for a visitor to do.
            self._vote(key, "itil.change_approval", *voters[:1] if len(voters) > 1 else ())
            return
        self._vote(key, "itil.change_approval", *voters, comment="Plans and tests look sound.")
        if len(voters) > 1:
            yield raised + timedelta(hours=27)
            self._try("carl", key, "authorize_change")
            yield raised + timedelta(hours=44)
            self._vote(key, "itil.change_approval", "finn", comment="Fine with the staged roll-out.")
        yield raised + timedelta(hours=46)
        self._do("carl", key, "authorize_change")

    def _done(self, plot: _Plot, key: str, start: datetime) -> Story:
        """Implementation, and how it ended."""
        self._do("ravi", key, "start_implementation")
        if plot.fate == "implement":
            return
        yield start + timedelta(minutes=40)
        if plot.fate == "failed":
            self._do(
                "ravi", key, "declare_failed", "The index build locks the table; neither forward nor back."
            )
            return
        if plot.fate in {"backing_out", "backed_out"}:
            self._do("ravi", key, "start_backout", "Two partners cannot read the answers any more.")
            if plot.fate == "backing_out":
                return
            yield start + timedelta(minutes=55)
            self._do("ravi", key, "finish_backout", **_VERIFIED)
        else:
            outcome = "successful_with_issues" if plot.fate == "issues" else "successful"
            self._do("ravi", key, "complete_implementation", outcome=outcome, **_VERIFIED)
        if plot.fate == "review":
            return
        yield start + timedelta(hours=26)
        self._do("cora", key, "confirm_items", no_data_change=True)
        yield start + timedelta(hours=30)
        review = {"pir_reviewer": "carl", "pir_findings": "Looked at with those involved; lessons are noted."}
        needed = self.engine.item(self.people["carl"], key).fields.get("pir_required")
        self._do("carl", key, "close_change", **(review if needed else {}))

    def _model(self) -> Story:
        """A change model, used twice."""
        scope = [self.items["mail-relay"], self.items["report-batch"]]
        yield self.today - timedelta(days=60)
        model = self._create(
            "maya", "itil.change_model", "Restart a batch or mail service", risk_class="low", cis_scope=scope,
            steps=["announce in the channel", "drain", "restart", "watch the queue"],
            backout_step="Start the former process again.", max_outage_min=10, backout_max_min=10,
        )  # fmt: skip
        yield self.today - timedelta(days=59)
        self._try("maya", model, "approve_model")
        yield self.today - timedelta(days=58)
        self._do("maya", model, "propose_model")

    def _emergency(self) -> Story:
        """An emergency that the board authorised within the hour."""
        begun = self._at(-11, 13)
        yield begun
        key = self._create(
            "jonas", "itil.change", "Block the addresses of the credential attack", type="emergency",
            reason="security", cis=[self.items["edge-lb"]], implementer="ravi",
            emergency_justification="Stolen passwords are being tried at forty a second from one provider.",
            planned_start=_text(begun + timedelta(minutes=50)), planned_end=_text(begun + timedelta(hours=2)),
            **_PLANS, **_LOW,
        )  # fmt: skip
        self.changes["emergency"] = key
        self._do("jonas", key, "expedite")
        yield begun + timedelta(minutes=15)
        self._try("carl", key, "authorize_emergency")
        yield begun + timedelta(minutes=30)
        self._vote(key, "itil.ecab_approval", "gina", "dora", comment="By phone, go ahead.")
        self._do("carl", key, "authorize_emergency")
        yield begun + timedelta(minutes=50)
        self._do("ravi", key, "start_implementation")
        yield begun + timedelta(minutes=70)
        self._do("ravi", key, "complete_implementation", outcome="successful", **_VERIFIED)

    def _verbal(self) -> Story:
        """An emergency done on the duty manager's word, whose records are still missing."""
        begun = self._at(-1, 3)
        yield begun
        key = self._create(
            "jonas", "itil.change", "Disable the leaked service account", type="emergency", reason="security",
            cis=[self.items["report-batch"]], implementer="ravi",
            emergency_justification="Its password was found in a public repository tonight.",
        )  # fmt: skip
        self.changes["verbal"] = key
        yield begun + timedelta(minutes=10)
        self._do("ravi", key, "implement_on_verbal", verbal_authoriser="dora")
        yield begun + timedelta(minutes=25)
        self._do("ravi", key, "complete_implementation", outcome="successful", **_VERIFIED)


def _weekday(moment: datetime) -> datetime:
    """The moment, or the same hour on the Monday after it."""
    return moment + timedelta(days=max(0, 8 - moment.isoweekday()) if moment.isoweekday() > 5 else 0)  # noqa: PLR2004


def _text(moment: datetime) -> str:
    return moment.isoformat()
