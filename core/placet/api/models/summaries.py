"""What names an item, wherever another answer speaks of it."""

from __future__ import annotations

from placet.api.models.base import Answer, Category, ItemKey, WorkspaceKey


class Summary(Answer):
    """What names an item."""

    key: ItemKey
    workspace: WorkspaceKey
    type: str
    title: str
    state: str
    category: Category
