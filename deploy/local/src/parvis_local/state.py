# SPDX-License-Identifier: EUPL-1.2
"""What the supervisor writes down of the running stack, for the other commands and for the next start."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from parvis_local.private_file import write_private
from parvis_local.proc import Identity, boot_id


@dataclass(frozen=True, slots=True)
class PartState:
    """One process of the stack.

    Attributes:
        name: such as ``requests-api``.
        probe: how to ask whether it is ready, as ``parvis_local.probe.ask`` takes it.
        port: where it listens, if it is one port that somebody may want to know.
        process: which process it is; nothing while it waits to be started.
        failed: it ended by itself and is waiting to be started again.
        restarts: how often it was started again.
    """

    name: str
    probe: str
    port: int | None = None
    process: Identity | None = None
    failed: bool = False
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class StackState:
    """The whole stack.

    Attributes:
        phase: ``starting``, ``ready`` or ``stopping``.
        parts: its processes, in the order in which they start.
        ports: port by name, to be had again at the next start.
        boot: which start of the machine the process numbers are of.
        public_url: how browsers and clients reach the gateway.
        bootstrap_servers: of Kafka, known once the stack is ready.
        supervisor: which process wrote this; one that was killed leaves its last word behind.
    """

    phase: str = "starting"
    parts: tuple[PartState, ...] = ()
    ports: dict[str, int] = field(default_factory=dict)
    boot: str = field(default_factory=boot_id)
    public_url: str = ""
    bootstrap_servers: str = ""
    supervisor: Identity | None = None

    def with_part(self, changed: PartState) -> "StackState":
        """The same with that part changed."""
        return replace(self, parts=tuple(changed if part.name == changed.name else part for part in self.parts))


def write_state(path: Path, state: StackState) -> None:
    """Replace the file whole."""
    write_private(path, json.dumps(asdict(state), indent=1) + "\n")


def read_state(path: Path) -> StackState:
    """The last state written; an empty one where there is none, or none that this version understands."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        parts = tuple(PartState(**{**part, "process": _identity(part["process"])}) for part in raw.pop("parts"))
        return StackState(parts=parts, supervisor=_identity(raw.pop("supervisor")), **raw)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return StackState()


def _identity(raw: dict[str, int] | None) -> Identity | None:
    return Identity(**raw) if raw else None
