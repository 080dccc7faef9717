"""The team of the payouts: it works with limits, and some of its work grows old."""

from __future__ import annotations

from datetime import timedelta

from placet_agile.demo.office import Office

TEAM = "Payouts"
_ROLES = {"product_owner": ["dina"], "flow_manager": ["felix"], "developer": ["kim", "omar", "rita"]}
_LIMITS = {"selected": 6, "in_progress": 3, "in_review": 2}
#: The team expects to finish a story within so many days.
_EXPECTED = 8
#: By person, what they finished: day of start and of end, counted from Monday of this week.
_FINISHED = {
    "omar": [
        ("Pay out each week", -30, -28), ("Check a bank account", -28, -25), ("Split a payout", -25, -21),
        ("Pay out on demand", -21, -19), ("Hold a payout back", -19, -15), ("Name the payer", -12, -8),
    ],
    "rita": [
        ("List payouts", -30, -27), ("Export payouts", -27, -26), ("Find a payout", -26, -22),
        ("Explain a fee", -18, -16), ("Warn of a late payout", -16, -11), ("Pay out in francs", -11, -7),
    ],
    "kim": [("Count the fees of a month", -29, -24), ("Pay out in pounds", -24, -20), ("Repeat a payout", -20, -14)],
}  # fmt: skip
#: In work: who, since when.
_IN_WORK = (
    ("Replace the old bank format", "kim", -13),
    ("Pay out to a card", "omar", -5),
    ("Show the day of payout", "kim", -3),
)
_BLOCKED = "Pay out to a card"
_IN_REVIEW = ("Round a payout", "rita", -5)
#: In the queue; the second must start now to be done in time.
WANTED = "Pay out in dollars"
_DATED = "Report payouts to the tax office"
_QUEUE = (
    (WANTED, "standard"),
    (_DATED, "fixed_date"),
    ("Show the rate of exchange", "standard"),
    ("Update the libraries", "intangible"),
)


def prepare(office: Office) -> str:
    """Make the team and plan its weeks; returns its key."""
    team = office.team(TEAM, "kanban", _ROLES, wip_limits=_LIMITS, person_limit=2, sle_days=_EXPECTED)
    for person, pieces in _FINISHED.items():
        for title, started, done in pieces:
            _start(office, team, title, person, started)
            _finish(office, title, person, done)
    for title, person, started in _IN_WORK:
        _start(office, team, title, person, started)
    title, person, started = _IN_REVIEW
    _start(office, team, title, person, started)
    office.on(-4, 15, lambda: office.review(person, title))
    _block(office)
    _queue(office, team)
    return team


def _start(office: Office, team: str, title: str, person: str, day: int) -> None:
    def started() -> None:
        office.ready(person, "story", title, team=team, points=3)
        office.move(person, title, "select")
        office.move(person, title, "start")

    office.on(day, 10, started)


def _finish(office: Office, title: str, person: str, day: int) -> None:
    other = next(each for each in _ROLES["developer"] if each != person)
    office.on(day, 9, lambda: office.review(person, title))
    office.on(day, 9, lambda: office.move(other, title, "finish"))


def _block(office: Office) -> None:
    why = "The bank has not agreed to the new contract"
    office.on(-4, 11, lambda: office.edit("omar", _BLOCKED, blocked=True, blocked_reason=why))


def _queue(office: Office, team: str) -> None:
    due = (office.stage.today + timedelta(days=_EXPECTED - 2)).strftime("%Y-%m-%d")

    def selected() -> None:
        for title, service in _QUEUE:
            about = {"due_date": due} if service == "fixed_date" else {}
            office.create("dina", "story", title, team=team, class_of_service=service, **about)
            office.edit("rita", title, points=3)
            office.refined("rita", title)
            office.move("rita", title, "select")

    office.on(-2, 16, selected)
