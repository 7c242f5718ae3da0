# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a consultation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import consultations
from parvis_participation.db.tables import Consultation as Row


@dataclass(frozen=True, slots=True)
class CreateConsultation:
    """What is asked, and when; texts by language."""

    collectivity: str
    title: dict[str, str]
    description: dict[str, str]
    question: dict[str, str]
    options: list[dict[str, Any]]
    opens_at: datetime
    closes_at: datetime
    retention_days: int


async def create_consultation(session: AsyncSession, command: CreateConsultation, *, now: datetime) -> Row:
    """A draft, in the caller's transaction; raises BadPeriodError or RepeatedOptionError."""
    row = Row(
        id=uuid7(),
        collectivity=command.collectivity,
        title=command.title,
        description=command.description,
        question=command.question,
        options=command.options,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        retention_days=command.retention_days,
        version=1,
        created_at=now,
    )
    consultations.entity(row)
    session.add(row)
    await session.flush()
    return row
