"""Timers: their readings, when they are due, and how they fire.

A timer's `marks` are in the events of its item; `readings` follow from marks and calendars alone, and `schedules` store
when to act on them. `due` finds that work and `firing` does it, with `consequences` and `notifying`; `endings` does the
same for what people are asked for. `verbs` is called from outside, and `views` is what people see.
"""
