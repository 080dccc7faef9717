"""The roles of the practices, and the decisions of each.

Source: ITIL 4, practices Change enablement, Incident management, Problem management, Service request management and
Service configuration management.
"""

from __future__ import annotations

from placet import Appointment, Role

REQUESTER = Role("itil.requester", "Requester", "raises incidents and requests, confirms or reopens own ones")
SERVICE_DESK_ANALYST = Role(
    "itil.service_desk_analyst", "Service desk analyst", "triage, first-line resolution"
)
RESOLVER = Role("itil.resolver", "Resolver", "diagnosis, resolution, fixes")
INCIDENT_MANAGER = Role("itil.incident_manager", "Incident manager", "priority, functional escalation")
MAJOR_INCIDENT_MANAGER = Role(
    "itil.major_incident_manager", "Major incident manager", "declares and stands down major incidents"
)
PROBLEM_MANAGER = Role("itil.problem_manager", "Problem manager", "known errors, closure of problems")
CHANGE_INITIATOR = Role("itil.change_initiator", "Change initiator", "raises and describes changes")
CHANGE_IMPLEMENTER = Role(
    "itil.change_implementer",
    "Change implementer",
    "implements and backs out",
    # An implementer decides nothing, so that a change manager who took part in the change may appoint one.
    on_item=Appointment(
        ["itil.change_manager"], ["itil.change_implementer", RESOLVER], by_parties=True, themselves=False
    ),
)
DELEGATED_CHANGE_AUTHORITY = Role(
    "itil.delegated_change_authority", "Delegated change authority", "authorizes normal changes of class low"
)
CHANGE_MANAGER = Role(
    "itil.change_manager",
    "Change manager",
    "authorizes class medium, chairs CAB and ECAB, closes changes; models and windows",
)
CAB_MEMBER = Role("itil.cab_member", "CAB member", "votes on classes high and very high")
ECAB_MEMBER = Role("itil.ecab_member", "ECAB member", "votes on emergencies, reachable at any hour")
SERVICE_OWNER = Role(
    "itil.service_owner",
    "Service owner",
    "accountable for a service: veto in the CAB for it, exemptions from freezes, acceptance of known errors",
)
IT_DIRECTOR = Role(
    "itil.it_director", "IT director", "class very high, exemptions from blackouts, hierarchical escalation"
)
CONFIGURATION_MANAGER = Role("itil.configuration_manager", "Configuration manager", "configuration items")
REQUEST_APPROVER = Role(
    "itil.request_approver",
    "Request approver",
    "approves service requests, as line manager, budget or resource owner",
)
FULFILLER = Role("itil.fulfiller", "Fulfiller", "fulfills requests")
DUTY_MANAGER = Role("itil.duty_manager", "Duty manager", "authorizes emergencies by voice out of hours")

ROLES = (
    REQUESTER,
    SERVICE_DESK_ANALYST,
    RESOLVER,
    INCIDENT_MANAGER,
    MAJOR_INCIDENT_MANAGER,
    PROBLEM_MANAGER,
    CHANGE_INITIATOR,
    CHANGE_IMPLEMENTER,
    DELEGATED_CHANGE_AUTHORITY,
    CHANGE_MANAGER,
    CAB_MEMBER,
    ECAB_MEMBER,
    SERVICE_OWNER,
    IT_DIRECTOR,
    CONFIGURATION_MANAGER,
    REQUEST_APPROVER,
    FULFILLER,
    DUTY_MANAGER,
)
