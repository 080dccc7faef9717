"""Notifications: their rules, the inbox, and sending.

Who is notified is in `rules` for items (with `voters` and `asks`), `workspace_rules` and `installation_rules`.
`drafting` applies them to events, and `verbs` is called by the worker. People read `phrases` in the `wording` of their
`inbox` and its `places`, or in `digests`; they choose by `preferences` and `choices`. `deliveries` are events that go
to programs.
"""
