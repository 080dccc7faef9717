"""The team of the checkout: two sprints are behind it, and the third runs until next Monday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placet_agile.demo.office import Office

TEAM = "Checkout"
_ROLES = {"product_owner": ["vera"], "scrum_master": ["milo"], "developer": ["nils", "aya", "jon"]}


@dataclass(frozen=True, slots=True)
class Piece:
    """A story, and the days on which somebody starts and finishes it; days count from the start of its sprint."""

    title: str
    points: int
    by: str
    started: int | None = None
    done: int | None = None
    type: str = "story"


#: Day of its start, goal, and what was selected for it.
_SPRINTS: tuple[tuple[int, str, tuple[Piece, ...]], ...] = (
    (
        -25,
        "A customer pays with a card",
        (
            Piece("Pay with a card", 5, "nils", 0, 4),
            Piece("Show the fee before paying", 3, "aya", 0, 3),
            Piece("Remember the address", 5, "jon", 1, 7),
            Piece("Explain a declined card", 3, "aya", 5),
        ),
    ),
    (
        -15,
        "A customer gets money back",
        (
            Piece("Refund an order", 8, "nils", 0, 6),
            Piece("Refund a part of an order", 3, "aya", 2, 6),
            Piece("Explain a declined card in words", 3, "jon", 0, 2),
            Piece("List the payments of a customer", 5, "jon", 3, 8),
            Piece("Pay with a voucher", 3, "aya", 7),
        ),
    ),
    (
        -5,
        "A company pays by invoice",
        (
            Piece("Order by invoice", 5, "nils", 0, 3),
            Piece("Check the credit of a company", 5, "aya", 1),
            Piece("Send a reminder", 3, "jon", 1, 5),
            Piece("Round the tax of a line", 2, "nils", 4, 6, "bug"),
            Piece("Choose the day of payment", 3, "jon"),
        ),
    ),
)
#: Added to the second sprint by agreement, and finished in it.
_ADDED = Piece("Show a refund in the account", 2, "aya", 4, 7)
#: Carried over from the second sprint into the third.
_CARRIED = "Pay with a voucher"
#: It waits for somebody outside.
_BLOCKED = "Check the credit of a company"
_BACKLOG = (("Pay in instalments", 8), ("Print an invoice again", 2), ("Export invoices", 5))


def prepare(office: Office) -> tuple[str, str]:
    """Make the team and plan its sprints; returns its key, and the title of the sprint that runs."""
    team = office.team(TEAM, "scrum", _ROLES)
    office.create(
        "vera", "product_goal", "Companies buy", teams=[team], statement="Every tenth order comes from a company",
        measure="Orders by companies, percent", target_date=f"{office.moment(60):%Y-%m-%d}",
    )  # fmt: skip
    office.move("vera", "Companies buy", "pursue")
    for title, points in _BACKLOG:
        office.ready("nils", "story", title, team=team, points=points)
    office.move("vera", "Export invoices", "reorder", after=None)
    for number in range(1, len(_SPRINTS) + 1):
        _plan(office, team, number)
        if number < len(_SPRINTS):
            _close(office, team, number)
    _change(office, team)
    start = _SPRINTS[-1][0]
    office.on(
        start + 2, 11,
        lambda: office.edit("aya", _BLOCKED, blocked=True, blocked_reason="The credit agency sent no key"),
    )  # fmt: skip
    return team, _sprint(len(_SPRINTS))


def _sprint(number: int) -> str:
    return f"Sprint {number}"


def _plan(office: Office, team: str, number: int) -> None:
    """Plan a sprint on its first morning, and work in it."""
    start, goal, pieces = _SPRINTS[number - 1]

    def planned() -> None:
        title = _sprint(number)
        if title not in office.keys:
            _draft(office, team, number, start)
        for piece in pieces:
            office.ready(piece.by, piece.type, piece.title, team=team, points=piece.points, **_about(piece))
            office.move(piece.by, piece.title, "select", sprint=office.keys[title])
        _record(office, title, "planning", office.moment(start, 9))
        office.move("milo", title, "plan", goal=goal)
        office.move("milo", title, "start_sprint")

    office.on(start, 9, planned)
    for piece in pieces:
        _work(office, start, piece)


def _draft(office: Office, team: str, number: int, start: int) -> None:
    office.create(
        "milo", "sprint", _sprint(number), team=team, number=number, capacity_hours=200,
        planned_start=office.moment(start, 9).isoformat(), planned_end=office.moment(start + 10, 9).isoformat(),
    )  # fmt: skip


def _about(piece: Piece) -> dict[str, Any]:
    return {"severity": "medium"} if piece.type == "bug" else {}


def _work(office: Office, start: int, piece: Piece) -> None:
    others = [person for person in _ROLES["developer"] if person != piece.by]
    if piece.started is not None:
        office.on(start + piece.started, 10, lambda: office.move(piece.by, piece.title, "start"))
    if piece.done is not None:
        office.on(start + piece.done, 11, lambda: office.review(piece.by, piece.title))
        office.on(start + piece.done, 13, lambda: office.move(others[0], piece.title, "finish"))


def _change(office: Office, team: str) -> None:
    """Add to the second sprint while it runs: two people agree, each in person."""
    start = _SPRINTS[1][0]

    def added() -> None:
        title, sprint = _ADDED.title, office.keys[_sprint(2)]
        office.ready(_ADDED.by, "story", title, team=team, points=_ADDED.points, sprint=sprint)
        office.edit("aya", title, scope_agreed_by=["vera", "aya"], goal_endangered=False)
        office.confirm("vera", title, "scope_agreement", "The goal is not touched.")
        office.move("aya", title, "select")

    office.on(start + 3, 14, added)
    _work(office, start, _ADDED)


#: Minutes that events took.
_MINUTES = {"planning": 180, "review": 90, "retrospective": 75}


def _record(office: Office, sprint: str, kind: str, held: datetime, outcome: str | None = None) -> None:
    key = office.keys[sprint]
    events = office.engine.items.get(office.stage.director, key).fields.get("events", [])
    event = {"kind": kind, "held_at": held.isoformat(), "minutes": _MINUTES[kind], "outcome": outcome}
    office.edit("milo", sprint, events=[*events, event])


def _close(office: Office, team: str, number: int) -> None:
    """Hold review and retrospective on the last Friday, and decide on what is left."""
    title, start = _sprint(number), _SPRINTS[number - 1][0]

    def closed() -> None:
        _record(office, title, "review", office.moment(start + 9, 14), "Shown to the support desk")
        _record(office, title, "retrospective", office.moment(start + 9, 15))
        office.create(
            "aya", "improvement", f"Improvement of sprint {number}", team=team, sprint=office.keys[title],
            expected_effect="Fewer surprises at the end", measure="Stories that start after Wednesday",
        )  # fmt: skip
        office.move("milo", title, "begin_close")
        if number == len(_SPRINTS) - 1:
            _draft(office, team, number + 1, start + 10)
            office.edit("vera", _CARRIED, disposition="to_next_sprint")
        office.move("milo", title, "close", goal_met=number == 1)

    office.on(start + 9, 16, closed)
