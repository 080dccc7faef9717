"""Controls on stories and increments: what is regulated is approved, and what goes live is an authorized change.

Source: COBIT 2019, BAI02 Managed requirements definition, BAI03 Managed solutions identification and build. Our
choice: what makes a story regulated, and who says that it is not, is in `regulated.py`.
"""

from __future__ import annotations

from placet import CheckContext, Verdict, check, passed
from placet_cobit.checking import demand
from placet_cobit.controls.governed import (
    AUTHORIZED,
    CHANGE,
    CHANGE_INITIATOR,
    IMPLEMENTS,
    INCREMENT,
    PRODUCT_OWNER,
    STORY,
)
from placet_cobit.controls.offering import offered
from placet_cobit.controls.regulated import is_regulated
from placet_cobit.holding import is_on
from placet_cobit.roles import COMPLIANCE_OFFICER


@check("cobit")
def requirement_approved(ctx: CheckContext) -> Verdict:
    """A regulated story is approved by the product owner and by compliance.

    Reads: evidence of kind `approval_record`, from a product owner and from a compliance officer.
    """
    if not is_regulated(ctx):
        return passed(regulated=False)
    owners, officers = set(ctx.holders(PRODUCT_OWNER)), set(ctx.holders(COMPLIANCE_OFFICER.id))
    records = ctx.evidence("approval_record")
    by_owner = [each.name for each in records if each.actor in owners]
    by_officer = [each.name for each in records if each.actor in officers]
    apart = len({each.actor for each in records if each.actor in owners | officers}) > 1
    return demand(
        bool(by_owner and by_officer and apart), "product owner and compliance officer have not both approved it",
        "have each of them attach an approval_record", [PRODUCT_OWNER, COMPLIANCE_OFFICER],
        product_owner=by_owner, compliance_officer=by_officer,
    )  # fmt: skip


@check("cobit")
def release_by_change(ctx: CheckContext) -> Verdict:
    """An increment is released by a change that is authorized.

    Without changes in the workspace, it is not asked.
    """
    if not is_on(ctx, "itil"):
        return passed(changes="off")
    changes = [each for each in ctx.linking(IMPLEMENTS) if each.type == CHANGE]
    authorized = [each.key for each in changes if each.state in AUTHORIZED]
    return demand(
        bool(authorized), "no authorized change releases it", "raise a change that implements it",
        [CHANGE_INITIATOR], changes=[each.key for each in changes], authorized=authorized,
    )  # fmt: skip


OFFERED = (offered(requirement_approved, STORY), offered(release_by_change, INCREMENT))
