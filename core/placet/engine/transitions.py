"""The main job: explaining transitions, and making them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import Expected, demand_version, may_see, ref_of, seen_item, shown_item
from placet.engine.act.people import Actor
from placet.engine.act.ports import Observer
from placet.engine.act.recorder import append
from placet.engine.act.records import EventRecord, IdempotencyRecord, ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.views import approval_views
from placet.engine.items.writer import ItemWriter
from placet.engine.moved import BulkResult, Idempotency, Moved, Wish
from placet.engine.rules.former import FormerFields
from placet.engine.rules.grounds import blocker_data
from placet.engine.rules.previews import Explanation, previews, previews_now
from placet.engine.timers.views import timer_views
from placet.errors import ConflictError, PlacetError

_log = logging.getLogger(__name__)

#: Wishes of one bulk call; with more, one transaction would keep others waiting for too long.
BULK_LIMIT = 100


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal that was recorded; it is raised after its event is committed."""

    error: BlockedError
    type: str


@dataclass(frozen=True, slots=True)
class _Done:
    """A transition that is made once its act is committed."""

    #: As the act leaves it.
    item: ItemRecord
    event: EventRecord
    #: Whether other rules than those of the act apply after it.
    regates: bool = False


@dataclass(frozen=True, slots=True)
class _Before:
    """A transition that was made earlier under the same idempotency key."""

    event: str


class Transitions:
    """Transitions: explained, dry-run, made, one by one or in bulk. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        #: Called with the result of each requested transition.
        self.observer: Observer | None = None

    def explain(self, actor: Actor, key: str, *, as_of: datetime | None = None) -> Explanation:
        """Every transition defined from the item's state, as it would be for the actor; `as_of` looks ahead."""

        def see(unit: UnitOfWork) -> Explanation:
            record = shown_item(unit, actor, key)
            return Explanation(record, previews_now(unit, record, actor, entitled=True))

        return self._acts.look(see, now=as_of)

    def transition(
        self,
        actor: Actor,
        key: str,
        transition: str,
        *,
        fields: Mapping[str, Any] | None = None,
        comment: str = "",
        expected: Expected = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        as_of: datetime | None = None,
    ) -> Moved:
        """Move an item, or report every blocker.

        Fields are merged before the checks run, and kept only if the transition succeeds. `as_of` is for dry runs.
        The event is as committed; everything beside it is looked at after the commit, so that this act does not depend
        on anything that the checks of the *next* state read.

        Raises:
            BlockedError: with all blockers; recorded where the workspace records refusals, and never in a dry run.
            ConflictError: the idempotency key was used for another request.
            UnavailableError: the database is unavailable; says whether the transition may have been made.
            InvalidError, NotFoundError, StaleError, PreconditionRequiredError, BusyError
        """
        wish = Wish(key, transition, fields or {}, comment)
        if dry_run:
            return self._acts.look(lambda unit: self._rehearsed(unit, actor, wish, expected), now=as_of)
        act = f"transition {key.partition('-')[0]} {transition}"
        result = self._observed(
            transition,
            lambda: self._acts.act(
                act, lambda unit: self._moved(unit, actor, wish, expected, idempotency), about=key
            ),
        )
        if isinstance(result, _Refusal):
            try:
                raise result.error
            finally:
                del result  # or the error would have its frame, and its frame the error
        if isinstance(result, _Before):
            return self._again(actor, key, result.event)
        return self._shown(actor, [result])[0]

    def _moved(
        self,
        unit: UnitOfWork,
        actor: Actor,
        wish: Wish,
        expected: Expected,
        idempotency: Idempotency | None,
    ) -> _Done | _Before | _Refusal:
        # The item is read before the key. If the same request commits in between, the item is found to have changed at
        # the commit; if it committed before both reads, the key is there.
        record = seen_item(unit, actor, wish.key)
        before = self._done_before(unit, actor, idempotency)
        if before is not None:
            return before
        demand_version(unit, record, expected)
        try:
            moved, event = ItemWriter(unit).move(
                ref_of(record), wish.transition, wish.fields, wish.comment, actor.id
            )
        except BlockedError as refusal:
            return self._refuse(unit, record, wish.transition, actor, wish.comment, refusal)
        if idempotency is not None:
            unit.idempotency = IdempotencyRecord(
                actor.id, idempotency.key, idempotency.request, event.id, unit.now
            )
        unit.write()
        return _Done(moved, event, unit.regates)

    def _rehearsed(self, unit: UnitOfWork, actor: Actor, wish: Wish, expected: Expected) -> Moved:
        before = seen_item(unit, actor, wish.key)
        demand_version(unit, before, expected)
        record, _ = ItemWriter(unit).move(
            ref_of(before), wish.transition, wish.fields, wish.comment, actor.id
        )
        return _moved(unit, record, None, actor)

    def _observed(
        self, transition: str, act: Callable[[], _Done | _Before | _Refusal]
    ) -> _Done | _Before | _Refusal:
        if self.observer is None:
            return act()
        try:
            result = act()
        except Exception:
            self.observer.failed()
            raise
        if isinstance(result, _Refusal):
            self.observer.refused(result.type, transition, result.error.blockers)
        elif isinstance(result, _Done):
            self.observer.moved(result.item.type, transition)
        return result

    def _done_before(self, unit: UnitOfWork, actor: Actor, idempotency: Idempotency | None) -> _Before | None:
        if idempotency is None:
            return None
        found = unit.session.idempotency(actor.id, idempotency.key)
        if found is None:
            return None
        if found.request != idempotency.request:
            raise ConflictError(
                f'the idempotency key "{idempotency.key}" was used for another request: take a new one'
            )
        return _Before(found.event)

    def _again(self, actor: Actor, key: str, event: str) -> Moved:
        """The same event again, with the item as it is now, for an actor who may still see it."""

        def see(unit: UnitOfWork) -> Moved:
            record = seen_item(unit, actor, key)
            return replace(_moved(unit, record, unit.session.log.event(event), actor), replayed=True)

        return self._acts.look(see)

    def _shown(self, actor: Actor, done: Sequence[_Done], *, with_previews: bool = True) -> list[Moved]:
        """Transitions that were made, as shown to the actor: all in one view, of their commit or after it.

        An item may therefore be newer than its event, with what others have committed meanwhile. The transitions are
        made even if showing them fails.
        """
        known = () if any(each.regates for each in done) else [each.item for each in done]

        def see(unit: UnitOfWork) -> list[Moved]:
            if len(done) > 1:
                unit.items(ref_of(each.item) for each in done)
            return [_after(unit, actor, each, with_previews=with_previews) for each in done]

        try:
            return self._acts.look(see, known=known)
        except Exception:  # noqa: BLE001  # logged, and the answer says that it was made
            made = ", ".join(f"{each.item.key} by event {each.event.id}" for each in done)
            _log.exception("moved, and cannot be shown: %s", made)
            return [_unseen(each) for each in done]

    def _refuse(
        self,
        unit: UnitOfWork,
        before: ItemRecord,
        transition: str,
        actor: Actor,
        comment: str,
        refusal: BlockedError,
    ) -> _Refusal:
        """Record who tried what, and the blockers; everything else that the attempt prepared is dropped."""
        if not unit.workspace(before.workspace).record_refusals:
            return _Refusal(refusal, before.type)
        fresh = unit.renewed()
        record = fresh.own(ref_of(before))
        data = _refusal_data(record, transition, comment, refusal)
        _, event = append(fresh, record, "refused", actor.id, data, content=False)
        fresh.write()
        return _Refusal(
            BlockedError(
                refusal.key,
                refusal.act,
                refusal.blockers,
                observed=refusal.observed,
                event=event.id,
                wording=refusal.wording,
            ),
            before.type,
        )

    def bulk(self, actor: Actor, wishes: Sequence[Wish], *, atomic: bool) -> tuple[BulkResult, ...]:
        """Make several transitions: each by itself, or all or none.

        Where one wish of an atomic request is refused, nothing moves, and every result has an error: the refused wishes
        their own, the others a `ConflictError` that names these.
        """
        if not atomic:
            return tuple(self._one(wish, partial(self._single, actor)) for wish in wishes)

        def do(unit: UnitOfWork) -> tuple[_Done | BulkResult, ...]:
            results = tuple(self._tried(unit, actor, wish) for wish in wishes)
            refused = [each.key for each in results if isinstance(each, BulkResult)]
            if not refused:
                unit.write()
                return tuple(_left(unit, each) for each in results if isinstance(each, _Done))
            why = f"not moved, because {', '.join(refused)} was refused and all were to move or none"
            kept = tuple(
                each if isinstance(each, BulkResult) else BulkResult(wish.key, error=ConflictError(why))
                for wish, each in zip(wishes, results, strict=True)
            )
            self._record_refusals(unit, actor, wishes, kept)
            return kept

        results = self._acts.act("bulk", do, bulk=True)
        done = [each for each in results if isinstance(each, _Done)]
        shown = iter(self._shown(actor, done, with_previews=False) if done else ())
        return tuple(
            each if isinstance(each, BulkResult) else BulkResult(each.item.key, moved=next(shown))
            for each in results
        )

    def _single(self, actor: Actor, wish: Wish) -> Moved:
        return self.transition(actor, wish.key, wish.transition, fields=wish.fields, comment=wish.comment)

    def _tried(self, unit: UnitOfWork, actor: Actor, wish: Wish) -> _Done | BulkResult:
        kept = unit.savepoint()
        try:
            before = seen_item(unit, actor, wish.key)
            demand_version(unit, before, None)
            record, event = ItemWriter(unit).move(
                ref_of(before), wish.transition, wish.fields, wish.comment, actor.id
            )
        except PlacetError as error:
            # The others are decided on the state before, not on a move that was half made.
            unit.back_to(kept)
            return BulkResult(wish.key, error=error)
        return _Done(record, event)

    def _one(self, wish: Wish, move: Callable[[Wish], Moved]) -> BulkResult:
        try:
            return BulkResult(wish.key, moved=move(wish))
        except PlacetError as error:
            return BulkResult(wish.key, error=error)

    def _record_refusals(
        self, unit: UnitOfWork, actor: Actor, wishes: Sequence[Wish], results: Sequence[BulkResult]
    ) -> None:
        fresh = unit.renewed()
        for wish, result in zip(wishes, results, strict=True):
            if not isinstance(result.error, BlockedError):
                continue
            record = seen_item(fresh, actor, wish.key)
            if fresh.workspace(record.workspace).record_refusals:
                data = _refusal_data(record, wish.transition, wish.comment, result.error)
                append(fresh, record, "refused", actor.id, data, content=False)
        fresh.write()


def _moved(
    unit: UnitOfWork,
    record: ItemRecord,
    event: EventRecord | None,
    actor: Actor,
    *,
    with_previews: bool = True,
) -> Moved:
    return Moved(
        record,
        event,
        previews(unit, record, actor) if with_previews else None,
        approval_views(unit, record, judged=record),
        timer_views(unit, record),
        former=FormerFields(unit).of(record),
    )


def _left(unit: UnitOfWork, done: _Done) -> _Done:
    """A transition of several, with its item as all of them leave it."""
    return replace(done, item=unit.own(ref_of(done.item)), regates=unit.regates)


def _after(unit: UnitOfWork, actor: Actor, done: _Done, *, with_previews: bool) -> Moved:
    record = unit.item(ref_of(done.item))
    if record is None or not may_see(unit, actor, record):
        # They were allowed to move it and may no longer see it: they are shown their own act, and nothing after it.
        return _unseen(done)
    return _moved(unit, record, done.event, actor, with_previews=with_previews)


def _unseen(done: _Done) -> Moved:
    """A transition as it was committed, without the parts that would have to be read."""
    return Moved(done.item, done.event, None, None, None)


def _refusal_data(record: ItemRecord, transition: str, comment: str, refusal: BlockedError) -> dict[str, Any]:
    return {
        "transition": transition,
        "from_state": record.state,
        "comment": comment,
        "blockers": [blocker_data(b) for b in (*refusal.blockers, *refusal.observed)],
    }
