"""Copies of what somebody said that an item keeps, and nobody can edit: of votes, waivers, confirmations, files."""

from __future__ import annotations

from dataclasses import replace

from placet.engine.act.records import EventRecord, ItemRecord, Waiver


def without_words(record: ItemRecord, event: EventRecord) -> ItemRecord:
    """The item without its copies of what was said in an event, whose texts are erased."""
    by, at = event.actor, event.at
    approvals = tuple(
        replace(
            round,
            votes=tuple(
                replace(vote, comment=None) if (vote.actor, vote.at) == (by, at) else vote
                for vote in round.votes
            ),
        )
        for round in record.approvals
    )
    confirmations = tuple(
        replace(each, comment="") if (each.actor, each.decided_at) == (by, at) else each
        for each in record.confirmations
    )
    waivers = tuple(_wordless(each, event) for each in record.waivers)
    # The name of a file says what somebody called it; an address is the evidence itself.
    evidence = tuple(
        replace(each, name="") if each.sha256 is not None and (each.actor, each.at) == (by, at) else each
        for each in record.evidence
    )
    return replace(
        record, approvals=approvals, confirmations=confirmations, waivers=waivers, evidence=evidence
    )


def _wordless(waiver: Waiver, event: EventRecord) -> Waiver:
    said = (event.actor, event.at)
    return replace(
        waiver,
        reason="" if (waiver.asked_by, waiver.asked_at) == said else waiver.reason,
        comment="" if (waiver.decided_by, waiver.decided_at) == said else waiver.comment,
        review="" if (waiver.reviewed_by, waiver.reviewed_at) == said else waiver.review,
    )
