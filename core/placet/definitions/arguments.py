"""Arguments are checked against annotations: a wrong one is refused where it is written, with file and line.

Later it would fail in the linter, at the start of the server, or when somebody moves an item. Annotations are all that
this module knows of a constructor; they also hold further requirements: `Annotated[int, Requirement(...)]`.
Arguments are kept as values that cannot change: sequences as tuples, and values of an enumeration as its members.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache, wraps
from types import UnionType
from typing import Annotated, Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from placet.definitions.argument_words import described, kind_of, named, options, words
from placet.definitions.places import Written, author
from placet.definitions.wording import number_of
from placet.errors import DefinitionError, nearest

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

#: Returns a value as it is kept. Raises `_MisfitError`.
Fit = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement on an argument besides its type: `Annotated[int, Requirement(...)]`."""

    test: Callable[[Any], object]
    #: The requirement in words, as in "it takes ...".
    wanted: str


def at_least(least: int) -> Requirement:
    """The requirement of a least number."""
    return Requirement(lambda value: value >= least, f"a number from {least} on")


#: A text that people read in place of an id.
Title = Annotated[str, Requirement(str.strip, "words that people read")]


class _MisfitError(Exception):
    """A value is of the wrong kind."""

    def __init__(
        self, wanted: str, found: object, *, remedy: str = "", path: str = "", close: bool = False
    ) -> None:
        """`path` leads to the value inside the argument; `close`: its type is right, or that of its container."""
        super().__init__(wanted)
        self.wanted, self.found, self.remedy, self.path, self.close = wanted, found, remedy, path, close

    def at(self, step: str) -> _MisfitError:
        """The same, seen from the container of the value."""
        return _MisfitError(self.wanted, self.found, remedy=self.remedy, path=step + self.path, close=True)

    def sentence(self, whose: str, part: str) -> str:
        remedy = self.remedy or _REMEDIES.get((self.wanted, kind_of(self.found)), "")
        return f"{whose}: {part}{self.path} takes {self.wanted}, and was given {described(self.found)}" + (
            f": {remedy}" if remedy else ""
        )


# Remedies, by the required and the given kind
_REMEDIES: Mapping[tuple[str, str], str] = {
    ("a Check", "function"): 'put @check("METHOD") above the function, which makes a check of it',
    ("a Check", "Effect"): "effects belong to transitions, in `effects`",
    ("a Check", "Gate"): "give its checks, or list the gate itself in `gates`",
    ("an Effect", "function"): 'put @effect("METHOD") above the function, which makes an effect of it',
    ("an Effect", "Check"): "checks belong in a Gate, and that in `gates`",
    ("a Gate", "Check"): "put checks into a Gate",
    ("a Gate", "function"): 'put @check("METHOD") above the function, and the check into a Gate',
    (
        "text",
        "function",
    ): 'write the method in brackets, as in @check("acme"): the id is the name of the function',
}
_SPAN_REMEDY = "write elapsed(hours=4), or business(days=2) for working time"


# From annotations to fits


@lru_cache(maxsize=1024)
def fit_of(hint: Any) -> Fit:
    """The function that checks a value against an annotation, and returns it as it is kept."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _requiring(fit_of(inner[0]), [each for each in inner[1:] if isinstance(each, Requirement)])
    if origin in {Union, UnionType}:
        return _one_of(named(hint), {option: fit_of(option) for option in options(inner)})
    if origin is type:
        return _class(named(hint), inner[0])
    if origin is Callable:
        return _function(len(inner[0]) if isinstance(inner[0], list) else None)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(fit_of(inner[0]), fit_of(inner[1]))
    if isinstance(origin, type):
        return _sequence(fit_of(inner[0]), unordered=issubclass(origin, AbstractSet))
    if not isinstance(hint, type) or hint in {Any, object} or getattr(hint, "_is_protocol", False):
        return _anything
    return _member(hint) if issubclass(hint, Enum) else _instance(hint)


def _anything(value: Any) -> Any:
    return value


def _requiring(fit: Fit, requirements: Iterable[Requirement]) -> Fit:
    wanted = tuple(requirements)

    def fitting(value: Any) -> Any:
        kept = fit(value)
        for requirement in wanted:
            if not requirement.test(kept):
                raise _MisfitError(requirement.wanted, value, close=True)
        return kept

    return fitting


def _one_of(wanted: str, options: Mapping[Any, Fit]) -> Fit:
    fits = tuple(options.values())

    def fitting(value: Any) -> Any:
        own = options.get(type(value))
        if own is not None:
            return own(value)
        misfits: list[_MisfitError] = []
        for fit in fits:
            try:
                return fit(value)
            except _MisfitError as misfit:
                misfits.append(misfit)
        # Where a type of the union fits and something inside the value is wrong, that is to be mended.
        close = [misfit for misfit in misfits if misfit.close]
        if len(close) == 1:
            raise close[0]
        remedies = [misfit.remedy or _REMEDIES.get((misfit.wanted, kind_of(value)), "") for misfit in misfits]
        raise _MisfitError(wanted, value, remedy=next(filter(None, remedies), ""))

    return fitting


def _class(wanted: str, base: type) -> Fit:
    def fitting(value: Any) -> Any:
        if isinstance(value, type) and issubclass(value, base):
            return value
        raise _MisfitError(wanted, value)

    return fitting


def _function(arguments: int | None) -> Fit:
    def fitting(value: Any) -> Any:
        if not callable(value):
            raise _MisfitError("a function", value)
        if inspect.iscoroutinefunction(value):
            raise _MisfitError(
                "a plain function", value, remedy="write def for async def, as it waits for nothing"
            )
        if arguments is not None and not _can_be_called(value, arguments):
            raise _MisfitError(f"a function that is called with {number_of(arguments, 'argument')}", value)
        return value

    return fitting


def _can_be_called(function: Callable[..., Any], arguments: int) -> bool:
    try:
        inspect.signature(function).bind(*range(arguments))
    except TypeError:
        return False
    except ValueError:
        return True  # a function in C without a signature
    return True


def _mapping(key_fit: Fit, value_fit: Fit) -> Fit:
    def fitting(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _MisfitError("a dictionary", value)
        kept: dict[Any, Any] = {}
        for key, each in value.items():
            try:
                kept[key_fit(key)] = value_fit(each)
            except _MisfitError as misfit:
                raise misfit.at(f"[{key!r}]") from None
        return kept

    return fitting


def _sequence(fit: Fit, *, unordered: bool) -> Fit:
    def fitting(value: Any) -> Any:
        if type(value) is not tuple and type(value) is not list:
            _demand_members(value, fit, unordered=unordered)
        kept = []
        for n, each in enumerate(value):
            try:
                kept.append(fit(each))
            except _MisfitError as misfit:
                raise misfit.at(f"[{n}]") from None
        return frozenset(kept) if unordered else tuple(kept)

    return fitting


def _demand_members(value: Any, fit: Fit, *, unordered: bool) -> None:
    """Raises `_MisfitError` for a value that is not a list of members."""
    if isinstance(value, str):
        raise _MisfitError("a list", value, remedy=f'write ["{value}"]')
    if isinstance(value, AbstractSet) and not unordered:
        raise _MisfitError("a list", value, remedy="write [...] for {...}, as a set has no order")
    if isinstance(value, Mapping | bytes) or not isinstance(value, Iterable):
        raise _MisfitError("a list", value, remedy=_bracketed(fit, value))


def _bracketed(fit: Fit, value: Any) -> str:
    """The remedy for a single value where a list is required."""
    try:
        fit(value)
    except _MisfitError:
        return ""
    return "put it into brackets, as a list of one"


def _member(kind: type[Enum]) -> Fit:
    known = [str(member.value) for member in kind]

    def fitting(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        if isinstance(value, str) and value in known:
            return kind(value)
        near = nearest(value, known) if isinstance(value, str) else ""
        raise _MisfitError(
            named(kind), value, remedy=near.removeprefix("; ") if near.startswith("; did") else ""
        )

    return fitting


def _instance(kind: type) -> Fit:
    taken: tuple[type, ...] = (int, float) if kind is float else (kind,)
    remedy = _SPAN_REMEDY if kind.__name__ == "Span" else ""

    def fitting(value: Any) -> Any:
        # True is a number in Python, and never meant as one.
        if isinstance(value, taken) and not (isinstance(value, bool) and kind in {int, float}):
            return value
        raise _MisfitError(named(kind), value, remedy=remedy if type(value).__name__ == "timedelta" else "")

    return fitting


def fitting(hint: Any, whose: str, part: str, value: Any) -> Any:
    """A value as it is kept for an annotation. Raises `DefinitionError` for one of the wrong kind."""
    try:
        return fit_of(hint)(value)
    except _MisfitError as misfit:
        raise DefinitionError(misfit.sentence(whose, part)) from None


# Constructors and functions


class _Form:
    """The parameters of a constructor or function. Read at first use, as annotations may name later definitions."""

    def __init__(self, function: Callable[..., Any], title: str, *, bound: bool) -> None:
        self._function, self._title, self.bound = function, title, bound

    @cached_property
    def signature(self) -> inspect.Signature:
        found = inspect.signature(self._function)
        return found.replace(parameters=list(found.parameters.values())[int(self.bound) :])

    @cached_property
    def fits(self) -> Mapping[str, Fit]:
        hints = get_type_hints(self._function, include_extras=True)
        return {name: fit_of(hints.get(name, Any)) for name in self.signature.parameters}

    @cached_property
    def _by_name(self) -> Mapping[str, Fit]:
        """The parameters that can be given by name."""
        many = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
        return {n: fit for n, fit in self.fits.items() if self.signature.parameters[n].kind not in many}

    @cached_property
    def _by_place(self) -> tuple[tuple[str, ...], str]:
        """The positional parameters, and the one that takes the rest."""
        parameters = self.signature.parameters.values()
        placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        rest = (each.name for each in parameters if each.kind is inspect.Parameter.VAR_POSITIONAL)
        return tuple(each.name for each in parameters if each.kind in placed), next(rest, "")

    def kept(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments as they are kept. Raises `DefinitionError` with the author's place."""
        placed, rest = self._by_place
        fits, by_name = self.fits, self._by_name
        part = ""
        try:
            values: list[Any] = []
            for n, value in enumerate(args):
                name = placed[n] if n < len(placed) else rest
                part = name if n < len(placed) else f"{name}[{n - len(placed)}]"
                values.append(fits[name](value) if name else value)
            named_values: dict[str, Any] = {}
            for part, value in kwargs.items():  # reported below
                named_values[part] = by_name[part](value) if part in by_name else value
        except _MisfitError as misfit:
            raise self.refusal(args, kwargs, misfit, part) from None
        return values, named_values

    def refusal(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], misfit: _MisfitError, part: str
    ) -> DefinitionError:
        place = author()
        return DefinitionError(misfit.sentence(self.whose(args, kwargs, place), part), place)

    def whose(self, args: tuple[Any, ...], kwargs: dict[str, Any], place: str) -> str:
        """`the transition submit (file:line)`."""
        first = next(iter(self.signature.parameters), "")
        id = (args[0] if args else kwargs.get(first)) if first in {"id", "name"} else None
        return f"{self._title}{f' {id}' if isinstance(id, str) else ''} ({place})"

    def demand_names(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raises `DefinitionError` for unknown and for missing arguments."""
        try:
            self.signature.bind(*args, **kwargs)
        except TypeError as error:
            place = author()
            parameters = self.signature.parameters
            said = "; ".join(_strange_names(self.signature, args, kwargs)) or str(error)
            raise DefinitionError(
                f"{self.whose(args, kwargs, place)}: {said}: it takes {', '.join(parameters)}", place
            ) from None

    def call(
        self, function: Callable[..., Any], before: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call with the arguments as they are kept; its refusals name the author's place."""
        values, named_values = self.kept(args, kwargs)
        try:
            return function(*before, *values, **named_values)
        except TypeError:
            self.demand_names(args, kwargs)
            raise
        except ValueError as error:
            place = author()
            raise DefinitionError(f"{self.whose(args, kwargs, place)}: {error}", place) from error


def _strange_names(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Iterator[str]:
    parameters = signature.parameters
    yield from (
        f'there is no argument "{name}"{nearest(name, parameters)}'
        for name in kwargs
        if name not in parameters
    )
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for n, each in enumerate(parameters.values()):
        required = each.default is inspect.Parameter.empty and each.kind not in optional
        if required and each.name not in kwargs and (n >= len(args) or each.kind is each.KEYWORD_ONLY):
            yield f'the argument "{each.name}" is missing'


def written(cls: type[T]) -> type[T]:
    """A class whose instances are definitions: their arguments are checked, and their places are kept."""
    init: Callable[..., None] = cls.__init__
    form = _Form(init, f"the {words(cls)}", bound=True)
    placed = issubclass(cls, Written)

    @wraps(init)
    def checking(self: T, *args: Any, **kwargs: Any) -> None:
        form.call(init, [self], args, kwargs)
        if placed:
            object.__setattr__(self, "place", author())

    cls.__init__ = checking  # type: ignore[method-assign,assignment]  # the same, with checked arguments
    return cls


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function that makes definitions: its arguments are checked."""
    form = _Form(
        function, function.__name__, bound=next(iter(inspect.signature(function).parameters), "") == "self"
    )

    @wraps(function)
    def checking(*args: P.args, **kwargs: P.kwargs) -> R:
        before, rest = (list(args[:1]), args[1:]) if form.bound else ([], args)
        made: R = form.call(function, before, rest, kwargs)
        return made

    return checking
