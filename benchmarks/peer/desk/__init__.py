"""The flows of the desk as people write them: Django REST framework, django-fsm-2, a table for each kind of thing.

It knows the same gates: what is described, scored, planned and tested; who may; approvals with a quorum that what they
were given for can outlive; lead time in business days; windows; collisions by configuration item; clocks of the service
level. It locks the row that it moves, and trusts what it reads of others: two people who decide at the same time can
get past each other's gates.
"""
