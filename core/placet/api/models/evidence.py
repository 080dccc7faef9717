"""Evidence, as it is attached and answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from placet.api.models.base import SHA256_PATTERN, Answer, Body, Label, Moment, Time

KIND_PATTERN = "^[a-z][a-z0-9_]{0,63}$"
Kind = Annotated[str, StringConstraints(pattern=KIND_PATTERN)]


class Evidence(Answer):
    """A proof, without its bytes."""

    id: str
    kind: str
    name: str
    at: Moment
    actor: str
    sha256: str | None
    url: str | None
    media_type: str
    size: Annotated[int, Field(ge=0, description="Bytes; 0 for a reference.")]
    valid_until: Moment | None


class EvidenceList(Answer):
    """An item's proofs."""

    evidence: list[Evidence]


class EvidenceParts(Body):
    """What a file of evidence is sent with."""

    kind: Kind
    name: Label | None = None
    valid_until: Time | None = None


class EvidenceReference(Body):
    """Proof that lies elsewhere."""

    kind: Kind
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[\x21-\x7e]{1,1990}$")]
    name: Label | None = None
    sha256: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)] | None = None
    valid_until: Time | None = None
