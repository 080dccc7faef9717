"""Proofs about waiting: whatever waits for somebody is remembered by a timer or a notification rule.

Read from the tables alone. A timer counts for the states that it names, or that lie on the way from its start to its
end; a timer that only has a condition may be about any state, and so counts for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, note, warning
from placet.definitions.items import ItemType
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.roles import CREATE, SYSTEM
from placet.definitions.states import Category, State
from placet.definitions.timers import Timer
from placet.definitions.workflow import SAME, Transition, Workflow


def waiting_findings(catalog: Catalog, item_type: ItemType) -> Iterator[Finding]:
    """Waiting states in which items can be forgotten."""
    for state in waiting_states(item_type):
        # A state that nothing leaves is an error of its own.
        left = item_type.workflow.leaving(state.id)
        if not left or any(True for _ in reminders(catalog, item_type, state.id)):
            continue
        where = f"{item_type.id}.{state.id}"
        if state.unwatched:
            yield note(
                "unwatched-state",
                where,
                f"nobody is notified of items in it: {state.unwatched}",
                "nothing is to do",
            )
        else:
            yield warning(
                "unwatched-state",
                where,
                "items wait in it, and no timer or notification rule notifies anybody",
                "give a timer these `states`, or a notification rule `state:...`; or say in `unwatched` why not",
            )


def unreminded_findings(catalog: Catalog, item_type: ItemType) -> Iterator[Finding]:
    """Approvals and confirmations that are asked of people, and of which nobody hears again."""
    asking = [t for t in item_type.workflow.transitions if t.asks]
    for approval in item_type.approvals:
        if approval.expires is not None or approval.reminds is not None:
            continue
        states = {
            state
            for transition in asking
            if approval.id in transition.asks
            for state in (
                item_type.workflow.sources_of(transition)
                if transition.target == SAME
                else [transition.target]
            )
        }
        if any(not any(reminders(catalog, item_type, state)) for state in states):
            yield _unreminded("approval", approval.id, "whose vote is missing")
    for confirmation in item_type.confirmations:
        if confirmation.expires is None and confirmation.reminds is None:
            yield _unreminded("confirmation", confirmation.id, "who is named")


def _unreminded(kind: str, id: str, who: str) -> Finding:
    return warning(
        f"unreminded-{kind}",
        id,
        f"it has neither an end nor a reminder, and so nobody {who} hears of it again",
        "give it `reminds`, or `expires`",
    )


def waiting_states(item_type: ItemType) -> list[State]:
    """The states of waiting, and those that are entered by asking for an approval."""
    asked = {
        transition.target
        for transition in item_type.workflow.transitions
        if transition.asks and transition.target != SAME
    }
    return [
        state
        for state in item_type.workflow.states
        if not state.category.final and (state.category is Category.WAITING or state.id in asked)
    ]


def reminders(catalog: Catalog, item_type: ItemType, state: str) -> Iterator[str]:
    """Ids of the timers and notification rules that notify somebody of items that wait in a state."""
    rules = [rule for rule in catalog.notification_rules.values() if rule.item_type == item_type.id]
    entering = [t for t in item_type.workflow.transitions if t.target == state]
    for rule in rules:
        begun = CREATE in rule.on and state == item_type.workflow.initial.id
        if _reaches(catalog, rule.to) and (begun or _about(rule, state, entering)):
            yield rule.id
    for timer in item_type.timers:
        if state in _runs_in(timer, item_type.workflow) and _speaks(catalog, timer, rules):
            yield timer.id


def _about(rule: NotificationRule, state: str, entering: Iterable[Transition]) -> bool:
    """Whether a rule is about entering a state: in every way, or by one of several transitions."""
    return f"state:{state}" in rule.on or any(f"transition:{each.name}" in rule.on for each in entering)


def _runs_in(timer: Timer, workflow: Workflow) -> set[str]:
    """The states in which a timer can run: those that it names, or those on the way from its start to its end."""
    if timer.follows_item:
        return set(timer.states)
    begins = {*timer.starts, *timer.resumes, *timer.resets}
    found = {workflow.initial.id} if CREATE in begins else set()
    found |= {each.target for each in workflow.transitions if each.name in begins and each.target != SAME}
    for each in workflow.transitions:
        if each.name in begins and each.target == SAME:
            found |= set(workflow.sources_of(each))
    front = list(found)
    while front:
        for each in workflow.leaving(front.pop()):
            if each.target != SAME and each.target not in found and each.name not in timer.stops:
                found.add(each.target)
                front.append(each.target)
    return found


def _speaks(catalog: Catalog, timer: Timer, rules: Iterable[NotificationRule]) -> bool:
    """Whether somebody hears of a timer, or it moves the item by itself and its refusal is heard of."""
    if any(f"timer:{timer.id}" in rule.on and _reaches(catalog, rule.to) for rule in rules):
        return True
    return any(
        threshold.fires is not None or _reaches(catalog, threshold.notifies) for threshold in timer.thresholds
    )


def _reaches(catalog: Catalog, names: Iterable[str]) -> bool:
    """Whether one of the names can lead to a person: an act, a field or an approval, or a role that can be held."""
    return any(
        ":" in name
        or name == CREATE
        or (name != SYSTEM and name in catalog.roles and catalog.roles[name].max_holders != 0)
        for name in names
    )
