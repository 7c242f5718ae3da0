# SPDX-License-Identifier: EUPL-1.2
"""What the API of participatory processes takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.web.types import Instant
from parvis_participation.api.schemas import Code, Input, LongText, ShortText
from parvis_participation.domain.process import Act, PartKind


class NewProcessPhase(Input):
    """A phase; it ends as the next begins, the last with the process."""

    code: Code
    title: ShortText
    begins_at: Instant
    acts: list[Act] = Field(max_length=len(Act), description="What people may do with the parts of the process in it.")


class NewLink(Input):
    """A document or a contact, by its address."""

    label: ShortText
    url: Annotated[str, Field(pattern=r"^(https://|mailto:|tel:)[!-~]+$", max_length=500)]


class NewProcess(Input):
    """A process to prepare; it stays a draft until it is published."""

    title: ShortText
    description: LongText
    area: Code | None = Field(default=None, description="The territory that it is about; null: the whole town.")
    links: list[NewLink] = Field(default_factory=list, max_length=50)
    phases: list[NewProcessPhase] = Field(min_length=1, max_length=20)
    ends_at: Instant


class NewProcessTransition(Input):
    """Publish a draft."""

    action: Literal["publish"]


class NewPart(Input):
    """Something of the same town that belongs to the process."""

    kind: PartKind
    id: UUID


class NewNews(Input):
    """What the town tells of a process."""

    title: ShortText
    text: LongText


class ProcessPhaseView(BaseModel):
    """A phase, in the language asked for."""

    code: str
    title: str
    begins_at: datetime
    acts: list[Act]


class LinkView(BaseModel):
    """A document or a contact, in the language asked for."""

    label: str
    url: str


class PartView(BaseModel):
    """What belongs to a process."""

    kind: PartKind
    id: UUID


class ProcessView(BaseModel):
    """A process, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    area: str | None
    links: list[LinkView]
    phases: list[ProcessPhaseView]
    present_phase: str | None = Field(description="Null before the first, and once the process has ended.")
    ends_at: datetime
    parts: list[PartView]
    version: int


class ProcessDraftView(BaseModel):
    """A process as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    published: bool
    title: dict[str, str]
    description: dict[str, str]
    area: str | None
    links: list[dict[str, Any]]
    phases: list[dict[str, Any]]
    ends_at: datetime
    parts: list[PartView]
    version: int


class NewsView(BaseModel):
    """What the town tells of a process, in the language asked for."""

    id: UUID
    process_id: UUID
    title: str
    text: str
    published_at: datetime


class FollowView(BaseModel):
    """Whether one follows a process."""

    process_id: UUID
    following: bool
