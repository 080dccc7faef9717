"""The busy desk: people move their own changes and incidents over HTTP, and share the configuration items.

Compared in one run, in turns: Placet without and with its worker, the statements of Placet's acts sent by a bare
route (`floor`), and the same flows written with Django REST framework and django-fsm-2 (`benchmarks.peer.desk`).
"""
