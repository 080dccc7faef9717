"""Authorization of changes, exemptions and models, and the duties of voters.

The change authorities are a table beside the workflow, in `change.py`; the approvals here read it.

Source: ITIL 4, practice Change enablement: changes are authorized by the authority that fits their risk. Our choices:
the owner of an affected item of criticality 5 has a veto in the board, but no seat; a change without a class of risk is
decided like one of the highest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from placet import Approval, Ballot, Change, CheckContext, Duty, Panel, Quorum, Role
from placet_itil_change.changes.computed import vetoing_owners
from placet_itil_change.changes.fields import ChangeFields, ChangeType, WindowKind
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.changes.windows import hindering
from placet_itil_change.ids import (
    CHANGE_APPROVAL,
    CHANGE_REVIEW,
    ECAB_APPROVAL,
    FREEZE_EXEMPTION,
    MODEL_APPROVAL,
    SPOKEN_AUTHORIZATION,
)
from placet_itil_change.roles import CHANGE_MANAGER, IT_DIRECTOR, SERVICE_OWNER

#: Approvals that an emergency needs.
ECAB_APPROVALS = 2
#: The authorized content: after a change of it, authorization has to be requested again.
_AUTHORIZED = {
    "type": Change.ANY,
    "cis": Change.ANY,
    "planned_start": Change.LOWER,
    "planned_end": Change.HIGHER,
    "implementation_plan": Change.ANY,
    "test_plan": Change.ANY,
    "backout_plan": Change.ANY,
    "backout_max_min": Change.ANY,
    "planned_outage_min": Change.ANY,
    "users_affected": Change.ANY,
    "data_class": Change.ANY,
    "novelty": Change.ANY,
    "complexity": Change.ANY,
    "testing": Change.ANY,
    "backout": Change.ANY,
    # Meanwhile an item may have become more critical, or another change on it may have failed.
    "risk_score": Change.HIGHER,
    # Somebody has come to own an item so critical that its owner can refuse it: they were never asked.
    "vetoing_owners": Change.ADDED,
    # Nobody has seen it, and it may be the work of somebody who voted.
    "delivers": Change.ADDED,
}
#: The authorized content of an emergency: what was not known then is documented afterwards.
_EXPEDITED = {
    "cis": Change.ANY,
    # The ground on which the board decides.
    "emergency_justification": Change.ANY,
    "implementation_plan": Change.ANY,
    "backout_plan": Change.REPLACED,
    "planned_outage_min": Change.REPLACED,
    "incident": Change.REPLACED,
}
#: An exemption is for this work at this time, and not for whatever else the change becomes.
_EXEMPTED = {
    "planned_start": Change.ANY,
    "planned_end": Change.ANY,
    "cis": Change.ANY,
    "implementation_plan": Change.ANY,
    "planned_outage_min": Change.HIGHER,
    "risk_score": Change.HIGHER,
}


@dataclass(frozen=True, slots=True)
class Authority:
    """A line of the table of change authorities: who has to agree to changes of a class of risk, and how many."""

    risk_class: RiskClass
    who: Role
    quorum: Quorum
    #: The owner of an affected item of criticality 5 can refuse it alone.
    owners_veto: bool = False


def change_authorization(table: Sequence[Authority]) -> Approval:
    """The vote on a normal change, by the authority that the table names for its class of risk."""

    def panel(ctx: CheckContext) -> Panel:
        """The change authority for its class of risk."""
        risk_class = ctx.item.fields.risk_class or RiskClass.VERY_HIGH
        return Panel(
            *(
                Ballot(
                    [line.who],
                    line.quorum,
                    veto_actors=vetoing_owners(ctx) if line.owners_veto else (),
                )
                for line in table
                if line.risk_class == risk_class
            )
        )

    return Approval(
        CHANGE_APPROVAL,
        "Authorization by the change authority",
        panel,
        material_fields=_AUTHORIZED,
        expires=change_approval_ends,
        asked=list(dict.fromkeys(line.who for line in table)),
    )


def emergency_authorization(board: Panel) -> Approval:
    """The vote on an emergency, which holds for a day."""
    return Approval(
        ECAB_APPROVAL,
        "Authorization by the emergency board",
        board,
        material_fields=_EXPEDITED,
        expires=ecab_approval_ends,
    )


def change_approval_ends(ctx: CheckContext) -> datetime:
    """The planned end, at most `change_approval_max` from now."""
    fields: ChangeFields = ctx.item.fields
    latest: datetime = ctx.now + ctx.settings.change_approval_max
    return min(fields.planned_end, latest) if fields.planned_end else latest


def exemption_panel(ctx: CheckContext) -> Panel:
    """Change manager and service owner; a blackout also needs the IT director, who decides alone in an emergency."""
    director = Ballot([IT_DIRECTOR], Quorum.any())
    if ctx.item.fields.type is ChangeType.EMERGENCY:
        return Panel(director)
    both = (Ballot([CHANGE_MANAGER], Quorum.any()), Ballot([SERVICE_OWNER], Quorum.any()))
    dark = any(window.kind is WindowKind.BLACKOUT for window in hindering(ctx))
    return Panel(*both, director) if dark else Panel(*both)


def exemption_ends(ctx: CheckContext) -> datetime | None:
    """The end of the last window of the exemption."""
    return max((window.end for window in hindering(ctx)), default=None)


def ecab_approval_ends(ctx: CheckContext) -> datetime:
    """An emergency is decided on for `ecab_approval_max`."""
    ends: datetime = ctx.now + ctx.settings.ecab_approval_max
    return ends


def model_approval_ends(ctx: CheckContext) -> datetime:
    """Business days from now."""
    days: int = ctx.settings.model_approval_days
    return ctx.workspace.calendar.add_days(ctx.now, days)


EXEMPTION = Approval(
    FREEZE_EXEMPTION,
    "Exemption from a freeze or a blackout",
    exemption_panel,
    material_fields=_EXEMPTED,
    expires=exemption_ends,
    reopens=False,
    # A blackout may be declared where there was a freeze.
    follows_facts=True,
    asked=[CHANGE_MANAGER, SERVICE_OWNER, IT_DIRECTOR],
)

#: The authorized content of a change model.
_MODEL = (
    "steps",
    "test_plan",
    "backout_step",
    "backout_max_min",
    "risk_class",
    "cis_scope",
    "max_outage_min",
)
MODEL_AUTHORIZATION = Approval(
    MODEL_APPROVAL,
    "Authorization of a change model",
    Panel(Ballot([CHANGE_MANAGER], Quorum.any()), Ballot([SERVICE_OWNER], Quorum.any())),
    material_fields=_MODEL,
    expires=model_approval_ends,
)

_CHANGE_VOTES = (f"vote:{CHANGE_APPROVAL}", f"vote:{ECAB_APPROVAL}", f"vote:{FREEZE_EXEMPTION}")
_IMPLEMENTING = ("named:implementer", "transition:start_implementation", "transition:implement_on_verbal")
_RAISING = ("create", "named:initiator")
#: Written by nobody: the type is fixed, and the incident follows from links.
_UNWRITTEN = {"type", "incident"}
#: Writing what is authorized. The dates are kept by the change manager, who authorizes too.
_WRITING = tuple(
    f"edit:{name}"
    for name, change in (_AUTHORIZED | _EXPEDITED).items()
    if change in (Change.ANY, Change.REPLACED) and name not in _UNWRITTEN
)

CHANGE_DUTIES = (
    Duty(
        "itil.sod_authorize",
        "who raises, writes, tests or implements a change does not vote on it",
        acts=(*_RAISING, *_WRITING, "attach:test_result", *_IMPLEMENTING),
        bars=_CHANGE_VOTES,
    ),
    Duty(
        "itil.sod_exception",
        "who raises or implements a change does not decide on its exceptions",
        acts=(*_RAISING, *_IMPLEMENTING),
        bars=("waive", "review", "transition:accept_short_notice"),
        remedy="ask somebody who has no part in it",
    ),
    Duty(
        "itil.sod_spoken",
        "who raises or implements an emergency does not authorize it",
        acts=(*_RAISING, *_IMPLEMENTING),
        bars=("named:verbal_authorizer", f"confirm:{SPOKEN_AUTHORIZATION}"),
        remedy="name the person who gave it",
    ),
    Duty(
        "itil.sod_pir",
        "who implemented a change does not review it",
        acts=_IMPLEMENTING,
        bars=("named:pir_reviewer", f"confirm:{CHANGE_REVIEW}"),
        remedy="name a reviewer who did not implement it",
    ),
)

_PROPOSING = ("create", "transition:propose_model", *(f"edit:{name}" for name in _MODEL))
MODEL_DUTIES = (
    Duty(
        "itil.sod_model",
        "who proposes a change model does not approve it",
        acts=_PROPOSING,
        bars=(f"vote:{MODEL_APPROVAL}", "waive", "review"),
    ),
)
