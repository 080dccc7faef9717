"""Makes the tables, people with their roles, and configuration items; prints tokens and ids as JSON."""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  # Django has to be set up first
from rest_framework.authtoken.models import Token  # noqa: E402

from benchmarks.peer import tables  # noqa: E402
from benchmarks.peer.desk.models import ConfigurationItem  # noqa: E402

ROLES = {
    "maker": ("change_initiator", "resolver", "service_desk_analyst", "change_implementer"),
    "boss": ("change_manager", "delegated_change_authority"),
}
people, cis = map(int, sys.argv[1:])
tables.make()
tokens = {}
for kind, roles in ROLES.items():
    groups = [Group.objects.create(name=name) for name in roles]
    for n in range(people):
        user = User.objects.create_user(f"{kind}{n}")
        user.groups.set(groups)
        tokens[user.username] = Token.objects.create(user=user).key
made = [
    ConfigurationItem.objects.create(
        name=f"srv-{n}", kind="server", criticality=1, data_class="internal", owner="root"
    )
    for n in range(cis)
]
print(json.dumps({"tokens": tokens, "cis": [each.pk for each in made]}))
