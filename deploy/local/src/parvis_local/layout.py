# SPDX-License-Identifier: EUPL-1.2
"""Where things lie: the checkout, and ``.parvis`` in it with all that the local stack writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[4]
SERVICES: Final = ("identity", "requests", "notifications", "participation")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one local stack; there is at most one stack for each."""

    home: Path = ROOT / ".parvis"

    @classmethod
    def of(cls, caller: Mapping[str, str]) -> "Layout":
        """The layout that the caller's environment names by PARVIS_HOME, ``.parvis`` of the checkout by default."""
        home = caller.get("PARVIS_HOME")
        return cls(Path(home).resolve()) if home else cls()

    @property
    def secrets(self) -> Path:
        """Passwords and keys, made once; mode 0600."""
        return self.home / "secrets.json"

    @property
    def data(self) -> Path:
        """What must outlive a restart: databases, attachments, topics of Apache Kafka, mails."""
        return self.home / "data"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.home / "log"

    @property
    def run(self) -> Path:
        """What concerns the running stack only: state, lock, the gateway's configuration."""
        return self.home / "run"

    @property
    def state(self) -> Path:
        """What the supervisor writes down of the running stack."""
        return self.run / "state.json"

    @property
    def kafka_jars(self) -> Path:
        """Jars of Apache Kafka, kept by a reset: they are software, not data."""
        return self.home / "kafka-jars"
