"""Checks and the gates that hold them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from placet.definitions.arguments import Title, checked, written
from placet.definitions.context import CheckContext
from placet.definitions.effect_context import EffectContext
from placet.definitions.places import Written, instead_of
from placet.definitions.roles import Role, role_ids
from placet.definitions.verdicts import GateMode, Verdict
from placet.definitions.wording import Wording, rendered

#: The longest time for which a gate can be waived, unless it has its own.
LONGEST_WAIVER = timedelta(days=30)


@written
@dataclass(frozen=True, slots=True)
class Check(Written):
    """One requirement, as a pure function of a read-only context.

    It reads nothing but its context and its parameters, writes nothing and waits for nothing.
    """

    #: `itil.lead`.
    id: str
    test: Callable[[CheckContext], Verdict]
    #: The requirement as an auditor would read it aloud.
    title: str = ""
    #: The figures with which it was made; part of the definition's hash.
    params: Mapping[str, Any] = field(default_factory=dict)
    #: The title as a template over the figures, where it names fields, states and the like by their ids.
    wording: str = ""
    #: Characters of the comment that it requires of the transition; 0 where it requires none.
    comment: int = 0

    def __call__(self, ctx: CheckContext) -> Verdict:
        return self.test(ctx)

    def says(self, wording: Wording) -> str:
        """The title, with the titles of fields, states and the like."""
        return capital(rendered(self.wording, self.params, wording)) if self.wording else self.title


def capital(sentence: str) -> str:
    """A sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def first_line(subject: object) -> str:
    """The first sentence of a docstring, which is the title for people."""
    return (inspect.getdoc(subject) or "").strip().partition("\n")[0]


def id_of(given: str, function: Callable[..., Any]) -> str:
    """The id of a check or effect: the function's name under the method, or an id with a dot as it stands."""
    return given if "." in given else f"{given}.{getattr(function, '__name__', '')}"


@checked
def check(id: str, **params: Any) -> Callable[[Callable[[CheckContext], Verdict]], Check]:
    """Make a check of a function; the first line of its docstring is the requirement.

    Args:
        id: the method that the check belongs to, as in `@check("acme")`: above a function `lead` that makes the check
            `acme.lead`. An id with a dot is taken as it stands, for names that Python does not allow.
        params: the figures with which it was made.
    """

    def made(test: Callable[[CheckContext], Verdict]) -> Check:
        return Check(id_of(id, test), test, title=first_line(test), params=params)

    return made


@written
@dataclass(frozen=True, slots=True)
class Gate(Written):
    """A named set of checks on a transition; all have to be met, and all failures are reported together."""

    #: `itil.no_freeze`.
    id: str
    title: Title
    checks: tuple[Check, ...]
    #: Roles that may grant a waiver of it; empty where it cannot be waived.
    waived_by: tuple[str, ...] = ()
    #: The longest time for which it can be waived.
    waived_for: timedelta = LONGEST_WAIVER
    #: Fields and link types with which it is waived, besides the title and what is material to an approval of the item:
    #: once one of them has changed, the gate is closed again.
    waived_content: tuple[str, ...] = ()
    #: States in which it lasts: an item that has passed it passes it again on each transition that leads on from them,
    #: though the transition does not name it. Not where it stays, is cancelled, or goes back to the first state.
    lasting: tuple[str, ...] = ()
    #: A check that lets the item through where one of the gate's own is unmet; its reading says by what.
    unless: Check | None = None
    #: The items that it is for, by their fields, as in `AddedGate`; the checks do not run on others.
    only: Mapping[str, Any] = field(default_factory=dict)
    #: How it applies, as long as the workspace chooses no other mode.
    mode: GateMode = GateMode.ENFORCE

    def __init__(
        self,
        id: str,
        title: Title,
        *checks: Check,
        waived_by: Sequence[Role | str] = (),
        waived_for: timedelta = LONGEST_WAIVER,
        waived_content: Sequence[str] = (),
        lasting: Sequence[str] = (),
        unless: Check | None = None,
        only: Mapping[str, Any] | None = None,
        mode: GateMode = GateMode.ENFORCE,
    ) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "checks", checks)
        object.__setattr__(self, "waived_by", role_ids(waived_by))
        object.__setattr__(self, "waived_for", waived_for)
        object.__setattr__(self, "waived_content", tuple(map(str, waived_content)))
        object.__setattr__(self, "lasting", tuple(lasting))
        object.__setattr__(self, "unless", unless)
        object.__setattr__(self, "only", only or {})
        object.__setattr__(self, "mode", mode)

    @property
    def every_check(self) -> tuple[Check, ...]:
        """Its checks, and the one that lets items through in their place."""
        return self.checks if self.unless is None else (*self.checks, self.unless)

    def plus(self, *checks: Check) -> Gate:
        """The gate with further checks."""
        return self._with(*self.checks, *checks)

    def without(self, check_id: str) -> Gate:
        """The gate without one of its checks."""
        return self._with(*(check for check in self.checks if check.id != check_id))

    def _with(self, *checks: Check) -> Gate:
        other = Gate(
            self.id,
            self.title,
            *checks,
            waived_by=self.waived_by,
            waived_for=self.waived_for,
            waived_content=self.waived_content,
            lasting=self.lasting,
            unless=self.unless,
            only=self.only,
            mode=self.mode,
        )
        return instead_of(self, other)


@written
@dataclass(frozen=True, slots=True)
class Effect(Written):
    """Work inside the same transaction as a transition, after the state has changed."""

    #: `itil.copy_model_plans`.
    id: str
    run: Callable[[EffectContext], None]
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    #: For an effect that changes the gates of the workspace, the id of an approval of its item: where gates are
    #: governed, its transition needs a second person, who has agreed in this approval. Empty for every other effect.
    changes_rules: str = ""


@checked
def effect(
    id: str, *, changes_rules: str = "", **params: Any
) -> Callable[[Callable[[EffectContext], None]], Effect]:
    """Make an effect of a function; the first line of its docstring says what it does. Ids are made as for checks.

    `changes_rules` is for an effect that calls `ctx.set_gates`: the id of the approval of its item in which a second
    person agrees to that, where a workspace governs its gates. The content of the gates has to be material to it.
    """

    def made(run: Callable[[EffectContext], None]) -> Effect:
        return Effect(id_of(id, run), run, title=first_line(run), params=params, changes_rules=changes_rules)

    return made
