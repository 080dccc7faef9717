"""Work in the background.

What only writes our own database is done in batches by the worker that leads: people are notified
(`notifications`), timers, expiries and periodic jobs happen when they are due (`firing`), events become deliveries
(`delivery`). Each batch moves its position in the same transaction as what it writes: it is done once, whatever dies.

What leaves Placet, webhooks and plugins' `placet_event`, goes out in tasks (`tasks`) that any worker takes, and that
are taken again where one died: at least once.
"""
