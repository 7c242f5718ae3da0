# SPDX-License-Identifier: EUPL-1.2
"""Settings of the requests service, on top of those that every service has."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from parvis_kit.settings import ServiceSettings
from parvis_outside.destination import networks

MIGRATIONS = Path(__file__).parents[2] / "migrations"


class ApiParticulierAccess(BaseModel):
    """What the DINUM gave one collectivity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collectivity: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")
    siret: str = Field(pattern=r"^[0-9]{14}$", description="Of the collectivity: each call names it")
    token: SecretStr = Field(description="Its token at API Particulier")


class Settings(ServiceSettings):
    """Read from ``PARVIS_REQUESTS_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_REQUESTS_", extra="ignore", frozen=True)

    address_base_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Where addresses are looked for, such as the Géoplateforme's `https://data.geopf.fr/geocodage`; "
        "empty: addresses are not searched",
    )
    api_particulier_accesses: tuple[ApiParticulierAccess, ...] = Field(
        default=(),
        description="What API Particulier gave each collectivity, as JSON: `collectivity`, `siret`, `token`; for the "
        "others nothing is certified",
    )
    api_particulier_per_second: float = Field(
        default=5,
        gt=0,
        le=20,
        description="Calls a second of one process for one collectivity: all its processes share the 20 of its token",
    )
    api_particulier_timeout_seconds: float = Field(
        default=15, gt=0, le=30, description="Longest wait for an answer of API Particulier"
    )
    api_particulier_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="API Particulier, by which the CNAF and the MSA certify a *quotient familial*: "
        "`https://particulier.api.gouv.fr`; empty: people give it themselves",
    )
    appointment_retention_days: int = Field(
        default=365, ge=1, le=3_650, description="Days after its end after which an appointment is deleted"
    )
    anonymous_filings_per_hour: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="Requests that people without an account may file in a collectivity within an hour, more or less; "
        "what is refused does not count: the gateway bounds how often anybody tries",
    )
    anonymous_follows_per_hour: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="How many people without an account may ask to follow a request in a collectivity within an hour, "
        "more or less: each is sent a mail",
    )
    anonymous_uploads_per_hour: int = Field(
        default=1_000,
        ge=1,
        le=100_000,
        description="Files that people without an account may send in a collectivity within an hour before they file, "
        "more or less; what has joined a request does not count",
    )
    attachments_directory: Path = Field(
        default=Path("attachments"), description="Folder of the sealed attachments, shared by the replicas"
    )
    catalogue_seconds: float = Field(
        default=10, gt=0, le=300, description="How long a process keeps the catalogue before it reads it again"
    )
    clamd: str = Field(
        default="",
        pattern=r"^([^\s:]+:\d{1,5})?$",
        description="`host:port` of a clamd that sees each file before it is served; empty: files are served unchecked",
    )
    confirmation_days: int = Field(
        default=7,
        ge=1,
        le=60,
        description="Days within which an address that was left without an account is confirmed; then what was filed "
        "with it is destroyed",
    )
    draft_retention_days: int = Field(
        default=30, ge=1, le=365, description="Days after its last change after which a request never filed is deleted"
    )
    contact_retention_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days after which a contact that came in and that an agent has qualified is destroyed; one that"
        " nobody has looked at is after twelve times as many",
    )
    contact_bytes_waiting: int = Field(
        default=5_368_709_120,
        ge=104_857_600,
        description="Bytes of files of contacts of one town that no agent has qualified yet, beyond which the files of"
        " others are not kept; agents see their names, and the words",
    )
    notifications_internal_url: str = Field(
        default="http://127.0.0.1:8103",
        validation_alias=AliasChoices("PARVIS_NOTIFICATIONS_INTERNAL_URL"),
        description="Internal address of the notifications service: what people answered by mail"
        " (PARVIS_NOTIFICATIONS_INTERNAL_URL)",
    )
    open311_allowed_networks: str = Field(
        default="",
        description="Private networks in which other bodies' endpoints of Open311 may be, also over http:"
        " 10.2.0.0/16,127.0.0.0/8",
    )
    open311_follow_seconds: int = Field(
        default=300, ge=10, le=86_400, description="How often each other body is asked what became of our requests"
    )
    open311_timeout_seconds: float = Field(
        default=20, gt=0, le=60, description="Longest wait for another body's answer by Open311"
    )
    open311_endpoint: Literal["production", "test"] = Field(
        default="production",
        description="What the discovery of Open311 says of this endpoint: `test` where what is filed is not worked on",
    )
    payfip_timeout_seconds: float = Field(default=10, gt=0, le=30, description="Longest wait for an answer of PayFiP")
    payfip_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="PayFiP, by which people pay online: `https://www.payfip.gouv.fr/tpa`; empty: nothing is paid here",
    )
    transfer_undo_minutes: int = Field(
        default=60,
        ge=0,
        le=1_440,
        description="For how long agents may take back that a request goes to the administration that is competent",
    )
    upload_retention_hours: int = Field(
        default=24, ge=1, description="Hours after which an upload that joined no request is deleted"
    )
    upload_seconds: float = Field(
        default=60, gt=0, le=600, description="Within which a body with files arrives; a slower one is refused"
    )
    uploads_memory_mib: int = Field(
        default=128,
        ge=32,
        le=4_096,
        description="How much of all files that are coming in a process holds at once; what would be more is refused "
        "for the moment",
    )

    @field_validator("api_particulier_accesses")
    @classmethod
    def _one_each(cls, value: tuple[ApiParticulierAccess, ...]) -> tuple[ApiParticulierAccess, ...]:
        if len({each.collectivity for each in value}) < len(value):
            raise ValueError("two accesses of one collectivity")
        return value

    @field_validator("open311_allowed_networks")
    @classmethod
    def _a_list_of_networks(cls, value: str) -> str:
        networks(value)
        return value
