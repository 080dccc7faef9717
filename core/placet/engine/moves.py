"""The main job: explain transitions and make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.context import Context
from placet.engine.evaluation import outlook
from placet.engine.hand import Hand
from placet.engine.kernel import Kernel, ref_of
from placet.engine.lines import approval_lines, timer_lines
from placet.engine.outlook import BulkResult, Explanation, Idempotency, Moved, Outlook, Replayed, Wish
from placet.engine.records import Actor, Answer, ItemRecord
from placet.engine.refusals import blocker_data
from placet.errors import BlockedError, ConflictError, PlacetError

#: Requests of one bulk call; more make one transaction too long for the others.
BULK_LIMIT = 100


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal that was recorded: it is raised after its event is committed."""

    error: BlockedError
    type: str


class MoveVerbs(Kernel):
    """What moves items, and what tells beforehand."""

    def explain(self, asker: Actor, key: str, *, as_of: datetime | None = None) -> Explanation:
        """Every transition defined from the item's state, for the asking actor; `as_of` looks ahead."""

        def see(work: UnitOfWork) -> Explanation:
            record = self.seen(work, asker, key)
            return Explanation(record, outlooks(work, record, asker))

        return self.look(see, now=as_of)

    def transition(
        self,
        asker: Actor,
        key: str,
        transition: str,
        *,
        fields: Mapping[str, Any] | None = None,
        comment: str = "",
        expected: int | None = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        as_of: datetime | None = None,
    ) -> Moved | Replayed:
        """Move an item, or say everything that stands in the way.

        Fields are merged before the checks run, and kept only if the transition succeeds. `as_of` is for dry runs.

        Raises:
            BlockedError: with all blockers; recorded where the workspace says so, and never in a dry run.
            ConflictError: the idempotency key was used for another request.
            InvalidError, NotFoundError, StaleError, PreconditionRequiredError, BusyError
        """

        def do(work: UnitOfWork) -> Moved | Replayed | _Refusal:
            replay = self._replay(work, idempotency)
            if replay is not None:
                return replay
            before = self.seen(work, asker, key)
            self.demand_version(work, before, expected)
            try:
                moved = self._moved(work, before, transition, fields or {}, comment, asker, dry_run=dry_run)
            except BlockedError as refusal:
                if dry_run:
                    raise
                return self._refuse(work, before, transition, asker, comment, refusal)
            if not dry_run:
                if idempotency is not None:
                    status, body = idempotency.render(moved)
                    work.answer = Answer(idempotency.key, idempotency.request, status, body, work.now)
                work.write()
            return moved

        act = f"transition {key.partition('-')[0]} {transition}"
        if dry_run:
            result = self.act(act, do, commit=False, now=as_of)
        else:
            result = self._observed(transition, lambda: self.act(act, do))
        if isinstance(result, _Refusal):
            raise result.error
        return result

    def _observed(
        self, transition: str, act: Callable[[], Moved | Replayed | _Refusal]
    ) -> Moved | Replayed | _Refusal:
        if self.observer is None:
            return act()
        try:
            result = act()
        except Exception:
            self.observer.failed()
            raise
        if isinstance(result, _Refusal):
            self.observer.refused(result.type, transition, result.error.blockers)
        elif isinstance(result, Moved):
            self.observer.moved(result.item.type, transition)
        return result

    def _replay(self, work: UnitOfWork, idempotency: Idempotency | None) -> Replayed | None:
        if idempotency is None:
            return None
        answer = work.session.answer(idempotency.key)
        if answer is None:
            return None
        if answer.request != idempotency.request:
            raise ConflictError(
                f'the idempotency key "{idempotency.key}" was used for another request: take a new one'
            )
        return Replayed(answer)

    def _moved(
        self,
        work: UnitOfWork,
        before: ItemRecord,
        transition: str,
        fields: Mapping[str, Any],
        comment: str,
        asker: Actor,
        *,
        dry_run: bool,
    ) -> Moved:
        record, event = Hand(work).move(ref_of(before), transition, fields, comment, asker.id)
        shown = outlooks(work, record, asker), approval_lines(work, record), timer_lines(work, record)
        return Moved(record, None if dry_run else event, *shown)

    def _refuse(
        self,
        work: UnitOfWork,
        before: ItemRecord,
        transition: str,
        asker: Actor,
        comment: str,
        refusal: BlockedError,
    ) -> _Refusal:
        """Record who tried what and what stood in the way; everything else that the attempt prepared is dropped."""
        if not work.workspace(before.workspace).record_refusals:
            return _Refusal(refusal, before.type)
        fresh = work.afresh()
        record = fresh.own(ref_of(before))
        data = _refusal_data(record, transition, comment, refusal)
        _, event = Hand(fresh).append(record, "refused", asker.id, data, content=False)
        fresh.write()
        return _Refusal(
            BlockedError(
                refusal.key, refusal.act, refusal.blockers, observed=refusal.observed, event=event.id
            ),
            before.type,
        )

    def bulk(self, asker: Actor, wishes: Sequence[Wish], *, atomic: bool) -> tuple[BulkResult, ...]:
        """Make several transitions: one by one, or all or none.

        Where one of an atomic request is refused, nothing moves, and every result carries an error: the refused ones
        their own, the others a `ConflictError` that says so.
        """
        if not atomic:
            return tuple(self._one(wish, partial(self._single, asker)) for wish in wishes)

        def do(work: UnitOfWork) -> tuple[BulkResult, ...]:
            work.isolate()
            results = tuple(self._one(wish, partial(self._within, work, asker)) for wish in wishes)
            refused = [result.key for result in results if result.error is not None]
            if not refused:
                work.write()
                return results
            why = f"not moved, because {', '.join(refused)} was refused and all were to move or none"
            kept = tuple(r if r.error else BulkResult(r.key, error=ConflictError(why)) for r in results)
            self._record_refusals(work, asker, wishes, kept)
            return kept

        return self.act("bulk", do)

    def _single(self, asker: Actor, wish: Wish) -> Moved:
        moved = self.transition(asker, wish.key, wish.transition, fields=wish.fields, comment=wish.comment)
        return cast("Moved", moved)  # only a request with an idempotency key is replayed

    def _within(self, work: UnitOfWork, asker: Actor, wish: Wish) -> Moved:
        before = self.seen(work, asker, wish.key)
        self.demand_version(work, before, None)
        return self._moved(work, before, wish.transition, wish.fields, wish.comment, asker, dry_run=False)

    def _one(self, wish: Wish, move: Callable[[Wish], Moved]) -> BulkResult:
        try:
            return BulkResult(wish.key, moved=move(wish))
        except PlacetError as error:
            return BulkResult(wish.key, error=error)

    def _record_refusals(
        self, work: UnitOfWork, asker: Actor, wishes: Sequence[Wish], results: Sequence[BulkResult]
    ) -> None:
        fresh = work.afresh()
        for wish, result in zip(wishes, results, strict=True):
            if not isinstance(result.error, BlockedError):
                continue
            record = self.seen(fresh, asker, wish.key)
            if fresh.workspace(record.workspace).record_refusals:
                data = _refusal_data(record, wish.transition, wish.comment, result.error)
                Hand(fresh).append(record, "refused", asker.id, data, content=False)
        fresh.write()


def _refusal_data(record: ItemRecord, transition: str, comment: str, refusal: BlockedError) -> dict[str, Any]:
    return {
        "transition": transition,
        "from_state": record.state,
        "comment": comment,
        "blockers": [blocker_data(b) for b in (*refusal.blockers, *refusal.observed)],
    }


def outlooks(work: UnitOfWork, record: ItemRecord, asker: Actor) -> tuple[Outlook, ...]:
    """Every transition from the item's state as it would be for somebody; none where its method is not there."""
    item_type = work.item_type(record)
    if item_type is None:
        return ()
    leaving = item_type.workflow.leaving(record.state)
    if not leaving:
        return ()
    ctx = Context(work, record, asker.id)
    return tuple(outlook(ctx.about(transition.name), item_type, transition) for transition in leaving)
