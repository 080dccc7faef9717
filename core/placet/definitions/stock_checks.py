"""The stock checks as offered checks, for gates that a workspace adds as data: `core.evidence_present` and the like."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from placet.definitions import stock
from placet.definitions.items import Line
from placet.definitions.offered_checks import CheckParams, OfferedCheck

_Names = Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]


class FieldNames(CheckParams):
    """Fields of the item."""

    fields: _Names


class CommentLength(CheckParams):
    """The least length of a comment."""

    at_least: Annotated[int, Field(ge=1, le=1000)] = 10


class ChildStates(CheckParams):
    """The states that children of a type have to be in."""

    type: Line
    states: _Names


class LinkedStates(CheckParams):
    """The states that linked items have to be in."""

    link_type: Line
    states: _Names
    #: Links that lead to the item, and not those that start at it.
    incoming: bool = False


class ApprovalId(CheckParams):
    """An approval of the item."""

    approval: Line


class ConfirmationId(CheckParams):
    """A confirmation of the item."""

    confirmation: Line


class EvidenceKind(CheckParams):
    """A kind of evidence, and its greatest age as a duration such as `P30D`."""

    kind: Line
    younger_than: Annotated[timedelta, Field(gt=timedelta(0))] | None = None


class ActNames(CheckParams):
    """Acts on the item, as duties write them: `create`, `transition:submit`, `vote:acme.review`."""

    acts: _Names


STOCK_CHECKS = (
    OfferedCheck(
        "core.fields_present", "The fields are filled in",
        lambda id, given: stock.fields_present(id, *given.fields), params=FieldNames,
    ),
    OfferedCheck(
        "core.reason_given", "The transition comes with a comment of a certain length",
        lambda id, given: stock.reason_given(id, at_least=given.at_least), params=CommentLength,
    ),
    OfferedCheck(
        "core.children_in_state", "Every child of a type is in one of the states",
        lambda id, given: stock.children_in_state(id, given.type, given.states), params=ChildStates,
    ),
    OfferedCheck(
        "core.linked_in_state", "Every item linked by a type is in one of the states",
        lambda id, given: stock.linked_in_state(id, given.link_type, given.states, incoming=given.incoming),
        params=LinkedStates,
    ),
    OfferedCheck(
        "core.approval_granted", "The approval is granted, and neither voided nor expired",
        lambda id, given: stock.approval_granted(id, given.approval), params=ApprovalId,
    ),
    OfferedCheck(
        "core.named_confirmed", "Everybody who is named has confirmed",
        lambda id, given: stock.named_confirmed(id, given.confirmation), params=ConfirmationId,
    ),
    OfferedCheck(
        "core.evidence_present", "Evidence of a kind is attached, valid, and not older than allowed",
        lambda id, given: stock.evidence_present(id, given.kind, younger_than=given.younger_than),
        params=EvidenceKind,
    ),
    OfferedCheck(
        "core.actor_differs", "The actor did none of these acts on the item",
        lambda id, given: stock.actor_differs(id, *given.acts), params=ActNames,
    ),
)  # fmt: skip
