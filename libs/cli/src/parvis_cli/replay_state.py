# SPDX-License-Identifier: EUPL-1.2
"""How far a replay has come, in a file: a broken one goes on from there, a finished one brings what came since."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis_cli.errors import CommandError


@dataclass(frozen=True, slots=True)
class ReplayState:
    """A file, if any is wanted, and the replay that it is of: one of another is refused."""

    file: Path | None
    of: dict[str, Any]

    def read(self) -> dict[str, Any] | None:
        """What was written last; None where there is nothing yet. Raises CommandError."""
        if self.file is None or not self.file.exists():
            return None
        try:
            kept: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{self.file} holds no state of a replay: {error}") from error
        if kept.get("of") != self.of:
            raise CommandError(f"{self.file} is of another replay")
        reached: dict[str, Any] = kept["reached"]
        return reached

    def write(self, reached: dict[str, Any]) -> None:
        """Put it in the place of what was there, whole or not at all; raises CommandError."""
        if self.file is None:
            return
        fresh = self.file.with_name(f"{self.file.name}.new")
        try:
            with fresh.open("w", encoding="utf-8") as text:
                json.dump({"of": self.of, "reached": reached}, text)
                text.flush()
                os.fsync(text.fileno())
            fresh.replace(self.file)
        except OSError as error:
            raise CommandError(f"{self.file} cannot be written: {error.strerror}") from error
