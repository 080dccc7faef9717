"""Reports: lists, history, audit, metrics.

`verbs` is called for lists (`queries`, `details`), the `worklist` (`urgency`, `clearing`) and findings (`linting`),
which read their items ahead by `reading_ahead`; `meant` finds an item by a wrong key. History is in `event_log` and
`thread`; verification in `audit` and `verification`, on a schedule in `verifications`; signed statements in
`checkpoints`, `kept_checkpoints` and `numbered_log`; figures in `metrics` over `periods`.
"""
