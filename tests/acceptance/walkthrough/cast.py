"""The people of the story, and what they do again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from acceptance.conftest import Organisation, Person, placet, serving
from post import eventually

#: A Monday morning.
START = "2026-03-02T09:00:00Z"
WORKSPACE = {
    "key": "OPS",
    "name": "Self-service portal",
    "methods": ["governance", "prince2", "agile", "itil", "cobit", "integration"],
    "settings": {"governance": {"eg_importance": {"EG05": 5}}},
}
REASON = "as was agreed in the meeting of the board"
#: The roles of everybody in the organisation, besides those on the project or the team.
CAST = {
    "bruno": ["governance.governance_board"],
    "berta": ["governance.business_layer"],
    "olga": ["governance.executive"],
    "hana": ["governance.senior_user", "governance.benefit_owner"],
    "tomas": ["agile.coach"],
    "ute": [],
    "petr": ["governance.project_manager"],
    "maya": ["itil.change_initiator"],
    "ana": [],
    "ivan": [],
    "dana": ["itil.cab_member"],
    "emil": [],
    "kira": [],
    "carl": ["itil.change_manager", "cobit.control_performer"],
    "otto": ["itil.service_owner", "itil.cab_member", "governance.communication_owner"],
    "finn": ["itil.cab_member"],
    "gina": ["itil.cab_member"],
    "ravi": ["itil.change_implementer"],
    "dora": ["itil.duty_manager"],
    "sam": ["itil.service_desk_analyst"],
    "rosa": ["itil.resolver"],
    "mia": ["itil.major_incident_manager"],
    "pia": ["itil.problem_manager"],
    "tara": ["governance.training_lead"],
    "cleo": ["cobit.control_owner", "cobit.finding_owner"],
    "nils": ["cobit.control_tester"],
    "lena": ["cobit.control_reviewer"],
    "cora": ["governance.cio", "itil.configuration_manager"],
    "paul": ["governance.process_owner"],
    "rhea": ["governance.resource_manager"],
    "aude": ["placet.auditor"],
}
#: The gates of controls begin with it.
CONTROL = "cobit.control."
BOARD = {"olga": "approve", "hana": "approve", "tomas": "abstain"}
PROJECT_TEAM = {
    "executive": "olga", "senior_user": "hana", "senior_supplier": "tomas", "project_assurance": "ute",
    "change_authority": "kira",
}  # fmt: skip
SCRUM_TEAM = {"product_owner": ["ana"], "scrum_master": ["ivan"], "developer": ["dana", "emil"]}
DOD = ("code_reviewed", "tests_green", "docs")
ALL_DONE = dict.fromkeys(DOD, True)
READY = dict.fromkeys(
    ("value", "acceptance_criteria", "estimate", "no_open_dependency", "small_enough"), True
)


class Cast(Organisation):
    """A running server with one workspace under all methods, and its people."""

    cast = CAST

    def open(self, **settings: Any) -> None:
        self.admin.send("POST", "/workspaces", WORKSPACE | settings, expect=201)
        holders: dict[str, list[str]] = {}
        for person, roles in CAST.items():
            self.admin.send("POST", "/actors", {"id": person, "name": person.title()}, expect=201)
            for role in roles:
                holders.setdefault(role, []).append(person)
        for role, people in holders.items():
            self.assign(role, *people)


class Story:
    """The state of the story: its people, and the items that they have made so far."""

    #: The items by the name that the story has for them.
    objective: str
    project: str
    benefit: str
    initiation: str
    delivery: str
    rollout: str
    brief: str
    case: str
    lessons: str
    team: str
    portal: str
    reports: str
    handbook: str
    mvp: str
    reporting: str
    exception: str
    request: str
    sprint: str
    service: str
    freeze: str
    c1: str
    c2: str
    c3: str
    announcement: str
    training: str
    incident: str
    off_specification: str
    bug: str
    problem: str
    increment: str
    risk: str
    lesson: str
    #: The operating controls, by the default control of which each was made.
    controls: dict[str, str]
    finding: str

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.stories: list[str] = []

    def by(self, person: str) -> Person:
        """One of the people."""
        found: Person = getattr(self.cast, person)
        return found

    def fields(self, key: str) -> dict[str, Any]:
        """The fields of an item."""
        fields: dict[str, Any] = self.cast.admin.get(f"/items/{key}")["fields"]
        return fields

    def state(self, key: str) -> str:
        """Where an item stands."""
        return str(self.cast.admin.get(f"/items/{key}")["state"])

    def linked(self, key: str, link_type: str) -> list[str]:
        """The items at the other end of links from or to an item."""
        found = self.cast.admin.get(f"/items/{key}/links")["links"]
        return [each["key"] for each in found if each["link_type"] == link_type]

    def decided_on(self, key: str) -> list[tuple[str, str]]:
        """The decisions about an item that are in the register, the oldest first: the right, and who has decided."""
        found = sorted(self.linked(key, "governance.records"), key=lambda each: int(each.rpartition("-")[2]))
        return [(each["right"], each["decided_by"]) for each in map(self.fields, found)]

    def all(self, type: str, **where: Any) -> list[str]:
        """Items of a type, the oldest first."""
        wanted = {f"field.{name}": value for name, value in where.items()}
        found = self.cast.admin.get("/items", type=type, limit=200, **wanted)["items"]
        return sorted((each["key"] for each in found), key=lambda key: int(key.rpartition("-")[2]))

    def due(self, kind: str, project: str) -> str:
        """The newest report of a kind that is to be written."""
        found = self.all("prince2.report", project=project, kind=kind)
        return next(key for key in reversed(found) if self.state(key) == "due")

    def status(self, key: str, aspect: str) -> dict[str, Any]:
        """One tolerance of an item against its forecast."""
        return next(each for each in self.fields(key)["statuses"] if each["aspect"] == aspect)

    def hears(self, person: str, key: str) -> bool:
        """Whether somebody is notified of an item; the worker writes it soon."""

        def notified() -> bool:
            found = self.by(person).get("/inbox", limit=100)["notifications"]
            return key in {each["item"] for each in found}

        return eventually(notified)

    def appoint(self, by: str, key: str, role: str, *people: str) -> None:
        """Let somebody appoint people on an item."""
        self.by(by).send("PUT", f"/items/{key}/roles/{role}", {"actors": list(people)})

    def confirm(self, person: str, key: str, confirmation: str) -> None:
        """Let somebody confirm in person what another has written about them."""
        self.by(person).send("PUT", f"/items/{key}/confirmations/{confirmation}", {"decision": "confirm"})

    def decide(self, key: str, approval: str, **votes: str) -> None:
        """Let everybody vote."""
        for person, decision in votes.items():
            self.by(person).vote(key, approval, decision)

    def document(self, kind: str, parent: str | None = None, /, **fields: Any) -> str:
        """A document of the project that the project manager has written, and that was decided on."""
        key = self.by("petr").create(
            "prince2.management_product", kind.replace("_", " ").capitalize(), parent=parent or self.project,
            kind=kind, content="As agreed.", **fields,
        )  # fmt: skip
        self.by("petr").move(key, "submit")
        self.approved(key, kind)
        return key

    def approved(self, key: str, kind: str) -> None:
        """A document with the decision of those who decide on its kind."""
        votes = BOARD
        if kind.endswith("_approach"):
            votes = {"olga": "approve"} | ({"hana": "approve"} if kind == "benefits_approach" else {})
        self.decide(key, "prince2.board_decision", **votes)
        self.by("petr").move(key, "approve")

    def accepted(self, report: str) -> None:
        """The report of an end, issued and accepted by the board."""
        self.by("petr").move(
            report, "issue_report", issues_risks_summary="See the registers.", outlook="Good."
        )
        self.decide(report, "prince2.report_acceptance", **BOARD)
        self.by("olga").move(report, "accept_report")


def blocks(
    story: Story, person: str, key: str, transition: str, *gates: str, comment: str = "", **fields: Any
) -> dict[str, Any]:
    """Somebody is refused a transition by these gates, all of them in one answer; the blockers by their checks."""
    found = story.by(person).refused(key, transition, comment, **fields)
    assert set(map(stopped_by, found.values())) == set(gates), found
    return found


def stopped_by(blocker: Mapping[str, Any]) -> str:
    """The gate of a blocker; the gates of a control have its key, and are known by their check."""
    gate, check = str(blocker["gate"]), str(blocker["check"])
    return check if gate.startswith(CONTROL) else gate


Step = Callable[[Story], None]
Chapter = Mapping[int, Step]


@contextmanager
def performed(folder: Path, database: str) -> Iterator[Story]:
    """The stage on which the story is played: a server over a database, with everybody in their roles."""
    env = {"PLACET_DATABASE_URL": database}
    with serving(folder, START, env) as base:
        placet("actor", "add", "root", "--admin", folder=folder, env=env)
        token = placet("token", "create", "root", folder=folder, env=env)
        with closing(Cast(base, token)) as cast:
            cast.open()
            yield Story(cast)
