"""Evidence that people and effects attach: its validation, and its form in an event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as digest_of
from typing import Any

from placet.engine.act.input import clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.ports import Stored
from placet.engine.act.records import Evidence, ItemRecord
from placet.errors import InvalidError

#: Longest document that an effect attaches, in bytes: it is held in memory until the act is committed.
DOCUMENT_LIMIT = 1024 * 1024
_KIND = re.compile(r"^[a-z][a-z0-9_]{0,63}\Z")
SHA256 = re.compile(r"^[0-9a-f]{64}\Z")
_URL = re.compile(r"^https?://[^\s]{1,2000}\Z")


@dataclass(frozen=True, slots=True)
class Attachment:
    """Validated evidence, not yet attached: one file or one reference."""

    kind: str
    name: str
    url: str | None
    #: The digest that was sent with a reference; for a file, the digest of its content.
    sha256: str | None
    media_type: str
    valid_until: datetime | None

    def by(self, actor: str, now: datetime, size: int = 0) -> Evidence:
        """The evidence record of an item."""
        return Evidence(
            id=new_id(),
            kind=self.kind,
            name=self.name,
            at=now,
            actor=actor,
            sha256=self.sha256,
            url=self.url,
            media_type=self.media_type,
            size=size,
            valid_until=self.valid_until,
        )


def attachment(
    kind: str,
    *,
    name: str = "",
    content: bytes | Stored | None = None,
    url: str | None = None,
    sha256: str | None = None,
    media_type: str = "application/octet-stream",
    valid_until: datetime | None = None,
) -> Attachment:
    """Validated evidence. Raises `InvalidError` with a pointer to the value that does not fit."""
    if not _KIND.match(kind):
        raise InvalidError.at("/kind", "is not a name of small letters, digits and _, such as test_result")
    if (content is None) == (url is None):
        raise InvalidError.at("", "send either a file or a url")
    if url is not None and not _URL.match(url):
        raise InvalidError.at("/url", "is not an http or https address")
    if sha256 is not None and not SHA256.match(sha256):
        raise InvalidError.at("/sha256", "is not a SHA-256 in 64 small hex digits")
    if content is not None:
        found = digest_of(content).hexdigest() if isinstance(content, bytes) else content.sha256
        if sha256 not in {None, found}:
            raise InvalidError.at("/sha256", "is not the SHA-256 of the file that was sent")
        sha256 = found
    name = clean_text(name or (url or kind), "/name", limit=2000, empty=False)
    media_type = clean_text(media_type, "/media_type", limit=200) or "application/octet-stream"
    return Attachment(kind, name, url, sha256, media_type, valid_until)


def evidence_data(evidence: Evidence) -> dict[str, Any]:
    """Evidence in the form of the event that attaches it."""
    return {
        "id": evidence.id,
        "kind": evidence.kind,
        "name": evidence.name,
        "sha256": evidence.sha256,
        "url": evidence.url,
        "size": evidence.size,
    }


def attached_since(before: ItemRecord | None, after: ItemRecord) -> dict[str, Any]:
    """The evidence that effects attached to an item between two events, in the form of the later event."""
    if before is not None and before.evidence is after.evidence:
        return {}
    known = {each.id for each in before.evidence} if before is not None else set()
    fresh = [
        evidence_data(each) | {"valid_until": each.valid_until}
        for each in after.evidence
        if each.id not in known
    ]
    return {"attached": fresh} if fresh else {}
