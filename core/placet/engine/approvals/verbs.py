"""Approvals: votes, and pending decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, Blocker, worded
from placet.engine.act.access import (
    Expected,
    demand_version,
    demand_version_read,
    item_places,
    may_see,
    ref_of,
    seen_item,
    shown_item,
)
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.people import Actor
from placet.engine.act.queries import Page
from placet.engine.act.recorder import append, changed_fields, with_act
from placet.engine.act.records import ApprovalRound, BallotRecord, ItemRecord, Vote
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.asking_again import demand_asking_again
from placet.engine.approvals.delegated_votes import lent_roles, spent_on, stood_in_for
from placet.engine.approvals.rounds import material_data, with_round
from placet.engine.approvals.views import ApprovalView, approval_views
from placet.engine.approvals.writer import RoundWriter
from placet.engine.rules.computed import for_move, for_rounds
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.evaluation import people_of, segregation
from placet.engine.rules.quorum import count_votes
from placet.engine.rules.refusals import refused
from placet.errors import ForbiddenError, NotFoundError


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote that was cast."""

    #: The item as it was committed.
    item: ItemRecord
    #: The same as a move would find it, as far as its approvals are judged by that; `None` if it has other open rounds.
    judged: ItemRecord | None


class Approvals:
    """Votes on approvals. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def vote(
        self,
        actor: Actor,
        key: str,
        approval: str,
        decision: Decision,
        *,
        comment: str = "",
        on_behalf_of: str | None = None,
        expected: Expected = None,
    ) -> Voted:
        """Vote in the open round of an approval, for oneself or by delegation. The latest vote of a person counts.

        `expected` is the version of the item that the voter has read: nobody decides on what they have not seen.

        Raises:
            BlockedError: the vote is not asked for: no open round, no role, or segregation of duties.
            ForbiddenError: voting for somebody without their delegation, or with a token that somebody else made.
            StaleError, PreconditionRequiredError: the version.
        """
        self._acts.demand_in_person(actor, "vote")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> Voted:
            record = seen_item(unit, actor, key)
            _demand_approval(unit, record, approval)
            demand_version_read(unit, record, expected)
            seat = _seat(unit, actor, record, approval, on_behalf_of)
            # Nobody decides on what a move would find changed, such as by other items that a computed field reads.
            asked = record.round(approval)
            now = record if asked is None else for_rounds(unit, record, [asked], actor.id)
            round = _open_round(Context(unit, now, actor.id), approval)
            ctx = Context(unit, record, actor.id)
            _demand_not_in_person(ctx, round, seat)
            held = _voting_roles(ctx, round, approval, actor, seat)
            if seat != actor.id:
                _demand_unspent(ctx, round, seat)
                held = lent_roles(ctx, seat, actor.id, held)
            after = _voted(ctx, round, Vote(actor.id, decision, unit.now, on_behalf_of, said or None, held))
            unit.write()
            others = any(each.open for each in record.approvals if each is not asked)
            return Voted(after, None if others else changed(after, fields=now.fields))

        return self._acts.act("decide", do, about=key)

    def ask_again(
        self, actor: Actor, key: str, approval: str, *, comment: str = "", expected: Expected = None
    ) -> ItemRecord:
        """Ask for an approval again, where the item stands, after a round of it has ended without a decision in force.

        Those may ask who may make one of the transitions that ask for it.

        Raises:
            BlockedError: it was never asked for, a round is open or in force, the item is final, or no role.
            NotFoundError: the item, or the approval.
            StaleError, PreconditionRequiredError: the version.
        """
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> ItemRecord:
            record = seen_item(unit, actor, key)
            _demand_approval(unit, record, approval)
            demand_version(unit, record, expected)
            # It is asked about the item as it is now, and of those who decide on that.
            now = for_move(unit, record, actor.id)
            demand_asking_again(Context(unit, now, actor.id), approval)
            unit.put(now)
            RoundWriter(unit).open(ref_of(record), approval, actor.id)
            data: dict[str, Any] = {"approval": approval, "comment": said or None}
            if now is not record:
                data["changes"] = changed_fields(record, now)
            after, _ = append(unit, unit.own(ref_of(record)), "asked_again", actor.id, data)
            unit.write()
            return after

        return self._acts.act("ask again", do)

    def of_item(self, record: ItemRecord) -> tuple[ApprovalView, ...]:
        """The latest round of every approval of an item, counted now."""
        if not record.approvals:
            return ()
        return self._acts.look(lambda unit: approval_views(unit, record))

    def find(
        self,
        actor: Actor,
        *,
        waiting_for: str | None = None,
        workspace: str | None = None,
        item: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[ApprovalView]:
        """Pending approvals; `waiting_for` keeps those that wait for one person, by their own vote or a delegated one.

        `on_behalf_of` of each names these, for `waiting_for` or else for the actor.
        """

        def see(unit: UnitOfWork) -> Page[ApprovalView]:
            within, some = item_places(unit, actor, workspace)
            ref = ref_of(shown_item(unit, actor, item)) if item is not None else None
            page = unit.session.pending_approvals(None if ref else within, ref, after, limit, some)
            views = [
                view
                for record in page.rows
                if ref is not None or record.workspace in within or may_see(unit, actor, record)
                for view in approval_views(unit, record, waiting_for or actor.id)
                if view.status is ApprovalStatus.PENDING
                and (waiting_for is None or waiting_for in view.missing or view.on_behalf_of)
            ]
            return Page(views, page.next_cursor)

        return self._acts.look(see)


def _demand_approval(unit: UnitOfWork, record: ItemRecord, approval: str) -> None:
    item_type = unit.item_type(record)
    known = [a.id for a in item_type.approvals] if item_type is not None else []
    if approval not in known and record.round(approval) is None:
        what = unit.titles(record.workspace, record.type).sentence(
            "approval of {type:a type}", type=record.type
        )
        raise NotFoundError(what, approval[:100], known)


def _voted(ctx: Context, round: ApprovalRound, vote: Vote) -> ItemRecord:
    """The item with one more vote, counted and recorded."""
    record, approval = ctx.record, round.approval
    counted = replace(round, votes=(*round.votes, vote))
    status = count_votes(counted, ctx.holders, barred_from(f"vote:{approval}", record, ctx)).status
    after = with_round(record, replace(counted, status=status))
    people = [vote.actor] if vote.on_behalf_of is None else [vote.actor, vote.on_behalf_of]
    after = replace(after, acts=with_act(after.acts, f"vote:{approval}", *people))
    data = {
        "approval": approval,
        "round": round.round,
        "decision": vote.decision.value,
        "comment": vote.comment,
        "on_behalf_of": vote.on_behalf_of,
        "status": status.value,
        "roles": list(vote.roles),
        "material": material_data(record, ctx.unit.item_type(record), round),
    }
    return append(ctx.unit, after, "voted", vote.actor, data)[0]


def _seat(unit: UnitOfWork, actor: Actor, record: ItemRecord, approval: str, on_behalf_of: str | None) -> str:
    """The person for whom the vote counts. Raises `ForbiddenError` without a delegation in force."""
    if on_behalf_of is None or on_behalf_of == actor.id:
        return actor.id
    round = record.round(approval)
    if round is not None and on_behalf_of in stood_in_for(Context(unit, record, actor.id), round, actor.id):
        return on_behalf_of
    raise ForbiddenError(
        unit.titles(record.workspace, record.type).sentence(
            "{giver:person} has not delegated this decision to {actor:person} for now",
            giver=on_behalf_of, actor=actor.id,
        ),
        needs=[f"a delegation from {on_behalf_of}"],
    )  # fmt: skip


def _demand_not_in_person(ctx: Context, round: ApprovalRound, seat: str) -> None:
    """Raises `BlockedError` where a delegate votes for somebody who has voted in person: that is their word."""
    if seat != ctx.actor and any(vote.actor == seat == vote.seat for vote in round.votes):
        raise refused(
            ctx, round.approval, "approval", "{seat:person} has voted in person",
            "leave it to {seat:person}, who can change that vote", who=(seat,), seat=seat,
        )  # fmt: skip


def _demand_unspent(ctx: Context, round: ApprovalRound, seat: str) -> None:
    """Raises `BlockedError` where a delegate's vote would not count: it has been cast, for themselves or another."""
    spent = spent_on(ctx, round, ctx.actor, seat)
    if spent is None:
        return
    cast = "has cast it" if spent == ctx.actor else "has cast it for {spent:person}"
    message = f"one person has one vote, and {{actor:person}} {cast}: none counts for {{seat:person}}"
    raise refused(
        ctx, round.approval, "approval", message,
        "leave it to {seat:person}, who can vote in person, or delegate to somebody who has not voted",
        who=(seat,), actor=ctx.actor, spent=spent, seat=seat,
    )  # fmt: skip


def _open_round(ctx: Context, approval: str) -> ApprovalRound:
    view, round = ctx.approval(approval), ctx.record.round(approval)
    asking = ctx.asked_by(approval)
    if view is None or round is None:
        raise refused(
            ctx, approval, "approval", "{approval:approval} was not asked for",
            "use {asked_by:transition or}" if asking else "bring it to a state in which it is asked for",
            approval=approval, asked_by=asking,
        )  # fmt: skip
    if view.status in {ApprovalStatus.EXPIRED, ApprovalStatus.VOIDED}:
        raise refused(
            ctx, approval, "approval", "{approval:approval}, round {round}: {summary}",
            "ask for it again from where the item stands",
            approval=approval, round=round.round, summary=view.summary,
        )  # fmt: skip
    return round


def _voting_roles(
    ctx: Context, round: ApprovalRound, approval: str, actor: Actor, seat: str
) -> tuple[str, ...]:
    """The roles for which a person is asked.

    Raises:
        BlockedError: the person is not asked, or segregation of duties bars them or their delegate.
    """
    ballots = round.ballots
    roles = dict.fromkeys(role for b in ballots for role in (*b.roles, *b.veto, *b.including))
    held = tuple(role for role in roles if seat in ctx.holders(role))
    named = any(seat in (*b.actors, *b.veto_actors) for b in ballots)
    blockers = _barred(ctx, round, dict.fromkeys((actor.id, seat)))
    if not held and not named:
        blockers.append(_not_asked(ctx, ballots, approval, seat))
    elif round.ordered:
        blockers += _out_of_order(ctx, round, seat, held)
    if blockers:
        raise BlockedError(ctx.record.key, approval, blockers, wording=ctx.titles)
    return held


def _barred(ctx: Context, round: ApprovalRound, people: Iterable[str]) -> list[Blocker]:
    """Blockers of the duties that keep people from a vote; those who have yet to vote may do so instead."""
    act = f"vote:{round.approval}"
    if not list(segregation(ctx, act, people)):
        return []
    return list(segregation(ctx, act, people, roles=ctx.view_of(round).missing))


def _not_asked(ctx: Context, ballots: Sequence[BallotRecord], approval: str, seat: str) -> Blocker:
    asked = list(dict.fromkeys(role for b in ballots for role in b.roles if role != SYSTEM))
    people = list(people_of(asked, ctx))
    return worded(
        "{approval:approval} is for the {roles:role or} to decide, and {actor:person} holds no such role",
        "ask {people:person or}" if people else "ask an administrator to give somebody this role",
        {"approval": approval, "roles": asked, "actor": seat, "people": people},
        wording=ctx.titles,
        who=(*asked, *people),
        message_id="role.missing",
        gate="role",
        check="role",
        source=method_of(approval),
    )


def _out_of_order(ctx: Context, round: ApprovalRound, seat: str, held: tuple[str, ...]) -> list[Blocker]:
    view = ctx.view_of(round)
    voted = {vote.seat for vote in round.votes}
    if view.status is not ApprovalStatus.PENDING or seat in view.asked or seat in voted:
        return []
    if any(set(held) & set(b.veto) or seat in b.veto_actors for b in round.ballots):
        return []
    if seat in view.count.over:
        message = "the step of {actor:person} is granted: the next one waits for {people:person and}"
        remedy = "leave it to those who are asked now"
    else:
        message = "{actor:person} votes later: the step before waits for {people:person and}"
        remedy = "wait until the step before is granted"
    return [
        worded(
            message,
            remedy,
            {"actor": seat, "people": view.missing},
            wording=ctx.titles,
            who=view.missing,
            message_id="approval.order",
            gate="approval",
            check="approval.order",
            source=method_of(round.approval),
        )
    ]
