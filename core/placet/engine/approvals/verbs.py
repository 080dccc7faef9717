"""Decisions: votes on approvals, waivers of gates, and what waits for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.document import method_of
from placet.definitions.verdicts import Blocker
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.ports import ItemQuery, Page
from placet.engine.act.records import Actor, ItemRecord, Round, Vote, Waiver
from placet.engine.act.runner import Kernel, ref_of
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.rounds import material_data, with_round
from placet.engine.items.verbs import refused
from placet.engine.items.writer import Hand, with_act
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.evaluation import people_of, segregation
from placet.engine.rules.previews import ApprovalLine, Turn, TurnCheck, TurnItem
from placet.engine.rules.quorum import tally
from placet.engine.rules.views import RoundView
from placet.engine.timers.readings import Reading
from placet.engine.timers.views import approval_lines, timer_lines
from placet.engine.transitions import outlooks
from placet.errors import BlockedError, ConflictError, ForbiddenError, InvalidError, NotFoundError

#: How many open items `turn` looks at; a person with more has to work through a list.
TURN_LIMIT = 200
#: A clock is shown to those who can do something about it from this share of its time on, or so long before its end.
_LATE = 0.75
_SOON = timedelta(days=1)


class DecisionVerbs(Kernel):
    """What people decide."""

    def decide(
        self,
        asker: Actor,
        key: str,
        approval: str,
        decision: Decision,
        *,
        comment: str = "",
        on_behalf_of: str | None = None,
    ) -> ItemRecord:
        """Vote in the open round of an approval, for oneself or by delegation. The latest vote of a person counts.

        Raises:
            BlockedError: nobody asked for this vote: no open round, no role, or segregation of duties.
            ForbiddenError: voting for somebody without their delegation.
        """
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(work: UnitOfWork) -> ItemRecord:
            record = self.seen(work, asker, key)
            item_type = work.item_type(record)
            known = [a.id for a in item_type.approvals] if item_type is not None else []
            if approval not in known and record.round(approval) is None:
                raise NotFoundError(f"approval of {record.type}", approval[:100], known)
            seat = self._seat(work, asker, record, approval, on_behalf_of)
            ctx = Context(work, record, asker.id)
            round = self._open_round(ctx, approval)
            held = self._voting_roles(ctx, round, approval, asker, seat)
            vote = Vote(asker.id, decision, work.now, on_behalf_of, said or None, held)
            counted = replace(round, votes=(*round.votes, vote))
            status = tally(counted, ctx.holders, barred_from(f"vote:{approval}", record, ctx)).status
            after = with_round(record, replace(counted, status=status))
            people = [asker.id] if on_behalf_of is None else [asker.id, on_behalf_of]
            after = replace(after, acts=with_act(after.acts, f"vote:{approval}", *people))
            data = {
                "approval": approval,
                "round": round.round,
                "decision": decision.value,
                "comment": said,
                "on_behalf_of": on_behalf_of,
                "status": status.value,
                "roles": list(held),
                "material": material_data(record, item_type, round),
            }
            after, _ = Hand(work).append(after, "voted", asker.id, data)
            work.write()
            return after

        return self.act("decide", do)

    def _seat(
        self, work: UnitOfWork, asker: Actor, record: ItemRecord, approval: str, on_behalf_of: str | None
    ) -> str:
        """Whose vote it is. Raises `ForbiddenError` without a delegation in force."""
        if on_behalf_of is None or on_behalf_of == asker.id:
            return asker.id
        round = record.round(approval)
        asked = {role for ballot in round.ballots for role in ballot.roles} if round is not None else set()
        for delegation in work.delegations(asker.id):
            if (delegation.from_actor, delegation.to_actor) != (on_behalf_of, asker.id):
                continue
            if delegation.workspace not in {None, record.workspace}:
                continue
            if delegation.holds(work.now) and (not delegation.roles or set(delegation.roles) & asked):
                return on_behalf_of
        raise ForbiddenError(
            f"{on_behalf_of} has not delegated this decision to {asker.id} for now",
            needs=[f"a delegation from {on_behalf_of}"],
        )

    def _open_round(self, ctx: Context, approval: str) -> Round:
        view, round = ctx.approval(approval), ctx.record.round(approval)
        if view is None or round is None:
            raise refused(
                ctx.record, approval, "approval", f"{approval} was not asked for",
                "take the transition that asks for it",
            )  # fmt: skip
        if view.status in {ApprovalStatus.EXPIRED, ApprovalStatus.VOIDED}:
            raise refused(
                ctx.record, approval, "approval", f"round {round.round} of {approval} is {view.summary}",
                "take the transition that asks for it again",
            )  # fmt: skip
        return round

    def _voting_roles(
        self, ctx: Context, round: Round, approval: str, asker: Actor, seat: str
    ) -> tuple[str, ...]:
        """The roles by which a person is asked.

        Raises:
            BlockedError: the person is not asked, or segregation of duties bars them or whoever votes for them.
        """
        ballots = round.ballots
        roles = dict.fromkeys(role for b in ballots for role in (*b.roles, *b.veto, *b.including))
        held = tuple(role for role in roles if seat in ctx.holders(role))
        named = any(seat in (*b.actors, *b.veto_actors) for b in ballots)
        blockers = list(segregation(ctx, f"vote:{approval}", dict.fromkeys((asker.id, seat))))
        asked = [role for b in ballots for role in b.roles]
        if not held and not named:
            blockers.append(
                Blocker(
                    message=f"{seat} holds none of the roles asked for {approval}: {', '.join(asked)}",
                    remedy=f"ask {', '.join(people_of(asked, ctx)) or 'an administrator to fill these roles'}",
                    who=(*asked, *people_of(asked, ctx)),
                    message_id="role.missing",
                    gate="role",
                    check="role",
                    source=method_of(approval),
                )
            )
        elif round.ordered:
            blockers += self._out_of_order(ctx, round, seat, held)
        if blockers:
            raise BlockedError(ctx.record.key, approval, blockers)
        return held

    def _out_of_order(self, ctx: Context, round: Round, seat: str, held: tuple[str, ...]) -> list[Blocker]:
        view = RoundView(round, ctx.now, ctx.holders, barred_from(f"vote:{round.approval}", ctx.record, ctx))
        voted = {vote.seat for vote in round.votes}
        if view.status is not ApprovalStatus.PENDING or seat in view.asked or seat in voted:
            return []
        if any(set(held) & set(b.veto) or seat in b.veto_actors for b in round.ballots):
            return []
        if seat in view.tally.over:
            message = f"the step of {seat} is granted: the next one waits for {', '.join(view.missing)}"
            remedy = "leave it to those who are asked now"
        else:
            message = f"it is not yet the turn of {seat}: the step before waits for {', '.join(view.missing)}"
            remedy = "wait until the step before is granted"
        return [
            Blocker(
                message=message,
                remedy=remedy,
                who=view.missing,
                message_id="approval.order",
                gate="approval",
                check="approval.order",
                source=method_of(round.approval),
            )
        ]

    # Lists

    def approvals_of(self, record: ItemRecord) -> tuple[ApprovalLine, ...]:
        """The latest round of every approval of an item, counted now."""
        if not record.approvals:
            return ()
        return self.look(lambda work: approval_lines(work, record))

    def approvals(
        self,
        asker: Actor,
        *,
        actor: str | None = None,
        workspace: str | None = None,
        item: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[ApprovalLine]:
        """What waits for a decision; `actor` keeps what waits for one person."""

        def see(work: UnitOfWork) -> Page[ApprovalLine]:
            places = self.visible_workspaces(work, asker)
            if workspace is not None:
                places = (self.seen_workspace(work, asker, workspace).key,)
            ref = ref_of(self.seen(work, asker, item)) if item is not None else None
            page = work.session.pending_approvals(None if ref else places, ref, after, limit)
            lines = [
                line
                for record in page.rows
                for line in approval_lines(work, record)
                if line.status is ApprovalStatus.PENDING and (actor is None or actor in line.missing)
            ]
            return Page(lines, page.next_cursor)

        return self.look(see)

    def turn(self, asker: Actor) -> Turn:
        """What waits for one person: votes, blockers that name them, items they can move, waivers to review, clocks."""
        votes = tuple(self.approvals(asker, actor=asker.id, limit=TURN_LIMIT).rows)

        def see(work: UnitOfWork) -> Turn:
            places = self.visible_workspaces(work, asker)
            query = ItemQuery(
                places, category=("todo", "active", "waiting"), sort="-updated_at", limit=TURN_LIMIT
            )
            items: list[TurnItem] = []
            checks: list[TurnCheck] = []
            reviews: list[tuple[ItemRecord, Waiver]] = []
            for record in work.current(work.session.list_items(query).rows):
                looked = outlooks(work, record, asker)
                allowed = tuple(o.name for o in looked if o.allowed)
                if allowed:
                    items.append(TurnItem(record, allowed))
                checks += [
                    TurnCheck(record, o.name, blocker)
                    for o in looked
                    for blocker in o.blockers
                    if blocker.gate != "role"
                    and asker.id in people_of(blocker.who, Context(work, record, asker.id))
                ]
                reviews += [
                    (record, w)
                    for w in record.waivers
                    if w.decided_by == asker.id and _to_review(w, work.now)
                ]
            clocks = tuple(
                line
                for each in items
                for line in timer_lines(work, each.item)
                if _about_to_end(line.reading, work.now)
            )
            return Turn(votes, tuple(items), tuple(checks), tuple(reviews), clocks)

        return self.look(see)

    # Waivers

    def ask_waiver(self, asker: Actor, key: str, *, gate: str, reason: str, expires_at: datetime) -> Waiver:
        """Ask for a way through a gate of an item, until a moment.

        Source: an exception to a control is a decision of its own, with an owner, an end and a review (COBIT MEA02).
        """
        why = clean_text(reason, "/reason", limit=COMMENT_LIMIT, empty=False)

        def do(work: UnitOfWork) -> Waiver:
            record = self.seen(work, asker, key)
            gates = self._gates(work, record)
            if gate not in gates:
                raise InvalidError.unknown("/gate", f"gate of {record.type}", gate[:200], gates)
            if not gates[gate]:
                raise refused(record, "waive", "waiver", f"{gate} cannot be waived", "meet what it asks for")
            if expires_at <= work.now:
                raise InvalidError.at("/expires_at", f"is not after now, {work.now.isoformat()}")
            waiver = Waiver(new_id(), gate, why, asker.id, work.now, expires_at)
            told = {"id": waiver.id, "gate": gate, "reason": why, "expires_at": expires_at}
            Hand(work).append(
                replace(record, waivers=(*record.waivers, waiver)), "waiver_asked", asker.id, {"waiver": told}
            )
            work.write()
            return waiver

        return self.act("waiver", do)

    def _gates(self, work: UnitOfWork, record: ItemRecord) -> dict[str, tuple[str, ...]]:
        item_type = work.item_type(record)
        transitions = item_type.workflow.transitions if item_type is not None else ()
        return {g.id: g.waived_by for t in transitions for g in t.gates}

    def decide_waiver(self, asker: Actor, key: str, waiver: str, *, grant: bool, comment: str = "") -> Waiver:
        """Grant or refuse a waiver: a second person, with a role that may waive the gate."""
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(work: UnitOfWork) -> Waiver:
            record = self.seen(work, asker, key)
            found = _waiver(record, waiver)
            if found.granted is not None:
                raise ConflictError(f"the waiver of {found.gate} was decided by {found.decided_by} already")
            ctx = Context(work, record, asker.id)
            roles = self._gates(work, record).get(found.gate, ())
            if not ctx.holds(asker.id, *roles):
                raise refused(
                    record, "waive", "role", f"{asker.id} holds none of the roles that may waive {found.gate}",
                    f"ask {', '.join(people_of(roles, ctx)) or ', '.join(roles)}",
                )  # fmt: skip
            if asker.id == found.asked_by:
                raise refused(
                    record, "waive", "segregation", f"{asker.id} asked for this waiver and cannot decide on it",
                    f"ask {', '.join(p for p in people_of(roles, ctx) if p != asker.id) or ', '.join(roles)}",
                )  # fmt: skip
            decided = replace(found, granted=grant, decided_by=asker.id, decided_at=work.now, comment=said)
            return self._keep(
                work, record, decided, "waiver_decided", asker, {"granted": grant, "comment": said}
            )

        return self.act("waiver", do)

    def review_waiver(self, asker: Actor, key: str, waiver: str, *, review: str) -> Waiver:
        """Look back on a granted waiver: was it right to go through?"""
        said = clean_text(review, "/review", limit=COMMENT_LIMIT, empty=False)

        def do(work: UnitOfWork) -> Waiver:
            record = self.seen(work, asker, key)
            found = _waiver(record, waiver)
            if not found.granted or found.reviewed_by is not None:
                state = "was reviewed" if found.reviewed_by else "was not granted"
                raise ConflictError(f"the waiver of {found.gate} {state}: there is nothing to review")
            ctx = Context(work, record, asker.id)
            roles = self._gates(work, record).get(found.gate, ())
            if not ctx.holds(asker.id, *roles):
                raise refused(
                    record, "waive", "role", f"{asker.id} holds none of the roles that may review it",
                    f"ask {', '.join(people_of(roles, ctx)) or ', '.join(roles)}",
                )  # fmt: skip
            reviewed = replace(found, reviewed_by=asker.id, reviewed_at=work.now, review=said)
            return self._keep(work, record, reviewed, "waiver_reviewed", asker, {"review": said})

        return self.act("waiver", do)

    def _keep(
        self,
        work: UnitOfWork,
        record: ItemRecord,
        waiver: Waiver,
        kind: str,
        asker: Actor,
        told: dict[str, object],
    ) -> Waiver:
        waivers = tuple(waiver if w.id == waiver.id else w for w in record.waivers)
        data = {"waiver": {"id": waiver.id, "gate": waiver.gate, **told}}
        Hand(work).append(replace(record, waivers=waivers), kind, asker.id, data)
        work.write()
        return waiver


def _waiver(record: ItemRecord, id: str) -> Waiver:
    found = next((w for w in record.waivers if w.id == id), None)
    if found is None:
        raise NotFoundError(f"waiver on {record.key}", id[:100])
    return found


def _about_to_end(reading: Reading, now: datetime) -> bool:
    """Whether a clock that runs has used three quarters of its time, or is due within a day."""
    if reading.stopped_at is not None or reading.due_at is None or reading.allowance is None:
        return False
    return reading.elapsed >= reading.allowance * _LATE or reading.due_at - now <= _SOON


def _to_review(waiver: Waiver, now: datetime) -> bool:
    return bool(waiver.granted) and waiver.reviewed_by is None and now >= waiver.expires_at
