"""Checks that every method needs, made to measure: `fields_present("acme.described", "reason", "owner")`.

Each takes the check's own id first, so that a blocker names the method that requires it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from placet.definitions.arguments import checked
from placet.definitions.checks import Check
from placet.definitions.context import ApprovalStatus, CheckContext, ConfirmationStatus, ItemView
from placet.definitions.items import Fields
from placet.definitions.roles import Role, role_ids
from placet.definitions.verdicts import Action, Verdict, blocked, passed
from placet.definitions.wording import rendered, titled


def is_empty(value: Any) -> bool:
    """Whether a value is `None`, an empty text or an empty list; zero and false count as given."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def empty_fields(fields: Fields, *names: str) -> list[str]:
    """Those of an item's fields that are empty, in the order of the names; see `is_empty`."""
    return [name for name in names if is_empty(getattr(fields, name))]


@checked
def fields_missing(
    ctx: CheckContext, names: Iterable[str], *, remedy: str, who: Iterable[Role | str] = ()
) -> Verdict:
    """A blocker that names the empty fields, and offers to fill them in.

    Args:
        ctx: the context of the check.
        names: the empty fields, as `empty_fields` finds them.
        remedy: what to do; `{fields:field and}` in it stands for their titles.
        who: the roles or people who can fill them in.
    """
    missing = tuple(names)
    return blocked(
        "missing: {fields:field}",
        remedy=remedy,
        who=role_ids(who),
        params={"fields": list(missing)},
        actions=[Action("edit", "Fill in", f"/items/{ctx.item.key}", missing)],
        inputs=missing,
    )


@checked
def fields_present(
    id: str,
    name: str,
    *names: str,
    remedy: str = "fill in {fields:field and}",
    who: Iterable[Role | str] = (),
) -> Check:
    """The fields are filled in: all those that are empty are named at once.

    Args:
        id: the check's id, `METHOD.NAME`.
        name: a field; zero and false count as filled in.
        names: further fields.
        remedy: what to do; `{fields:field and}` in it stands for the titles of the empty ones.
        who: the roles or people who can fill them in.
    """

    def test(ctx: CheckContext) -> Verdict:
        missing = empty_fields(ctx.item.fields, *fields)
        return (
            fields_missing(ctx, missing, remedy=remedy, who=who) if missing else passed(fields=list(fields))
        )

    fields = (name, *names)
    return _stock(id, test, "filled in: {fields:field and}", {"fields": fields})


@checked
def reason_given(id: str, *, at_least: int = 10) -> Check:
    """The transition comes with a comment of at least so many characters, without the space around it."""

    def test(ctx: CheckContext) -> Verdict:
        given = len(ctx.comment.strip())
        if given >= at_least:
            return passed(characters=given)
        return blocked(
            "the reason has {given:count character}" if given else "no reason is given",
            remedy="say why, in at least {at_least} characters",
            who=[ctx.actor],
            params={"given": given, "at_least": at_least},
            inputs=["comment"],
        )

    title = "a reason of at least {at_least} characters is given"
    return _stock(id, test, title, {"at_least": at_least}, comment=at_least)


def _stock(
    id: str,
    test: Callable[[CheckContext], Verdict],
    wording: str,
    params: Mapping[str, Any],
    *,
    comment: int = 0,
) -> Check:
    """A check whose title names its parameters: by ids here, and by titles where people read it."""
    return Check(id, test, title=rendered(wording, params), params=params, wording=wording, comment=comment)


def named(item: ItemView) -> str:
    """Another item by its title, with its key, for a parameter of a sentence: `'Swap the disks' (PAY-4)`."""
    return titled(item.title, item.key)


def standing(item: ItemView) -> dict[str, str]:
    """The status of another item, for a sentence: `{item:standing}` reads `'Swap the disks' (PAY-4) is in 'Review'`."""
    return {"key": item.key, "title": item.title, "state": f"{item.type}:{item.state}"}


def _all_in(
    items: Iterable[ItemView], states: Iterable[str], what: str, remedy: str, **params: Any
) -> Verdict:
    """A blocker that names the items that are in none of the states."""
    wanted, found = sorted(set(states)), list(items)
    open_ones = [item for item in found if item.state not in wanted]
    if not open_ones:
        return passed(items=[item.key for item in found])
    types = dict.fromkeys(item.type for item in open_ones)
    return blocked(
        f"{{open}} of {{all}} {what} not in {{states:state or}}: {{items:standing}}",
        remedy=remedy,
        params={
            "open": len(open_ones),
            "all": len(found),
            "states": [f"{type}:{state}" for type in types for state in wanted],
            "items": [standing(item) for item in open_ones],
            "keys": [item.key for item in open_ones],
            **params,
        },
    )


@checked
def children_in_state(id: str, type: str, states: Iterable[str], *, remedy: str = "finish {keys}") -> Check:
    """Every child of a type is in one of the states; an item without such children passes.

    `{keys}` in the remedy stands for the keys of the others, which the blocker names with their titles and states.
    """
    wanted = tuple(states)

    def test(ctx: CheckContext) -> Verdict:
        return _all_in(ctx.children(type), wanted, "items below it ({type:type})", remedy, type=type)

    title = "every {type:type} below it is {states:word or}"
    return _stock(id, test, title, {"type": type, "states": wanted})


@checked
def linked_in_state(
    id: str, link_type: str, states: Iterable[str], *, incoming: bool = False, remedy: str = "finish {keys}"
) -> Check:
    """Every item linked by a type is in one of the states; an item without such links passes.

    Links from this item count, and with `incoming` those to it instead. `{keys}` in the remedy stands for the keys of
    the others, which the blocker names with their titles and states.
    """
    wanted = tuple(states)

    def test(ctx: CheckContext) -> Verdict:
        items = ctx.linking(link_type) if incoming else ctx.linked(link_type)
        return _all_in(items, wanted, "items linked by {link_type:link}", remedy, link_type=link_type)

    params = {"link_type": link_type, "states": wanted, "incoming": incoming}
    return _stock(id, test, "every item linked by {link_type:link} is {states:word or}", params)


@checked
def approval_granted(id: str, approval: str, *, again: str = "ask for the decision again") -> Check:
    """The approval is granted, and neither voided nor expired. `again` is the remedy where it has ended otherwise."""

    def test(ctx: CheckContext) -> Verdict:
        asked = ctx.approval(approval)
        if asked is None:
            asking = ctx.asked_by(approval)
            return blocked(
                "{approval:approval} was never asked for",
                remedy="use {asked_by:transition or}"
                if asking
                else "bring it to a state in which it is asked for",
                params={"approval": approval, "asked_by": asking},
            )
        if asked.status is ApprovalStatus.GRANTED:
            return passed(approval=approval, votes=asked.summary)
        missing = asked.missing
        if asked.kept:
            return nobody_left(ctx, approval, "{summary}", {"summary": asked.summary})
        return blocked(
            "{summary}; still to vote: {missing:person}" if missing else "{summary}",
            remedy="ask {missing:person or} to vote" if missing else again,
            who=missing,
            params={"summary": asked.summary, "missing": missing, "status": asked.status.value},
            actions=[
                Action(
                    "approve",
                    "Decide",
                    f"/items/{ctx.item.key}/approvals/{approval}",
                    ("decision", "comment"),
                )
            ],
        )

    return _stock(id, test, "{approval:approval} is granted", {"approval": approval})


@checked
def nobody_left(ctx: CheckContext, approval: str, so_far: str, params: Mapping[str, Any]) -> Verdict:
    """A blocker of a vote in which everybody who could still decide is kept from it by a duty: who, why, and a way out.

    Args:
        ctx: the context of the check.
        approval: the approval, whose `kept` names somebody.
        so_far: how far the vote has come, the first half of the sentence; it may use the parameters.
        params: the parameters.
    """
    asked = ctx.approval(approval)
    kept = asked.kept if asked is not None else {}
    each = [f"{{kept_{n}:person}} {{acts_{n}:act and}}" for n in range(len(kept))]
    said = f"nobody is left to decide: {', '.join(each)}"
    if len(kept) == 1:
        said = "{kept_0:person} is the only one left to decide, and {acts_0:act and}"
    # A name can be taken back, and what was done cannot.
    named = {person: acts for person, acts in kept.items() if all(act.startswith("named:") for act in acts)}
    fields = dict.fromkeys(act.partition(":")[2] for acts in named.values() for act in acts)
    appoint = "ask an administrator to give somebody who has no part in it a role that decides"
    return blocked(
        f"{so_far}; {said}",
        remedy=f"name somebody else as {{fields:field and}}, or {appoint}" if named else appoint,
        who=tuple(named),
        params={
            **params,
            **{f"kept_{n}": person for n, person in enumerate(kept)},
            **{f"acts_{n}": list(acts) for n, acts in enumerate(kept.values())},
            "fields": list(fields),
        },
    )


@checked
def named_confirmed(id: str, confirmation: str) -> Check:
    """The one who is named has confirmed, and everybody where several are; nobody named is a blocker too.

    A confirmation that was declined, or given for other content than the item has now, does not count.
    """

    def test(ctx: CheckContext) -> Verdict:
        asked = ctx.confirmation(confirmation)
        if not asked.named:
            return blocked(
                "nobody is named to confirm {confirmation:confirmation}",
                remedy="name somebody who can confirm it",
                params={"confirmation": confirmation},
                message_id=f"{id}.nobody",
            )
        if asked.missing:
            return unconfirmed(ctx, confirmation, asked.missing)
        return passed(confirmation=confirmation, confirmed_by=list(asked.named))

    return _stock(id, test, "{confirmation:confirmation} is confirmed", {"confirmation": confirmation})


@checked
def unconfirmed(ctx: CheckContext, confirmation: str, people: Iterable[str]) -> Verdict:
    """A blocker that names the people who have not confirmed, or those alone who declined, and offers to do so."""
    missing = tuple(people)
    asked = ctx.confirmation(confirmation)
    declined = [each for each in missing if asked.status(each) is ConfirmationStatus.DECLINED]
    return blocked(
        "{confirmation:confirmation} is declined by {declined:person and}"
        if declined
        else "{confirmation:confirmation} is not confirmed by {missing:person and}",
        remedy="agree with {declined:person and}, or name somebody else"
        if declined
        else "ask {missing:person and} to confirm it",
        who=missing,
        params={"confirmation": confirmation, "missing": list(missing), "declined": declined},
        actions=[
            Action(
                "confirm",
                "Confirm",
                f"/items/{ctx.item.key}/confirmations/{confirmation}",
                ("decision", "comment"),
            )
        ],
    )


@checked
def evidence_present(
    id: str, kind: str, *, younger_than: timedelta | None = None, who: Iterable[Role | str] = ()
) -> Check:
    """Evidence of a kind is attached, still valid, and not older than allowed.

    `younger_than` counts every hour since it was attached, nights and holidays too; `None` allows any age.
    """

    def test(ctx: CheckContext) -> Verdict:
        found = ctx.evidence(kind)
        fresh = [e for e in found if younger_than is None or ctx.now - e.at <= younger_than]
        if fresh:
            return passed(evidence=[e.name for e in fresh])
        action = Action("attach", "Attach", f"/items/{ctx.item.key}/evidence", ("file",))
        if found and younger_than is not None:
            return blocked(
                "the newest evidence of the kind {kind:word} is {age:count day} old, {limit:count day} at most",
                remedy="attach a newer one",
                who=role_ids(who),
                message_id=f"{id}.too_old",
                params={"kind": kind, "age": (ctx.now - found[-1].at).days, "limit": younger_than.days},
                actions=[action],
            )
        return blocked(
            "no valid evidence of the kind {kind:word} is attached",
            remedy="attach it",
            who=role_ids(who),
            params={"kind": kind},
            actions=[action],
        )

    params = {"kind": kind, "younger_than": younger_than}
    return _stock(id, test, "evidence of the kind {kind:word} is attached", params)


@checked
def actor_differs(id: str, *acts: str, remedy: str = "ask somebody else") -> Check:
    """The actor did none of these acts on the item, over its whole history. Acts are written as in `Duty`."""

    def test(ctx: CheckContext) -> Verdict:
        done = [act for act in acts if ctx.actor in ctx.item.doers(act)]
        if not done:
            return passed(acts=list(acts))
        return blocked(
            "{actor:person} {acts:act and}",
            remedy=remedy,
            params={"actor": ctx.actor, "acts": done},
        )

    return _stock(id, test, "somebody else than the person who {acts:act or}", {"acts": acts})
