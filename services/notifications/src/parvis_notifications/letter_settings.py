# SPDX-License-Identifier: EUPL-1.2
"""Settings of postal letters and of who prints and posts them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from parvis_notifications.digest_settings import DigestSettings


class LetterProviderSettings(BaseModel):
    """One provider of postal letters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with attempts")
    kind: Literal["maileva"] = Field(description="The protocol: `maileva` is the API of La Poste's Maileva, Mail v2")
    url: str = Field(default="https://api.maileva.com", description="Address without a path")
    token_url: str = Field(
        default="https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token",
        description="Where tokens are asked for (OAuth 2.0, RFC 6749 section 4.3)",
    )
    client_id: str = Field(min_length=1, description="The application, as the provider knows it")
    client_secret: SecretStr = Field(description="Its secret")
    username: str = Field(min_length=1, description="The account that pays")
    password: SecretStr = Field(description="Its password")
    postage: Literal["urgent", "fast", "economic"] = Field(
        default="fast", description="`urgent` (two days), `fast` (three days) or `economic` (four days)"
    )
    color: bool = Field(default=False, description="Printed in colour")
    duplex: bool = Field(default=True, description="Printed on both sides")
    address_sheet: bool = Field(
        default=True,
        description="The address stands on a sheet of its own, which is billed; without it the provider prints it into"
        " the window of the first page, where the letter has it already",
    )
    returns: bool = Field(default=True, description="What comes back as undeliverable is told, as an option of theirs")
    page_millicents: int = Field(default=0, ge=0, description="Thousandths of a eurocent that a page costs")
    postage_millicents: int = Field(
        default=0, ge=0, description="Thousandths of a eurocent of the postage, until the provider says what it was"
    )
    per_second: float = Field(default=2, gt=0, le=1_000, description="Letters a second that are handed over")


class MailRoomSettings(BaseModel):
    """The town's own mail room, which fetches letters from the API and posts them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with attempts")
    kind: Literal["mail-room"] = Field(
        description="`mail-room`: the town's own, which fetches letters at `/v1/mail-room-letters`"
    )
    collectivities: tuple[str, ...] = Field(
        default=(), description="Whose mail room there is; those of other towns go to the next; empty: all have one"
    )
    page_millicents: int = Field(default=0, ge=0, description="Thousandths of a eurocent that a page costs")
    postage_millicents: int = Field(
        default=0, ge=0, description="Thousandths of a eurocent of the postage, unless the mail room says what it was"
    )
    per_second: float = Field(default=10, gt=0, le=1_000, description="Letters a second that are handed over")


LetterPost = Annotated[LetterProviderSettings | MailRoomSettings, Field(discriminator="kind")]


class LetterSettings(DigestSettings):
    """Read as the service's others."""

    letter_providers: tuple[LetterPost, ...] = Field(
        default=(),
        description="Who prints and posts letters, as JSON, in the order in which they are used: the next one steps in"
        " while one is in trouble; none: no letters are posted",
    )
    mail_room_days: int = Field(
        default=90,
        ge=7,
        le=400,
        description="Days after which a letter of the town's own mail room is forgotten, acknowledged or not",
    )
    letters_offered: bool = Field(
        default=False,
        description="Whether applications may have letters posted: the api asks this, the worker needs"
        " `letter_providers` as well",
    )
    clamd: str = Field(
        default="",
        pattern=r"^([^\s:]+:\d{1,5})?$",
        description="`host:port` of a clamd that sees each letter which comes as a PDF, before it is kept; empty: none"
        " does",
    )
    letter_sender_lines: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="What stands below the sender's name on letters, by collectivity, as JSON: street and town, of at"
        " most four lines of 38 characters",
    )
    letter_timeout_seconds: float = Field(
        default=30, gt=0, le=120, description="Longest wait for each answer of a provider of letters"
    )
    letter_lanes: int = Field(default=2, ge=1, le=20, description="Letters handed over at a time")
    letter_settle_seconds: float = Field(
        default=300,
        ge=0,
        le=86_400,
        description="So long after an answer was lost a letter that the provider has and nobody submitted is taken"
        " back, and handed over again; longer than the wait for an answer",
    )
    letter_ask_days: float = Field(
        default=60, gt=0, le=365, description="Days for which it is asked whether a posted letter came back"
    )
    letter_give_up_hours: float = Field(
        default=120, gt=0, le=720, description="Age at which a letter that no provider has taken has failed"
    )

    @field_validator("letter_providers")
    @classmethod
    def _one_name_each(cls, value: tuple[LetterPost, ...]) -> tuple[LetterPost, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two providers of letters bear one name")
        return value

    @field_validator("letter_sender_lines")
    @classmethod
    def _fits_an_envelope(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if any(len(lines) > 4 or any(len(line) > 38 for line in lines) for lines in value.values()):  # noqa: PLR2004
            raise ValueError("a sender has at most four lines of 38 characters below its name")
        return value
