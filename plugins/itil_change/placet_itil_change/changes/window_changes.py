"""Changes of windows in force: who agrees to them, their checks and effects.

Source: ITIL 4, practice Change enablement, the change schedule. Our choice: a freeze or a blackout is moved, shortened
or withdrawn with the agreement of those who could exempt a change from it, besides the change manager who asks;
otherwise one person could step around it for the length of one authorization. Maintenance windows only allow, and need
no agreement, unless the workspace has its windows declared by two people: what two have declared, one does not change.
"""

from __future__ import annotations

from datetime import timedelta

from placet import (
    Approval,
    Ballot,
    CheckContext,
    Duty,
    EffectContext,
    Gate,
    Panel,
    Quorum,
    Verdict,
    approval_granted,
    blocked,
    check,
    effect,
    passed,
)
from placet_itil_change.changes.fields import AMENDABLE, ChangeWindowFields, WindowKind
from placet_itil_change.ids import WINDOW_AMENDMENT, WINDOW_WITHDRAWAL
from placet_itil_change.roles import CHANGE_MANAGER, IT_DIRECTOR, SERVICE_OWNER

#: Elapsed time in which an agreed change of a window has to be made.
_AGREED_FOR = timedelta(days=30)
_NEW = tuple(f"new_{name}" for name in AMENDABLE)
#: The part of a workspace's rules that its windows are.
_WINDOWS = "windows"

# Approvals


def window_panel(ctx: CheckContext) -> Panel:
    """The service owner, and for a blackout the IT director too."""
    fields: ChangeWindowFields = ctx.item.fields
    owner, director = Ballot([SERVICE_OWNER], Quorum.any()), Ballot([IT_DIRECTOR], Quorum.any())
    return Panel(owner, director) if fields.kind is WindowKind.BLACKOUT else Panel(owner)


AMENDMENT = Approval(
    WINDOW_AMENDMENT,
    "Amendment of a window",
    window_panel,
    material_fields=("kind", *AMENDABLE, *_NEW),
    expires=_AGREED_FOR,
    asked=[SERVICE_OWNER, IT_DIRECTOR],
)
WITHDRAWAL = Approval(
    WINDOW_WITHDRAWAL,
    "Withdrawal of a window",
    window_panel,
    material_fields=("kind", *AMENDABLE),
    expires=_AGREED_FOR,
    asked=[SERVICE_OWNER, IT_DIRECTOR],
)

WINDOW_DUTIES = (
    Duty(
        "itil.sod_window",
        "who asks for a change of a window, or wrote it, does not agree to it",
        acts=(
            "transition:request_amendment",
            "transition:request_withdrawal",
            *(f"edit:{name}" for name in ("kind", *AMENDABLE, *_NEW)),
        ),
        bars=(f"vote:{WINDOW_AMENDMENT}", f"vote:{WINDOW_WITHDRAWAL}"),
    ),
)

# Checks

amendment_votes = approval_granted(
    "itil.amendment_votes", WINDOW_AMENDMENT, again="request the amendment again"
)
withdrawal_votes = approval_granted(
    "itil.withdrawal_votes", WINDOW_WITHDRAWAL, again="request the withdrawal again"
)


@check("itil")
def amendment_stated(ctx: CheckContext) -> Verdict:
    """An amendment changes something: times, rule or scope.

    Reads: `new_start`, `new_end`, `new_rrule`, `new_scope`.
    """
    fields: ChangeWindowFields = ctx.item.fields
    if fields.amendment:
        return passed(changes=sorted(fields.amendment))
    return blocked(
        "no new start, end, rule or scope is given",
        remedy="give at least one of {fields:field or}, other than it is now",
        who=[CHANGE_MANAGER.id],
        params={"fields": list(_NEW)},
    )


@check("itil")
def amendment_agreed(ctx: CheckContext) -> Verdict:
    """A freeze or a blackout is amended as those agreed who could exempt from it.

    So is a maintenance window where the workspace has its windows declared by two people.
    """
    return _unless_it_only_allows(ctx, amendment_votes.test(ctx))


@check("itil")
def withdrawal_agreed(ctx: CheckContext) -> Verdict:
    """A freeze or a blackout is withdrawn when those agreed who could exempt from it.

    So is a maintenance window where the workspace has its windows declared by two people.
    """
    return _unless_it_only_allows(ctx, withdrawal_votes.test(ctx))


def _unless_it_only_allows(ctx: CheckContext, verdict: Verdict) -> Verdict:
    fields: ChangeWindowFields = ctx.item.fields
    only_allows = fields.kind is WindowKind.MAINTENANCE and _WINDOWS not in ctx.workspace.governed
    return passed(kind=fields.kind) if only_allows else verdict


AMENDMENT_STATED = Gate("itil.amendment_stated", "New times, rule or scope given", amendment_stated)
AMENDMENT_AGREED = Gate("itil.amendment_agreed", "Amendment agreed", amendment_agreed)
WITHDRAWAL_AGREED = Gate("itil.withdrawal_agreed", "Withdrawal agreed", withdrawal_agreed)

# Effects


@effect("itil")
def amend(ctx: EffectContext) -> None:
    """The window takes its new times, rule and scope."""
    fields: ChangeWindowFields = ctx.item.fields
    ctx.set(**fields.amendment, **dict.fromkeys(_NEW))
