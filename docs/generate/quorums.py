"""How many have to agree, in words."""

from __future__ import annotations

from placet import Quorum, QuorumKind


def in_words(quorum: Quorum) -> str:
    """`2 of them`, `more than 50 % of at least 3 votes`."""
    match quorum.kind:
        case QuorumKind.ANY:
            return "one of them"
        case QuorumKind.ALL:
            return "all of them"
        case QuorumKind.COUNT:
            return f"{quorum.value:g} of them"
        case QuorumKind.WEIGHTS:
            return f"votes with a weight of {quorum.value:g}"
        case QuorumKind.HEARD:
            return "one of them is heard"
        case QuorumKind.PERCENT:
            pass
    share = f"{'more than' if quorum.strictly else 'at least'} {quorum.value:g} %"
    if not quorum.of_votes:
        return f"{share} of them"
    return f"{share} of the votes" + (f", {quorum.minimum_votes} at least" if quorum.minimum_votes else "")
