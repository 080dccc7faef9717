"""Effects: changes in the same transaction as a transition, a link, a timer's threshold or a periodic job."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from placet.definitions.added_gates import AddedGate
from placet.definitions.checks import Effect
from placet.definitions.document import method_of, plain
from placet.definitions.effect_context import EffectContext
from placet.definitions.jobs import Job
from placet.definitions.readonly import read_only
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError
from placet.engine.act.attachments import DOCUMENT_LIMIT, attachment
from placet.engine.act.input import COMMENT_LIMIT, clean_text, demand_clean, parse_key
from placet.engine.act.latest_verification import Verification, latest_for
from placet.engine.act.plugin_calls import PluginError, by_the_engine
from placet.engine.act.proposals import GATES
from placet.engine.act.recorder import append, unrecorded_fields
from placet.engine.act.records import Evidence, ItemRecord, ItemRef, Message
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.fields import FieldWriter
from placet.engine.rules.context import Context
from placet.engine.rules.refusals import plugin_failed
from placet.engine.rules.views import Item
from placet.errors import ConflictError, DefinitionError, InvalidError, PlacetError

#: A chain of consequences that is longer than this is a circle.
_DEPTH_LIMIT = 8


class EffectWriter(Protocol):
    """The part of an act's writer that effects need; `ItemWriter` is one."""

    @property
    def unit(self) -> UnitOfWork: ...
    def set(self, ref: ItemRef, patch: Mapping[str, Any]) -> None: ...
    def set_on_other(self, ref: ItemRef, patch: Mapping[str, Any], *, caused_by: str) -> None: ...
    def create(
        self,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any],
        *,
        parent: str | None,
        caused_by: str | None,
    ) -> ItemRecord: ...
    def attach(self, ref: ItemRef, evidence: Evidence) -> None: ...
    def link(
        self,
        ref: ItemRef,
        link_type: str,
        target: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        actor: str,
        caused_by: str | None = None,
    ) -> ItemRecord: ...
    def fire(
        self, ref: ItemRef, name: str, comment: str, fields: Mapping[str, Any], *, caused_by: str
    ) -> None: ...
    def open_round(self, ref: ItemRef, approval: str, actor: str) -> None: ...
    def void_round(self, ref: ItemRef, approval: str, reason: Message) -> None: ...


class Effects(Context):
    """The verbs of an effect; each goes through the writer of the act."""

    _writer: EffectWriter
    #: The cause that events on other items name.
    _cause: str
    _changes_rules: str

    def __init__(
        self,
        writer: EffectWriter,
        record: ItemRecord,
        actor: str,
        *,
        cause: str = "",
        changes_rules: str = "",
        **said: Any,
    ) -> None:
        super().__init__(writer.unit, record, actor, **said)
        vars(self).update(_writer=writer, _cause=cause or record.key, _changes_rules=changes_rules)

    @property
    def verification(self) -> Verification | None:
        """The latest verification of the log, for jobs."""
        return latest_for(self.unit, self.workspace.key)

    def _crosses_to(self, key: str) -> bool:
        """Whether the effect may write on an item: of its own workspace, or of one that agreed to it.

        Both workspaces have the effect's method on and name each other in `effects_with`. Writes that are left out
        are recorded with the cause.
        """
        if self._agreed_with(parse_key(key).workspace):
            return True
        self.unit.left_out[key] = None
        return False

    def _agreed_with(self, there: str) -> bool:
        here = self.workspace
        if there == here.key:
            return True
        other = self.unit.workspace(there)
        agreed = there in here.effects_with and here.key in other.effects_with
        return agreed and self._method in other.methods

    def _refresh(self) -> None:
        record = self.unit.item(self._ref)
        if record is not None:
            item = Item(record, self.catalog.item_types.get(record.type), self.unit.typed)
            vars(self).update(record=record, item=item)

    @by_the_engine
    def set(self, **fields: Any) -> None:
        self._writer.set(self._ref, _json(fields))
        self._refresh()

    @by_the_engine
    def set_on(self, key: str, **fields: Any) -> None:
        if key == self.item.key:
            # Part of the act on the item itself, as with `set`: its event records it, once.
            self._writer.set(self._ref, _json(fields))
            self._refresh()
        elif self._crosses_to(key):
            self._writer.set_on_other(parse_key(key), _json(fields), caused_by=self._cause)

    @by_the_engine
    def create(self, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str:
        return self._writer.create(
            self.workspace.key, type, title, _json(fields), parent=parent, caused_by=self._cause
        ).key

    @by_the_engine
    def create_in(
        self, workspace: str, type: str, title: str, /, *, parent: str | None = None, **fields: Any
    ) -> str | None:
        if not self._agreed_with(workspace) or type not in self.unit.catalog(workspace).item_types:
            self.unit.left_out[parent or workspace] = None
            return None
        made = self._writer.create(
            workspace, type, title, _json(fields), parent=parent, caused_by=self._cause
        )
        return made.key

    @by_the_engine
    def link(
        self,
        link_type: str,
        target: str,
        *,
        source: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        if not self._crosses_to(source or self.item.key):
            return
        said = None if attributes is None else _json(attributes)
        linked = parse_key(source or self.item.key)
        self._writer.link(linked, str(link_type), target, said, actor=SYSTEM, caused_by=self._cause)
        self._refresh()

    @by_the_engine
    def attach(
        self,
        kind: str,
        *,
        name: str = "",
        content: bytes | str | None = None,
        url: str | None = None,
        sha256: str | None = None,
        media_type: str = "application/octet-stream",
        valid_until: datetime | None = None,
    ) -> None:
        document = content.encode() if isinstance(content, str) else content
        if document is not None and len(document) > DOCUMENT_LIMIT:
            raise InvalidError.at(
                "/content", f"has {len(document)} bytes, and an effect attaches {DOCUMENT_LIMIT} at most"
            )
        given = attachment(
            kind, name=name, content=document, url=url, sha256=sha256, media_type=media_type,
            valid_until=valid_until,
        )  # fmt: skip
        if document is not None and given.sha256 is not None:
            self.unit.enclose(document, given.sha256)
        self._writer.attach(self._ref, given.by(SYSTEM, self.now, len(document or b"")))
        self._refresh()

    @by_the_engine
    def fire(self, key: str, transition: str, *, comment: str, **fields: Any) -> None:
        if not self._crosses_to(key):
            return
        self._writer.fire(parse_key(key), transition, comment, _json(fields), caused_by=self._cause)
        self._refresh()

    @by_the_engine
    def note(self, key: str, text: str) -> None:
        if key == self.item.key:
            raise DefinitionError(f"an effect of {key} comments on other items: its own event has a comment")
        if not self._crosses_to(key):
            return
        said = clean_text(text, "/text", limit=COMMENT_LIMIT, empty=False)
        record = self.unit.own(parse_key(key))
        append(
            self.unit, record, "comment", SYSTEM, {"comment": said, "caused_by": self._cause}, content=False
        )

    @by_the_engine
    def void(self, approval: str, reason: str) -> None:
        self._writer.void_round(self._ref, approval, Message("plugin.sentence", {"sentence": reason}))
        self._refresh()

    @by_the_engine
    def ask(self, approval: str) -> None:
        self._writer.open_round(self._ref, approval, self.actor)
        self._refresh()

    @by_the_engine
    def set_gates(self, *gates: AddedGate) -> None:
        if not self._changes_rules:
            raise DefinitionError(
                "this effect changes the gates of the workspace: declare it with changes_rules, and the id of the "
                "approval in which a second person agrees to that"
            )
        if GATES in self.workspace.governed and not self.transition:
            # Nobody has agreed to an edit, a link or a timer.
            raise DefinitionError(
                f"nobody changes the gates of {self.workspace.key} alone: let a transition do it, with an approval"
            )
        for gate in gates:
            faults = self.gate_faults(gate)
            if faults:
                raise DefinitionError(f"the gate {gate.id} cannot be added: {'; '.join(faults)}")
        own = tuple(replace(gate, item=self.item.key) for gate in gates)
        self.unit.set_gates(self.workspace.key, self.item.key, self._method, own, self.actor)


def _json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields in JSON. Raises `InvalidError` for what nobody may send, as no database could store it."""
    values = {name: plain(value) for name, value in fields.items()}
    demand_clean(values, "/fields")
    return values


class EffectRunner:
    """Runs the effects of one act."""

    def __init__(self, unit: UnitOfWork, fields: FieldWriter, writer: EffectWriter) -> None:
        self._unit = unit
        self._fields = fields
        self._writer = writer
        self._depth = 0

    def run(self, ref: ItemRef, effect: Effect, actor: str, said: dict[str, Any]) -> None:
        """One effect of a transition.

        Raises:
            BlockedError: it failed, or caught the refusal of a transition that it fired.
        """
        ctx = Effects(self._writer, self._unit.own(ref), actor, changes_rules=effect.changes_rules, **said)
        self._call(effect.id, ctx, effect.run)

    def _call(self, id: str, ctx: Effects, code: Callable[[EffectContext], None]) -> None:
        ctx.speaks_for(method_of(id))
        try:
            self._unit.plugins.call(id, ctx, code)
        except PluginError as failure:
            if isinstance(failure.error, BlockedError | ConflictError):
                # A transition that the effect fired was refused, and the effect caught that.
                raise failure.error from None
            raise plugin_failed(
                ctx.record.key, ctx.transition, "effect", f"effect {id}", failure, ctx.titles
            ) from failure

    def run_on(
        self, ref: ItemRef, effects: Sequence[Effect], cause: str, sent: Mapping[str, Any] | None = None
    ) -> None:
        """Effects of a timer or a link instead of a transition.

        Their changes of the item, approvals asked for or voided included, are an edit; so is what they left out.
        """
        if not effects:
            return
        before, since = self._unit.own(ref), len(self._unit.events)
        left_out = set(self._unit.left_out)
        for effect in effects:
            self.run(ref, effect, SYSTEM, {"transition": "", "cause": cause, "sent": sent or {}})
        after = self._unit.own(ref)
        omitted = self._unit.left_out.keys() - left_out
        changes = unrecorded_fields(self._unit, before, after, since)
        recorded = self._unit.as_recorded(after)
        # Changes that an event in between has recorded (a link made by an effect) are not recorded again.
        if (
            changes
            or omitted
            or (
                recorded is not None
                and (recorded.approvals, recorded.evidence) != (after.approvals, after.evidence)
            )
        ):
            settled = self._fields.settled(after)
            if settled.fields is not after.fields:
                changes = unrecorded_fields(self._unit, before, settled, since)
            data = {"changes": changes, "caused_by": cause, "left_out": list(self._unit.left_out)}
            append(self._unit, settled, "edited", SYSTEM, data)

    def follow(
        self, ref: ItemRef, changes: Collection[str], *, moved: bool = False, cause: str | None = None
    ) -> None:
        """The consequences of a write that was recorded.

        Raises:
            ConflictError: they follow from each other in a circle.
        """
        item_type = self._unit.item_type(self._unit.own(ref))
        due = [
            effect
            for consequence in (item_type.consequences if item_type is not None else ())
            if consequence.follows(changes, moved=moved)
            for effect in consequence.effects
        ]
        if not due:
            return
        self._depth += 1
        try:
            if self._depth > _DEPTH_LIMIT:
                raise ConflictError(
                    f"consequences follow from each other in a circle: {due[0].id} on {ref.key} is the"
                    f" {self._depth}th in a row"
                )
            self.run_on(ref, due, cause or ref.key)
        finally:
            self._depth -= 1

    def run_hooks(self, ref: ItemRef, actor: str, said: dict[str, Any], event: dict[str, Any]) -> None:
        """The `placet_effect` of every method that implements it."""
        hooks = self._unit.catalog(ref.workspace).effects
        event = read_only(event) if hooks else event
        for method, run in hooks:
            ctx = Effects(self._writer, self._unit.own(ref), actor, **said)
            self._call(f"{method}.placet_effect", ctx, partial(_run_hook, run, event))

    def run_job(self, workspace: str, job: Job) -> None:
        """One occurrence of a periodic job, as `system`.

        Raises:
            PluginError: its code failed, or took too long.
        """
        place = self._unit.workspace(workspace)
        # A placeholder where an item is expected; no verb of a job's context reads or writes it.
        itself = ItemRecord(
            workspace=workspace, number=0, type=job.id, title=place.name, state="", category="", version=0, seq=0,
            head="", fields={}, created_at=place.created_at, created_by=SYSTEM, updated_at=self._unit.now,
            state_since=place.created_at, definition="",
        )  # fmt: skip
        try:
            self._unit.plugins.call(job.id, Effects(self._writer, itself, SYSTEM, cause=job.id), job.run)
        except PluginError as failure:
            if isinstance(failure.error, PlacetError):
                # The engine refused a request of the job.
                raise failure.error from None
            raise


def _run_hook(
    run: Callable[[EffectContext, dict[str, Any]], None], event: dict[str, Any], ctx: EffectContext
) -> None:
    run(ctx, event)
