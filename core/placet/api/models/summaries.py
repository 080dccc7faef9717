"""The summary of an item in other answers."""

from __future__ import annotations

from placet.api.models.base import Answer, Category, ItemKey, WorkspaceKey


class Summary(Answer):
    """The summary of an item."""

    key: ItemKey
    workspace: WorkspaceKey
    type: str
    title: str
    state: str
    category: Category
