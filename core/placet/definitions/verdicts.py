"""What a check answers: met, unmet with its blockers, or unknown.

A blocker is written for the person in front of it: what is missing with its figures, what to do, who can do it,
and from when on it can pass. The check writes those; the engine adds where it came from (gate, check, method, mode).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The three answers of a check. `unknown` stands in the way like `unmet`: a gate fails closed."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class GateMode(StrEnum):
    """How a workspace applies a gate, so that a new rule can be rolled out without breaking people."""

    #: Stops the transition.
    ENFORCE = "enforce"
    #: Reported and recorded, does not stop.
    WARN = "warn"
    #: Recorded only.
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a client can offer as a button beside a blocker."""

    #: `approve`, `edit`, `attach`, `ask`, `transition`, `waive`.
    kind: str
    title: str
    #: Path below the API's base, such as `/items/OPS-1/evidence`.
    href: str
    #: Names of the fields to ask for.
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way of a transition."""

    message: str
    remedy: str
    #: Role ids and actor ids that can do something about it.
    who: tuple[str, ...] = ()
    #: The earliest moment at which it can pass; `None` where that depends on people.
    earliest: datetime | None = None
    #: Names the message for translation; the check's id unless one check has several messages.
    message_id: str = ""
    #: The figures in the message.
    params: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    gate: str = ""
    check: str = ""
    verdict: Outcome = Outcome.UNMET
    mode: GateMode = GateMode.ENFORCE
    #: The method that asks for it.
    source: str = ""
    #: Message and remedy before `params` were put in; `None` where they were given as they stand.
    template: tuple[str, str] | None = field(default=None, compare=False, repr=False)


def rendered(template: str, params: Mapping[str, Any]) -> str:
    """A template with its `{name}` placeholders filled; lists are told one after the other."""
    return template.format(
        **{n: ", ".join(map(str, v)) if isinstance(v, list | tuple) else v for n, v in params.items()}
    )


def literal(text: str) -> str:
    """A text as a template that says just it."""
    return text.replace("{", "{{").replace("}", "}}")


def worded(message: str, remedy: str, params: Mapping[str, Any], **other: Any) -> Blocker:
    """A blocker whose message and remedy may hold `{name}` placeholders for `params`.

    Events keep template and parameters, not the sentence, so that it can be rendered, and translated, when it is read.
    """
    return Blocker(
        message=rendered(message, params),
        remedy=rendered(remedy, params),
        params=params,
        template=(message, remedy),
        **other,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one check."""

    outcome: Outcome
    blockers: tuple[Blocker, ...] = ()
    #: What the check looked at, by name, for those who ask why it was met.
    read: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.outcome is Outcome.MET


_PASSED = Verdict(Outcome.MET)


def passed(**read: Any) -> Verdict:
    """The demand is met; `read` names what was looked at."""
    return Verdict(Outcome.MET, read=read) if read else _PASSED


def blocked(
    message: str,
    *,
    remedy: str,
    who: Iterable[str] = (),
    earliest: datetime | None = None,
    message_id: str = "",
    params: Mapping[str, Any] | None = None,
    actions: Sequence[Action] = (),
) -> Verdict:
    """The demand is not met: `message` says what is missing, `remedy` what to do.

    Both may hold `{name}` placeholders for `params`, so that a translation can be put in their place. What people typed
    (a title, a comment) belongs into `params`: from there it can be erased.
    """
    figures = dict(params or {})
    about: dict[str, Any] = {
        "who": tuple(who), "earliest": earliest, "message_id": message_id, "actions": tuple(actions),
    }  # fmt: skip
    blocker = worded(message, remedy, figures, **about) if figures else Blocker(message, remedy, **about)
    return Verdict(Outcome.UNMET, (blocker,), read=figures)


def unknown(message: str, *, remedy: str, who: Iterable[str] = ()) -> Verdict:
    """It could not be told whether the demand is met, which stops the transition as surely as a no."""
    return Verdict(
        Outcome.UNKNOWN,
        (Blocker(message=message, remedy=remedy, who=tuple(who), verdict=Outcome.UNKNOWN),),
    )


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """All opinions as one: met only if every one is, with the blockers of all."""
    given = list(verdicts)
    blockers = tuple(blocker for verdict in given for blocker in verdict.blockers)
    outcomes = {verdict.outcome for verdict in given}
    outcome = next((o for o in (Outcome.UNMET, Outcome.UNKNOWN) if o in outcomes), Outcome.MET)
    return Verdict(
        outcome, blockers, {name: value for verdict in given for name, value in verdict.read.items()}
    )
