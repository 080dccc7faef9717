"""Durable work in the background: telling receivers of events, and firing what is due.

What is to be done stands in the database; which process does it, and that it is done again when that process dies, is
for the job engine, which `jobs` alone knows.
"""
