# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of people's choices, and of what came of them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from parvis_notifications.api.template_schemas import LanguageTag
from parvis_notifications.domain.delivery import AttemptOutcome, Finality, SendingState
from parvis_notifications.domain.digest import Rhythm, Weekday
from parvis_notifications.domain.preferences import Mode, Outcome, Reason, Way
from parvis_notifications.domain.topic import Channel, LegalBasis, Topic

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Hours and minutes.")]


class QuietHoursBody(BaseModel):
    """The hours in which messages wait; over midnight where they end before they begin."""

    model_config = ConfigDict(extra="forbid")

    begins: ClockTime
    ends: ClockTime
    time_zone: str = Field(max_length=64, description="Name in the IANA time zone database, such as `Europe/Paris`.")


class DigestTimeBody(BaseModel):
    """When what is gathered goes."""

    model_config = ConfigDict(extra="forbid")

    at: ClockTime
    weekday: Weekday = Field(default=Weekday.MONDAY, description="Of what goes weekly.")
    time_zone: str = Field(max_length=64, description="Name in the IANA time zone database, such as `Europe/Paris`.")


class TopicChoice(BaseModel):
    """By which channels messages of a topic go; with none they are in the inbox alone."""

    model_config = ConfigDict(extra="forbid")

    topic: Topic
    channels: list[Channel] = Field(max_length=10, description="In the person's order, which the mode `first` goes by.")
    mode: Mode = Field(
        default=Mode.ALL,
        description="`all`: by each of the channels; `first`: by the first that reaches the person, and by the next"
        " where one has failed for good.",
    )
    digest: Rhythm | None = Field(
        default=None,
        description="Gathers its mails into one that lists them; not those that the law has sent, that bear a date or"
        " are asked for. null: each goes by itself.",
    )


class PreferencesBody(BaseModel):
    """How the caller is told; what the law has sent goes at once, whatever is chosen here, but calls, which wait."""

    model_config = ConfigDict(extra="forbid")

    language: LanguageTag | None = Field(
        description="One of `/v1/collectivities/{collectivity}/message-languages`, or the one chosen before, be it"
        " withdrawn. null: the language of the account."
    )
    quiet_hours: QuietHoursBody | None
    digest_time: DigestTimeBody | None = Field(
        default=None,
        description="null: at 8, on Mondays where it goes weekly, by the clocks of the quiet hours or else the town's.",
    )
    topics: list[TopicChoice] = Field(
        max_length=50, description="A topic that is not named goes by the usual channels; the answer names all."
    )


class PreferenceChangeView(BaseModel):
    """A change of the channels of one topic, and how it came about."""

    id: UUID
    topic: Topic
    channels: list[Channel] = Field(description="Those of the topic from then on, in the person's order.")
    mode: Mode = Field(description="How they are used from then on.")
    way: Way = Field(
        description="`account`: in a front-end; `one-click`: from the mail program (RFC 8058); `page`: by its link;"
        " `stop`: by a STOP in answer to a text message, or by a key in a call; `complaint`: their mailbox provider"
        " tells that they called such a mail spam."
    )
    words: str | None = Field(description="What the person was asked; null in a front-end, which has its own words.")
    changed_at: AwareDatetime


class AttemptView(BaseModel):
    """One attempt at a delivery."""

    provider: str = Field(description="Who was to carry it: a code, such as `smtp`.")
    began_at: AwareDatetime
    ended_at: AwareDatetime | None
    outcome: AttemptOutcome | None = Field(
        description="`deferred`: refused for now; `unanswered`: it went out and no answer came; `not-taken`: no answer,"
        " and it was told later that it never arrived there; null: not known yet."
    )
    reply: str | None = Field(description="The provider's code, or why there is none.")


class DeliveryView(BaseModel):
    """Why a message went by a channel, goes later, or does not; and how far it has come."""

    channel: Channel
    push_subscription_id: UUID | None = Field(description="The browser, where the channel is `push`.")
    rank: int | None = Field(
        description="Its place, from 1, among the channels that are tried one after the other; null where it is not of"
        " them."
    )
    follows: Channel | None = Field(description="The channel whose failure had this one used.")
    outcome: Outcome = Field(
        description="What was decided; `standby`: it goes where the channels before it fail for good."
    )
    reason: Reason = Field(description="Why: a stable code.")
    explanation: str = Field(description="The same in words, in the language asked for.")
    legal_basis: LegalBasis | None = Field(
        description="The law that has it sent, for the reasons `legal-notice` and `next-in-order`."
    )
    not_before_at: AwareDatetime | None = Field(
        description="The end of the quiet hours, or the mail of several messages, that it waits for."
    )
    decided_at: AwareDatetime
    state: SendingState | None = Field(
        description="`sent`: whoever takes it to the person has accepted it; `retry`: refused for now;"
        " `delivered`: it has arrived, as they told; `bounced`: accepted, and lost since; `unknown`: it went out and no"
        " answer came; null: withheld, or on standby."
    )
    finality: Finality | None = Field(
        description="`open`: more is to come; `unknown`: what became of it is being asked; null: withheld, or on"
        " standby."
    )
    attempts: int
    attempt_log: list[AttemptView] = Field(description="The attempts that are known one by one, the oldest first.")
    last_reply: str | None = Field(description="SMTP code and enhanced code (RFC 3463), or why there is none.")
    next_attempt_at: AwareDatetime | None
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None = Field(description="When it was told that it had arrived, where that is told.")
    delayed_at: AwareDatetime | None = Field(description="When it was last told that delivery is still being tried.")
    bounced_at: AwareDatetime | None
    report_status: str | None = Field(description="What the last report on it gave as status (RFC 3463).")


class DeliveryList(BaseModel):
    """One item for each channel; for `push`, one for each browser that it goes to."""

    order: list[Channel] = Field(
        description="The channels that are tried one after the other, as the person or the law has it; empty where each"
        " goes by itself. One that reaches nobody is passed over."
    )
    used: list[Channel] = Field(description="Those of the order that were used so far; the last is where it stands.")
    items: list[DeliveryView]
