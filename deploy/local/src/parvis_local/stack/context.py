# SPDX-License-Identifier: EUPL-1.2
"""What the makers of the stack's parts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parvis_local.databases import ServiceUrls
from parvis_local.environment import Environments
from parvis_local.layout import ROOT, Layout
from parvis_local.nursery import Nursery
from parvis_local.options import Options
from parvis_local.parts import Part, Step
from parvis_local.ports import LOOPBACK
from parvis_local.running import Running
from parvis_local.secret_store import SecretStore

CONTRACTS: Final = ROOT / "contracts"
NURSERY: Final = "nursery"


@dataclass(slots=True)
class Context:
    """One run of the stack.

    Attributes:
        ports: port by name.
        urls: addresses of the embedded databases by service, there once the step ``databases`` is done.
    """

    options: Options
    layout: Layout
    ports: Mapping[str, int]
    secrets: SecretStore
    environments: Environments
    nursery: Nursery
    urls: dict[str, ServiceUrls] = field(default_factory=dict)

    def log(self, name: str) -> Path:
        """The log of that process."""
        return self.layout.logs / f"{name}.log"

    def address(self, port: str) -> str:
        """Base of the addresses at the port of that name."""
        return f"http://{LOOPBACK}:{self.ports[port]}"

    def module(
        self,
        name: str,
        title: str,
        command: tuple[str, ...],
        *,
        port: int,
        probe: str,
        env: Callable[[], Mapping[str, str]],
        needs: tuple[str, ...] = (),
        follows: str = "",
    ) -> Part:
        """A part that is a Python module: ``command`` is its name and its arguments."""
        log = self.log(name)

        async def start() -> Running:
            return await self.nursery.spawn(name, command[0], command[1:], log, env())

        return Part(name, title, start, probe, log, (NURSERY, *needs), follows=follows, port=port)


Work = tuple[Step | Part, ...]
