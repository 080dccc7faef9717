"""The settings that switch bridges on and off, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from placet import Line, Settings
from placet_integration.intake import Thresholds

Template = Literal[
    "benefits_review",
    "capacity_split",
    "change_schedule",
    "control_activation",
    "exception_report",
    "finding",
    "freeze",
    "highlight_report",
    "known_error",
    "lessons_digest",
    "major_incident_update",
    "planned_outage",
    "rule_change",
    "sprint_review",
    "stage_decision",
]
LinkedMethod = Literal["agile", "cobit", "governance", "itil", "prince2"]
Channel = Literal["mail", "portal", "chat", "call", "status_page", "calendar"]


class Split(BaseModel):
    """The intended purposes of people's time, in percent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: Annotated[int, Field(ge=0, le=100)] = 60
    project: Annotated[int, Field(ge=0, le=100)] = 30
    improve: Annotated[int, Field(ge=0, le=100)] = 10

    @model_validator(mode="after")
    def _of_all(self) -> Split:
        whole = self.run + self.project + self.improve
        if whole != 100:  # noqa: PLR2004  # percent
            raise ValueError(f"the shares are {whole} % together: let them be 100")
        return self


class IntegrationSettings(Settings):
    """The settings of the method `integration`."""

    #: Methods of other workspaces with which this one works: bridges with them hold here too, though they are off here.
    linked_methods: tuple[LinkedMethod, ...] = ()

    #: An agile work package fixes time and cost, and flexes scope.
    bridge_fix_flex: bool = True
    #: An agile work package starts with a team whose roles are filled.
    bridge_team_linked: bool = True
    #: A sprint of a stage starts while the stage is active, and lies inside it and its tolerance.
    bridge_sprint_in_stage: bool = True
    #: The boundary of a stage begins once its sprints are closed.
    bridge_sprints_closed: bool = True
    #: A work package is complete once the stories that deliver it are.
    bridge_wp_stories_done: bool = True
    #: A story of a product that must be delivered is removed by a change of the baseline alone.
    bridge_must_needs_rfc: bool = True
    #: The end of a sprint forecasts its work packages and drafts their checkpoint reports.
    bridge_sprint_forecast: bool = True
    #: Percent of futures in which the remaining stories are done by the forecast day.
    forecast_percent: Annotated[int, Field(ge=50, le=99)] = 85
    #: Days of the past from which throughput is drawn.
    forecast_window: Annotated[int, Field(ge=20, le=730)] = 60

    #: An increment is released once a change has put it into operation.
    bridge_release_needs_change: bool = True

    #: A product is handed over once a change has put it into operation.
    bridge_handover_needs_change: bool = True
    #: A product that is marked as never deployed says why before it is baselined.
    bridge_deployment_excepted: bool = True
    #: A product is handed over once its service owner has confirmed that operations accept it.
    bridge_operations_ready: bool = True
    #: A change that implements work of a project is authorized once the work package is delivered.
    bridge_project_released: bool = True
    #: A stage is completed once the changes of its products are finished.
    bridge_no_broken_change: bool = True
    #: A project is closed once early life is over.
    bridge_early_life: bool = True
    #: Business days of early life after the last handover.
    early_life: Annotated[int, Field(ge=0, le=250)] = 10
    #: A change that was backed out or failed sends its products back, with a bug for the team.
    bridge_rework: bool = True
    #: An incident that a change of a project has caused raises an issue in the project.
    bridge_incident_issue: bool = True

    #: A project is authorized if it serves the objectives well enough.
    bridge_alignment: bool = True
    #: The least alignment, 0 to 100.
    min_alignment: Annotated[int, Field(ge=0, le=100)] = 40
    #: A stage, a work package or a sprint begins while nobody in it is promised beyond their time.
    bridge_capacity: bool = True
    #: Who confirms somebody's time is warned of a request for the same weeks that comes first.
    bridge_requests_in_order: bool = True
    #: Who begins work on an item is warned of open items on which it depends.
    bridge_dependencies_done: bool = True
    #: The board of a project hears of risks that came true, issues that threaten it and resolved exceptions.
    bridge_board_informed: bool = True
    #: A benefit that was missed is an issue of the project that promised it.
    bridge_missed_benefit: bool = True
    #: A lesson for the organization is offered as an improvement.
    bridge_lesson_offered: bool = True
    #: New projects and reviewed change models show the lessons of the organization.
    bridge_lesson_shown: bool = True

    #: A stage is authorized while no severe finding on controls of projects is overdue.
    bridge_findings_clear: bool = True
    #: The owner of a finding hears of it, where the communication plan has `finding`.
    bridge_finding_announced: bool = True
    #: Who performs a control hears of it before, where the communication plan has `control_activation`.
    bridge_control_announced: bool = True

    #: A change with an outage begins only when the affected users were notified.
    bridge_communication_sent: bool = True
    #: Business days between notifying them and the planned start.
    outage_notice: Annotated[int, Field(ge=0, le=60)] = 2
    #: A closed problem leaves a lesson behind.
    bridge_problem_lesson: bool = True
    #: A change that was not a full success leaves a lesson behind, with what its review found.
    bridge_change_lesson: bool = True
    #: The owner of a service weighs and makes improvements.
    bridge_service_improvement: bool = True
    #: The IT director accepts a known error that is a high risk.
    bridge_error_risk: bool = True
    #: Score (1-25) from which on a risk is a high one.
    error_risk_from: Annotated[int, Field(ge=1, le=25)] = 15
    #: Readers of a communication may confirm it even if they hold no role of governance.
    bridge_readers: bool = True
    #: People log their hours on what they work on.
    effort_log: bool = False
    #: Cost of an hour in the workspace's currency, by role.
    hourly_rates: Mapping[str, Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]] = Field(
        default_factory=dict
    )
    #: Roles that people are given, and act in, only once they have a record of training; none by default.
    role_requires_training: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    #: Days for which a record of training counts.
    training_valid_days: Annotated[int, Field(ge=1, le=3650)] = 365
    #: The figures above which new demand is temporary work.
    classify_thresholds: Thresholds = Thresholds()
    #: Percent of people's time that is meant for each purpose, 100 together.
    capacity_split: Split = Split()
    #: Rows of the communication plan that are activated, each with its channel.
    communications: Mapping[Template, Channel] = Field(default_factory=dict)
    #: Decisions that transitions take are kept in the register of decisions.
    decision_log: bool = True
