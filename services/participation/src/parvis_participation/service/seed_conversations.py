# SPDX-License-Identifier: EUPL-1.2
"""Load opinion conversations from a file, with what invented people say in them, for a demo town. Safe to repeat.

Groups show only where people take part, and a town that nobody lives in yet has none.
"""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any, Final, Self
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Text
from parvis_participation.db.conversation_tables import (
    Conversation,
    ConversationOpinion,
    ConversationParticipant,
    ConversationStatement,
)
from parvis_participation.domain.conversation import VALUES, Opinion, StatementState, Writers
from parvis_participation.domain.opinions.routing import NEW_PRIORITY

_SAID: Final = {"+": Opinion.AGREE, "-": Opinion.DISAGREE, "0": Opinion.PASS}
_SILENT: Final = 0.2
"""What part of the statements somebody has not come across."""
_OTHERWISE: Final = 0.1
"""What part of the others they see otherwise than their group."""


class GroupSeed(BaseModel):
    """People who say alike, but for some chance; ``opinions`` has one sign a statement: agree, disagree or pass."""

    model_config = ConfigDict(extra="forbid")

    people: int = Field(ge=1, le=1_000)
    opinions: str = Field(pattern=r"^[-+0]+$")


class ConversationSeed(BaseModel):
    """One conversation, published from the start, with the town's statements."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    collectivity: str
    title: Text
    description: Text
    statements: list[Text] = Field(min_length=1, max_length=100)
    groups: list[GroupSeed] = Field(max_length=10)
    opens_at: AwareDatetime
    closes_at: AwareDatetime

    @model_validator(mode="after")
    def _of_all(self) -> Self:
        if any(len(group.opinions) != len(self.statements) for group in self.groups):
            raise ValueError("each group has one opinion a statement")
        return self


async def seed_conversations(session: AsyncSession, seeds: list[ConversationSeed], now: datetime) -> None:
    """Add those that are not there yet, whole, in the caller's transaction."""
    for seed in seeds:
        about = {name: getattr(seed, name) for name in ("id", "collectivity", "opens_at", "closes_at")}
        told = {"title": seed.title.model_dump(), "description": seed.description.model_dump()}
        rules = {"writers": Writers.EVERYBODY, "reviewed": True, "verified": False, "residence": False, "areas": []}
        made = insert(Conversation).values(
            **about, **told, **rules, open_votes=False, published_at=now, created_at=now, version=1
        )
        new = made.on_conflict_do_nothing(index_elements=[Conversation.id]).returning(Conversation.id)
        if await session.scalar(new) is not None:
            await _fill(session, seed, now)


async def _fill(session: AsyncSession, seed: ConversationSeed, now: datetime) -> None:
    statements = [
        {
            "id": uuid5(seed.id, f"statement/{number}"), "collectivity": seed.collectivity, "conversation_id": seed.id,
            "number": number, "text": words.fr, "translations": words.model_dump(), "state": StatementState.PUBLISHED,
            "priority": NEW_PRIORITY, "version": 1, "changed_at": now, "created_at": now,
        }
        for number, words in enumerate(seed.statements)
    ]  # fmt: skip
    await session.execute(insert(ConversationStatement), statements)
    for number, group in enumerate(seed.groups):
        people = [uuid5(seed.id, f"participant/{number}/{each}") for each in range(group.people)]
        own = {"conversation_id": seed.id, "collectivity": seed.collectivity, "changed_at": now}
        rows = [own | {"id": each, "person": uuid5(each, "account")} for each in people]
        await session.execute(insert(ConversationParticipant), rows)
        said = [opinion for person in people for opinion in _said(seed, group, person)]
        await session.execute(insert(ConversationOpinion), said)


def _said(seed: ConversationSeed, group: GroupSeed, person: UUID) -> Iterator[dict[str, Any]]:
    """The same at each load: chance begins with who it is."""
    chance = Random(person.bytes)  # noqa: S311 - reproducible on purpose
    for number, sign in enumerate(group.opinions):
        if chance.random() < _SILENT:
            continue
        opinion = chance.choice(list(_SAID.values())) if chance.random() < _OTHERWISE else _SAID[sign]
        statement = uuid5(seed.id, f"statement/{number}")
        own = {"participant_id": person, "statement_id": statement, "collectivity": seed.collectivity}
        yield own | {"value": VALUES[opinion]}
