"""Sentences about an item: templates whose placeholders have the kind of their value.

    "{actor:person} may not {transition:transition}: ask {people:person or}"

Events keep the template and ids; readers get names, titles and the time of the workspace's zone. A placeholder is a
parameter's name, followed by a colon and the form of its value:

- nothing, or a format specification of Python (`{share:.1f}`): as it stands;
- one of `KINDS`: by its name, its title, or the clock of the workspace's zone;
- `a KIND`: the same with its indefinite article: `a change`, `an incident`;
- `count NOUN`, `count NOUN|PLURAL`: `1 task`, `2 tasks`.

The members of lists follow one another; `and` or `or` at the end puts that word before the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from math import isfinite
from string import Formatter
from typing import Any, Protocol

from placet.errors import DefinitionError, nearest

#: Kinds of values: a person (or a role that nobody holds), a role, and so on; an act, as duties write it; a moment, a
#: day, a span (the pair of its first and last moment); a value of an enumeration; a type of links; the status of
#: another item, as `placet.standing` gives it. A state of another type is written `TYPE:STATE`.
KINDS = frozenset({
    "person", "role", "type", "transition", "state", "field", "approval", "confirmation", "gate", "check", "timer",
    "act", "moment", "day", "span", "word", "link", "standing",
})  # fmt: skip
_CONJUNCTIONS = frozenset({"and", "or"})


class Wording(Protocol):
    """Renders values in the words of people."""

    def say(self, kind: str, value: Any) -> str:
        """One value of a kind of `KINDS`; a moment or day may be text in ISO 8601, as in JSON."""
        ...


class AsKept:
    """Renders ids, and moments in UTC: for places where no rules are at hand."""

    def say(self, kind: str, value: Any) -> str:
        match kind:
            case "moment":
                return f"{moment_of(value):%Y-%m-%d %H:%M} UTC"
            case "day":
                return str(day_of(value))
            case "span":
                first, last = value
                return f"{self.say('moment', first)} to {self.say('moment', last)}"
            case "standing":
                return stands(value, self.say("state", value["state"]))
            case "state" | "act" if not isinstance(value, str):
                raise _not_named(kind, value)
            case "state":
                return str(value.rpartition(":")[2])
            case _:
                if not isinstance(value, str) and isinstance(value, _SEVERAL):
                    raise _not_named(kind, value)
                return str(value)


def _not_named(kind: str, value: object) -> TypeError:
    """Every other wording fails at such a value, and somebody would meet that who only lists transitions."""
    return TypeError(f"{with_article(kind)} is named by one text, and this is {value!r:.100}")


def stands(standing: Mapping[str, str], state: str) -> str:
    """An item by title and key, with its outcome, if it has one, or the title of its state."""
    what = (
        f"has the outcome {standing['outcome'].replace('_', ' ')}"
        if "outcome" in standing
        else f"is in {state}"
    )
    return f"{titled(standing['title'], standing['key'])} {what}"


AS_KEPT = AsKept()
#: Words that begin with the sound of a vowel, and capital letters whose names do.
_VOWEL = re.compile(
    r"(?!uni(?!n|m)|us(?:e|u|a)|ut[ei]|eu|ewe|one\b|once\b)[aeiou]|hour|honest|heir", re.IGNORECASE
)
_SPOKEN_VOWELS = frozenset("AEFHILMNORSX")
#: Stands for a parameter that was erased.
ERASED = "(erased)"
#: Values that are more than one, where one is to be named.
_SEVERAL = (Mapping, list, tuple, set, frozenset)
#: From here on nobody reads decimals.
_LARGE = 100_000


def moment_of(value: Any) -> datetime:
    """A moment, as a value or as text of JSON."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def day_of(value: Any) -> date:
    """A day, as a value or as text of JSON."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def spoken_moment(at: datetime, year: int | None) -> str:
    """`Friday 4 December 18:00`, in the moment's own zone; with the year where it is not `year`."""
    return f"{spoken_day(at.date(), year)} {at:%H:%M}"


def spoken_span(start: datetime, end: datetime, year: int | None) -> str:
    """`Friday 4 December 18:00-20:00`; with the day of the end only where it is another one."""
    if start.date() == end.date():
        return f"{spoken_moment(start, year)}-{end:%H:%M}"
    return f"{spoken_moment(start, year)} to {spoken_moment(end, year)}"


def spoken_day(on: date, year: int | None) -> str:
    """`Friday 4 December`; with the year where it is not `year`."""
    return f"{on:%A} {on.day} {on:%B}{'' if on.year == year else f' {on.year}'}"


def spoken_utc(at: datetime) -> str:
    """`Friday 4 December 2026 18:00 UTC`: for places that belong to no workspace."""
    return f"{spoken_moment(at.astimezone(UTC), None)} UTC"


def with_article(words: str) -> str:
    """`a change`, `an incident`: the article follows the sound of the first word, as far as its letters show it."""
    first = words.lstrip("'\"").partition(" ")[0]
    # Of capitals that are not a word, the name of the first letter is spoken: an SLA, a KPI.
    spelled = len(first) > 1 and first.isupper()
    vowel = first[:1] in _SPOKEN_VOWELS if spelled else _VOWEL.match(first)
    return f"{'an' if vowel else 'a'} {words}"


def entitled(title: str, id: str) -> str:
    """`Change manager (itil.change_manager)`: for refusals of what a program sends, which takes the id."""
    return f"{title} ({id})" if title != id else id


def titled(title: str, key: str) -> str:
    """An item by its title, with its key: `'Swap the disks' (PAY-4)`."""
    return f"'{title}' ({key})"


def plain_number(figure: Decimal | int) -> Decimal:
    """A figure without zeros at its end and without an exponent: 12.50 as 12.5, 1E+3 as 1000. It is not rounded."""
    written = f"{figure:f}"
    return Decimal(written.rstrip("0").rstrip(".") if "." in written else written)


def week_of(day: date) -> str:
    """The week of a day, as ISO 8601 counts it: `2026-W07`. Weeks sort as their texts do."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def listed(said: list[str], conjunction: str = "") -> str:
    """`a, b`; with a conjunction `a`, `a and b`, `a, b and c`."""
    if conjunction and len(said) > 1:
        return f"{', '.join(said[:-1])} {conjunction} {said[-1]}"
    return ", ".join(said)


def number_of(number: int, noun: str, plural: str = "") -> str:
    """`1 task`, `2 tasks`; with a plural of its own `2 people`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder of a template, with the form of its value."""

    name: str
    kind: str = ""
    conjunction: str = ""
    #: Whether each value has its indefinite article.
    article: bool = False
    #: The counted noun, and its plural.
    nouns: tuple[str, str] = ("", "")
    #: Of Python's formatting.
    spec: str = ""

    def said(self, params: Mapping[str, Any], wording: Wording) -> str:
        """The value, in the words of people."""
        value, kind, say = params[self.name], self.kind, wording.say
        if self.article:
            say = partial(_said_with_article, say)
        if isinstance(value, list | tuple) and kind != "span":
            # Mostly people and roles, of which an act names dozens.
            said = [
                ERASED if each == ERASED else say(kind, each) if kind else self._plain(each) for each in value
            ]
            return listed(said, self.conjunction)
        if value == ERASED:
            return ERASED
        return say(kind, value) if kind else self._plain(value)

    def _plain(self, value: Any) -> str:
        """A value of no kind: counted, or formatted."""
        if self.nouns[0]:
            return f"{_counted(value)} {self.nouns[value != 1]}"
        return format(value, self.spec)


def _said_with_article(say: Callable[[str, Any], str], kind: str, value: Any) -> str:
    return with_article(say(kind, value))


def _counted(number: float) -> str:
    """A number as people write it, and never as 2.9e+06."""
    whole = isfinite(number) and (number == round(number) or abs(number) >= _LARGE)
    return f"{number:.0f}" if whole else f"{number:g}"


class Template:
    """A template, taken apart."""

    def __init__(self, text: str) -> None:
        #: Literal text, and placeholders.
        self.parts: list[str | Placeholder] = []
        for literal_text, name, spec, conversion in Formatter().parse(text):
            if literal_text:
                self.parts.append(literal_text)
            if name is None:
                continue
            if conversion or not name.isidentifier():
                raise DefinitionError(f'"{{{name}}}" does not name a parameter')
            self.parts.append(_placeholder(name, spec or ""))
        literals = [part for part in self.parts if isinstance(part, str)]
        #: The whole sentence, where it has no placeholders.
        self._whole = "".join(literals) if len(literals) == len(self.parts) else None
        #: Whether it reads differently for different readers.
        self.depends = any(isinstance(part, Placeholder) and part.kind for part in self.parts)

    def said(self, params: Mapping[str, Any], wording: Wording) -> str:
        """The sentence."""
        if self._whole is not None:
            return self._whole
        # A loop, as a sentence is said some dozens of times in an act, mostly of two or three parts.
        said = ""
        for part in self.parts:
            said += part if isinstance(part, str) else part.said(params, wording)
        return said


def _placeholder(name: str, spec: str) -> Placeholder:
    kind, _, rest = spec.removeprefix("a ").partition(" ")
    article = spec.startswith("a ")
    if kind == "count" and not article:
        noun, _, plural = rest.partition("|")
        if not noun:
            raise DefinitionError(f'"{{{name}:count}}" does not say what is counted: {{{name}:count item}}')
        return Placeholder(name, nouns=(noun, plural or f"{noun}s"))
    if spec in _CONJUNCTIONS:
        return Placeholder(name, conjunction=spec)
    if kind in KINDS:
        if rest and rest not in _CONJUNCTIONS:
            raise DefinitionError(f'"{{{name}:{spec}}}" ends in "{rest}", which is neither "and" nor "or"')
        return Placeholder(name, kind, rest, article)
    if kind.isalpha() and len(kind) > 1:
        raise DefinitionError(f'"{{{name}:{spec}}}" is of an unknown kind{nearest(kind, KINDS)}')
    return Placeholder(name, spec=spec)


#: A template of a plugin is parsed once. For checks that build a new template each time, the cache has no effect.
taken_apart: Callable[[str], Template] = lru_cache(maxsize=4096)(Template)


def rendered(text: str, params: Mapping[str, Any], wording: Wording = AS_KEPT) -> str:
    """A template with its placeholders filled in.

    Raises:
        DefinitionError: its placeholders and the parameters differ, or it is not a template.
    """
    try:
        return taken_apart(text).said(params, wording)
    except (DefinitionError, LookupError, ValueError, TypeError, AttributeError) as error:
        fault = str(error) if isinstance(error, DefinitionError) else f"{type(error).__name__}: {error}"
        raise DefinitionError(
            f'the text "{text}" cannot be filled in from params with {", ".join(params)}: {fault}'
        ) from error


def literal(text: str) -> str:
    """A text as a template that renders exactly this text."""
    return text.replace("{", "{{").replace("}", "}}")
