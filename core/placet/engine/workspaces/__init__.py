"""Workspaces: their configuration, people and tokens.

- Configuration: `verbs`, checked and saved by `changing` with `configuration` and `calendars`; `derived` follows it.
- A second person: `proposals`, made by `proposing`; `deciders` says who it can be; `appointing` gives roles.
- People: `people`, their `tokens` and `standing`; `departures` with `leftovers` and `erasure`.
- The installation: `installation`, and `offices`, which two administrators give.
"""
