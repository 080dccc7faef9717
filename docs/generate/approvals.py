"""Approvals in words: who decides, and how long the decision counts."""

from __future__ import annotations

from generate.markdown import listed, sentence
from generate.quorums import in_words
from generate.spans import length
from generate.titles import Titles, first_line
from placet import Approval, Ballot, Panel


def decides(approval: Approval, titles: Titles) -> str:
    """Who is asked, and how many of them have to agree."""
    if isinstance(approval.panel, Panel):
        return ("\nthen " if approval.panel.ordered else "\nand ").join(
            _ballot(ballot, titles) for ballot in approval.panel.ballots
        )
    asked = (
        f"Asked may be: {', '.join(titles.role(role) for role in approval.asked)}." if approval.asked else ""
    )
    return "\n".join(filter(None, [sentence(first_line(approval.panel)), asked]))


def _ballot(ballot: Ballot, titles: Titles) -> str:
    roles = [titles.role(role) for role in ballot.roles]
    words = roles[0] if len(roles) == 1 and in_words(ballot.quorum) == "one of them" else ""
    parts = [words or f"{', '.join(roles)}: {in_words(ballot.quorum)}"]
    if ballot.including:
        parts.append(
            f"among them {listed(titles.role(role) for role in ballot.including).replace(' and ', ' or ')}"
        )
    if ballot.veto:
        parts.append(f"veto: {listed(titles.role(role) for role in ballot.veto)}")
    return ", ".join(parts)


def ends(approval: Approval) -> str:
    """How long it counts, and when those are reminded whose vote is missing."""
    end = approval.expires
    lines = [] if end is None else [first_line(end) if callable(end) else length(end)]
    lines += [] if approval.reminds is None else [f"reminded after {length(approval.reminds)}"]
    return "\n".join(lines)
