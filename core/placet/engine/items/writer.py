"""The writer of one act: it makes, edits, moves and links items in a `UnitOfWork`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import proxy

from placet.definitions.checks import Effect
from placet.definitions.jobs import Job
from placet.definitions.roles import SYSTEM
from placet.engine.act.recorder import changed_fields
from placet.engine.act.records import EventRecord, Evidence, ItemRecord, ItemRef, Message, NewLink
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.writer import RoundWriter
from placet.engine.items.creation import ItemCreator
from placet.engine.items.effects import EffectRunner
from placet.engine.items.fields import FieldWriter
from placet.engine.items.links import LinkWriter
from placet.engine.items.moves import MoveWriter


class ItemWriter:
    """One small writer for each subject over one unit of work; effects write through all of them."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self._rounds = RoundWriter(unit)
        self._fields = FieldWriter(unit, self._rounds)
        # Weakly, since each has the other: a reference cycle would keep all that the act has read.
        self._effects = EffectRunner(unit, self._fields, proxy(self))
        self._links = LinkWriter(unit, self._fields, self._effects)
        self._creator = ItemCreator(unit, self._fields, self._links, self._effects)
        self._moves = MoveWriter(unit, self._fields, self._rounds, self._effects)

    def create(
        self,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any],
        *,
        parent: str | None = None,
        actor: str = SYSTEM,
        links: Sequence[NewLink] = (),
        state: str | None = None,
        caused_by: str | None = None,
    ) -> ItemRecord:
        """See `ItemCreator`."""
        return self._creator.create(
            workspace, type, title, fields, parent=parent, actor=actor, links=links, state=state,
            caused_by=caused_by,
        )  # fmt: skip

    def edit(self, ref: ItemRef, title: str | None, patch: Mapping[str, Any], actor: str) -> ItemRecord:
        """Edit title and fields, with the consequences: see `FieldWriter.edit`."""
        before = self.unit.own(ref)
        after = self._fields.edit(ref, title, patch, actor)
        return self._followed(ref, before) if after is not before else after

    def set(self, ref: ItemRef, patch: Mapping[str, Any]) -> None:
        self._fields.set(ref, patch)

    def set_on_other(self, ref: ItemRef, patch: Mapping[str, Any], *, caused_by: str) -> None:
        before = self.unit.own(ref)
        self._fields.set_on_other(ref, patch, caused_by=caused_by)
        self._followed(ref, before, cause=caused_by)

    def settled(self, record: ItemRecord) -> ItemRecord:
        return self._fields.settled(record)

    def move(
        self,
        ref: ItemRef,
        name: str,
        sent: Mapping[str, Any],
        comment: str,
        actor: str,
        *,
        caused_by: str | None = None,
        kept: bool = True,
    ) -> tuple[ItemRecord, EventRecord]:
        """See `MoveWriter`."""
        return self._moves.move(ref, name, sent, comment, actor, caused_by=caused_by, kept=kept)

    def fire(
        self, ref: ItemRef, name: str, comment: str, fields: Mapping[str, Any], *, caused_by: str
    ) -> None:
        self._moves.fire(ref, name, comment, fields, caused_by=caused_by)

    def attach(self, ref: ItemRef, evidence: Evidence) -> None:
        """Attach evidence without an event of its own: the event of the transition records it."""
        record = self.unit.own(ref)
        self.unit.put(replace(record, evidence=(*record.evidence, evidence)))

    def link(
        self,
        ref: ItemRef,
        link_type: str,
        target: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        actor: str,
        caused_by: str | None = None,
    ) -> ItemRecord:
        """See `LinkWriter`."""
        return self._links.link(ref, link_type, target, attributes, actor=actor, caused_by=caused_by)

    def unlink(self, ref: ItemRef, link_type: str, target: str, actor: str, comment: str = "") -> ItemRecord:
        """See `LinkWriter`."""
        return self._links.unlink(ref, link_type, target, actor, comment)

    def open_round(self, ref: ItemRef, approval: str, actor: str) -> None:
        """See `RoundWriter`."""
        self._rounds.open(ref, approval, actor)

    def void_round(self, ref: ItemRef, approval: str, reason: Message) -> None:
        self._rounds.void(ref, approval, reason)

    def run_effects(self, ref: ItemRef, effects: Sequence[Effect], cause: str) -> None:
        """See `EffectRunner`."""
        before = self.unit.own(ref)
        self._effects.run_on(ref, effects, cause)
        self._followed(ref, before, cause=cause)

    def _followed(self, ref: ItemRef, before: ItemRecord, *, cause: str | None = None) -> ItemRecord:
        """The item after the consequences of its changes."""
        changes = changed_fields(before, self.unit.own(ref))
        if changes:
            self._effects.follow(ref, changes, cause=cause)
        return self.unit.own(ref)

    def run_job(self, workspace: str, job: Job) -> None:
        self._effects.run_job(workspace, job)
