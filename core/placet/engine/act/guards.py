"""Guards: names for what a search depends on, so that a commit can compare whether its answer has changed.

A guard is a counter under a name. Who searches notes the counter together with what was found; who writes an
item counts the guards of all searches that find it, or found it before. A search whose counter has not moved would
find the same today, items that are not there included.

Which searches there are is not declared: the engine registers each family of searches (its type, and the fields that
it compares) when it is first made, and every writer counts for the families that are registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from placet.engine.act.input import parse_key
from placet.engine.act.queries import Condition, Scalar
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.sorting import number_of, sortable

#: In the place of a state, or of a type: any.
ANY: Final = "*"
#: Comparisons that name values. Others (`lt`, `ge`, ...) do not narrow the guard.
_EQUALITIES = frozenset({"eq", "has", "any"})


class Family(NamedTuple):
    """Searches of one form: what they look for, and by which fields."""

    #: `find` by fields, `children` of an item, `links` to an item, `walks` along links.
    kind: str
    #: Item type; link type for `links`.
    type: str
    #: Fields that are compared for equality, in order; twice where two values are asked for.
    fields: tuple[str, ...] = ()


class Guard(NamedTuple):
    """One counter."""

    family: Family
    name: str


#: Items that were looked for by key and are not there; counted when one is made.
ABSENT = Family("absent", ANY)


#: Delegations from somebody or to them; counted when one is made.
DELEGATIONS = Family("delegations", ANY)


def delegated(actor: str) -> Guard:
    """The guard of the delegations from somebody and to them."""
    return Guard(DELEGATIONS, f"delegations:{actor}")


def absent(ref: ItemRef) -> Guard:
    """The guard of an item that is not there."""
    return Guard(ABSENT, f"item:{ref.key}")


def children(ref: ItemRef, type: str | None) -> Guard:
    """The guard of the items below another, all or of a type."""
    return Guard(Family("children", type or ANY), f"parent:{ref.key}:{type or ANY}")


def links(link_type: str, ref: ItemRef) -> Guard:
    """The guard of the items that lead to another by a type of link."""
    return Guard(Family("links", link_type), f"link:{link_type}:{ref.key}")


def walks(link_type: str) -> Guard:
    """The guard of all walks along a type of link: what they visit is known only at their end.

    Links are made and taken away seldom; what the items on the way are otherwise is not seen by a walk.
    """
    return Guard(Family("walks", link_type), f"walk:{link_type}")


def searches(
    workspace: str, type: str, states: Sequence[str], where: Iterable[Condition]
) -> tuple[Guard, ...]:
    """The guards of a search by fields: one for each state that is asked for, and each value of several."""
    named = [
        [(c.field, _named(value)) for value in (c.value if isinstance(c.value, tuple) else (c.value,))]
        for c in where
        if c.op in _EQUALITIES
    ]
    family = Family("find", type, tuple(sorted(pairs[0][0] for pairs in named)))
    names = {
        _found(workspace, type, state, sorted(pairs)): None
        for pairs in product(*named)
        for state in dict.fromkeys(states) or (ANY,)
    }
    return tuple(Guard(family, name) for name in names)


def _found(workspace: str, type: str, state: str, pairs: Iterable[tuple[str, str]]) -> str:
    return f"find:{workspace}:{type}:{state}:" + ",".join(f"{field}={value}" for field, value in pairs)


def counted(families: Iterable[Family], old: ItemRecord | None, new: ItemRecord) -> set[str]:
    """Names of the guards that a write of an item counts, `old` being the item as it was read."""
    if old is not None and _looks_the_same(old, new):
        return set()
    names = {absent(ItemRef(new.workspace, new.number)).name} if old is None else set()
    for family in families:
        if family.kind == "walks":
            before = () if old is None else old.links.get(family.type, ())
            if before != new.links.get(family.type, ()):
                names.add(walks(family.type).name)
            continue
        for record in (new,) if old is None else (old, new):
            names.update(_of(family, record))
    return names


def _looks_the_same(old: ItemRecord, new: ItemRecord) -> bool:
    """Whether only the item's own log has grown (a comment, a refusal): no search shows that."""
    return old.version == new.version and old.timers == new.timers and old.roles == new.roles


def _of(family: Family, record: ItemRecord) -> Iterator[str]:
    match family.kind:
        case "children":
            if record.parent is not None and family.type in {ANY, record.type}:
                yield f"parent:{record.parent}:{family.type}"
        case "links":
            for key in record.links.get(family.type, ()):
                yield links(family.type, parse_key(key)).name
        case _:
            if record.type == family.type:
                yield from _of_search(family, record)


def _of_search(family: Family, record: ItemRecord) -> Iterator[str]:
    for values in product(*(_values(record.fields, field) for field in family.fields)):
        pairs = sorted(zip(family.fields, values, strict=True))
        for state in (record.state, ANY):
            yield _found(record.workspace, record.type, state, pairs)


def _values(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """What a field is found by: its value, or each of a list; nothing is found by nothing."""
    value = fields.get(name)
    several: Iterable[Any] = value if isinstance(value, list) else () if value is None else (value,)
    return tuple(dict.fromkeys(_named(each) for each in several if isinstance(each, str | int | float)))


def _named(value: Scalar) -> str:
    """A value in a guard's name. What is not told apart here is at most counted together.

    A decimal is kept as text and searched for as a number, and has one name.
    """
    number = number_of(value) if isinstance(value, str) else None
    return sortable(value if number is None else number)
