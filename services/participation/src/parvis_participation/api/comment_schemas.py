# SPDX-License-Identifier: EUPL-1.2
"""What the API of discussions takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.web.types import PlainText
from parvis_participation.api.schemas import Input
from parvis_participation.domain.thread import CommentState, ThreadKind

Said = Annotated[PlainText, Field(min_length=1, max_length=4_000)]


class NewComment(Input):
    """A comment in its author's words, which will be public under their pseudonym."""

    text: Said
    parent_id: UUID | None = Field(default=None, description="The comment of the same thread that this one answers.")


class CommentEdit(Input):
    """What a comment says from now on."""

    text: Said


class CommentView(BaseModel):
    """A comment; its author is known to readers by a pseudonym, the same throughout one collectivity."""

    id: UUID
    thread: ThreadKind
    subject_id: UUID
    parent_id: UUID | None
    depth: int = Field(description="How many comments it stands below, at most 4.")
    author: str
    state: CommentState
    text: str | None = Field(description="Null once withdrawn or removed: its place stays, for the answers to it.")
    created_at: datetime
    changed_at: datetime
    version: int = Field(description="More than 1 where its author has changed it.")


class CommentVersionView(BaseModel):
    """What a comment said before."""

    version: int
    text: str
    written_at: datetime
