"""The metrics of change enablement.

Source: ITIL 4, practice Change enablement; the last five are the set of DORA from 2024 on, over changes that are
deployments. Our choices:

- A deployment is one to production: at least one of its items is there.
- A change counts at its end: when it was completed, backed out or declared failed, for the last time.
- A deployment needed intervention if it failed or was backed out, or if it caused an incident of priority P1 or P2
    within a day. The service is restored when it recovers, is backed out, or the incident is resolved.
"""

from __future__ import annotations

from placet import Holds, Metric, metrics
from placet_itil_change.changes.fields import ChangeOutcome, ChangeType, Environment
from placet_itil_change.changes.timers import PIR_DUE
from placet_itil_change.ids import CAUSED_BY_CHANGE, CHANGE
from placet_itil_change.incidents.priority import Priority

_ENDED = metrics.Did("complete_implementation", "finish_backout", "declare_failed")
_FAILED = Holds("outcome", (ChangeOutcome.FAILED, ChangeOutcome.BACKED_OUT))
_IMPLEMENTED = metrics.Items(CHANGE, _ENDED)
_TO_PRODUCTION = metrics.AllOf(
    Holds("is_deployment", (True,)), Holds("environment", (Environment.PRODUCTION,))
)
_DEPLOYED = metrics.Items(CHANGE, _ENDED, _TO_PRODUCTION)

METRICS = (
    Metric(
        "itil.change_success_rate",
        "Successful changes",
        "%",
        "100 * changes with outcome successful / changes implemented (outcome not not_implemented)",
        metrics.Share(_IMPLEMENTED, Holds("outcome", (ChangeOutcome.SUCCESSFUL,))),
        ("type", "risk_class"),
    ),
    Metric(
        "itil.change_failure_share",
        "Failed changes",
        "%",
        "100 * (failed + backed_out + successful_with_issues that caused an incident) / changes implemented",
        metrics.Share(
            _IMPLEMENTED,
            metrics.AnyOf(
                _FAILED,
                metrics.AllOf(
                    Holds("outcome", (ChangeOutcome.SUCCESSFUL_WITH_ISSUES,)),
                    metrics.Linked(CAUSED_BY_CHANGE, inverse=True),
                ),
            ),
        ),
        ("type", "risk_class"),
    ),
    Metric(
        "itil.emergency_ratio",
        "Emergencies",
        "%",
        "100 * emergency changes implemented / changes implemented",
        metrics.Share(_IMPLEMENTED, Holds("type", (ChangeType.EMERGENCY,))),
    ),
    Metric(
        "itil.standard_ratio",
        "Standard changes",
        "%",
        "100 * standard changes implemented / changes implemented",
        metrics.Share(_IMPLEMENTED, Holds("type", (ChangeType.STANDARD,))),
    ),
    Metric(
        "itil.change_lead_time",
        "Lead time of changes",
        "days",
        "median(actual_end - created_at)",
        metrics.median(
            metrics.Items(CHANGE, metrics.At("actual_end")),
            metrics.Between(metrics.Made(), metrics.At("actual_end")),
        ),
        ("type",),
    ),
    Metric(
        "itil.pir_timeliness",
        "Reviews on time",
        "%",
        "100 * reviews done within 5 business days / reviews required that are done or overdue",
        metrics.Share(
            metrics.Items(
                CHANGE, _ENDED, Holds("pir_required", (True,)), metrics.TimerIs(PIR_DUE.id, "met", "breached")
            ),
            metrics.TimerIs(PIR_DUE.id, "met"),
        ),
    ),
    Metric(
        "itil.dora_change_lead_time",
        "Change lead time (DORA)",
        "hours",
        "median(actual_end - first_commit_at) of deployments",
        metrics.median(
            metrics.Items(
                CHANGE,
                metrics.At("actual_end"),
                _TO_PRODUCTION,
            ),
            metrics.Between(metrics.At("first_commit_at"), metrics.At("actual_end")),
        ),
    ),
    Metric(
        "itil.dora_deployment_frequency",
        "Deployment frequency (DORA)",
        "per day",
        "deployments that reach review with outcome successful or successful_with_issues / days",
        metrics.Rate(
            metrics.Items(
                CHANGE,
                metrics.Did("complete_implementation"),
                _TO_PRODUCTION,
                Holds("outcome", (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)),
            )
        ),
    ),
    Metric(
        "itil.dora_recovery_time",
        "Failed deployment recovery time (DORA)",
        "hours",
        "median(restored - went wrong) of deployments that failed, were backed out or caused an incident",
        metrics.median(
            metrics.Items(CHANGE, metrics.At("recovered_at"), _TO_PRODUCTION),
            metrics.Between(metrics.At("failed_at"), metrics.At("recovered_at")),
        ),
    ),
    Metric(
        "itil.dora_change_fail_rate",
        "Change fail rate (DORA)",
        "%",
        "100 * deployments that failed, were backed out or caused a P1 or P2 within a day / deployments",
        metrics.Share(
            _DEPLOYED,
            metrics.AnyOf(
                _FAILED,
                metrics.Linked(
                    CAUSED_BY_CHANGE,
                    Holds("soon_after_change", (True,)),
                    Holds("priority", (Priority.P1, Priority.P2)),
                    inverse=True,
                ),
            ),
        ),
    ),
    Metric(
        "itil.dora_rework_rate",
        "Deployment rework rate (DORA)",
        "%",
        "100 * deployments that were emergencies, fixed an incident or were said to be rework / deployments",
        metrics.Share(
            _DEPLOYED,
            metrics.AnyOf(Holds("unplanned_rework", (True,)), Holds("type", (ChangeType.EMERGENCY,))),
        ),
    ),
)
