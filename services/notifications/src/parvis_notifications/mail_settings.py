# SPDX-License-Identifier: EUPL-1.2
"""Settings of the mail relays."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from parvis_kit.settings import ServiceSettings

Security = Literal["none", "starttls", "tls"]
_FIRST = "smtp"


class MailRelaySettings(BaseModel):
    """One mail relay."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with attempts")
    host: str = Field(min_length=1, description="Its name or address")
    port: int = Field(default=587, ge=1, le=65535, description="Its port")
    security: Security = Field(default="starttls", description="none, starttls (RFC 3207, required) or tls (RFC 8314)")
    username: str = Field(default="", description="User name there; empty: no login")
    password: SecretStr = Field(default=SecretStr(""), description="Password there")
    mail_millicents: int = Field(default=0, ge=0, description="Thousandths of a eurocent that a mail costs there")
    mails_per_second: float | None = Field(
        default=None, ge=0.2, le=10_000, description="As PARVIS_NOTIFICATIONS_SMTP_MAILS_PER_SECOND, there"
    )


class MailSettings(ServiceSettings):
    """Part of the settings of notifications."""

    smtp_host: str = Field(default="127.0.0.1", description="Mail relay that takes the mails")
    smtp_port: int = Field(default=1025, ge=1, le=65535, description="Port of the mail relay")
    smtp_security: Security = Field(default="none", description="none, starttls (RFC 3207, required) or tls (RFC 8314)")
    smtp_username: str = Field(default="", description="User name at the mail relay; empty: no login")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail relay")
    smtp_hello: str = Field(default="localhost", description="Name that this host gives itself at the mail relay")
    smtp_timeout_seconds: float = Field(default=30, gt=0, le=300, description="Longest wait for an SMTP answer")
    smtp_acceptance_seconds: float = Field(
        default=600,
        gt=0,
        le=900,
        description="Longest wait for the answer to a mail's content; less than the ten minutes of RFC 5321 section"
        " 4.5.3.2.6 sends mails twice when the relay is slow",
    )
    mail_connections: int = Field(default=2, ge=1, le=50, description="Connections to the mail relay at a time")
    mail_batch: int = Field(default=50, ge=1, le=500, description="Mails claimed at a time")
    mail_claim_seconds: float = Field(
        default=30, ge=1, le=600, description="After this time a claimed mail that nobody began to send is free again"
    )
    mail_give_up_hours: float = Field(
        default=72, gt=0, le=240, description="Age at which a mail that is still refused for now has failed"
    )
    smtp_further_relays: tuple[MailRelaySettings, ...] = Field(
        default=(),
        max_length=5,
        description="Other mail relays as JSON, in the order in which they step in while those before them are in"
        ' trouble: [{"name": "second", "host": "smtp.other.example", "username": "…", "password": "…"}]',
    )
    smtp_mail_millicents: int = Field(
        default=0, ge=0, description="Thousandths of a eurocent that a mail costs at the mail relay"
    )

    smtp_mails_per_second: float | None = Field(
        default=None,
        ge=0.2,
        le=10_000,
        description="Mails of news and alerts, digests and mails that applications send by file a second that all"
        " workers together hand to the mail relay; other mails to one person come on top and wait for none of them."
        " None: as fast as it takes them",
    )

    @field_validator("smtp_further_relays")
    @classmethod
    def _each_relay_once(cls, value: tuple[MailRelaySettings, ...]) -> tuple[MailRelaySettings, ...]:
        if len({_FIRST, *(each.name for each in value)}) <= len(value):
            raise ValueError(f"two relays bear one name; the first is {_FIRST}")
        return value

    @property
    def mail_relays(self) -> tuple[MailRelaySettings, ...]:
        """All relays in their order."""
        first = MailRelaySettings(
            name=_FIRST,
            host=self.smtp_host,
            port=self.smtp_port,
            security=self.smtp_security,
            username=self.smtp_username,
            password=self.smtp_password,
            mail_millicents=self.smtp_mail_millicents,
            mails_per_second=self.smtp_mails_per_second,
        )
        return (first, *self.smtp_further_relays)
