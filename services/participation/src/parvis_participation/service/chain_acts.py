# SPDX-License-Identifier: EUPL-1.2
"""What agents do to a poll is written into a chain that everybody reads, in the transaction of the act.

Each act is one line of JSON that holds the SHA-256 of the line before: none can be taken out, put in or changed
afterwards unless all that follow are written anew, and the last digest stands in the signed record of the count. Votes
have no part in it. Agents stand under a name that is the same throughout one poll and tells nobody who they are.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import instant
from parvis_participation.db import acts
from parvis_participation.db.act_tables import PollAct
from parvis_participation.service.seals import Seals, canonical

BEGIN: Final = bytes(32).hex()
CLOCK: Final = "clock"
"""Who opens the vote of a participatory budget at its hour; no agent has this name, which is no hexadecimal."""
_NAME: Final = 12


@dataclass(frozen=True, slots=True)
class By:
    """Which agent acts, and when; None for the clock."""

    agent: UUID | None
    at: datetime


class Chain:
    """Writes acts; made of the key that hides agents."""

    def __init__(self, seals: Seals) -> None:
        self._seals = seals

    def name(self, poll: UUID, agent: UUID | None) -> str:
        """How an agent is called in the acts of that poll."""
        return CLOCK if agent is None else self._seals.agent_key(poll, agent).hex()[:_NAME]

    async def add(
        self, session: AsyncSession, collectivity: str, poll: UUID, act: str, by: By, **details: Any
    ) -> bytes:
        """Write an act, in the caller's transaction, which holds the poll's row or has made it; returns its digest."""
        before = await acts.latest(session, poll)
        line = canonical(
            {
                "poll": str(poll),
                "number": before.number + 1 if before else 1,
                "act": act,
                "agent": self.name(poll, by.agent),
                "at": instant(by.at),
                "details": details,
                "previous": before.digest.hex() if before else BEGIN,
            }
        )
        number = before.number + 1 if before else 1
        digest = sha256(line).digest()
        session.add(PollAct(poll_id=poll, number=number, collectivity=collectivity, line=line.decode(), digest=digest))
        await session.flush()
        return digest
