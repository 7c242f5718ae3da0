# SPDX-License-Identifier: EUPL-1.2
"""What the API shows of the town's social accounts and of the posts on them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.domain.social import PostKind


class SocialAccountView(BaseModel):
    """One account on which the town publishes."""

    name: str = Field(description="The town's own word for it.")
    kind: Literal["mastodon"]
    server: str
    language: Literal["fr", "en"]
    topics: list[str] | None = Field(description="Whose news are published on it; null: of all topics.")
    alerts: bool


class SocialAccountList(BaseModel):
    """All of them, as the deployment names them."""

    items: list[SocialAccountView]


class SocialPostView(BaseModel):
    """One post as it stands."""

    id: UUID
    account: str
    kind: PostKind
    state: PartState
    reply_to: UUID | None = Field(description="The post under which it stands: what it updates, ends or calls off.")
    last_reply: str | None = Field(description="What was last said of it: a code, never the server's words.")
    url: str | None = Field(description="Where people read it.")
    created_at: AwareDatetime
    published_at: AwareDatetime | None


class SocialPostList(BaseModel):
    """Those of one item, the first first."""

    items: list[SocialPostView]
