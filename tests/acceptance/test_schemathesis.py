"""Schemathesis against the running server, with all of its checks on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

Organisation = Any

#: Enough that `OPS-12`, which the document's examples speak of, is there.
_ITEMS = 15

#: All checks are on. What is widened: a schema cannot say which names, cursors and versions there are, so that a
#: request that fits it may still be answered with 400, 412 or 422;
#: and a workspace may have been told, by another request of the same run, to demand versions (428).
_CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "403", "404", "409", "412", "422", "428"]
"""


def test_every_operation_is_what_the_document_says(organisation: Organisation, tmp_path: Path) -> None:
    """Whatever fits the document is answered as it says, and whatever does not fit is refused; nothing fails."""
    organisation.assign("itil.change_initiator", "maya", "root")
    organisation.assign("itil.configuration_manager", "cora", "root")
    for n in range(_ITEMS):
        organisation.maya.create("itil.change", f"Renew certificate {n}", type="normal", reason="maintenance")
    token = organisation.admin.send("POST", "/actors/root/tokens", {"name": "schemathesis"}, expect=201)[
        "token"
    ]
    config = tmp_path / "schemathesis.toml"
    config.write_text(_CONFIG)

    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config),
            "run", f"{organisation.base}/openapi.json", "--header", f"Authorization: Bearer {token}",
            "--checks", "all", "--max-examples", "5", "--seed", "1", "--generation-deterministic",
            "--continue-on-failure",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout[-20_000:]
