"""The arithmetic of a project: pure functions of values, which read nothing and write nothing.

All amounts are decimals and compared as they are; rounding is for display. A value that cannot be right is refused with
`ValueError`.
"""
