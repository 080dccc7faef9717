"""What change enablement is measured by.

Source: ITIL 4, practice Change enablement; the last five are the set of DORA from 2024 on, over changes that are
deployments. Our choices:

- A change counts where it ended: when it was completed, backed out or declared failed, the last time of them.
- Figures that need incidents count without them until there are any: a change that was successful with issues is no
  failure, and a deployment needed intervention where it failed or was backed out.
"""

from __future__ import annotations

from placet import (
    At,
    Between,
    Clock,
    Did,
    Holds,
    Items,
    Made,
    Metric,
    Rate,
    Share,
    median,
)
from placet_itil_change.changes.fields import ChangeOutcome, ChangeType
from placet_itil_change.changes.timers import PIR_DUE
from placet_itil_change.ids import CHANGE

_ENDED = Did("complete_implementation", "finish_backout", "declare_failed")
_FAILED = Holds("outcome", (ChangeOutcome.FAILED, ChangeOutcome.BACKED_OUT))
_IMPLEMENTED = Items(CHANGE, _ENDED)
_DEPLOYED = Items(CHANGE, _ENDED, Holds("is_deployment", (True,)))

METRICS = (
    Metric(
        "itil.change_success_rate",
        "Successful changes",
        "%",
        "100 * changes with outcome successful / changes implemented (outcome not not_implemented)",
        Share(_IMPLEMENTED, Holds("outcome", (ChangeOutcome.SUCCESSFUL,))),
        ("type", "risk_class"),
    ),
    Metric(
        "itil.change_failure_share",
        "Failed changes",
        "%",
        "100 * (failed + backed_out + successful_with_issues that caused an incident) / changes implemented",
        Share(_IMPLEMENTED, _FAILED),
        ("type", "risk_class"),
    ),
    Metric(
        "itil.emergency_ratio",
        "Emergencies",
        "%",
        "100 * emergency changes implemented / changes implemented",
        Share(_IMPLEMENTED, Holds("type", (ChangeType.EMERGENCY,))),
    ),
    Metric(
        "itil.standard_ratio",
        "Standard changes",
        "%",
        "100 * standard changes implemented / changes implemented",
        Share(_IMPLEMENTED, Holds("type", (ChangeType.STANDARD,))),
    ),
    Metric(
        "itil.change_lead_time",
        "Lead time of changes",
        "days",
        "median(actual_end - created_at)",
        median(Items(CHANGE, At("actual_end")), Between(Made(), At("actual_end"))),
        ("type",),
    ),
    Metric(
        "itil.pir_timeliness",
        "Reviews on time",
        "%",
        "100 * reviews done within 5 business days / reviews required that are done or overdue",
        Share(
            Items(CHANGE, _ENDED, Holds("pir_required", (True,)), Clock(PIR_DUE.id, "met", "breached")),
            Clock(PIR_DUE.id, "met"),
        ),
    ),
    Metric(
        "itil.dora_change_lead_time",
        "Change lead time (DORA)",
        "hours",
        "median(actual_end - first_commit_at) of deployments",
        median(
            Items(CHANGE, At("actual_end"), Holds("is_deployment", (True,))),
            Between(At("first_commit_at"), At("actual_end")),
        ),
    ),
    Metric(
        "itil.dora_deployment_frequency",
        "Deployment frequency (DORA)",
        "per day",
        "deployments that reach review with outcome successful or successful_with_issues / days",
        Rate(
            Items(
                CHANGE,
                Did("complete_implementation"),
                Holds("is_deployment", (True,)),
                Holds("outcome", (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)),
            )
        ),
    ),
    Metric(
        "itil.dora_recovery_time",
        "Failed deployment recovery time (DORA)",
        "hours",
        "median(moment of recover or finish_backout - moment of failure) of failed and backed-out deployments",
        median(
            Items(CHANGE, Did("recover", "finish_backout"), Holds("is_deployment", (True,)), _FAILED),
            Between(Did("start_backout", "declare_failed", first=True), Did("recover", "finish_backout")),
        ),
    ),
    Metric(
        "itil.dora_change_fail_rate",
        "Change fail rate (DORA)",
        "%",
        "100 * deployments failed or backed out / deployments",
        Share(_DEPLOYED, _FAILED),
    ),
    Metric(
        "itil.dora_rework_rate",
        "Deployment rework rate (DORA)",
        "%",
        "100 * deployments with unplanned_rework / deployments",
        Share(_DEPLOYED, Holds("unplanned_rework", (True,))),
    ),
)
