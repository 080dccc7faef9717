"""Confirmations: given, declined or taken back by the one who is named, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from placet.definitions.confirmations import Confirmation
from placet.definitions.context import ConfirmationStatus
from placet.definitions.document import content_hash
from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import Expected, demand_version_read, shown_item
from placet.engine.act.input import COMMENT_LIMIT, clean_text, parse_key
from placet.engine.act.people import Actor
from placet.engine.act.questions import ConfirmationRecord
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.confirming import given, with_confirmation
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import segregation
from placet.engine.rules.refusals import refused
from placet.errors import NotFoundError

_FINAL = frozenset({"done", "cancelled"})


class Confirmations:
    """Answers of people who are named. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, settled: Callable[[UnitOfWork, ItemRecord], ItemRecord]) -> None:
        """Connect the verbs; `settled` returns an item with what follows from its content."""
        self._acts = acts
        self._settled = settled

    def decide(
        self,
        actor: Actor,
        key: str,
        confirmation: str,
        *,
        confirm: bool,
        comment: str = "",
        expected: Expected = None,
    ) -> ItemRecord:
        """Confirm or decline what one is named for. Nobody can do it for somebody else. The latest answer counts.

        Raises:
            BlockedError: the actor is not named, the time to answer is over, or segregation of duties bars them.
            ForbiddenError: somebody else made the token.
            NotFoundError: no such item, or no such confirmation of its type.
            StaleError, PreconditionRequiredError: the item has changed since `expected`, or that is missing.
        """
        self._acts.demand_in_person(actor, "confirm")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> ItemRecord:
            ctx, definition, asked = self._asked(unit, actor, key, confirmation, expected)
            if asked.status_at(unit.now) is ConfirmationStatus.EXPIRED:
                raise refused(
                    ctx, "confirm", "confirmation", "the time to answer ended on {until:moment}",
                    "have it asked for again", until=asked.expires_at,
                )  # fmt: skip
            barred = list(segregation(ctx, f"confirm:{confirmation}", [actor.id])) if confirm else []
            if barred:
                raise BlockedError(ctx.record.key, "confirm", barred, wording=ctx.titles)
            if confirm:
                after = given(ctx, definition, actor.id, said)
            else:
                declined = replace(
                    asked, status=ConfirmationStatus.DECLINED, decided_at=unit.now, comment=said
                )
                after = with_confirmation(ctx.record, declined)
            return self._kept(unit, ctx, after, asked, "confirmed" if confirm else "declined", said)

        return self._acts.act("confirm", do)

    def take_back(
        self, actor: Actor, key: str, confirmation: str, *, expected: Expected = None
    ) -> ItemRecord:
        """Take back one's own answer, so that it is open again. Raises as `decide`."""
        self._acts.demand_in_person(actor, "take back a confirmation")

        def do(unit: UnitOfWork) -> ItemRecord:
            ctx, _, asked = self._asked(unit, actor, key, confirmation, expected)
            if asked.decided_at is None:
                raise refused(
                    ctx, "take_back", "confirmation", "{actor:person} has not answered yet",
                    "confirm or decline it", actor=actor.id,
                )  # fmt: skip
            again = replace(
                asked, status=ConfirmationStatus.PENDING, decided_at=None, comment="", expires_at=None
            )
            after = with_confirmation(ctx.record, again)
            return self._kept(unit, ctx, after, asked, "confirmation_taken_back", "")

        return self._acts.act("confirm", do)

    def own(self, actor: Actor, key: str, confirmation: str) -> tuple[ItemRecord, ConfirmationRecord]:
        """One's own confirmation on an item with its material: what one is asked, or what one confirmed.

        The item itself is shown as long as the question is open; what somebody answered stays theirs to read.

        Raises:
            NotFoundError: the actor was never asked for it on such an item.
        """

        def see(unit: UnitOfWork) -> tuple[ItemRecord, ConfirmationRecord]:
            record = _named_on(unit, actor, key)
            found = record.confirmation(confirmation, actor.id)
            if found is None:
                raise NotFoundError(f"confirmation of {actor.name} on {record.key}", confirmation[:100])
            return record, found

        return self._acts.look(see)

    def of_person(self, unit: UnitOfWork, actor: Actor) -> list[tuple[ItemRecord, ConfirmationRecord]]:
        """The confirmations that one person is asked for now, by key of the item."""
        found = unit.current(unit.session.pending_confirmations(actor.id))
        return [
            (record, each)
            for record in found
            for each in record.confirmations
            if each.actor == actor.id and each.status_at(unit.now) is ConfirmationStatus.PENDING
        ]

    def _asked(
        self, unit: UnitOfWork, actor: Actor, key: str, confirmation: str, expected: Expected
    ) -> tuple[Context, Confirmation, ConfirmationRecord]:
        """The question that an actor is asked.

        Raises:
            BlockedError: the item has ended, or the actor is not named.
        """
        record = _named_on(unit, actor, key)
        demand_version_read(unit, record, expected)
        item_type = unit.item_type(record)
        definition = item_type.confirmation(confirmation) if item_type is not None else None
        if definition is None:
            known = [each.id for each in item_type.confirmations] if item_type is not None else []
            titles = unit.titles(record.workspace, record.type)
            what = titles.sentence("confirmation of {type:a type}", type=record.type)
            raise NotFoundError(what, confirmation[:100], known)
        ctx = Context(unit, record, actor.id)
        asked = record.confirmation(confirmation, actor.id)
        if asked is None or asked.status is ConfirmationStatus.WITHDRAWN:
            view = ctx.confirmation(confirmation)
            raise refused(
                ctx, "confirm", "confirmation",
                "{confirmation:confirmation} is for {named:person and} alone to confirm"
                if view.named
                else "nobody is asked for {confirmation:confirmation}",
                "ask {named:person and}" if view.named else "name somebody as {field:field}",
                confirmation=confirmation, named=view.named, field=definition.field, actor=actor.id,
            )  # fmt: skip
        if record.category in _FINAL:
            raise refused(
                ctx, "confirm", "confirmation", "{key} has ended, and its confirmations stay as they are",
                "record what is new on another item", key=record.key,
            )  # fmt: skip
        return ctx, definition, asked

    def _kept(
        self,
        unit: UnitOfWork,
        ctx: Context,
        after: ItemRecord,
        asked: ConfirmationRecord,
        kind: str,
        said: str,
    ) -> ItemRecord:
        data: dict[str, Any] = {
            "confirmation": asked.confirmation,
            "comment": said,
            "material": {
                "version": ctx.record.version,
                "of": sorted(asked.material),
                "digest": content_hash(asked.material),
            },
        }
        settled = self._settled(unit, after)
        data["changes"] = changed_fields(ctx.record, settled)
        kept, _ = append(unit, settled, kind, asked.actor, data)
        unit.write()
        return kept


def _named_on(unit: UnitOfWork, actor: Actor, key: str) -> ItemRecord:
    """An item that the actor sees, or on which they were asked to confirm something. Raises `NotFoundError`."""
    try:
        return shown_item(unit, actor, key)
    except NotFoundError:
        record = unit.item(parse_key(key))
        if record is None or all(each.actor != actor.id for each in record.confirmations):
            raise
        return record
