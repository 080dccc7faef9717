"""Evaluation of rules: the engine calls the code of each plugin, and a faulty plugin does not stop the others.

Start with `evaluation`, which finds all blockers of a transition, and `previews`, which lists transitions with them;
`machine` makes the move. Plugins' code sees a `context` with `views`, searches by `searches` and `conditions`, and
reads `histories`; `noted_reads` keeps what a computation read, and `outdated_items` what checks may not read yet.
Blockers of the engine itself are in `refusals`, those of frozen fields in `frozen` with the `ways` that change them,
and those of a failed check in `check_failures`; the grounds of a decision, for its event, in `grounds`.

- Approvals: `quorum`, `panels`, `material`, `recusals`, `second_person`; `confirmations`; `appointments`.
- Fields: `computed`, `former`, `misfits`.
- Times: `spans`, `recurrence`.
"""
