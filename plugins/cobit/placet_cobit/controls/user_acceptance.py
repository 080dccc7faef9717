"""The acceptance of the test of a change by those who use what it deploys, given in person.

Source: COBIT 2019, BAI07.05 Perform acceptance tests. Our choices: the test result is evidence, attached by those who
work on the change; that it is accepted is a confirmation by somebody who speaks for the users, and it counts for the
plans, the configuration items, the test results and the implemented items that it was given for: what is linked to the
change afterwards was not tested.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from placet import (
    ActorId,
    CheckContext,
    Computed,
    Confirmation,
    ConfirmationStatus,
    Extension,
    ItemKey,
    Moment,
    Ref,
    Verdict,
    blocked,
    check,
)
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.governed import (
    BUG,
    CHANGE,
    CHANGE_IMPLEMENTER,
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
    IMPLEMENTS,
    PRODUCT,
    PRODUCT_OWNER,
    SENIOR_USER,
    STORY,
)
from placet_cobit.controls.no_deployment import nothing_deployed
from placet_cobit.controls.offering import delivered
from placet_cobit.holding import holders
from placet_cobit.ids import TEST_ACCEPTANCE

_BEFORE_WORK = ("new", "assess", "authorize", "scheduled")
_FROM_WORK_ON = ("implement", "backing_out", "failed", "review", "closed", "rejected", "cancelled")


class TestResult(BaseModel):
    """Evidence of a test: a file by its SHA-256, or an address, with the moment at which it was attached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    at: Moment
    sha256: str | None = None
    url: str | None = None


def test_results(ctx: CheckContext) -> list[dict[str, Any]]:
    """The test results that were attached to a change before its work began."""
    if ctx.item.state not in _BEFORE_WORK:
        return [each.model_dump() for each in ctx.item.fields.test_results]
    return [
        {"name": each.name, "at": each.at, "sha256": each.sha256, "url": each.url}
        for each in ctx.item.evidence
        if each.kind == "test_result"
    ]


def tested_items(ctx: CheckContext) -> list[str]:
    """The items that a change implements, as they were linked before its work began."""
    if ctx.item.state not in _BEFORE_WORK:
        return list(ctx.item.fields.tested_items)
    return sorted(ctx.item.links.get(IMPLEMENTS, ()))


def extend(catalog: Extension) -> None:
    """Let a change name who accepts its test for the users, where there are changes."""
    if "itil" not in catalog.methods:
        return
    catalog.add_field(CHANGE, "test_accepted_by", ActorId, frozen_in=_FROM_WORK_ON)
    catalog.add_field(
        CHANGE, "test_results", Annotated[tuple[TestResult, ...], Field(title="Test results")], ()
    )
    catalog.add_computed(CHANGE, Computed("test_results", test_results))
    implemented = tuple[Annotated[ItemKey, Ref()], ...]
    catalog.add_field(CHANGE, "tested_items", Annotated[implemented, Field(title="Tested items")], ())
    catalog.add_computed(CHANGE, Computed("tested_items", tested_items))
    catalog.add_confirmation(
        CHANGE,
        Confirmation(
            TEST_ACCEPTANCE,
            "Acceptance of the test",
            "test_accepted_by",
            material_fields=[
                "cis",
                "delivers",
                "implementation_plan",
                "test_plan",
                "backout_plan",
                "test_results",
                "tested_items",
            ],
            reminds=timedelta(days=3),
        ),
    )


@check("cobit")
def acceptance_tested(ctx: CheckContext) -> Verdict:
    """Who uses what is deployed has accepted its test, and recently.

    A change that delivers something deploys it, whatever it says of itself. That one deploys nothing is said by
    somebody who answers for what it touches, too, unless its model says what it does. Reads: evidence of kind
    `test_result`, and `no_deployment`; `test_accepted_by`, who is a senior user or product owner, and that person's
    confirmation. Setting: `acceptance_test_days`, days.
    """
    if not ctx.item.fields.is_deployment and not delivered(ctx):
        return nothing_deployed(ctx)
    most: int = ctx.settings.acceptance_test_days
    oldest = ctx.now - timedelta(days=most)
    tests = [each.name for each in ctx.evidence("test_result") if each.at >= oldest]
    return all_of(
        demand(
            bool(tests), "no test result of the last {most:count day} is attached",
            "run the test, and attach its result", [CHANGE_IMPLEMENTER], most=most, tests=tests,
        ),
        _accepted(ctx),
    )  # fmt: skip


def _accepted(ctx: CheckContext) -> Verdict:
    """Somebody who speaks for the users is named, and has confirmed the test as it is."""
    person: str | None = ctx.item.fields.test_accepted_by
    users = _users(ctx)
    if person is None or person not in users:
        return blocked(
            "nobody is named who accepts the test for the users"
            if person is None
            else "{person:person} does not speak for the users, and so does not accept the test for them",
            remedy="name a senior user or product owner as {field:field}", who=[CHANGE_INITIATOR, CHANGE_MANAGER],
            params={"person": person, "field": "test_accepted_by", "users": sorted(users)},
        )  # fmt: skip
    status = ctx.confirmation(TEST_ACCEPTANCE).status(person)
    return demand(
        status is ConfirmationStatus.CONFIRMED,
        "{person:person} has declined the test"
        if status is ConfirmationStatus.DECLINED
        else "{person:person} has not accepted the test as it is",
        "ask {person:person} to confirm it", [person], person=person,
    )  # fmt: skip


def _users(ctx: CheckContext) -> set[str]:
    """Those who speak for the users of what a change delivers: on its items, and here."""
    found = holders(ctx, SENIOR_USER, PRODUCT_OWNER, "governance.senior_user")
    for item in delivered(ctx):
        if item.type == PRODUCT:
            found |= set(item.doers("transition:approve_product"))
        elif item.type in (STORY, BUG) and item.state == "done" and item.fields.accepted_by is not None:
            # Who finishes a story may have built it. Who accepts it is named, and confirms that.
            found.add(item.fields.accepted_by)
    return found
