# SPDX-License-Identifier: EUPL-1.2
"""Settings of what comes in: answers to mails, and mails to the addresses of towns."""

import re
from email.headerregistry import Address
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from parvis_notifications.domain.signed_hook import read_secret
from parvis_notifications.mail_settings import MailSettings
from parvis_outside.destination import networks

# RFC 5321 section 4.5.3.1.1 gives a local part 64 octets; a plus sign and the token take 49.
LOCAL_PART = 15
_E164: Final = re.compile(r"\+[1-9][0-9]{3,14}|[0-9]{3,8}")


class InboundHookSettings(BaseModel):
    """Who brings a town's text messages and calls, as far as it signs with one of these secrets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collectivity: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="Short name of the town")
    secrets: tuple[SecretStr, ...] = Field(
        min_length=1,
        max_length=3,
        description="`whsec_` and 24 to 64 bytes in base64; more than one while they are changed, or for more than one"
        " who brings",
    )

    @field_validator("secrets")
    @classmethod
    def _secrets_of_standard_webhooks(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for each in value:
            read_secret(each.get_secret_value())
        return value


class InboundSettings(MailSettings):
    """Part of the settings of notifications."""

    reply_address: str = Field(
        default="",
        description="Address of answers, whose domain's mail comes to the intake: mails about a request bear a Reply-To"
        " of their own, local+token@domain; empty: they cannot be answered",
    )
    reply_address_days: int = Field(
        default=180,
        ge=1,
        le=1_095,
        description="Days after the last mail of a conversation in which answers join it; later ones are for agents to"
        " qualify",
    )
    inbound_addresses: dict[str, str] = Field(
        default_factory=dict,
        description="Addresses of towns whose mails come to the intake, for agents to qualify, as JSON:"
        ' {"mairie@ville.example": "paris"}',
    )
    complaint_address: str = Field(
        default="",
        description="Address whose mails come to the intake, to which mailbox providers send complaints about the"
        " town's mails (RFC 5965): such mails then end for who complained; empty: none are taken",
    )
    inbound_numbers: dict[str, str] = Field(
        default_factory=dict,
        description="Numbers of towns, in E.164, whose text messages and calls providers bring in their own signed"
        ' form, for agents to qualify, as JSON: {"+33199001234": "paris"}',
    )
    inbound_look_minutes: float = Field(
        default=15,
        ge=0,
        le=1_440,
        description="How often a provider that speaks Twilio's form is asked for the text messages that came in to"
        " `inbound_numbers`, of which it may have brought some while nobody answered; 0: never",
    )
    inbound_hooks: tuple[InboundHookSettings, ...] = Field(
        default=(),
        description="Whose signed calls bring text messages and telephone calls to a town, as JSON:"
        ' [{"collectivity": "paris", "secrets": ["whsec_..."]}]; a secret that is taken out is revoked; none: they are'
        " refused",
    )
    intake_port: int = Field(default=0, ge=0, le=65535, description="Port at which the intake takes mails; 0: none")
    intake_internal_port: int = Field(
        default=8300, ge=1, le=65535, description="Port of /metrics, /healthz, /readyz of the intake process"
    )
    intake_protocol: Literal["lmtp", "smtp"] = Field(
        default="lmtp", description="lmtp (RFC 2033) or smtp (RFC 5321): how the town's mail server hands answers over"
    )
    intake_mail_bytes: int = Field(
        default=20_971_520, ge=65_536, le=52_428_800, description="Largest mail that the intake takes, in bytes"
    )
    intake_sessions: int = Field(default=20, ge=1, le=200, description="Sessions of the intake at a time")
    intake_allowed_networks: str = Field(
        default="",
        description="Where the town's mail servers are, which alone may bring mails: 10.2.0.0/16,127.0.0.0/8; empty:"
        " whoever reaches the port",
    )
    intake_authserv_id: str = Field(
        default="",
        max_length=255,
        description="Name of the town's mail server in its Authentication-Results (RFC 8601): an answer whose sender it"
        " does not vouch for is for agents to qualify; empty: what it found out is not read",
    )
    intake_tls_certificate: str = Field(
        default="", description="File of the intake's certificates, PEM: mails are then brought by STARTTLS alone"
    )
    intake_tls_key: str = Field(default="", description="File of its key, PEM; empty: it is in the same file")
    replies_per_hour: int = Field(
        default=20,
        ge=1,
        le=1_000,
        description="Answers that one conversation takes in an hour; others come later. In a messenger what one person"
        " writes beyond is held for spam",
    )
    inbound_per_hour: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="Messages that one town takes in an hour, answers included, before others than these wait;"
        " what comes from rooms of a messenger never does",
    )
    inbound_bytes_per_hour: int = Field(
        default=1_073_741_824,
        ge=52_428_800,
        description="Bytes of files that one town takes in an hour by mails that answer none of ours; others with files"
        " wait",
    )
    inbound_bytes_waiting: int = Field(
        default=5_368_709_120,
        ge=104_857_600,
        description="Bytes of files of one town's that wait to be taken by requests, of mails that answer none of ours;"
        " others with files wait",
    )
    inbound_retention_days: int = Field(
        default=30,
        ge=1,
        le=90,
        description="Days after which a message that came in is destroyed here, taken or not; so long one that comes"
        " again is known",
    )

    def inbound_secrets(self, collectivity: str) -> list[bytes]:
        """Those with which calls that bring something to that town may be signed."""
        own = [each for hook in self.inbound_hooks if hook.collectivity == collectivity for each in hook.secrets]
        return [read_secret(each.get_secret_value()) for each in own]

    @field_validator("inbound_numbers")
    @classmethod
    def _in_e164(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(_E164.fullmatch(each) for each in value):
            raise ValueError("a number is in E.164, or a short number of digits")
        return value

    @field_validator("inbound_hooks")
    @classmethod
    def _secrets_of_one_town(cls, value: tuple[InboundHookSettings, ...]) -> tuple[InboundHookSettings, ...]:
        # What is signed does not name the town: with one secret for two it could be brought to the other.
        owners = {(each.get_secret_value(), hook.collectivity) for hook in value for each in hook.secrets}
        if len({secret for secret, _ in owners}) < len(owners):
            raise ValueError("a secret is one town's alone")
        return value

    @field_validator("reply_address")
    @classmethod
    def _room_for_a_token(cls, value: str) -> str:
        if value and (len(Address(addr_spec=value).username) > LOCAL_PART or not value.isascii()):
            raise ValueError(f"the local part has at most {LOCAL_PART} characters, a token follows it; all in ASCII")
        return value

    @field_validator("intake_allowed_networks")
    @classmethod
    def _networks_of_mail_servers(cls, value: str) -> str:
        networks(value)
        return value
