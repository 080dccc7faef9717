"""A change that deploys nothing: said by a third person, who answers for what it touches.

Who raises a change writes that it deploys nothing, and links what it delivers or does not. With one who votes for it
they would go past the users, and past those who judge who built what. Our choice: the owner of an item that it touches,
or of a service, says so too, of the change as it is. A standard change is what the authority of its model has approved.
Source: COBIT 2019, BAI07.05 and DSS06.03.
"""

from __future__ import annotations

from placet import Action, CheckContext, Verdict, blocked, passed
from placet_cobit.controls.governed import CHANGE_APPROVAL, ECAB_APPROVAL, SERVICE_OWNER
from placet_cobit.controls.offering import approving, latest, people
from placet_cobit.holding import holders

#: The kind of evidence that says so.
NO_DEPLOYMENT = "no_deployment"
#: The subject of that statement.
_SAID_OF = ("cis", "implementation_plan")


def nothing_deployed(ctx: CheckContext) -> Verdict:
    """Somebody who answers for what the change touches has said that it deploys nothing, as it is planned now."""
    fields = ctx.item.fields
    if fields.type == "standard":
        return passed(is_deployment=False, model=fields.model)
    edited = latest(*(ctx.item.edited_at(each) for each in _SAID_OF))
    able = _answering(ctx)
    said = [
        each.actor
        for each in ctx.evidence(NO_DEPLOYMENT)
        if each.actor in able and (edited is None or each.at >= edited)
    ]
    if said:
        return passed(is_deployment=False, said_by=said)
    return blocked(
        "it delivers nothing, and only those who raise and decide it say that it deploys nothing",
        remedy="link what it deploys, or have {people:person or} attach {kind} with what it does"
        if able
        else "link what it deploys, or have a service owner with no other part in it attach {kind} with what it does",
        who=sorted(able) or [SERVICE_OWNER],
        message_id="cobit.acceptance_tested.no_deployment",
        params={"people": sorted(able), "kind": NO_DEPLOYMENT},
        actions=[Action("attach", "Attach", f"/items/{ctx.item.key}/evidence", ("file",))],
    )


def _answering(ctx: CheckContext) -> set[str]:
    """The owners of its items and of services, without those who raise, do or decide it, and for whom they do."""
    fields = ctx.item.fields
    owners = {each.fields.owner for each in ctx.get_all(fields.cis)} | holders(ctx, SERVICE_OWNER)
    involved = {ctx.item.created_by, fields.initiator, fields.implementer, ctx.actor}
    involved |= people(approving(ctx, CHANGE_APPROVAL, ECAB_APPROVAL))
    return {each for each in owners - involved if each}
