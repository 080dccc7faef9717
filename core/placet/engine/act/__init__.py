"""One act from its reads to its commit, which compares all that it has read and writes all that it changes.

Start with `runner`, which runs an act, and `unit_of_work`, through which every verb of the engine reads and writes.
"""
