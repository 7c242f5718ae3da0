# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of subscriptions to what happens in the town."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from parvis_kit.web.types import PlainText
from parvis_notifications.api.map_schemas import Label, Point, Polygon, Radius
from parvis_notifications.api.template_schemas import LanguageTag
from parvis_notifications.domain.digest import Rhythm
from parvis_notifications.domain.subscribing import MOST_PLACES, MOST_TOPICS, Purpose
from parvis_notifications.domain.topic import ToMany, Written

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="The town's own word for it.")]
Spoken = Literal["fr", "en"]


class TextBody(BaseModel):
    """A short text in both languages."""

    model_config = ConfigDict(extra="forbid")

    fr: Label
    en: Label


class NewsTopicBody(BaseModel):
    """A topic; one that is not active takes no new subscriptions and no news."""

    model_config = ConfigDict(extra="forbid")

    label: TextBody
    active: StrictBool = True


class NewsTopicView(BaseModel):
    """A topic as it stands."""

    code: str
    label: TextBody
    active: bool


class NewsTopicList(BaseModel):
    """All topics of a collectivity that can be subscribed to, by their codes."""

    items: list[NewsTopicView]


class TopicSubscription(BaseModel):
    """By which channels the news of a topic come."""

    model_config = ConfigDict(extra="forbid")

    topic: Code
    channels: list[ToMany] = Field(
        min_length=1,
        max_length=4,
        description="`push`: in the browsers of `/v1/push-subscriptions`. `chat`: in a room of a messenger, at the"
        " address of `/v1/chat-addresses`.",
    )
    digest: Rhythm | None = Field(
        default=None,
        description="Gathers its mails into one that lists them, with those of messages, at the `digest_time` of"
        " `/v1/notification-preferences`. null: each goes by itself.",
    )


class LoneTopic(BaseModel):
    """The same for who has no account, and so no browsers that are told."""

    model_config = ConfigDict(extra="forbid")

    topic: Code
    channels: list[Written] = Field(min_length=1, max_length=2)


class PlaceBody(BaseModel):
    """Where somebody lives, or an area that they care for: a position, with a radius or not, or an outline."""

    model_config = ConfigDict(extra="forbid")

    label: Label = Field(description="The person's own word for it, kept sealed.")
    position: Point | None = Field(default=None, description="An address on the map, as the person confirmed it.")
    radius_m: Radius | None = None
    outline: Polygon | None = Field(default=None, description="Instead of a position.")


class ConsentBody(BaseModel):
    """Yes or no to one purpose: news, emergencies and exercises are agreed to one by one."""

    model_config = ConfigDict(extra="forbid")

    purpose: Purpose
    given: StrictBool
    words: PlainText = Field(
        min_length=1, max_length=2_000, description="The words to which the person answered: kept with the answer."
    )


class ConsentView(BaseModel):
    """The last answer to a purpose."""

    purpose: Purpose
    given: bool
    words: str
    answered_at: AwareDatetime


class ChoicesBody(BaseModel):
    """What anybody chooses."""

    model_config = ConfigDict(extra="forbid")

    language: LanguageTag = Field(
        default="fr",
        description="One of `/v1/collectivities/{collectivity}/message-languages`, or the one chosen before, be it"
        " withdrawn.",
    )
    places: list[PlaceBody] = Field(
        default=[],
        max_length=MOST_PLACES,
        description="News with an area come where one of them meets it; who names none is told of all news.",
    )
    consents: list[ConsentBody] = Field(
        default=[], max_length=3, description="A purpose that is not named stays as it is."
    )
    prefers_calls: StrictBool = Field(
        default=False, description="Alerts call them even where a text message reaches them, too."
    )


class SubscriptionsBody(ChoicesBody):
    """All that somebody chooses; it takes the place of what they had chosen."""

    topics: list[TopicSubscription] = Field(default=[], max_length=MOST_TOPICS)


class SubscriptionsView(BaseModel):
    """What the caller chose."""

    language: str = Field(description="BCP 47.")
    topics: list[TopicSubscription]
    places: list[PlaceBody]
    consents: list[ConsentView]
    prefers_calls: bool


class LoneSubscription(ChoicesBody):
    """What somebody without an account wants to be told, and where: one address, which they confirm."""

    topics: list[LoneTopic] = Field(default=[], max_length=MOST_TOPICS)
    email: Annotated[str, Field(min_length=3, max_length=254)] | None = None
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$", description="E.164.")] | None = None


class AskedSubscriptionView(BaseModel):
    """Where a code is given back; whether the address was known before is not told."""

    id: UUID
    confirm_before: AwareDatetime


class CodeBody(BaseModel):
    """The code that was sent."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
