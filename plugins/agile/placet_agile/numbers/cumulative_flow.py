"""The cumulative flow diagram: how many items had come how far, at the end of each day.

The vertical distance between the lines of two states is the work between them, the horizontal one the time that it
takes. An item that goes back is counted where it is; one that is removed, nowhere from that day on.

Source: the Kanban Guide, work in progress and throughput; the counting by whole days is ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from placet_agile.numbers.history import Flow, ItemHistory, days, end_of


def cumulative_flow(
    items: Sequence[ItemHistory], flow: Flow, first: date, last: date, zone: tzinfo
) -> Mapping[str, list[int]]:
    """For each state, in order, the number of items in it or in a later one at the end of each day."""
    place = {state: n for n, state in enumerate(flow.order)}
    lines: dict[str, list[int]] = {state: [] for state in flow.order}
    for day in days(first, last):
        end = end_of(day, zone)
        at = [place[state] for item in items if (state := item.states.before(end)) in place]
        for state, line in lines.items():
            line.append(sum(reached >= place[state] for reached in at))
    return lines


def area(lines: Mapping[str, Sequence[int]], entered: str, left: str) -> int:
    """The area between the lines of two states, in days of items."""
    return sum(lines[entered]) - sum(lines[left])
