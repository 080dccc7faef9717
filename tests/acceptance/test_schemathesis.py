"""Schemathesis against the running server, with all of its checks on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

Organization = Any

#: Enough that `OPS-12`, which the document's examples speak of, is there.
_ITEMS = 15

#: All checks are on. What is widened: a schema cannot say which names, cursors and versions there are, so that a
#: request that fits it may still be answered with 400, 412 or 422;
#: and another request of the same run may have made a workspace require versions (428).
_CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "403", "404", "409", "412", "422", "428"]
"""


#: How many examples there are of each operation at most, and which: the same for everybody, or any for ten minutes.
EXAMPLES = [
    pytest.param("2", ["--seed", "1", "--generation-deterministic"], id="2", marks=pytest.mark.first),
    pytest.param("1000", ["--max-time", "600"], id="ten-minutes", marks=pytest.mark.soak),
]


@pytest.mark.parametrize(("examples", "chosen"), EXAMPLES)
def test_every_operation_is_what_the_document_says(
    organization: Organization, tmp_path: Path, examples: str, chosen: list[str]
) -> None:
    """Whatever fits the document is answered as it says, and whatever does not fit is refused; nothing fails."""
    organization.assign("itil.change_initiator", "maya", "root")
    organization.assign("itil.configuration_manager", "cora", "root")
    for n in range(_ITEMS):
        organization.maya.create("itil.change", f"Renew certificate {n}", type="normal", reason="maintenance")
    token = organization.admin.send("POST", "/actors/root/tokens", {"name": "schemathesis"}, expect=201)[
        "token"
    ]
    config = tmp_path / "schemathesis.toml"
    config.write_text(_CONFIG)

    # A sequence of requests finds the run's own token in the list of its owner's tokens, and would end it.
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config),
            "run", f"{organization.base}/openapi.json", "--header", f"Authorization: Bearer {token}",
            "--exclude-operation-id", "revoke_token", "--checks", "all", "--max-examples", examples, *chosen,
            "--continue-on-failure", "--wait-for-schema", str(PATIENCE), "--request-timeout", str(PATIENCE),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout[-20_000:]
