"""The roles of change enablement, and what each decides.

Source: ITIL 4, practices Change enablement and Service configuration management. Resolvers and problem managers belong
to practices of their own; they are here because they raise and implement changes.
"""

from __future__ import annotations

from placet import Role

RESOLVER = Role("itil.resolver", "Resolver", "diagnosis, resolution, fixes")
PROBLEM_MANAGER = Role("itil.problem_manager", "Problem manager", "known errors, closure of problems")
CHANGE_INITIATOR = Role("itil.change_initiator", "Change initiator", "raises and describes changes")
CHANGE_IMPLEMENTER = Role("itil.change_implementer", "Change implementer", "implements and backs out")
DELEGATED_CHANGE_AUTHORITY = Role(
    "itil.delegated_change_authority", "Delegated change authority", "authorises normal changes of class low"
)
CHANGE_MANAGER = Role(
    "itil.change_manager",
    "Change manager",
    "authorises class medium, chairs CAB and ECAB, closes changes; models and windows",
)
CAB_MEMBER = Role("itil.cab_member", "CAB member", "votes on classes high and very high")
ECAB_MEMBER = Role("itil.ecab_member", "ECAB member", "votes on emergencies, reachable at any hour")
SERVICE_OWNER = Role(
    "itil.service_owner",
    "Service owner",
    "accountable for a service: veto in the CAB for it, exemptions from freezes",
)
IT_DIRECTOR = Role("itil.it_director", "IT director", "class very high, exemptions from blackouts")
CONFIGURATION_MANAGER = Role("itil.configuration_manager", "Configuration manager", "configuration items")
DUTY_MANAGER = Role("itil.duty_manager", "Duty manager", "authorises emergencies by voice out of hours")

ROLES = (
    RESOLVER,
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
    DUTY_MANAGER,
)
