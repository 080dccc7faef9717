"""Models of evidence."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet.api.models.base import Answer, Body, Label, Moment, Sha256, Time
from placet.api.models.patterns import NO_WEB_ADDRESS, WEB_ADDRESS_PATTERN, shaped

KIND_PATTERN = "^[a-z][a-z0-9_]{0,63}$"
Kind = Annotated[
    str,
    shaped(
        KIND_PATTERN, "'{given}' is not a kind of evidence, such as test_report: small letters, digits and _"
    ),
]


class Evidence(Answer):
    """Evidence, without its bytes."""

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
    """The evidence of an item."""

    evidence: list[Evidence]


class EvidenceParts(Body):
    """The parts of a form with a file of evidence."""

    kind: Kind
    name: Label | None = None
    valid_until: Time | None = None


class EvidenceReference(Body):
    """Evidence as a reference to an address."""

    kind: Kind
    url: Annotated[str, shaped(WEB_ADDRESS_PATTERN, NO_WEB_ADDRESS, max_length=2000)]
    name: Label | None = None
    sha256: Sha256 | None = None
    valid_until: Time | None = None
