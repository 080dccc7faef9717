"""The kinds of events: all that the log can have, so that a misspelt one is refused and never means no events."""

from __future__ import annotations

from collections.abc import Iterable

from placet.errors import Fault, MalformedError, NotFoundError

KINDS = frozenset({
    # Of an item
    "created", "transition", "refused", "edited", "comment", "evidence", "linked", "unlinked", "timer", "roles",
    "person_left", "erased",
    "voted", "asked_again", "approval_reminded", "approval_expired",
    "confirmed", "declined", "confirmation_taken_back", "confirmation_reminded", "confirmation_expired",
    "waiver_asked", "waiver_decided", "waiver_reviewed", "waiver_expired",
    "asked", "ask_reminded", "ask_cleared", "ask_declined", "ask_withdrawn", "ask_expired",
    # Of a workspace, besides `roles` and `erased`
    "workspace_created", "workspace_changed", "change_proposed", "proposal_decided",
    # Of the installation
    "actor_added", "actor_changed", "actor_deactivated", "actor_reactivated", "actor_erased", "invited", "token_issued",
    "token_revoked", "delegated", "delegation_revoked", "webhook_added", "webhook_deleted", "delivery_retried",
    "plugins_loaded", "backup_restored", "checkpoint", "log_verified", "log_verification_failed",
})  # fmt: skip


def demand_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds of events that a reader asks for. Raises `MalformedError` for an unknown one, with the nearest."""
    faults = kind_faults(kinds)
    if faults:
        raise MalformedError(faults[0].message)
    return tuple(kinds)


def kind_faults(kinds: Iterable[str]) -> list[Fault]:
    """A fault for each unknown kind in a list, with its place in it."""
    return [
        Fault(f"/kinds/{index}", str(NotFoundError("kind of event", kind[:100], KINDS)))
        for index, kind in enumerate(kinds)
        if kind not in KINDS
    ]
