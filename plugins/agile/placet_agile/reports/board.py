"""A team's board: its columns with their limits, and in each the cards in the order in which they are to be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from placet_agile.delivery.board import ACTIVE, ON_BOARD
from placet_agile.delivery.fields import ServiceClass
from placet_agile.delivery.pull_order import RECENT, Reason, in_pull_order
from placet_agile.numbers.flow import Light, days_counted, light
from placet_agile.reports.cards import Card, cards
from placet_agile.reports.teams import Team
from placet_agile.teams.fields import Column, Mode
from placet_agile.teams.limits import limits_of

#: Days back to which finished items give the times with which an age is compared, and count as pulled.
LOOK_BACK = 90
#: The column of what is finished.
DONE = "done"
#: The move that takes a card from each column to the next one.
FORWARD: Mapping[str, str] = {"selected": "start", "in_progress": "request_review", "in_review": "finish"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in its place."""

    card: Card
    #: In calendar days, the first one included; `None` before it was started, and once it is done.
    age: int | None
    light: Light | None
    #: Why it is pulled where it is; `None` outside the queue, and for what cannot be pulled.
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of a board."""

    state: str
    limit: int | None
    #: The items that the limit counts.
    count: int
    cards: Sequence[Placed]


def columns(team: Team, shown_days: int) -> list[BoardColumn]:
    """The columns of a team's board.

    Args:
        team: the team.
        shown_days: items that were finished within so many days are shown as done.
    """
    on_board = cards(team.engine, team.actor, team.key, ON_BOARD)
    since = team.now - timedelta(days=LOOK_BACK)
    finished = cards(team.engine, team.actor, team.key, (DONE,), finished_at__ge=since)
    limits = limits_of(team.fields, team.mode)
    placing = _Placing(team, on_board, finished)
    shown = team.now - timedelta(days=shown_days)
    recent = [card for card in finished if card.fields.finished_at and card.fields.finished_at >= shown]
    found = []
    for state in ON_BOARD:
        here = [card for card in on_board if card.record.state == state]
        counted = [card for card in here if team.settings.blocked_counts or not card.fields.blocked]
        found.append(
            BoardColumn(state, limits.columns.get(Column(state)), len(counted), placing.of(state, here))
        )
    return [*found, BoardColumn(DONE, None, len(recent), placing.done(recent))]


class _Placing:
    """The places of cards in their columns."""

    def __init__(self, team: Team, on_board: Sequence[Card], finished: Sequence[Card]) -> None:
        self._team = team
        self._times = [
            days_counted(card.fields.started_at, card.fields.finished_at, team.zone)
            for card in finished
            if card.fields.started_at and card.fields.finished_at
        ]
        started = [card for card in (*on_board, *finished) if card.record.state != "selected"]
        self._pulled = sorted(
            (card for card in started if card.fields.started_at),
            key=lambda card: card.fields.started_at or card.record.created_at,
        )

    def of(self, state: str, here: Sequence[Card]) -> list[Placed]:
        """The cards of a column: those to be pulled by the pull order, those in work the oldest first."""
        if state not in ACTIVE:
            return self._queue(here)
        ordered = sorted(
            here,
            key=lambda card: (
                card.fields.class_of_service is not ServiceClass.EXPEDITE,
                card.fields.started_at or card.record.created_at,
                card.record.number,
            ),
        )
        return [self._in_work(card) for card in ordered]

    def done(self, here: Sequence[Card]) -> list[Placed]:
        """Finished cards, the last one first."""
        last = sorted(here, key=lambda card: (card.fields.finished_at or self._team.now, card.record.number))
        return [Placed(card, None, None) for card in reversed(last)]

    def _in_work(self, card: Card) -> Placed:
        started, team = card.fields.started_at, self._team
        if started is None:
            return Placed(card, None, None)
        age = days_counted(started, team.now, team.zone)
        return Placed(card, age, light(age, self._times, team.fields.sle_days))

    def _queue(self, here: Sequence[Card]) -> list[Placed]:
        """The queue in the order in which it is pulled, blocked cards last; in Scrum, by rank."""
        by_rank = sorted(here, key=lambda card: (card.fields.rank or "", card.record.number))
        if self._team.mode is Mode.SCRUM:
            return [Placed(card, None, None) for card in by_rank]
        of_key = {card.record.key: card for card in here}
        order = in_pull_order(
            (card.queued for card in here),
            today=self._team.today,
            sle_days=self._team.fields.sle_days or 0,
            intangible_pulled=sum(
                card.fields.class_of_service is ServiceClass.INTANGIBLE for card in self._pulled[-RECENT:]
            ),
            intangible_slots=self._team.fields.intangible_min_slots,
        )
        pulled = [Placed(of_key[queued.key], None, None, why) for queued, why in order]
        return [*pulled, *(Placed(card, None, None) for card in by_rank if card.fields.blocked)]
