# SPDX-License-Identifier: EUPL-1.2
"""The lines that the README gives to a newcomer do what it says."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from running_stack import RunningStack

ROOT = Path(__file__).parents[2]
ADDRESS = "http://localhost:8080"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def journey(readme: str) -> str:
    """The shell lines between "make up" and the end of the chapter."""
    text = (ROOT / readme).read_text("utf-8")
    chapter = text.partition("\n## ")[2].partition("\n## ")[0]
    return "\n".join(BLOCK.findall(chapter))


def test_both_say_the_same_in_shell_and_in_chapters() -> None:
    def shape(readme: str) -> tuple[list[str], int]:
        text = (ROOT / readme).read_text("utf-8")
        lines = [re.sub(r"\s*#.*", "", line) for block in BLOCK.findall(text) for line in block.splitlines()]
        return lines, len(re.findall(r"^## ", text, re.MULTILINE))

    assert shape("README.md") == shape("LISEZMOI.md")


@pytest.mark.curl
@pytest.mark.parametrize("readme", ["README.md", "LISEZMOI.md"])
def test_the_journey_by_hand(stack: RunningStack, readme: str, tmp_path: Path) -> None:
    lines = journey(readme)
    assert ADDRESS in lines
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines.replace(ADDRESS, f"http://localhost:{stack.port}")],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env=stack.environment | {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert re.search(r"\bR-20\d\d-", done.stdout), "a reference, of whichever year"
    for told in ('"resolved"', "request-resolved", "already-answered", "304"):
        assert told in done.stdout
