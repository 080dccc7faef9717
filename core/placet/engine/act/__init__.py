"""One act, from its reads to its commit: it notes what it reads, gathers what it changes, and commits both at once.

Start with `unit_of_work`, which every verb of the engine is given.
"""
