"""Approvals: rounds, votes, waivers, delegation.

`verbs` takes votes, which `rules/quorum` counts, and `rounds` says what becomes of a round; `writer` opens and takes
back rounds, and `asking_again` says who may ask once more. `delegations` and `delegated_votes` say who votes for
others. Beside approvals there are `waivers` of gates, `confirmations` by who is named (followed by `confirming`), and
`asks` to clear a check. `views` is what people see.
"""
