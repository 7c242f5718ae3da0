# SPDX-License-Identifier: EUPL-1.2
"""Who reads which inbox."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose inbox, in which collectivity; ``work`` where they read it as an agent, and see what agents are told."""

    person: UUID
    collectivity: str
    work: bool = False
