"""Controls on items of several methods: trained users, segregation of duties, and roles that somebody holds.

Source: COBIT 2019, BAI05 Managed organizational change, DSS06.03 and APO01.05.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import Field

from placet import Check, CheckContext, CheckParams, OfferedCheck, Verdict, blocked, check, passed
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.governed import CHANGE, CHANGE_MODEL, PRODUCT, PROJECT
from placet_cobit.controls.offering import approving, authors, delivered, offered, people
from placet_cobit.holding import holders, is_vacant
from placet_cobit.ids import OBJECTIVE
from placet_governance.ids import ENABLES
from placet_governance.roles import TRAINING_LEAD

#: Fields that name for whom an item is, or who asked for it.
_FOR = ("beneficiary", "initiator")


@check("cobit")
def users_enabled(ctx: CheckContext) -> Verdict:
    """Enough of those who need a training for it have completed it. Setting: `training_min`, percent."""
    trainings = [each for each in ctx.linking(ENABLES) if each.state != "cancelled"]
    required = sum(each.fields.required_count or 0 for each in trainings)
    completed = sum(each.fields.completed_count or 0 for each in trainings)
    if not required:
        return passed(trainings=[each.key for each in trainings])
    percent = Decimal(100) * completed / required
    least: Decimal = ctx.settings.training_min
    return demand(
        percent >= least, "{completed} of {required} people have completed their training ({percent} %), and at least"
        " {least} % are required", "train the others", [TRAINING_LEAD],
        completed=completed, required=required, percent=percent.quantize(Decimal("0.1"), ROUND_HALF_UP),
        least=f"{least.normalize():f}",
    )  # fmt: skip


class VotesOn(CheckParams):
    """The approvals whose votes are judged."""

    approvals: tuple[str, ...] = Field(default=(), max_length=20)


def _sod_all(id: str, given: VotesOn) -> Check:
    approvals = given.approvals

    @check(id, approvals=list(approvals))
    def test(ctx: CheckContext) -> Verdict:
        """Nobody decides on what they asked for, does what they built, or holds two roles that exclude each other.

        Reads: votes, also by delegation; who made the item and for whom it is. Settings: `sod_role_pairs`,
        `admin_may_approve`.
        """
        found = [
            *_own_request(ctx, approvals), *_own_build(ctx), *_own_review(ctx), *role_pairs(ctx, approvals),
            *administrators(ctx, approvals),
        ]  # fmt: skip
        return all_of(*found) if found else passed(actor=ctx.actor)

    return test


def _breach(rule: str, message: str, people_: list[str]) -> Verdict:
    return blocked(
        message, remedy="leave it to another person", message_id=f"cobit.sod_all.{rule}",
        params={"rule": f"cobit.sod_{rule}", "people": people_},
    )  # fmt: skip


def _own_request(ctx: CheckContext, approvals: tuple[str, ...]) -> Iterator[Verdict]:
    own = {ctx.item.created_by, *(getattr(ctx.item.fields, name, None) for name in _FOR)}
    voted = sorted(people(approving(ctx, *approvals)) & {each for each in own if each})
    if voted:
        yield _breach(
            "request_approve", "{people:person and} decided on what they asked for, or is for them", voted
        )


def _own_build(ctx: CheckContext) -> Iterator[Verdict]:
    deploys = ctx.item.type == CHANGE and ctx.transition == "start_implementation"
    if deploys and ctx.actor in authors(delivered(ctx)):
        yield _breach("build_deploy", "{people:person and} built what is deployed", [ctx.actor])


def _own_review(ctx: CheckContext) -> Iterator[Verdict]:
    if ctx.item.type == CHANGE and ctx.transition == "close_change":
        fields: Any = ctx.item.fields
        done = {fields.implementer, *ctx.item.doers("transition:start_implementation")}
        reviewing = sorted({ctx.actor, fields.pir_reviewer} & {each for each in done if each})
        if reviewing:
            yield _breach(
                "implement_review", "{people:person and} implemented it, and reviews or closes it", reviewing
            )


def _acting(ctx: CheckContext, approvals: Sequence[str]) -> set[str]:
    """Who acts, and everybody whose votes it rests on."""
    return {ctx.actor, *people(approving(ctx, *approvals))}


def role_pairs(ctx: CheckContext, approvals: Sequence[str]) -> Iterator[Verdict]:
    """Who acts or voted, and holds two roles that exclude each other. Setting: `sod_role_pairs`."""
    acting = _acting(ctx, approvals)
    for one, other in ctx.settings.sod_role_pairs:
        both = sorted(acting & holders(ctx, one) & holders(ctx, other))
        if both:
            yield blocked(
                "{people:person and} is {one:role} and {other:role}, which exclude each other",
                remedy="leave it to another person, and give up one of the roles",
                message_id="cobit.sod_all.roles",
                params={"rule": "cobit.sod_roles", "people": both, "one": one, "other": other},
            )


def administrators(ctx: CheckContext, approvals: Sequence[str]) -> Iterator[Verdict]:
    """Administrators of the installation who voted: they name who holds which role. Setting: `admin_may_approve`."""
    if ctx.settings.admin_may_approve:
        return
    voted = sorted(each for each in people(approving(ctx, *approvals)) if ctx.is_administrator(each))
    if voted:
        yield _breach("admin", "{people:person and} administers the installation, and voted", voted)


class OfPractice(CheckParams):
    """The practice whose chart of roles is judged; left out: those of every objective in scope."""

    practice: str | None = None


def _raci_complete(id: str, given: OfPractice) -> Check:
    practice = given.practice

    @check(id, practice=practice)
    def test(ctx: CheckContext) -> Verdict:
        """Every practice in scope has one accountable role, and every accountable or responsible role a holder."""
        charts = {
            name: roles
            for objective in ctx.items(OBJECTIVE, states=["in_scope"])
            for name, roles in objective.fields.raci.items()
            if practice in (None, name)
        }
        unclear = sorted(name for name, roles in charts.items() if len(roles.A) != 1 or not roles.R)
        wanted = sorted({role for roles in charts.values() for role in (*roles.A, *roles.R)})
        vacant = [role for role in wanted if is_vacant(ctx, role)]
        return all_of(
            demand(not unclear, "the roles of {unclear:and} are not clear", "correct their RACI charts",
                   ["governance.cio"], unclear=unclear, practices=len(charts)),
            demand(not vacant, "nobody holds {vacant:role or}", "appoint somebody", ["administrator"], vacant=vacant),
        )  # fmt: skip

    return test


OFFERED = (
    offered(users_enabled, CHANGE, PROJECT, PRODUCT),
    OfferedCheck(
        "cobit.sod_all", "Duties are segregated, in the votes of {approvals} and by who acts", _sod_all, params=VotesOn
    ),
    OfferedCheck(
        "cobit.raci_complete", "Roles of the practices in scope are clear and held", _raci_complete,
        params=OfPractice, item_types=[PROJECT, CHANGE_MODEL],
    ),
)  # fmt: skip
