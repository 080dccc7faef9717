"""Background jobs.

Work that only writes our own database is done in batches by the leading worker: people are notified (`notifications`),
timers, expiries and periodic jobs fire when they are due (`firing`), events become deliveries (`delivery`). Each batch
moves its position in the transaction of its writes, so that it is done exactly once, even if a process dies.

Calls out of Placet, webhooks and plugins' `placet_event`, are tasks (`tasks`) that any worker takes, and that another
takes again if it dies: they are done at least once.
"""
