# SPDX-License-Identifier: EUPL-1.2
"""Work that need not be done again as long as what it was done with is the same."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from parvis_local.private_file import write_private


def fingerprint(paths: Iterable[Path], *facts: str) -> str:
    """A digest of the files, of all files below the folders, and of the facts."""
    digest = hashlib.sha256()
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.name} {content}\n".encode())
    for fact in facts:
        digest.update(f"{fact}\n".encode())
    return digest.hexdigest()


class Done:
    """Remembers in a file with which fingerprint each work was last done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def with_this(self, work: str, print_: str) -> bool:
        """Whether that work was last done with this fingerprint."""
        return self._known.get(work) == print_

    def note(self, work: str, print_: str) -> None:
        """Remember that it has been."""
        self._known[work] = print_
        write_private(self._path, json.dumps(self._known, indent=1, sort_keys=True) + "\n")
