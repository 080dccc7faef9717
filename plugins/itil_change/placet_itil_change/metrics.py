"""What change enablement is measured by. Declared here; computing them from the log is the store's.

Source: ITIL 4, practice Change enablement; the last five are the set of DORA from 2024 on, over changes that are
deployments. Figures that need incidents count without them until there are any.
"""

from __future__ import annotations

from placet import Metric

METRICS = (
    Metric(
        "itil.change_success_rate",
        "Successful changes",
        "%",
        "100 * changes with outcome successful / changes implemented (outcome not not_implemented)",
        ("type", "risk_class"),
    ),
    Metric(
        "itil.change_failure_share",
        "Failed changes",
        "%",
        "100 * (failed + backed_out + successful_with_issues that caused an incident) / changes implemented",
        ("type", "risk_class"),
    ),
    Metric(
        "itil.emergency_ratio",
        "Emergencies",
        "%",
        "100 * emergency changes implemented / changes implemented",
    ),
    Metric(
        "itil.standard_ratio",
        "Standard changes",
        "%",
        "100 * standard changes implemented / changes implemented",
    ),
    Metric(
        "itil.change_lead_time",
        "Lead time of changes",
        "days",
        "median(actual_end - created_at)",
        ("type",),
    ),
    Metric(
        "itil.pir_timeliness",
        "Reviews on time",
        "%",
        "100 * reviews done within 5 business days after actual_end / reviews required",
    ),
    Metric(
        "itil.dora_change_lead_time",
        "Change lead time (DORA)",
        "hours",
        "median(actual_end - first_commit_at) of deployments",
    ),
    Metric(
        "itil.dora_deployment_frequency",
        "Deployment frequency (DORA)",
        "per day",
        "deployments that reach review with outcome successful or successful_with_issues / days",
    ),
    Metric(
        "itil.dora_recovery_time",
        "Failed deployment recovery time (DORA)",
        "hours",
        "median(moment of recover or finish_backout - moment of failure) of failed and backed-out deployments",
    ),
    Metric(
        "itil.dora_change_fail_rate",
        "Change fail rate (DORA)",
        "%",
        "100 * deployments failed or backed out / deployments",
    ),
    Metric(
        "itil.dora_rework_rate",
        "Deployment rework rate (DORA)",
        "%",
        "100 * deployments with unplanned_rework / deployments",
    ),
)
