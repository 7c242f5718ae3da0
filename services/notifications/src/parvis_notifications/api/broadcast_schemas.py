# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of what goes to many."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_notifications.api.map_schemas import Label, Polygon
from parvis_notifications.api.subscription_schemas import Code
from parvis_notifications.api.template_schemas import LanguageTag
from parvis_notifications.domain.broadcast import BroadcastState, PartState
from parvis_notifications.domain.topic import Channel, Written

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


class NewNewsItemBody(NewsItemBody):
    """A piece of news, to be published or drafted."""

    draft: StrictBool = Field(
        default=False, description="Kept for agents alone, and changed at will, until it is published (`publish`)."
    )


class NewsPreviewView(BaseModel):
    """What recipients get; in the place of their own links are samples, which lead nowhere."""

    language: str = Field(description="BCP 47; another than was asked for, where it is not written in that.")
    subject: str
    text: str = Field(description="The mail as plain text.")
    html: str = Field(description="The mail as a page.")
    sms: str
    sms_encoding: str = Field(description="`gsm-7`, or `ucs-2` where a character is in no GSM alphabet.")
    sms_segments: int = Field(description="Each is paid for.")
    push_title: str
    push_body: str = Field(description="Of a notification in a browser, which may show the beginning alone.")


class NewsCoverageView(BaseModel):
    """Whom a piece of news would reach if it went now."""

    people: int = Field(description="Who subscribed to its topic, and care for its area.")
    email: int = Field(description="Addresses of those who chose mail; those at which nothing arrives are left out.")
    sms: int = Field(description="Numbers of those who chose text messages; those that said STOP are left out.")
    push: int = Field(description="People who have a browser told.")
    chat: int = Field(description="Addresses of a messenger of those who chose it.")
    unreachable: int = Field(description="People whom no channel reaches.")
    segments: int = Field(description="Of each text message, the longest of its languages.")
    cost_millicents: int = Field(
        description="Of all mails, text messages and messages in rooms, at most; in thousandths of a eurocent."
    )


class NewsTestSend(BaseModel):
    """How to send it to the calling agent."""

    model_config = ConfigDict(extra="forbid")

    channel: Written = Channel.EMAIL
    language: LanguageTag = "fr"


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

    action: Literal["publish", "pause", "resume", "cancel"]


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
