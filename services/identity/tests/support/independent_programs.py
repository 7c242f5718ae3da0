# SPDX-License-Identifier: EUPL-1.2
"""Programs of others, under node: clients and a provider that know the standards only."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "independent"
_HOW = "run `npm ci` in services/identity/tests/independent"


def node(script: str, *arguments: str) -> list[str]:
    """The command of one of the scripts; says which program or package is missing."""
    program = shutil.which("node")
    assert program, "node is missing: install the Debian packages nodejs and npm"
    wanted = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    for package, version in wanted.items():
        file = FOLDER / "node_modules" / package / "package.json"
        assert file.is_file(), f"{package} {version} is missing: {_HOW}"
        found = json.loads(file.read_text("utf-8"))["version"]
        assert found == version, f"{package} is {found}, not {version}: {_HOW}"
    return [program, str(FOLDER / script), *arguments]


@dataclass(frozen=True)
class Conversation:
    """With a script that writes and reads lines."""

    process: "subprocess.Popen[str]"

    def heard(self) -> dict[str, Any]:
        """What it says next."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        said: dict[str, Any] = json.loads(line)
        return said

    def say(self, line: str) -> None:
        """Answer it."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


@contextmanager
def conversation(script: str, task: dict[str, Any]) -> Iterator[Conversation]:
    """Start the script with its task, and see it end."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(node(script, json.dumps(task)), text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield Conversation(process)
        finally:
            process.kill()
