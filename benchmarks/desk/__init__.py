"""The busy desk: people who move changes and incidents of their own over HTTP, and share what they are about.

Measured in one run and in turns: Placet without and with its worker, the statements that Placet's acts make sent by a
bare route (`floor`), and the same flows written with Django REST framework and django-fsm-2 (`benchmarks.peer.desk`).
"""
