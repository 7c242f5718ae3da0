# SPDX-License-Identifier: EUPL-1.2
"""Dockerfiles read as instructions, and the files that the build sees."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it, comments left out."""

    image: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [rest for instruction, rest in self.instructions if instruction == name]

    def one(self, name: str) -> str:
        (found,) = self.all(name)
        return found

    def words(self, name: str) -> list[str]:
        """The words of an instruction in exec form."""
        found: list[str] = json.loads(self.one(name))
        return found

    @property
    def copied(self) -> list[tuple[list[str], str]]:
        """Sources in the context, and where each COPY puts them; what comes from another stage is left out."""
        texts = [rest.split() for rest in self.all("COPY") if not rest.startswith("--from")]
        return [(words[:-1], words[-1]) for words in texts]


def stages(path: Path) -> list[Stage]:
    text = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    found: list[Stage] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, rest = line.split(maxsplit=1)
            if name == "FROM":
                found.append(Stage(rest.split()[0]))
            else:
                found[-1].instructions.append((name, " ".join(rest.split())))
    return found


@cache
def _rules() -> list[tuple[bool, re.Pattern[str]]]:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [(not pattern.startswith("!"), _compiled(pattern.removeprefix("!"))) for pattern in patterns]


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*)", pattern)
    regex = "".join({"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)
    # A rule for a folder is one for all that it holds.
    return re.compile(f"{regex}(?:/.*)?")


def is_sent(path: Path) -> bool:
    """Whether the build sees this file: the last rule of .dockerignore that fits it decides."""
    name = path.relative_to(ROOT).as_posix()
    ignored = [ignore for ignore, pattern in _rules() if pattern.fullmatch(name)]
    return not (ignored and ignored[-1])


def sent(source: str) -> list[Path]:
    """The files of a source of COPY that the build sees."""
    path = ROOT / source
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [file for file in files if is_sent(file)]
