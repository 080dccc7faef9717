"""The items that are connected to one, found in the events of the whole log alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acceptance.conftest import Person

#: Fields that name items which many others share, and which a thread shows.
SHARED = ("cis", "model")


class Connected:
    """The ways from an item to others, by what the events say."""

    def __init__(self, traces: Mapping[str, str], events: Sequence[Mapping[str, Any]]) -> None:
        """`traces` says of each type of links how far a thread follows them."""
        self._parent: dict[str, str] = {}
        self._beside: dict[str, set[str]] = defaultdict(set)
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._named: dict[tuple[str, str], set[str]] = {}
        links: set[tuple[str, str, str]] = set()
        for event in events:
            if event["kind"] == "linked":
                links.add(_link(event))
            elif event["kind"] == "unlinked":
                links.discard(_link(event))
            self._read(event)
        for source, link_type, target in links:
            if traces.get(link_type) == "both":
                self._beside[source].add(target)
                self._beside[target].add(source)
            elif traces.get(link_type) == "target":
                self._shown[source].add(target)

    @classmethod
    def of(cls, reader: Person, workspace: str) -> Connected:
        """As it is at the end of the log of a workspace."""
        types = reader.get(f"/workspaces/{workspace}/item-types")["item_types"]
        traces = {link["id"]: link["trace"] for each in types for link in each["link_types"] if link["trace"]}
        return cls(traces, list(every_event(reader, workspace)))

    def _read(self, event: Mapping[str, Any]) -> None:
        item, parent = event["item"], event.get("parent")
        if event["kind"] == "created" and parent:
            self._parent[item] = parent
            self._beside[parent].add(item)
        for name in SHARED:
            if name in event["changes"]:
                value = event["changes"][name][1] or ()
                self._named[item, name] = {value} if isinstance(value, str) else set(value)

    def to(self, start: str) -> set[str]:
        """The keys of all items that are connected to one, itself among them."""
        matter, todo = {start}, [start]
        while todo:
            new = self._beside[todo.pop()] - matter
            matter |= new
            todo += new
        named = {key for (item, _), keys in self._named.items() if item in matter for key in keys}
        found = matter | named | {key for item in matter for key in self._shown[item]}
        return found | {above for item in found for above in self._above(item)}

    def _above(self, item: str) -> Iterator[str]:
        while item in self._parent:
            item = self._parent[item]
            yield item


def _link(event: Mapping[str, Any]) -> tuple[str, str, str]:
    return event["item"], event["link_type"], event["target"]


def every_event(reader: Person, workspace: str) -> Iterator[dict[str, Any]]:
    """All events of a workspace, in the order of the log."""
    after: dict[str, Any] = {}
    while (page := reader.get("/events", workspace=workspace, limit=500, **after))["events"]:
        yield from page["events"]
        after = {"after": page["next_cursor"]}


def thread(reader: Person, key: str) -> tuple[list[str], set[str], int]:
    """The ids of the events of an item's thread, the items that they are about, and the number left out."""
    ids: list[str] = []
    items: set[str] = set()
    cursor: dict[str, Any] = {}
    while True:
        page = reader.get(f"/items/{key}/thread", limit=500, **cursor)
        ids += [event["id"] for event in page["events"]]
        items |= {item["key"] for item in page["items"]}
        if page["next_cursor"] is None:
            return ids, items, page["hidden"]
        cursor = {"cursor": page["next_cursor"]}
