"""Evidence: attach it to items, and give it out again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from hashlib import sha256 as digest_of
from io import BytesIO
from typing import BinaryIO

from placet.engine.act.access import may_see, ref_of, seen_item
from placet.engine.act.input import clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor
from placet.engine.act.ports import EvidenceStore, Stored
from placet.engine.act.recorder import append
from placet.engine.act.records import Evidence, ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.errors import InvalidError, NotFoundError

_KIND = re.compile(r"^[a-z][a-z0-9_]{0,63}\Z")
_SHA256 = re.compile(r"^[0-9a-f]{64}\Z")
_URL = re.compile(r"^https?://[^\s]{1,2000}\Z")


class EvidenceVerbs:
    """What is attached to items; each verb with who acts first."""

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
        """Attach evidence: bytes, or what the evidence store has kept of them, or a reference to something elsewhere.

        The bytes are kept before the item says that it has them, so that no item ever points at nothing.
        """
        _demand_fitting(kind, content, url, sha256)
        name = clean_text(name or (url or kind), "/name", limit=2000, empty=False)
        media_type = clean_text(media_type, "/media_type", limit=200) or "application/octet-stream"
        self._acts.look(lambda work: seen_item(work, actor, key))
        if isinstance(content, bytes):
            content = self.keep(BytesIO(content))
        stored, size = (sha256, 0) if content is None else content

        def do(work: UnitOfWork) -> Evidence:
            record = seen_item(work, actor, key)
            evidence = Evidence(
                id=new_id(), kind=kind, name=name, at=work.now, actor=actor.id, sha256=stored, url=url,
                media_type=media_type, size=size, valid_until=valid_until,
            )  # fmt: skip
            _attach(work, record, evidence)
            work.write()
            return evidence

        return self._acts.act("attach", do)

    def keep(self, content: BinaryIO) -> Stored:
        """Keep the rest of a file, to be attached."""
        return self._store.put(content)

    def get(self, actor: Actor, sha256: str) -> Evidence:
        """Evidence on an item that the actor may see."""

        def see(work: UnitOfWork) -> Evidence:
            for record in work.session.evidence_holders(sha256) if _SHA256.match(sha256) else ():
                if may_see(work, actor, record):
                    return next(e for e in record.evidence if e.sha256 == sha256)
            raise NotFoundError("evidence", sha256[:64])

        return self._acts.look(see)

    def content(self, evidence: Evidence) -> BinaryIO:
        """The bytes of evidence as a file, for the caller to close. Raises `NotFoundError` where they are elsewhere."""
        sha256 = evidence.sha256 or ""
        content = self._store.open(sha256)
        if content is None:
            raise NotFoundError("content of the evidence", sha256)
        return content


def _demand_fitting(kind: str, content: bytes | Stored | None, url: str | None, sha256: str | None) -> None:
    if not _KIND.match(kind):
        raise InvalidError.at("/kind", "is not a name of small letters, digits and _ such as test_result")
    if (content is None) == (url is None):
        raise InvalidError.at("", "send either a file or a url")
    if url is not None and not _URL.match(url):
        raise InvalidError.at("/url", "is not an http or https address")
    if sha256 is not None and not _SHA256.match(sha256):
        raise InvalidError.at("/sha256", "is not a SHA-256 in 64 small hex digits")
    if content is not None and sha256 not in {None, _digest(content)}:
        raise InvalidError.at("/sha256", "is not the SHA-256 of the file that was sent")


def _attach(work: UnitOfWork, record: ItemRecord, evidence: Evidence) -> None:
    work.put(replace(record, evidence=(*record.evidence, evidence)))
    after = work.own(ref_of(record))
    if work.item_type(record) is not None:
        after = ItemWriter(work).settled(after)
    told = {
        "id": evidence.id,
        "kind": evidence.kind,
        "name": evidence.name,
        "sha256": evidence.sha256,
        "url": evidence.url,
        "size": evidence.size,
    }
    data = {"evidence": told, "valid_until": evidence.valid_until}
    append(work, after, "evidence", evidence.actor, data)


def _digest(content: bytes | Stored) -> str:
    return digest_of(content).hexdigest() if isinstance(content, bytes) else content.sha256
