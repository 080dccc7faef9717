"""One act, from its reads to its commit: what it reads is noted, what it changes is gathered, and both go to one commit.

Start with `unit_of_work`, which every verb of the engine is given.
"""
