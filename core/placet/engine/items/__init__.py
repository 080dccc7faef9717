"""Items: create, edit, move, link, attach.

`verbs` is called from outside; `writer` puts together what writes inside a unit of work: `creation`, `fields`, `moves`,
`links` and `effects`. Who may is in `rights`, and for roles on an item in `appointments`. Beside these are `evidence`,
`erasing` of typed text, and the `agenda` with its `windows`.
"""
