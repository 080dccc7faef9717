"""Who holds a role: in the workspace, or on the items on which it is held.

A check is asked about one item; a role of a project is held on its project, and somewhere else for other items.
"""

from __future__ import annotations

from placet import CheckContext

_PROJECT = "prince2.project"
#: Where roles are held that belong to items, and the states in which such an item runs.
_ON_PROJECT = (_PROJECT, ("mandated", "starting_up", "initiating", "delivering", "in_exception", "closing"))
_ON_PACKAGE = ("prince2.work_package", ("draft", "offered", "accepted", "in_progress", "delivered"))
_ON_TEAM = ("agile.team", ("working",))
_HELD_ON = {
    "prince2.executive": _ON_PROJECT,
    "prince2.senior_user": _ON_PROJECT,
    "prince2.senior_supplier": _ON_PROJECT,
    "prince2.project_manager": _ON_PROJECT,
    "prince2.project_assurance": _ON_PROJECT,
    "prince2.project_support": _ON_PROJECT,
    "prince2.change_authority": _ON_PROJECT,
    "prince2.team_manager": _ON_PACKAGE,
    "agile.product_owner": _ON_TEAM,
    "agile.scrum_master": _ON_TEAM,
    "agile.flow_manager": _ON_TEAM,
    "agile.developer": _ON_TEAM,
}


def is_on(ctx: CheckContext, method: str) -> bool:
    """Whether another method is switched on here: its roles, links and items are known then."""
    return method in ctx.workspace.methods


def holders(ctx: CheckContext, *roles: str) -> set[str]:
    """The holders of roles, those of methods that are switched off left out."""
    return {person for role in roles if is_on(ctx, role.partition(".")[0]) for person in ctx.holders(role)}


def is_vacant(ctx: CheckContext, role: str) -> bool:
    """Whether a role that could be held has no holder.

    A role that is held on items is looked up on those that run: on the item and what is around it, then on all others.
    As long as there is none of them, nobody could be appointed, and it is not vacant.
    """
    if not is_on(ctx, role.partition(".")[0]) or ctx.holders(role):
        return False
    if role not in _HELD_ON:
        return True
    type, states = _HELD_ON[role]
    if ctx.item.type == type:
        return True
    places = ctx.items(type, states=states)
    if ctx.item.type == _PROJECT:
        places = [each for each in places if getattr(each.fields, "project", None) in (None, ctx.item.key)]
    return bool(places) and not any(ctx.holders(role, of=each.key) for each in places)


def holders_anywhere(ctx: CheckContext, role: str) -> set[str]:
    """The holders of a role here, and on every running item on which it is held."""
    found = holders(ctx, role)
    if role in _HELD_ON and is_on(ctx, role.partition(".")[0]):
        type, states = _HELD_ON[role]
        for each in ctx.items(type, states=states):
            found |= set(ctx.holders(role, of=each.key))
    return found
