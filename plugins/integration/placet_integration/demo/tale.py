"""The story of a project from its mandate to its benefit, written once: for a demonstration, and for tests over HTTP.

The people, the titles and the figures are here and in the chapters beside this module, with the acts that the story
repeats. A player supplies the verbs: `played.py` plays it on an engine, by the clock of a demonstration.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

#: A Monday morning.
START = "2026-03-02T09:00:00Z"
WORKSPACE: dict[str, Any] = {
    "key": "OPS",
    "name": "Self-service portal",
    "methods": ["governance", "prince2", "agile", "itil", "cobit", "integration"],
    "settings": {"governance": {"eg_importance": {"EG05": 5}}},
}
#: Everybody in the organization: the name, and the roles besides those on the project or the team.
CAST: dict[str, tuple[str, list[str]]] = {
    "bruno": ("Bruno Costa", ["governance.governance_board"]),
    "berta": ("Berta Ruiz", ["governance.business_layer"]),
    "olga": ("Olga Ivers", ["governance.executive"]),
    "hana": ("Hana Sato", ["governance.senior_user", "governance.benefit_owner"]),
    "tomas": ("Tomas Vidal", ["agile.coach"]),
    "ute": ("Ute Brenner", []),
    "petr": ("Petr Dvorak", ["governance.project_manager"]),
    "maya": ("Maya Lindqvist", ["itil.change_initiator"]),
    "ana": ("Ana Ribeiro", []),
    "ivan": ("Ivan Horvat", []),
    "dana": ("Dana Petrova", ["itil.cab_member"]),
    "emil": ("Emil Strand", []),
    "kira": ("Kira Wolff", []),
    "carl": ("Carl Novak", ["itil.change_manager", "cobit.control_performer"]),
    "otto": ("Otto Brandt", ["itil.service_owner", "itil.cab_member", "governance.communication_owner"]),
    "finn": ("Finn Okafor", ["itil.cab_member"]),
    "gina": ("Gina Rossi", ["itil.cab_member"]),
    "ravi": ("Ravi Menon", ["itil.change_implementer"]),
    "dora": ("Dora Haddad", ["itil.duty_manager"]),
    "sam": ("Sam Whitfield", ["itil.service_desk_analyst"]),
    "rosa": ("Rosa Delgado", ["itil.resolver"]),
    "mia": ("Mia Andersen", ["itil.major_incident_manager"]),
    "pia": ("Pia Jensen", ["itil.problem_manager"]),
    "tara": ("Tara Quinn", ["governance.training_lead"]),
    "cleo": ("Cleo Marchetti", ["cobit.control_owner", "cobit.finding_owner"]),
    "nils": ("Nils Dahl", ["cobit.control_tester"]),
    "lena": ("Lena Fischer", ["cobit.control_reviewer"]),
    "cora": ("Cora Silva", ["governance.cio", "itil.configuration_manager"]),
    "paul": ("Paul Adeyemi", ["governance.process_owner"]),
    "rhea": ("Rhea Nolan", ["governance.resource_manager"]),
    "aude": ("Aude Lambert", ["placet.auditor"]),
}
BOARD = {"olga": "approve", "hana": "approve", "tomas": "abstain"}
PROJECT_TEAM = {
    "executive": "olga", "senior_user": "hana", "senior_supplier": "tomas", "project_assurance": "ute",
    "change_authority": "kira",
}  # fmt: skip


class Player(Protocol):
    """One of the people, and what they do."""

    def create(self, item_type: str, title: str, /, **fields: Any) -> str:
        """Make an item, below that of the key `parent` if there is one."""
        ...

    def edit(self, key: str, **fields: Any) -> Any: ...
    def link(self, key: str, link_type: str, target: str, **attributes: Any) -> None: ...
    def move(self, key: str, transition: str, comment: str = "", /, **fields: Any) -> Any: ...
    def vote(self, key: str, approval: str, decision: str = "approve") -> Any: ...
    def attach(self, key: str, kind: str) -> None: ...


class Tale(ABC):
    """The state of the story: its people, and the items that they have made so far, by the names that it has for them."""

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
    #: The start and the end of the sprint.
    timebox: tuple[str, str]
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

    def __init__(self) -> None:
        self.stories: list[str] = []

    @abstractmethod
    def by(self, person: str) -> Player:
        """One of the people."""

    @abstractmethod
    def clock(self, now: str) -> None:
        """Let time pass until a moment of the story."""

    @property
    @abstractmethod
    def now(self) -> str:
        """The moment of the story."""

    @abstractmethod
    def appoint(self, by: str, key: str, role: str, *people: str) -> None:
        """Let somebody appoint people on an item."""

    @abstractmethod
    def confirm(self, person: str, key: str, confirmation: str) -> None:
        """Let somebody confirm in person what another has written about them."""

    @abstractmethod
    def seed(self, only: tuple[str, ...]) -> list[str]:
        """Let the CIO make the objectives, and the control owner drafts of default controls; returns their keys."""

    @abstractmethod
    def fields(self, key: str) -> dict[str, Any]:
        """The fields of an item."""

    @abstractmethod
    def linked(self, key: str, link_type: str) -> list[str]:
        """The items at the other end of links from or to an item."""

    @abstractmethod
    def all(self, type: str, **where: Any) -> list[str]:
        """Items of a type with these values of fields, the oldest first."""

    @abstractmethod
    def below(self, parent: str, type: str) -> list[str]:
        """Items of a type below another one, the oldest first."""

    @abstractmethod
    def state(self, key: str) -> str:
        """Where an item stands."""

    def due(self, kind: str, project: str) -> str:
        """The newest report of a kind that is to be written."""
        found = self.all("prince2.report", project=project, kind=kind)
        return next(key for key in reversed(found) if self.state(key) == "due")

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
