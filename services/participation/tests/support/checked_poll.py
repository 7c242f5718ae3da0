# SPDX-License-Identifier: EUPL-1.2
"""A counted poll's files, and the stand-alone checker that reads them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parvis_participation.service.seals import Seals, canonical

CHECKER = Path(__file__).parents[4] / "examples" / "secret-poll" / "check_poll.py"
FILES = ("record.json", "commitments.txt", "urn.csv", "acts.jsonl")


class Published:
    """A poll's files in a folder, with what a voter and an observer kept while it was open."""

    def __init__(self, folder: Path, poll: dict[str, Any], seals: Seals) -> None:
        self.folder = folder
        self._key = poll["signing_key"]
        self._seals = seals

    def check(self, *kept: str) -> tuple[int, str]:
        command = [sys.executable, CHECKER, self.folder, *(self.folder / name for name in kept), "--key", self._key]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    def change(self, name: str, change: Callable[[str], str]) -> None:
        before = (self.folder / name).read_text("utf-8")
        after = change(before)
        assert after != before
        (self.folder / name).write_text(after, "utf-8")

    def sign_anew(self) -> None:
        """What a town that cheats with its own key would do: make the record fit the changed files."""
        from hashlib import sha256  # noqa: PLC0415

        record = json.loads((self.folder / "record.json").read_text("utf-8"))
        del record["signature"]
        for name in record["files"]:
            record["files"][name] = sha256((self.folder / name).read_bytes()).hexdigest()
        record["signature"] = self._seals.record(record).hex()
        (self.folder / "record.json").write_bytes(canonical(record))
