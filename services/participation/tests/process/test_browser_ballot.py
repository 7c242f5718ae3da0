# SPDX-License-Identifier: EUPL-1.2
"""The client for browsers seals what the board can open; it runs here under node, whose WebCrypto is the browsers'."""

import json
import shutil
import subprocess
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import UUID

import pytest
from poll_town import PollTown

from parvis_participation.domain.paper import unfold
from parvis_participation.service.board_keys import restore
from parvis_participation.service.envelope import unseal

CLIENT = Path(__file__).parents[4] / "examples" / "secret-poll" / "ballot.mjs"
pytestmark = pytest.mark.oracle


def in_node(program: str, *given: object) -> object:
    node = shutil.which("node")
    assert node, "node is missing: install it to run the browsers' client"
    script = f"import * as client from {json.dumps(CLIENT.as_uri())};\n{program}"
    command = [node, "--input-type=module", "-e", script, *map(json.dumps, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SEAL = """
const [poll, choice] = process.argv.slice(1).map(JSON.parse);
console.log(JSON.stringify(await client.sealBallot(poll, choice)));
"""
CHECK = """
const [poll, receipt] = process.argv.slice(1).map(JSON.parse);
console.log(await client.checkReceipt(poll, receipt));
"""


async def test_a_ballot_sealed_in_a_browser_is_cast_receipted_and_opened(polling: PollTown) -> None:
    poll = await polling.open()
    ballot = in_node(SEAL, poll, [["park", 1], ["bench", 1]])
    assert isinstance(ballot, dict)
    answer = await polling.cast(polling.voter(), poll, ballot)
    assert answer.status_code == 200
    assert in_node(CHECK, poll, answer.json()) is True
    assert in_node(CHECK, poll, answer.json() | {"commitment": "ab" * 32}) is False
    key = restore(polling.shares, polling.key, 2)
    sealed = urlsafe_b64decode(ballot["sealed"] + "=" * (-len(ballot["sealed"]) % 4))
    content = unseal(sealed, UUID(poll["id"]), bytes.fromhex(ballot["commitment"]), key)
    assert unfold(content) == (("park", 1), ("bench", 1))
