"""Lets one person work for some turns, and prints the statements of each act as JSON, as the driver is given them."""

import json
import sys

import django

django.setup()

from datetime import UTC, datetime  # noqa: E402  # Django has to be set up first
from typing import Any  # noqa: E402

from django.db import connection  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from benchmarks.desk import peer, targets  # noqa: E402
from benchmarks.desk.clients import Answer  # noqa: E402
from benchmarks.desk.flow import Turn  # noqa: E402

url, tokens, cis, turns = json.loads(sys.argv[1])
compose = peer.compose(peer.PeerSite(url, tokens, cis))
client, origin = APIClient(), datetime.now(UTC)
acts: dict[str, list[tuple[str, list[str]]]] = {}


def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's signature
    acts[current].append((sql, [str(each) for each in parameters or ()]))
    return execute(sql, parameters, many, context)


for number in range(turns):
    acts.clear()
    steps = targets.turn(compose, Turn(0, 1, number, origin), {})
    request = next(steps, None)
    while request is not None:
        current = request.act
        acts[current] = []
        with connection.execute_wrapper(note):
            found = client.generic(
                request.method,
                request.path,
                request.body,
                "application/json",
                HTTP_AUTHORIZATION=request.token,
            )
        if found.status_code >= 300:
            raise SystemExit(f"{current} was answered {found.status_code}: {found.content!r}")
        try:
            request = steps.send(Answer(found.status_code, found.content))
        except StopIteration:
            request = None
print(json.dumps(acts))
