# SPDX-License-Identifier: EUPL-1.2
"""Load published consultations and conversations from a file, for a demo town. Safe to repeat."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Text
from parvis_participation.db.tables import Consultation as Row
from parvis_participation.service.seed_conversations import ConversationSeed


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OptionSeed(_Part):
    """One option."""

    code: str
    label: Text


class ConsultationSeed(_Part):
    """One consultation, published from the start."""

    id: UUID
    collectivity: str
    title: Text
    description: Text
    question: Text
    options: list[OptionSeed] = Field(min_length=2, max_length=20)
    opens_at: AwareDatetime
    closes_at: AwareDatetime


class SeedFile(_Part):
    """The file."""

    consultations: list[ConsultationSeed]
    conversations: list[ConversationSeed] = Field(default_factory=list)


def read_seed(file: Path) -> SeedFile:
    """What a file holds; raises ValueError, with the place, for one that says something else."""
    return SeedFile.model_validate(yaml.safe_load(file.read_text("utf-8")))


async def seed_consultations(session: AsyncSession, seeds: list[ConsultationSeed], now: datetime) -> None:
    """Add those that are not there yet, in the caller's transaction."""
    for seed in seeds:
        values: dict[str, Any] = seed.model_dump()
        await session.execute(
            insert(Row)
            .values(**values, published_at=now, created_at=now, version=1)
            .on_conflict_do_nothing(index_elements=[Row.id])
        )
