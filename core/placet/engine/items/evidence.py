"""Evidence: attach it to items, and read it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import may_see, ref_of, seen_item
from placet.engine.act.attachments import SHA256, attachment, evidence_data
from placet.engine.act.people import Actor
from placet.engine.act.ports import EvidenceStore, Stored
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import Evidence, ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.rights import demand_party
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import segregation
from placet.errors import NotFoundError


class EvidenceVerbs:
    """Evidence on items. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, store: EvidenceStore) -> None:
        self._acts = acts
        self._store = store

    def attach(
        self,
        actor: Actor,
        key: str,
        *,
        kind: str,
        name: str = "",
        content: bytes | Stored | None = None,
        url: str | None = None,
        sha256: str | None = None,
        media_type: str = "application/octet-stream",
        valid_until: datetime | None = None,
    ) -> Evidence:
        """Attach evidence: bytes, or a file that the evidence store has kept already, or a reference to an address.

        The bytes are kept before the item refers to them, so that no item refers to a missing file.

        Raises:
            BlockedError: a duty bars the actor, who has decided on the item for example.
            ForbiddenError: the actor neither made the item nor holds a role that edits it, moves it or decides on it.
            InvalidError, NotFoundError
        """
        given = attachment(
            kind, name=name, content=content, url=url, sha256=sha256, media_type=media_type,
            valid_until=valid_until,
        )  # fmt: skip
        self._acts.look(lambda unit: _to_attach(unit, actor, key, kind))
        if isinstance(content, bytes):
            content = self.keep(BytesIO(content))
        size = 0 if content is None else content.size

        def do(unit: UnitOfWork) -> Evidence:
            record = _to_attach(unit, actor, key, kind)
            evidence = given.by(actor.id, unit.now, size)
            _attach(unit, record, evidence)
            unit.write()
            return evidence

        return self._acts.act("attach", do)

    def keep(self, content: BinaryIO) -> Stored:
        """Keep the rest of a file, to be attached later."""
        return self._store.put(content)

    def get(self, actor: Actor, sha256: str) -> Evidence:
        """Evidence on an item that the actor may see."""

        def see(unit: UnitOfWork) -> Evidence:
            for record in unit.session.evidence_holders(sha256) if SHA256.match(sha256) else ():
                if may_see(unit, actor, record):
                    return next(e for e in record.evidence if e.sha256 == sha256)
            raise NotFoundError("evidence", sha256[:64])

        return self._acts.look(see)

    def content(self, evidence: Evidence) -> BinaryIO:
        """The bytes of evidence as a file, which the caller closes. Raises `NotFoundError` for a mere reference."""
        sha256 = evidence.sha256 or ""
        content = self._store.open(sha256)
        if content is None:
            raise NotFoundError("content of the evidence", sha256)
        return content


def _to_attach(unit: UnitOfWork, actor: Actor, key: str, kind: str) -> ItemRecord:
    """The item, for an actor who may attach evidence to it. Raises as `EvidenceVerbs.attach`."""
    record = seen_item(unit, actor, key)
    demand_party(unit, actor, record, "attach evidence to")
    ctx = Context(unit, record, actor.id)
    barred = list(segregation(ctx, f"attach:{kind}", [actor.id]))
    if barred:
        raise BlockedError(record.key, "attach", barred, wording=ctx.titles)
    return record


def _attach(unit: UnitOfWork, record: ItemRecord, evidence: Evidence) -> None:
    unit.put(replace(record, evidence=(*record.evidence, evidence)))
    after = unit.own(ref_of(record))
    if unit.item_type(record) is not None:
        after = ItemWriter(unit).settled(after)
    data: dict[str, Any] = {"evidence": evidence_data(evidence), "valid_until": evidence.valid_until}
    # A computed field may follow from evidence.
    if changes := changed_fields(record, after):
        data["changes"] = changes
    append(unit, after, "evidence", evidence.actor, data)
