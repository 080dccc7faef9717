"""The views for checks: items and approvals as typed, read-only views of the engine's records."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from placet.definitions.context import ApprovalStatus
from placet.definitions.items import ACT_FORMS, ACTED_ON, Fields, ItemType
from placet.definitions.readonly import read_only_model
from placet.definitions.roles import ALONE, CREATE, Duty, stands_for
from placet.definitions.states import Category
from placet.definitions.wording import Wording
from placet.engine.act import lenient
from placet.engine.act.input import validated
from placet.engine.act.messages import sentence
from placet.engine.act.records import ApprovalRound, Evidence, ItemRecord, Message, Vote
from placet.engine.act.typed import TypedFields
from placet.engine.rules.quorum import RoundCount, count_votes
from placet.errors import DefinitionError, nearest


class ReadOnly:
    """Base of the views for plugins: only the engine sets their attributes, past `__setattr__`."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{type(self).__name__}.{name} is read-only, like everything that plugins are shown: an effect sets fields "
            "with ctx.set"
        )

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)


class Item(ReadOnly):
    """A work item as checks see it."""

    record: ItemRecord
    _item_type: ItemType | None
    _typed: TypedFields | None
    #: Model and values of the attributes of the link that led to it.
    _link: tuple[type[Fields], Mapping[str, Any]] | None = None

    def __init__(
        self, record: ItemRecord, item_type: ItemType | None, typed: TypedFields | None = None
    ) -> None:
        vars(self).update(record=record, _item_type=item_type, _typed=typed)

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def workspace(self) -> str:
        return self.record.workspace

    @property
    def type(self) -> str:
        return self.record.type

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def state(self) -> str:
        return self.record.state

    @property
    def category(self) -> Category:
        return Category(self.record.category)

    @property
    def version(self) -> int:
        return self.record.version

    @property
    def parent(self) -> str | None:
        return self.record.parent

    @property
    def created_at(self) -> datetime:
        return self.record.created_at

    @property
    def created_by(self) -> str:
        return self.record.created_by

    @property
    def updated_at(self) -> datetime:
        return self.record.updated_at

    @property
    def state_since(self) -> datetime:
        return self.record.state_since

    @cached_property
    def fields(self) -> Fields:
        """The typed fields.

        Reading one whose stored value does not fit, or which is required and missing, raises `UnfitFieldError`.
        """
        if self._item_type is None:
            # The method of these fields is missing: they cannot be read, and must not be guessed.
            return Fields()
        if self._typed is None:
            return read_only_model(lenient.typed(self._item_type.fields, self.record.fields, self.record.key))
        return self._typed.of(self._item_type.fields, self.record)

    @property
    def known(self) -> Fields | None:
        """The typed fields, if they have been read."""
        return self.__dict__.get("fields")

    def know(self, fields: Fields | None) -> None:
        """Set the typed fields; `None` has them read again."""
        if fields is None:
            self.__dict__.pop("fields", None)
        else:
            self.__dict__["fields"] = fields

    @property
    def evidence(self) -> Sequence[Evidence]:
        return self.record.evidence

    @property
    def links(self) -> Mapping[str, Sequence[str]]:
        return self.record.links

    @cached_property
    def link(self) -> Fields | None:
        """The attributes of the link that led to it. Raises `InvalidError` if the stored ones no longer fit."""
        return None if self._link is None else read_only_model(validated(*self._link))

    def by_link(self, model: builtins.type[Fields], said: Mapping[str, Any]) -> Self:
        """The same view, reached by a link with these attributes; its fields are read once for both."""
        other = object.__new__(type(self))
        kept = {name: value for name, value in vars(self).items() if name != "link"}
        vars(other).update(kept, _link=(model, said))
        return other

    def alike(self, record: ItemRecord) -> Item:
        """The view of another item of the same type and workspace."""
        return Item(record, self._item_type, self._typed)

    def edited_at(self, field: str) -> datetime | None:
        self._demand_act(f"named:{field}")
        return self.record.edited.get(field)

    def doers(self, act: str) -> tuple[str, ...]:
        self._demand_act(act)
        return doers(self.record, act)

    def _demand_act(self, act: str) -> None:
        """Raises `DefinitionError` for an act that does not exist here: an empty result would hide the mistake."""
        if self._item_type is None or act == CREATE or act in ALONE or act in self.record.acts:
            return
        verb, _, name = act.partition(":")
        if verb in {"appoint", "attach"}:
            return
        known = self._item_type.acted_on(verb)
        if known is None:
            raise DefinitionError(f'there is no act "{act}": write {ACT_FORMS}')
        if name not in known:
            raise DefinitionError(
                f'there is no {ACTED_ON[verb]} "{name}" of {self.type}{nearest(name, known)}'
            )


def doers(record: ItemRecord, act: str) -> tuple[str, ...]:
    """The people who did an act on an item; for `named:FIELD`, the people in the field now."""
    if act in record.acts:
        return record.acts[act]
    kind, _, name = act.partition(":")
    if act in ALONE:
        return tuple(
            dict.fromkeys(p for done, people in record.acts.items() if stands_for(act, done) for p in people)
        )
    if kind == "attach":
        return tuple(dict.fromkeys(each.actor for each in record.evidence if each.kind == name))
    if kind != "named":
        return ()
    value = record.fields.get(name)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (str(value),)


def barred_on(item_type: ItemType, record: ItemRecord, act: str) -> frozenset[str]:
    """The people whom the duties of a type bar from an act on an item, because of their other acts on it."""
    return frozenset(
        person
        for duty in item_type.duties
        for other in duty.conflicting(act)
        for person in doers(record, other)
    )


def done_against(duty: Duty, record: ItemRecord, act: str, person: str) -> list[str]:
    """The acts of a person by which a duty bars them from another act on an item."""
    done = [other for other in duty.conflicting(act) if other != act and person in doers(record, other)]
    # Who made it wrote it too: that is said only of those who did nothing else.
    return [other for other in done if not other.startswith("edit")] or done


class RoundView(ReadOnly):
    """An approval round with its votes counted at a moment."""

    approval: str
    round: int
    asked_at: datetime
    expires_at: datetime | None
    votes: Sequence[Vote]
    _round: ApprovalRound
    _now: datetime
    _holders: Callable[[str], Sequence[str]]
    #: The people who are barred from voting; asked for only where votes are counted.
    _barred: Callable[[], frozenset[str]]
    #: The acts by which a person is barred.
    _done: Callable[[str], Sequence[str]]
    _wording: Wording
    #: Why it does not cover the item as it would be.
    _outdated: Message | None

    def __init__(
        self,
        round: ApprovalRound,
        now: datetime,
        holders: Callable[[str], Sequence[str]],
        barred: Callable[[], frozenset[str]],
        done: Callable[[str], Sequence[str]],
        wording: Wording,
        outdated: Message | None = None,
    ) -> None:
        vars(self).update(
            approval=round.approval,
            round=round.round,
            asked_at=round.asked_at,
            expires_at=round.expires_at,
            votes=round.votes,
            _round=round,
            _now=now,
            _holders=holders,
            _barred=barred,
            _done=done,
            _wording=wording,
            _outdated=outdated,
        )

    @cached_property
    def count(self) -> RoundCount:
        return count_votes(self._round, self._holders, self._barred())

    @property
    def status(self) -> ApprovalStatus:
        return ApprovalStatus.VOIDED if self._outdated else status_at(self._round, self._now)

    @property
    def approvals(self) -> int:
        return self.count.approvals

    @property
    def needed(self) -> int:
        return self.count.needed

    @property
    def missing(self) -> tuple[str, ...]:
        return self.count.missing if self.status is ApprovalStatus.PENDING else ()

    @property
    def asked(self) -> tuple[str, ...]:
        return self.count.asked if self.status is ApprovalStatus.PENDING else ()

    @property
    def kept(self) -> Mapping[str, Sequence[str]]:
        pending = self.status is ApprovalStatus.PENDING
        return {person: self._done(person) for person in self.count.kept} if pending else {}

    @property
    def summary(self) -> str:
        match self.status:
            case ApprovalStatus.EXPIRED if self.expires_at:
                ended = self._wording.say("moment", self.expires_at)
                return f"expired on {ended} with {self.count.summary}"
            case ApprovalStatus.VOIDED if reason := self._outdated or self._round.reason:
                return f"voided: {sentence(reason, self._wording)}"
            case _:
                return self.count.summary


def status_at(round: ApprovalRound, now: datetime) -> ApprovalStatus:
    """The status of a round at a moment; it expires on time even if no timer has fired."""
    open_ = round.status in {ApprovalStatus.PENDING, ApprovalStatus.GRANTED}
    if open_ and round.expires_at is not None and now >= round.expires_at:
        return ApprovalStatus.EXPIRED
    return round.status
