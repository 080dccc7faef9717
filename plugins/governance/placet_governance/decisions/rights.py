"""The matrix of decision rights: who decides what, who is consulted before and informed after, and who decides beyond a limit.

Source: COBIT 2019, component organizational structures (EDM and APO01); PRINCE2 7, practice organizing; ITIL 4, practice
Change enablement. Our choice: roles of methods that a workspace has not switched on decide nothing there, and what only they
would decide goes to the next row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from placet import Extension
from placet_governance.ids import DECISION


@dataclass(frozen=True, slots=True)
class Right:
    """One row of the matrix."""

    id: str
    title: str
    #: Roles that decide.
    decided_by: tuple[str, ...]
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    #: The limit of their right, in words, and the roles that decide beyond it.
    limit: str = ""
    beyond: tuple[str, ...] = ()

    @property
    def next_row(self) -> tuple[str, ...]:
        """Roles that decide where the deciders do not: those beyond the limit, or else the board that answers for all."""
        return self.beyond or _BOARD

    def deciders(self, methods: Collection[str], *, beyond: bool, escalated: bool) -> tuple[str, ...]:
        """Roles that decide under these methods: those of the row, or those beyond its limit.

        Those of the next row do too once it is escalated, or where all of the row belong to methods that are not among
        these; and the board does where nobody else is left.
        """
        roles = _under(methods, self.beyond if beyond else self.decided_by)
        if not beyond and (escalated or not roles):
            roles = tuple(dict.fromkeys((*roles, *_under(methods, self.next_row))))
        return roles or _BOARD


def _gov(*names: str) -> tuple[str, ...]:
    return tuple(f"governance.{name}" for name in names)


def _itil(*names: str) -> tuple[str, ...]:
    return tuple(f"itil.{name}" for name in names)


def _under(methods: Collection[str], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some roles that there are where these methods are on."""
    return tuple(role for role in roles if role.partition(".")[0] in methods)


#: Answers for all.
_BOARD = _gov("governance_board")

# fmt: off
_ROWS = (
    #     id                     title
    #     decided by                                                      consulted                        informed
    #     limit, and who decides beyond it
    Right("start_project",       "start a project",
          _gov("business_layer"),                                         _gov("portfolio_manager"),       _gov("resource_manager")),
    Right("authorize_project",   "authorize project, stage, exception plan",
          _gov("executive"),                                              ("prince2.project_assurance",),  _gov("project_manager"),
          "the tolerance of the project",                                 _gov("business_layer")),
    Right("accept_product",      "accept a product",
          _gov("senior_user"),                                            ("prince2.team_manager",),       _gov("project_manager"),
          "an off-specification",                                         _gov("executive")),
    Right("work_in_stage",       "work inside a stage",
          _gov("project_manager"),                                        ("prince2.team_manager",),       _gov("executive", "senior_user"),
          "the tolerance of the stage",                                   _gov("executive")),
    Right("change_baseline",     "change of a baseline",
          ("prince2.change_authority",),                                  _gov("project_manager"),         _gov("senior_user"),
          "the limit or the change budget",                               _gov("executive")),
    Right("order_backlog",       "order of the product backlog",
          ("agile.product_owner",),                                       ("agile.developer",),            _gov("project_manager"),
          "the tolerance of scope",                                       _gov("project_manager")),
    Right("cancel_sprint",       "cancel a sprint",
          ("agile.product_owner",),                                       ("agile.developer",),            _gov("project_manager")),
    Right("wip_limits",          "limits of work in progress",
          ("agile.flow_manager",),                                        ("agile.developer",),            ("agile.stakeholder",)),
    Right("normal_change",       "normal change",
          _itil("delegated_change_authority", "change_manager", "cab_member"), _itil("service_owner"),     _itil("change_initiator"),
          "the class of risk",                                            _itil("change_manager", "it_director")),
    Right("emergency_change",    "emergency change",
          _itil("ecab_member"),                                           _itil("duty_manager"),           _itil("it_director")),
    Right("freeze_exemption",    "exemption from a freeze",
          _itil("change_manager", "service_owner"),                       _itil("it_director"),            _itil("cab_member"),
          "a blackout",                                                   _itil("it_director")),
    Right("declare_major",       "declare a major incident",
          _itil("major_incident_manager"),                                _itil("incident_manager"),       _itil("it_director", "service_owner")),
    Right("live_with_error",     "accept a known error",
          _itil("service_owner"),                                         _itil("problem_manager"),        _itil("service_desk_analyst"),
          "a risk score of 15",                                           _itil("it_director")),
    Right("accept_deficiency",   "accept a control deficiency",
          _gov("process_owner"),                                          ("cobit.compliance_officer",),   ("cobit.internal_auditor",),
          "its severity",                                                 _gov("cio", "governance_board")),
    Right("exceed_budget",       "spend above budget",
          _gov("executive"),                                              _gov("resource_manager"),        _gov("business_layer"),
          "10 % of the project",                                          _gov("business_layer")),
    Right("switch_method",       "switch a method or plugin on or off in a workspace",
          _gov("cio"),                                                    _gov("process_owner"),           (),
          "controls that are lost",                                       _gov("governance_board")),
    Right("loosen_gate",         "loosen a gate of another method",
          _gov("cio"),                                                    ("cobit.internal_auditor",),     _gov("governance_board")),
    Right("classify_work",       "class of new work against the rule",
          _gov("portfolio_manager"),                                      _gov("resource_manager"),        _gov("business_layer")),
)
# fmt: on

RIGHTS: Mapping[str, Right] = MappingProxyType({right.id: right for right in _ROWS})

#: Roles of other methods that decide a row, there or beyond a limit.
_DECIDERS_ELSEWHERE = tuple(
    dict.fromkeys(
        role
        for right in _ROWS
        for role in (*right.decided_by, *right.beyond)
        if not role.startswith("governance.")
    )
)


def extend(catalog: Extension) -> None:
    """Let roles of methods that are switched on decide the rows that are theirs: each is still checked by its row."""
    there = _under(catalog.methods, _DECIDERS_ELSEWHERE)
    if there:
        catalog.loosen_roles(
            DECISION, "decide", there, reason="the matrix of decision rights gives them rows"
        )
