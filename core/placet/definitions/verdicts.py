"""Verdicts, the results of checks: met, unmet with blockers, or unknown.

A blocker is written for the person who meets it: what is missing, with figures; what to do, who can do it, and when it
can pass at the earliest. The check gives these; the engine adds the origin (gate, check, method, mode).
The form of blockers is checked where they are made, so that a malformed one is a failure of the check that makes it,
and not of the code that lists, stores or sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from placet.definitions.storable import LARGEST, PLAIN, TEXT_LIMIT, flaw_in, flaw_in_text
from placet.definitions.wording import AS_KEPT, Wording, entitled, number_of, rendered, taken_apart
from placet.errors import DefinitionError, PlacetError


class Outcome(StrEnum):
    """The three results of a check. `unknown` blocks like `unmet`: a gate fails closed."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class GateMode(StrEnum):
    """How a workspace applies a gate, so that a new rule can be introduced without stopping people at once."""

    #: Stops the transition.
    ENFORCE = "enforce"
    #: Reported and recorded, without stopping the transition.
    WARN = "warn"
    #: Recorded only.
    OBSERVE = "observe"


#: Values in the lists of a verdict's figures; more are looked at one by one, as a list may hold itself.
_MEMBERS = 1000
_SEQUENCES = frozenset({tuple, list})


@dataclass(frozen=True, slots=True)
class Action:
    """An action that a client can offer as a button beside a blocker."""

    #: `approve`, `confirm`, `edit`, `attach`, `ask`, `transition`, `waive`.
    kind: str
    title: str
    #: Path below the API's base, such as `/items/OPS-1/evidence`.
    href: str
    #: Names of the fields to ask for.
    fields: Sequence[str] = ()

    def __post_init__(self) -> None:
        if type(self.fields) not in _SEQUENCES or not _are_plain(
            self.kind, self.title, self.href, *self.fields
        ):
            _demand_text("an action", kind=self.kind, title=self.title, href=self.href)
            _demand_texts("an action", "fields", self.fields)
        object.__setattr__(self, "fields", tuple(self.fields))


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason for which a transition is blocked."""

    message: str
    remedy: str
    #: Ids of the roles and actors that can clear it.
    who: tuple[str, ...] = ()
    #: The earliest moment at which the check can pass; `None` where that depends on people.
    earliest: datetime | None = None
    #: The id of the message, for translation; the check's id unless the check has several messages.
    message_id: str = ""
    #: The figures in the message.
    params: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    #: Inputs of the transition that would meet it: names of fields, and `comment`. Where the transition takes all of
    #: them, they are required inputs, and it is blocked only when they are missing.
    inputs: tuple[str, ...] = ()
    gate: str = ""
    check: str = ""
    verdict: Outcome = Outcome.UNMET
    mode: GateMode = GateMode.ENFORCE
    #: The method of the check.
    source: str = ""
    #: Message and remedy as templates; `None` where they were given without placeholders.
    template: tuple[str, str] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Made dozens of times in an act, and nearly always well formed: the fault is searched only if there is one.
        if not {type(self.who), type(self.inputs)} <= _SEQUENCES or not _are_plain(
            self.message, self.remedy, self.message_id, *self.who, *self.inputs
        ):
            _demand_text("a blocker", message=self.message, remedy=self.remedy, message_id=self.message_id)
            _demand_texts("a blocker", "who", self.who)
            _demand_texts("a blocker", "inputs", self.inputs)
        if type(self.verdict) is not Outcome:
            raise _malformed("a blocker", "verdict", "one of Outcome", self.verdict)
        if self.earliest is not None:
            _demand_moment(self.earliest)
        if self.params:
            _demand_figures("params", self.params)
        for action in self.actions:
            if not isinstance(action, Action):
                raise _malformed("a blocker", "actions", "an Action(kind, title, href)", action)

    def sentences(self, wording: Wording) -> tuple[str, str]:
        """Message and remedy in the words of a reader; as they were given, where they have no placeholders."""
        if self.template is None:
            return self.message, self.remedy
        message, remedy = self.template
        if not (taken_apart(message).depends or taken_apart(remedy).depends):
            return self.message, self.remedy
        return rendered(message, self.params, wording), rendered(remedy, self.params, wording)


def worded(
    message: str, remedy: str, params: Mapping[str, Any], *, wording: Wording = AS_KEPT, **other: Any
) -> Blocker:
    """A blocker whose message and remedy may hold placeholders for `params` (see `placet.definitions.wording`).

    Events keep template and parameters, not the sentence, so that it can be rendered, and translated, when it is read.
    """
    if not type(message) is type(remedy) is str:
        _demand_text("a blocker", message=message, remedy=remedy)
    return Blocker(
        message=rendered(message, params, wording),
        remedy=rendered(remedy, params, wording),
        params=params,
        template=(message, remedy),
        **other,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one check."""

    outcome: Outcome
    blockers: tuple[Blocker, ...] = ()
    #: The values that the check read, by name, to show why it was met.
    read: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.outcome, Outcome):
            raise _malformed("a verdict", "outcome", "one of Outcome", self.outcome)
        for blocker in self.blockers:
            if not isinstance(blocker, Blocker):
                raise _malformed("a verdict", "blockers", "a Blocker", blocker)
        if self.outcome is not Outcome.MET and not self.blockers:
            # Otherwise a failed gate would not block.
            raise DefinitionError(
                f"a verdict {self.outcome} needs a blocker that says why: use blocked() or unknown()"
            )
        if self.read and not (self.blockers and self.read is self.blockers[0].params):
            _demand_figures("read", self.read)

    @property
    def met(self) -> bool:
        return self.outcome is Outcome.MET


#: Acts other than transitions and votes, on an item or in a workspace.
_ACTS = {
    "create": "Making an item in {key}",
    "edit": "Editing {key}",
    "change": "Changing {key}",
    "attach": "Attaching evidence to {key}",
    "link": "Linking {key}",
    "unlink": "Removing a link of {key}",
    "appoint": "Appointing somebody on {key}",
    "confirm": "Confirming on {key}",
    "take_back": "Taking back an answer on {key}",
    "waive": "Waiving a gate of {key}",
    "review": "Reviewing a waiver of {key}",
    "govern": "Asking for second persons in {key}",
    "propose": "Proposing a change of {key}",
}


def _called(act: str, key: str, wording: Wording) -> str:
    """The act in words: `Authorize change (authorize_change) on OPS-12`, `Making an item in OPS`."""
    entitled_act = _entitled(act, wording, "transition", "approval")
    if entitled_act == act and act in _ACTS:
        return _ACTS[act].format(key=key)
    return f"{entitled_act} on {key}"


def _entitled(id: str, wording: Wording, *kinds: str) -> str:
    """`Authorize change (authorize_change)`; the id alone where no kind has a title for it."""
    titles = (wording.say(kind, id) for kind in kinds)
    return entitled(next((title for title in titles if title != id), id), id)


class BlockedError(PlacetError):
    """Blocked by rules; `blockers` has all reasons."""

    def __init__(
        self,
        key: str,
        act: str,
        blockers: Sequence[Blocker],
        *,
        observed: Sequence[Blocker] = (),
        event: str | None = None,
        wording: Wording,
    ) -> None:
        """Create the refusal of an act, which is a verb or the id of a transition or an approval.

        `wording` knows their titles and those of gates, which stand before the ids.
        """
        self.key, self.act, self.blockers, self.wording = key, act, tuple(blockers), wording
        #: Findings of gates in mode `observe`: recorded, and not shown to the person who is refused.
        self.observed = tuple(observed)
        #: Id of the event that records the refusal; `None` where refusals are not recorded.
        self.event = event
        reasons = "; ".join(
            f"{_entitled(blocker.gate, wording, 'gate')}: {blocker.message}" for blocker in self.blockers
        )
        checks = number_of(len(self.blockers), "check")
        super().__init__(f"{_called(act, key, wording)} is blocked by {checks}: {reasons}")


def _are_plain(*texts: str) -> bool:
    """Whether values are texts of the usual kind; looked at as one text, as an act has hundreds of them."""
    try:
        return len("".join(texts).encode()) <= TEXT_LIMIT
    except (TypeError, UnicodeEncodeError):
        return False


def _malformed(whose: str, part: str, wanted: str, found: object) -> DefinitionError:
    return DefinitionError(f"{whose} is malformed: {part} takes {wanted}, and was given {found!r:.100}")


def _demand_text(whose: str, **parts: object) -> None:
    for part, value in parts.items():
        if not isinstance(value, str):
            raise _malformed(whose, part, "text", value)
        _demand_flawless(whose, part, value)


def _demand_texts(whose: str, part: str, value: object) -> None:
    if type(value) is not tuple and not isinstance(value, list):
        raise _malformed(whose, part, f"a list of texts, such as [{value!r:.50}]", value)
    for each in value:
        if not isinstance(each, str):
            raise _malformed(whose, part, "texts", each)
        _demand_flawless(whose, part, each)


def _demand_flawless(whose: str, part: str, text: str) -> None:
    flaw = flaw_in_text(text)
    if flaw is not None:
        raise DefinitionError(f"{whose} is malformed: {part} takes text, and was given {flaw}")


def _demand_moment(value: object) -> None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _malformed("a blocker", "earliest", "a datetime with a time zone", value)


def _demand_figures(part: str, figures: object) -> None:
    if type(figures) is not dict and not isinstance(figures, Mapping):
        raise _malformed("a verdict", part, "figures by name", figures)
    texts = ""
    for name in figures:
        if type(name) is not str:
            raise _malformed("a verdict", part, "figures by name", name)
        texts += name
    # Hundreds in an act, nearly always usual ones: without a call for each of them, and their texts as one.
    usual, values = True, [*figures.values()]
    for value in values:
        kind = type(value)
        if isinstance(value, str):
            texts += value
        elif kind is int:
            usual = usual and -LARGEST < value < LARGEST
        elif (kind is list or kind is tuple) and len(values) < _MEMBERS:
            values += value
        else:
            usual = usual and kind in PLAIN
    if not usual or not texts.isascii() or len(texts) > TEXT_LIMIT:
        _demand_storable(part, figures)


def _demand_storable(part: str, figures: Mapping[str, Any]) -> None:
    for name, value in figures.items():
        flaw = flaw_in(value)
        if flaw is not None:
            wanted = "texts, numbers, moments, and lists and dictionaries of them"
            raise DefinitionError(
                f"a verdict is malformed: {part}[{name!r}] takes {wanted}, and was given {flaw}"
            )
        if not name.isascii() or len(name) > TEXT_LIMIT:
            _demand_flawless("a verdict", part, name)


_PASSED = Verdict(Outcome.MET)


def passed(**read: Any) -> Verdict:
    """The requirement is met; `read` has the values that were read, which the event of the transition keeps."""
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
    inputs: Iterable[str] = (),
) -> Verdict:
    """The requirement is not met: `message` says what is missing, `remedy` what to do.

    Both may hold placeholders for `params`, so that a translation can be put in their place: `{n:count task}`,
    `{start:moment}`, `{who:person or}` (all kinds: `placet.definitions.wording`). Give ids and moments, and people read
    names, titles and local time. Texts that people typed (a title, a comment) belong in `params`: from there they can
    be erased.

    `inputs` are the fields, and `comment`, that would meet the requirement. A transition that takes all of them shows
    them in its form, and is refused only when they are missing.
    """
    for part, given in (("who", who), ("inputs", inputs)):
        if isinstance(given, str):
            raise _malformed("a blocker", part, f"a list of texts, such as [{given!r}]", given)
    figures = dict(params or {})
    about: dict[str, Any] = {
        "who": tuple(who), "earliest": earliest, "message_id": message_id, "actions": tuple(actions),
        "inputs": tuple(inputs),
    }  # fmt: skip
    blocker = worded(message, remedy, figures, **about) if figures else Blocker(message, remedy, **about)
    return Verdict(Outcome.UNMET, (blocker,), read=figures)


def unknown(message: str, *, remedy: str, who: Iterable[str] = ()) -> Verdict:
    """It is unknown whether the requirement is met, which blocks the transition too.

    Raises:
        DefinitionError: `who` is one text where a list of texts is expected.
    """
    if isinstance(who, str):
        raise _malformed("a blocker", "who", f"a list of texts, such as [{who!r}]", who)
    return Verdict(
        Outcome.UNKNOWN,
        (Blocker(message=message, remedy=remedy, who=tuple(who), verdict=Outcome.UNKNOWN),),
    )


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Several verdicts as one: met only if all are met, with the blockers of all; met where there are none.

    With unmet and unknown ones among them it is unmet.
    """
    given = list(verdicts)
    blockers = tuple(blocker for verdict in given for blocker in verdict.blockers)
    outcomes = {verdict.outcome for verdict in given}
    outcome = next((o for o in (Outcome.UNMET, Outcome.UNKNOWN) if o in outcomes), Outcome.MET)
    return Verdict(
        outcome, blockers, {name: value for verdict in given for name, value in verdict.read.items()}
    )
