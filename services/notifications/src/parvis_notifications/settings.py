# SPDX-License-Identifier: EUPL-1.2
"""Settings of the notifications service, on top of those that every service has."""

from email.headerregistry import Address
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import SettingsConfigDict

from parvis_notifications.domain.preferences import DEFAULT_CHANNELS
from parvis_notifications.domain.topic import Channel
from parvis_notifications.inbound_settings import LOCAL_PART
from parvis_notifications.letter_settings import LetterSettings
from parvis_notifications.link_settings import LinkSettings
from parvis_notifications.sent_file_settings import SentFileSettings
from parvis_notifications.sms_settings import SmsProviderSettings
from parvis_notifications.text_settings import TextSettings
from parvis_notifications.voice_settings import VoiceSettings
from parvis_outside.destination import networks

MIGRATIONS = Path(__file__).parents[2] / "migrations"
CLIENT_ID = "parvis-notifications"


class Settings(VoiceSettings, LetterSettings, TextSettings, SentFileSettings, LinkSettings):
    """Read from ``PARVIS_NOTIFICATIONS_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_NOTIFICATIONS_", extra="ignore", frozen=True)

    requests_internal_url: str = Field(
        default="http://127.0.0.1:8102",
        validation_alias=AliasChoices("PARVIS_REQUESTS_INTERNAL_URL"),
        description="Internal address of the requests service: the texts of replies (PARVIS_REQUESTS_INTERNAL_URL)",
    )
    participation_internal_url: str = Field(
        default="http://127.0.0.1:8106",
        validation_alias=AliasChoices("PARVIS_PARTICIPATION_INTERNAL_URL"),
        description="Internal address of the participation service: where to write to those who registered for a"
        " meeting without an account; empty where a town runs without it (PARVIS_PARTICIPATION_INTERNAL_URL)",
    )
    tracking_url: str = Field(
        default="{public_url}/v1/requests/{request_id}",
        description="Where a message sends its reader: a page of the town's portal; {public_url}, {request_id} and"
        " {reference} stand for their values",
    )
    appointment_url: str = Field(
        default="{public_url}/v1/appointments/{appointment_id}",
        description="Where a message about an appointment sends its reader: a page of the town's portal; {public_url}"
        " and {appointment_id} stand for their values. Who has no account is sent to `tracking_url`",
    )
    moderation_url: str = Field(
        default="{public_url}/v1/moderation-decisions",
        description="Where a message about somebody's words sends its reader: a page of the portal that shows the"
        " decisions with their reasons; {public_url} stands for its value",
    )
    own_petitions_url: str = Field(
        default="{public_url}/v1/own-petitions",
        description="Where a refusal sends the author of a petition, whom alone the reasons are shown to; {public_url}"
        " stands for its value",
    )
    own_register_url: str = Field(
        default="{public_url}/v1/own-register-entries/mine",
        description="Where the answer to whoever asked to be in the register of people who may need help sends them: a"
        " page of the town's portal with their own entry; {public_url} stands for its value",
    )
    account_url: str = Field(
        default="{public_url}/account/profile",
        description="Where a message about somebody's own account sends its reader; {public_url} stands for its value",
    )
    work_url: str = Field(
        default="{public_url}/v1/requests/{request_id}",
        description="Where a message about an agent's work sends its reader: a page of the back office; {public_url},"
        " {request_id} and {reference} stand for their values",
    )
    work_queue_url: str = Field(
        default="{public_url}/v1/work-queue?sort=legal_end_at",
        description="Where a message about many requests of an agent sends its reader: the work queue of the back"
        " office; {public_url} stands for its value",
    )
    alert_bundle_minutes: int = Field(
        default=10,
        ge=0,
        le=1_440,
        description="How long what is due soon in an agent's work is gathered, to be told in one message; 1440 for one"
        " a day",
    )
    work_news_minutes: int = Field(
        default=15,
        ge=0,
        le=1_440,
        description="How long after a message about mentions, or about what came to an agent's requests, the next ones"
        " are gathered, to be told in one message; the first is told at once",
    )
    sender_names: dict[str, str] = Field(
        default_factory=dict, description='Who writes, by collectivity, as JSON: {"paris": "Ville de Paris"}'
    )
    mail_from: str = Field(default="ne-pas-repondre@localhost.localdomain", description="Address that mails come from")
    bounce_address: str = Field(
        default="",
        description="Address of bounces, whose domain's mail comes to the worker: each mail has an envelope sender of"
        " its own, local+token@domain; empty: mails leave as mail_from, and what bounces is not known",
    )
    bounce_port: int = Field(default=0, ge=0, le=65535, description="Port at which the worker takes bounces; 0: none")
    bounce_protocol: Literal["lmtp", "smtp"] = Field(
        default="lmtp", description="lmtp (RFC 2033) or smtp (RFC 5321): how the town's mail server hands them over"
    )
    sms_providers: tuple[SmsProviderSettings, ...] = Field(
        default=(),
        description="Providers of text messages as JSON, in the order in which they are used: the next one steps in"
        " while one is in trouble; none: no text messages are sent. The api needs them, too: it checks what they sign",
    )
    sms_timeout_seconds: float = Field(
        default=20, gt=0, le=60, description="Longest wait for the answer of a provider of text messages"
    )
    sms_lanes: int = Field(default=4, ge=1, le=50, description="Text messages handed over at a time")
    sms_settle_seconds: float = Field(
        default=120,
        ge=0,
        le=3_600,
        description="So long after an answer was lost a provider that knows of no such message has never had it, and"
        " it is sent again; longer than the wait for an answer",
    )
    sms_ask_hours: float = Field(
        default=72, gt=0, le=240, description="Age up to which providers are asked what became of a text message"
    )
    sms_give_up_hours: float = Field(
        default=12, gt=0, le=72, description="Age at which a text message that no provider has taken has failed"
    )
    webhook_allowed_networks: str = Field(
        default="",
        description="Private networks that webhooks may go to, also over http: 10.2.0.0/16,127.0.0.0/8",
    )
    webhook_timeout_seconds: float = Field(default=15, gt=0, le=30, description="Longest wait for a subscriber")
    webhook_concurrency: int = Field(default=16, ge=1, le=64, description="Calls at a time to one subscriber")
    webhook_subscribers: int = Field(
        default=100, ge=1, le=1_000, description="Subscribers that one worker serves at a time"
    )
    webhook_limit: int = Field(default=20, ge=1, le=1_000, description="Subscriptions that one client may have")
    webhook_warning_hours: float = Field(
        default=6,
        gt=0,
        le=72,
        description="The owner of a subscription that has taken nothing for so long is written to, where it names an"
        " address; likewise when it is disabled",
    )
    poll_seconds: float = Field(
        default=1,
        gt=0,
        le=60,
        description="How often deliveries and news for open streams are looked for unannounced",
    )
    reminder_batch: int = Field(
        default=50,
        ge=1,
        le=1_000,
        description="Reminders told in each poll: what fell due while nobody worked does not come all at once",
    )
    alert_connections: int = Field(
        default=8, ge=1, le=50, description="Connections to the mail relay that alerts have for themselves"
    )
    news_connections: int = Field(
        default=1,
        ge=1,
        le=50,
        description="Connections to the mail relay that news to many have for themselves, and as many those of digests"
        " and of what applications send by file",
    )
    alert_sms_lanes: int = Field(default=16, ge=1, le=100, description="Text messages of alerts handed over at a time")
    news_sms_lanes: int = Field(default=1, ge=1, le=50, description="Text messages of news handed over at a time")
    broadcast_batch: int = Field(
        default=500, ge=1, le=2_000, description="Recipients of news and alerts claimed at a time"
    )
    broadcast_group: int = Field(
        default=10,
        ge=1,
        le=100,
        description="Recipients marked together before their mails go out: so many for each connection are in doubt"
        " after a worker was killed, and a doubtful mail goes again, by the same Message-ID",
    )
    exercise_approved_alone: bool = Field(
        default=False,
        description="The author of an exercise may approve it; of an alert never: the database holds that",
    )
    audience_retention_days: int = Field(
        default=365,
        ge=1,
        le=3_650,
        description="Days for which it is kept who was told of news and alerts, and how, from when they went",
    )
    pending_per_hour: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="Subscriptions without an account that one town takes in an hour while nobody confirms them",
    )
    pending_texts_per_hour: int = Field(
        default=50, ge=1, le=100_000, description="Of these, those that a text message asks to confirm"
    )
    pending_texts_of_all_per_hour: int = Field(
        default=300, ge=1, le=100_000, description="The same, of all towns of the deployment together"
    )
    subscription_country_codes: tuple[int, ...] = Field(
        default=(33, 262, 508, 590, 594, 596, 681, 687, 689),
        description="Country codes of the mobile numbers that subscribe without an account, as JSON; as it is, France"
        " with its territories",
    )
    inbox_streams: int = Field(
        default=200, ge=1, le=400, description="Streams of inboxes that one api process keeps open at a time"
    )
    event_streams: int = Field(
        default=50, ge=1, le=400, description="Streams of events that one api process keeps open at a time"
    )
    inbox_stream_seconds: float = Field(
        default=240,
        gt=0,
        le=290,
        description="Longest life of a stream, which ends with its token at the latest; below the gateway's time-out",
    )
    inbox_heartbeat_seconds: float = Field(
        default=15, gt=0, le=60, description="Longest silence of a stream in which nothing happens"
    )
    message_retention_days: int = Field(default=1_095, ge=1, description="Days that messages stay in the inbox")
    upload_seconds: float = Field(
        default=60, gt=0, le=300, description="Time in which a file of messages to send must have come in"
    )
    uploads_memory_mib: int = Field(
        default=64,
        ge=32,
        le=4_096,
        description="Files of messages that one api process takes in and reads at a time, in MiB; more is answered 503",
    )
    sent_message_retention_days: int = Field(
        default=90, ge=7, description="Days that what applications had sent is kept, with its words and address"
    )
    webhook_retention_days: int = Field(default=30, ge=4, description="Days that the log of webhooks goes back")

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        Address(addr_spec=value)
        return value

    @field_validator("bounce_address")
    @classmethod
    def _an_address_with_room_for_a_token(cls, value: str) -> str:
        if value and len(Address(addr_spec=value).username) > LOCAL_PART:
            raise ValueError(f"the local part has at most {LOCAL_PART} characters: a token follows it")
        return value

    @field_validator("webhook_allowed_networks")
    @classmethod
    def _a_list_of_networks(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("tracking_url", "work_url", "work_queue_url")
    @classmethod
    def _only_known_values(cls, value: str) -> str:
        value.format(public_url="", request_id="", reference="")
        return value

    @field_validator("appointment_url")
    @classmethod
    def _only_these_values(cls, value: str) -> str:
        value.format(public_url="", appointment_id="")
        return value

    @field_validator("moderation_url", "account_url")
    @classmethod
    def _only_this_value(cls, value: str) -> str:
        value.format(public_url="")
        return value

    @field_validator("sms_providers")
    @classmethod
    def _each_name_once(cls, value: tuple[SmsProviderSettings, ...]) -> tuple[SmsProviderSettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two providers bear one name")
        return value

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that this deployment has."""
        there = {
            Channel.SMS: self.sms_providers,
            Channel.PUSH: self.push_private_keys,
            Channel.LETTER: self.letter_providers,
            Channel.VOICE: self.voice_providers,
            Channel.CHAT: self.chat_providers,
        }
        return (*DEFAULT_CHANNELS, *(channel for channel, by in there.items() if by))

    def sender_name(self, collectivity: str) -> str:
        """In whose name a collectivity's messages are written."""
        return self.sender_names.get(collectivity, collectivity.replace("-", " ").title())
