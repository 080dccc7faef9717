"""Decided issues that change the baseline of a must product, so that a story which delivers it may be dropped.

Source: PRINCE2 7, practice Issues: what is agreed changes by a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from placet import CheckContext, ItemView
from placet_integration.ids import AFFECTS, ISSUE


class Covering:
    """The approved issues about some stories and products, read at once however many there are."""

    def __init__(self, ctx: CheckContext, stories: Iterable[str], products: Collection[ItemView]) -> None:
        """Read what affects them; nothing where there is no story, or no product.

        Args:
            ctx: the context of the check.
            stories: keys of the stories.
            products: the products whose baselines may change.
        """
        self._products = {each.key: each for each in products}
        #: By story or product: when the issues that affect it were decided.
        self._decided: dict[str, list[datetime]] = {}
        keys = [*stories]
        if not (keys and products):
            return
        for issue in ctx.get_all(ctx.reachable(AFFECTS, of=[*keys, *self._products], inwards=True, steps=1)):
            self._note(issue, issue.links.get(AFFECTS, ()))
        for project, agreed in _by_project(ctx, products).items():
            for issue in ctx.items(ISSUE, states=["implementing", "closed"], project=project):
                self._note(issue, agreed.intersection(issue.fields.baselines_affected))

    def _note(self, issue: ItemView, keys: Iterable[str]) -> None:
        if issue.type == ISSUE and issue.fields.decision == "approve" and issue.fields.decided_at is not None:
            for key in keys:
                self._decided.setdefault(key, []).append(issue.fields.decided_at)

    def covers(self, story: ItemView, products: Iterable[str]) -> bool:
        """Whether a decided issue changes the baseline of each of the products, or affects the story."""
        return story.key in self._decided or all(self._changed(key) for key in products)

    def _changed(self, key: str) -> bool:
        since = self._products[key].fields.baselined_at
        return any(since is None or at >= since for at in self._decided.get(key, ()))


def _by_project(ctx: CheckContext, products: Iterable[ItemView]) -> dict[str, set[str]]:
    """Keys of the workspace's products by project: its board alone decides on their baselines."""
    found: dict[str, set[str]] = {}
    for each in products:
        if each.workspace == ctx.workspace.key and each.fields.project is not None:
            found.setdefault(each.fields.project, set()).add(each.key)
    return found
