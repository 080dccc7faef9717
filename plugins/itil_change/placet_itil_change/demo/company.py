"""The organization: its people, its services, and the verbs of the stories.

Everything is made through the engine, by the responsible people, in order of time: each story yields the moment at which
it goes on, and the stage plays the stories by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from placet import BlockedError, Decision
from placet.demo import Stage

WORKSPACE = "PAY"
PEOPLE = {
    "maya": ("Maya Lindqvist", ["change_initiator"]),
    "jonas": ("Jonas Weber", ["change_initiator", "change_implementer"]),
    "ravi": ("Ravi Menon", ["change_implementer"]),
    "rosa": ("Rosa Delgado", ["resolver"]),
    "sam": ("Sam Whitfield", ["service_desk_analyst"]),
    "ines": ("Ines Kovac", ["incident_manager"]),
    "mia": ("Mia Andersen", ["major_incident_manager"]),
    "uma": ("Uma Shah", ["requester"]),
    "theo": ("Theo Klein", ["requester"]),
    "fred": ("Fred Osei", ["fulfiller"]),
    "lea": ("Lea Moreau", ["delegated_change_authority", "request_approver"]),
    "carl": ("Carl Novak", ["change_manager"]),
    "finn": ("Finn Okafor", ["cab_member"]),
    "gina": ("Gina Rossi", ["cab_member", "ecab_member"]),
    "dana": ("Dana Petrova", ["cab_member"]),
    "otto": ("Otto Brandt", ["service_owner"]),
    "ivy": ("Ivy Tanaka", ["it_director", "request_approver"]),
    "cora": ("Cora Silva", ["configuration_manager"]),
    "dora": ("Dora Haddad", ["duty_manager", "ecab_member"]),
    "pia": ("Pia Jensen", ["problem_manager"]),
}
ITEMS = {
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
#: Methods that the organization is governed by, where they are installed.
GOVERNED = ("governance", "integration")
#: Their further roles, where it is governed.
GOVERNING = {
    "ivy": ["governance_board", "cio", "executive"],
    "otto": ["benefit_owner", "senior_user", "business_layer"],
    "carl": ["process_owner"],
    "pia": ["risk_owner", "lessons_owner"],
    "cora": ["communication_owner"],
    "lea": ["resource_manager", "training_lead"],
    "ines": ["project_manager"],
}
#: Rows of the communication plan, each with its channel.
ANNOUNCED = {"freeze": "mail", "known_error": "portal", "major_incident_update": "status_page"}
#: A story yields the moment at which it goes on.
Story = Iterator[datetime]


class Company:
    """A payment service on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.engine = stage.engine
        self.today = _weekday(stage.today.replace(hour=9))
        #: Whether governance is there, with the bridges to it.
        self.governed = set(GOVERNED) <= set(stage.methods)
        self.people: dict[str, Any] = {}
        self.items: dict[str, str] = {}
        #: Keys of items that stories made, by the names that they gave them.
        self.made: dict[str, str] = {}
        stage.at(self.today - timedelta(days=66))
        self._open()
        self._items()
        self._windows()

    def play(self, stories: list[Story]) -> None:
        """Play the stories side by side, each at its own moments, up to today."""
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
        self.stage.at(self.stage.today)

    # The scenery

    def _open(self) -> None:
        director = self.stage.director
        self.engine.workspaces.create(
            director,
            key=WORKSPACE,
            name="Payments",
            methods=["itil", *(GOVERNED if self.governed else ())],
            settings={
                "itil": {"line_managers": {"uma": "lea", "theo": "lea", "lea": "ivy"}},
                **({"integration": {"communications": ANNOUNCED}} if self.governed else {}),
            },
        )
        holders: dict[str, list[str]] = {}
        for id, (name, roles) in PEOPLE.items():
            mail = f"{id}@payments.example"
            self.people[id] = self.stage.person(id, name, mail)
            for role in roles:
                holders.setdefault(f"itil.{role}", []).append(id)
            for role in GOVERNING.get(id, ()) if self.governed else ():
                holders.setdefault(f"governance.{role}", []).append(id)
        for role, people in holders.items():
            self.engine.workspaces.assign(director, WORKSPACE, role, people)

    def create(self, by: str, item_type: str, title: str, /, **fields: Any) -> str:
        made = self.engine.items.create(
            self.people[by], workspace=WORKSPACE, type=item_type, title=title, fields=fields
        )
        return str(made.key)

    def _items(self) -> None:
        for name, (kind, criticality, data_class, _) in ITEMS.items():
            self.items[name] = self.create(
                "cora", "itil.configuration_item", name,
                kind=kind, criticality=criticality, data_class=data_class, owner="otto",
            )  # fmt: skip
        for name, (_, _, _, needed) in ITEMS.items():
            for other in needed:
                self.engine.items.link(
                    self.people["cora"], self.items[name], "itil.depends_on", self.items[other]
                )

    def _windows(self) -> None:
        sunday = self.today - timedelta(days=self.today.isoweekday(), hours=9 - 2)
        self.create(
            "carl", "itil.change_window", "Sunday maintenance", kind="maintenance", scope=["all"],
            start=text(sunday), end=text(sunday + timedelta(hours=4)), rrule="FREQ=WEEKLY",
        )  # fmt: skip
        freeze = self.today + timedelta(days=40)
        self.create(
            "carl", "itil.change_window", "Peak season freeze", kind="freeze", scope=["all"],
            start=text(freeze), end=text(freeze + timedelta(days=14)),
        )  # fmt: skip

    # Acts of people

    def do(self, by: str, key: str, transition: str, comment: str = "", **fields: Any) -> None:
        self.stage.move(self.people[by], key, transition, comment=comment, **fields)

    def attempt(self, by: str, key: str, transition: str) -> None:
        """Try a transition that is not allowed yet; the refusal stays in the history."""
        try:
            self.do(by, key, transition)
        except BlockedError:
            return
        raise AssertionError(f"{transition} on {key} was to be refused")

    def vote(self, key: str, approval: str, *people: str, comment: str = "") -> None:
        for person in people:
            self.engine.approvals.vote(self.people[person], key, approval, Decision.APPROVE, comment=comment)

    def confirm(self, by: str, key: str, confirmation: str, comment: str) -> None:
        self.engine.confirmations.decide(self.people[by], key, confirmation, confirm=True, comment=comment)

    def attach(self, by: str, key: str, kind: str, text: str) -> None:
        self.engine.evidence.attach(
            self.people[by],
            key,
            kind=kind,
            name=f"{kind}.txt",
            content=text.encode(),
            media_type="text/plain",
        )

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        weeks, rest = divmod(self.today.isoweekday() - 1 + day, 5)
        monday = self.today - timedelta(days=self.today.isoweekday() - 1)
        return (monday + timedelta(weeks=weeks, days=rest)).replace(hour=hour, minute=minute)


def _weekday(moment: datetime) -> datetime:
    """The moment, or the same hour on the Monday after it."""
    return moment + timedelta(days=max(0, 8 - moment.isoweekday()) if moment.isoweekday() > 5 else 0)  # noqa: PLR2004


def text(moment: datetime) -> str:
    """A moment as it is sent."""
    return moment.isoformat()
