"""Guards: counters of searches, by which a commit can see whether the answer to a search has changed.

A guard is a counter with a name. A search notes the counter together with its results; a write of an item increases the
guards of all searches that find the item, or found it before. A search whose counter has not changed would still return
the same results, and would still miss the same items.

Searches are not declared: the engine registers each family of searches (its type, and the fields that it compares) at
its first search, and every write increases the guards of the registered families.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final, NamedTuple

from placet.engine.act.input import parse_key
from placet.engine.act.queries import Condition, Scalar
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.sorting import number_of, sortable

#: Stands for any state, or any type.
ANY: Final = "*"
#: Comparisons that name values. Others (`lt`, `ge`, ...) do not narrow the guard.
_EQUALITIES = frozenset({"eq", "has", "any"})


class Family(NamedTuple):
    """Searches of one form: of one kind and type, by the same fields."""

    #: `find` by fields, `children` of an item, `links` to an item, `walks` along links.
    kind: str
    #: Item type; link type for `links`.
    type: str
    #: Fields that are compared for equality, in order; a field appears twice if two values of it are asked for.
    fields: tuple[str, ...] = ()


class Guard(NamedTuple):
    """One counter."""

    family: Family
    name: str


#: Items that were looked up by key and do not exist; increased when one is created.
ABSENT = Family("absent", ANY)


#: Delegations from a person or to them; increased when one is given or taken back.
DELEGATIONS = Family("delegations", ANY)


def delegated(actor: str) -> Guard:
    """The guard of the delegations from a person and to them."""
    return Guard(DELEGATIONS, f"delegations:{actor}")


def absent(ref: ItemRef) -> Guard:
    """The guard of an item that does not exist."""
    return Guard(ABSENT, f"item:{ref.key}")


def children(ref: ItemRef, type: str | None) -> Guard:
    """The guard of the children of an item, of all types or of one."""
    return Guard(Family("children", type or ANY), f"parent:{ref.key}:{type or ANY}")


def links(link_type: str, ref: ItemRef) -> Guard:
    """The guard of the items that link to an item by a type of link."""
    return Guard(Family("links", link_type), f"link:{link_type}:{ref.key}")


def walks(link_type: str) -> Guard:
    """The guard of all walks along a type of link, as the items that a walk visits are known only at its end.

    Links are seldom made or removed, and a walk does not read anything else of the items on its way.
    """
    return Guard(Family("walks", link_type), f"walk:{link_type}")


def searches(
    workspace: str, type: str, states: Sequence[str], where: Iterable[Condition]
) -> tuple[Guard, ...]:
    """The guards of a search by fields: one for each combination of the requested states and values."""
    named = [
        [(c.field, _named(value)) for value in (c.value if isinstance(c.value, tuple) else (c.value,))]
        for c in where
        if c.op in _EQUALITIES
    ]
    family = Family("find", type, tuple(sorted(pairs[0][0] for pairs in named)))
    wanted = dict.fromkeys(states) or (ANY,)
    names: dict[str, None] = {}
    for pairs in product(*named):
        values = _values_in(sorted(pairs))
        names.update([(_found(workspace, type, state, values), None) for state in wanted])
    return tuple([Guard(family, name) for name in names])


def _values_in(pairs: Iterable[tuple[str, str]]) -> str:
    return ",".join([f"{field}={value}" for field, value in pairs])


def _found(workspace: str, type: str, state: str, values: str) -> str:
    return f"find:{workspace}:{type}:{state}:{values}"


def counted(families: Iterable[Family], old: ItemRecord | None, new: ItemRecord) -> set[str]:
    """Names of the guards that a write of an item increases; `old` is the item as it was read."""
    if old is not None and _looks_the_same(old, new):
        return set()
    names = {absent(ItemRef(new.workspace, new.number)).name} if old is None else set()
    records = (new,) if old is None else (old, new)
    for family in families:
        if family.kind == "find":
            # Nearly all families, most of them of other types.
            for record in records:
                if record.type == family.type:
                    names.update(_of_search(family, record))
        elif family.kind == "walks":
            before = () if old is None else old.links.get(family.type, ())
            if before != new.links.get(family.type, ()):
                names.add(walks(family.type).name)
        else:
            for record in records:
                names.update(_of(family, record))
    return names


def _looks_the_same(old: ItemRecord, new: ItemRecord) -> bool:
    """Whether only the item's own log has grown (a comment, a refusal), which no search can see."""
    return old.version == new.version and old.timers == new.timers and old.roles == new.roles


def _of(family: Family, record: ItemRecord) -> Iterator[str]:
    if family.kind == "children" and record.parent is not None and family.type in {ANY, record.type}:
        yield f"parent:{record.parent}:{family.type}"
    elif family.kind == "links":
        for key in record.links.get(family.type, ()):
            yield links(family.type, parse_key(key)).name


def _of_search(family: Family, record: ItemRecord) -> list[str]:
    """The guards by which searches of a family find an item of its type, in its state and in any."""
    place, states = record.workspace, (record.state, ANY)
    if not family.fields:
        return [_found(place, family.type, state, "") for state in states]
    by_field = [_values(record.fields, field) for field in family.fields]
    return [
        _found(place, family.type, state, _values_in(sorted(zip(family.fields, values, strict=True))))
        for values in product(*by_field)
        for state in states
    ]


def _values(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The values by which a search finds a field: its value, or each member of a list; none for an empty field."""
    value = fields.get(name)
    several: Iterable[Any] = value if isinstance(value, list) else () if value is None else (value,)
    return tuple(dict.fromkeys(_named(each) for each in several if isinstance(each, str | int | float)))


@lru_cache(maxsize=8192, typed=True)
def _named(value: Scalar) -> str:
    """A value in a guard's name. Two values with the same name only share a counter, which does no harm.

    A decimal is kept as text and searched for as a number; both have one name.
    """
    number = number_of(value) if isinstance(value, str) else None
    return sortable(value if number is None else number)
