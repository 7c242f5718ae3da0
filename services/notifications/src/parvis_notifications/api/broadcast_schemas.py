# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of what goes to many."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_notifications.api.map_schemas import Label, Polygon
from parvis_notifications.api.subscription_schemas import Code
from parvis_notifications.domain.broadcast import BroadcastState, PartState
from parvis_notifications.domain.topic import Channel

Link = Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
Areas = Annotated[
    list[Polygon], Field(max_length=20, description="Whom it concerns; none: everybody, wherever they live.")
]


class WordsBody(BaseModel):
    """A text in one language."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[PlainText, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
    body: Annotated[PlainText, Field(min_length=1, max_length=4_000)]


class TextsBody(BaseModel):
    """A text in French, and in English for whoever prefers that."""

    model_config = ConfigDict(extra="forbid")

    fr: WordsBody
    en: WordsBody | None = None


class NewsItemBody(BaseModel):
    """A piece of news."""

    model_config = ConfigDict(extra="forbid")

    topic: Code
    texts: TextsBody
    link: Link | None = Field(default=None, description="Where there is more to read.")
    area_label: Label | None = Field(default=None, description="The area in words, such as a street.")
    areas: Areas = []
    social: StrictBool = Field(default=False, description="Published on the town's social accounts as well.")
    scheduled_at: Instant | None = Field(
        default=None, description="When it goes and is shown to the public, within 90 days; null: at once."
    )


class PartFigure(BaseModel):
    """How many recipients stand so with one channel."""

    channel: Channel
    state: PartState
    people: int


class Figures(BaseModel):
    """What came of it up to now."""

    parts: list[PartFigure]
    cost_millicents: int = Field(description="Thousandths of a eurocent.")


class NewsItemView(BaseModel):
    """A piece of news as it stands."""

    id: UUID
    topic: str
    state: BroadcastState
    texts: TextsBody
    link: str | None
    area_label: str | None
    areas: list[Polygon]
    social: bool
    publish_at: AwareDatetime = Field(description="From when on it goes, and is shown to the public.")
    created_at: AwareDatetime
    frozen_at: AwareDatetime | None = Field(description="When it was settled who is told.")
    done_at: AwareDatetime | None


class FollowedNewsItemView(NewsItemView):
    """The same with what came of it."""

    figures: Figures


class MoveBody(BaseModel):
    """What is to be done with what is on its way."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["pause", "resume", "cancel"]


class PublicNewsView(BaseModel):
    """A piece of news as the public reads it."""

    id: UUID
    topic: str
    subject: str
    body: str
    link: str | None
    area_label: str | None
    areas: list[Polygon]
    published_at: AwareDatetime
