"""One act from its reads to its commit, which compares all that it has read and writes all that it changes.

Start with `runner`, which runs an act, and `unit_of_work`, through which every verb of the engine reads and writes.

- Reads: `reads`, noted in `read_set`; searches by their `guards`, those by time in `read_times`; who may see what in
  `access`, `holders`, `writers`.
- Fields: `input` from outside; `typed`, and `lenient` where rules are newer; for searches `sorting`, `indexing`,
  `progress`.
- Writes: `changes` of an act; `recorder` and `journal` for its events; `became` and `workspace_state` for what an event
  makes of an item or a workspace; `regating` for gates that an act gives to a workspace.
- Text that people typed: `texts`, `copied_words`, `redaction`.
- Words: `titles`, `names`, `messages`; events for others in `event_document`, with their `kinds` and `patches`.
- Values: `records` of items and events, `people`, `proposals`, `questions`, `attachments`, `targets`, `notifications`,
  `deliveries`, `queries`, `latest_verification`; the history of the `installation`.
- Plugins' code: `plugin_calls`, stopped by `deadline`.
- From outside: `ports`; the store as `session` with its `subjects`, `watched_session`, and `auditing`, with the
  `sources` of its columns. `environment` has what all acts share.
"""
