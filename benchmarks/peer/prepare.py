"""Makes the tables, tasks and a token; prints the token."""

import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  # Django has to be set up first
from rest_framework.authtoken.models import Token  # noqa: E402

from benchmarks.peer import tables  # noqa: E402
from benchmarks.peer.models import Task  # noqa: E402

tables.make()
Task.objects.bulk_create(
    Task(title=f"Task {n}", owner="ada", estimate=5, note="as ordered by telephone, see the letter")
    for n in range(int(sys.argv[1]))
)
ada = User.objects.create_user("ada")
ada.groups.add(Group.objects.create(name="worker"))
print(Token.objects.create(user=ada).key)
