# SPDX-License-Identifier: EUPL-1.2
"""Contracts as the last release had them: what a change is measured by."""

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def released(folder: Path) -> dict[Path, str]:
    """What the files below that folder held at the last release; nothing before the first, which can break nothing."""
    tag = _git("describe", "--tags", "--abbrev=0", "--match", "v*").strip()
    names = _git("ls-tree", "-r", "--name-only", tag, "--", str(folder.relative_to(ROOT))).splitlines() if tag else []
    return {ROOT / name: _git("show", f"{tag}:{name}") for name in names}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
