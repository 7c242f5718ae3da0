# SPDX-License-Identifier: EUPL-1.2
"""Settings of the identity service, on top of those that every service has."""

from email.headerregistry import Address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from parvis_identity.domain.phone_code import country_codes
from parvis_identity.providers.own_keys import OwnKeys
from parvis_identity.providers.profiles import CIVIL_STATUS
from parvis_kit.settings import ServiceSettings
from parvis_outside.destination import networks

MIGRATIONS = Path(__file__).parents[2] / "migrations"
Profile = Literal["franceconnect", "franceconnect-plus", "proconnect"]
_LOCAL = ("http://localhost:", "http://127.0.0.1:")


class ProviderSettings(BaseModel):
    """One provider of identities; everything else about it is read from its discovery document.

    People are known by issuer and subject: an issuer that changes makes strangers of them all. That is why the document
    may lie at an address of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: Profile = Field(
        description="`franceconnect` signs in citizens, `franceconnect-plus` those whose level must be higher, "
        "`proconnect` agents"
    )
    issuer: str = Field(description="Issuer exactly as the provider writes it, without a final slash")
    client_id: str = Field(min_length=1, description="Our client identifier at the provider")
    client_secret: SecretStr | None = Field(
        default=None, description="Our client secret at the provider, unless we sign: `client_secret_post`"
    )
    signing_key: SecretStr | None = Field(
        default=None,
        description="PEM of an EC P-256 private key, with which we sign in place of a secret: "
        "`private_key_jwt` (RFC 7523)",
    )
    encryption_key: SecretStr | None = Field(
        default=None,
        description="PEM of an EC P-256 or RSA private key, where the provider encrypts to us what it "
        "says of people; both public keys are at `/login/{profile}/keys.json`",
    )
    algorithm: Literal["ES256", "RS256"] = Field(
        default="ES256",
        description="The one algorithm by which the provider signs id_tokens and userinfo, as was agreed with it: what "
        "is signed by any other is refused; FranceConnect+ has ES256 alone",
    )
    scopes: tuple[str, ...] = Field(
        default=(),
        description="What FranceConnect is asked of each citizen, beside their identifier and what the client's "
        "request names (`profile`, `email`): `identite_pivot` finds the account of who came before by another way",
    )
    levels: tuple[str, ...] = Field(
        default=(),
        description="Levels (`acr`), one of which every sign-in there must reach: such as `eidas1-mfa` at "
        "ProConnect, to let no agent in without a second factor",
    )
    metadata_url: str = Field(
        default="", description="Where its discovery document is, if not below its issuer; https where the issuer is"
    )

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str) -> str:
        if issuer.endswith("/") or not issuer.startswith(("https://", *_LOCAL)):
            raise ValueError("an https address without a final slash")
        return issuer

    @model_validator(mode="after")
    def _check_metadata_url(self) -> Self:
        allowed = ("https://",) if self.issuer.startswith("https://") else ("https://", *_LOCAL)
        if not self.discovery_url.startswith(allowed):
            raise ValueError("metadata_url is an https address, unless the issuer itself is local")
        return self

    @field_validator("scopes")
    @classmethod
    def _check_scopes(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if not set(scopes) <= CIVIL_STATUS:
            raise ValueError(f"some of {sorted(CIVIL_STATUS)}")
        return scopes

    @model_validator(mode="after")
    def _check_algorithm(self) -> Self:
        if self.profile == "franceconnect-plus" and self.algorithm != "ES256":
            raise ValueError("FranceConnect+ signs by ES256")
        return self

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        if (self.client_secret is None) == (self.signing_key is None):
            raise ValueError("either client_secret or signing_key")
        self.keys()
        return self

    def keys(self) -> OwnKeys:
        """Our keys at the provider, read."""
        given = (self.signing_key, self.encryption_key)
        return OwnKeys.read(*(key.get_secret_value() if key else None for key in given))

    @property
    def discovery_url(self) -> str:
        """Address of the discovery document (OpenID Connect Discovery 1.0 section 4)."""
        return self.metadata_url or f"{self.issuer}/.well-known/openid-configuration"


class Settings(ServiceSettings):
    """Read from ``PARVIS_IDENTITY_<NAME>``; ``PROVIDERS`` is a JSON list."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_IDENTITY_", extra="ignore", frozen=True)

    providers: tuple[ProviderSettings, ...] = Field(
        default=(),
        description="JSON list of {profile, issuer, client_id, client_secret}, one of each profile at most; "
        "`signing_key` in place of the secret, and `encryption_key`, `algorithm`, `levels` and `metadata_url` (where "
        "the discovery document is not below the issuer) beside them where they are needed: see docs/sign-in.md",
    )
    provider_timeout_seconds: float = Field(
        default=3, gt=0, le=10, description="Longest wait for one answer of a provider; its codes live for 30 s"
    )
    access_token_seconds: int = Field(default=300, ge=60, le=900, description="Life of an access token")
    code_seconds: int = Field(default=60, ge=10, le=60, description="Life of an authorization code")
    sign_in_minutes: int = Field(default=30, ge=5, le=60, description="Time to come back from the provider")
    session_hours: int = Field(default=12, ge=1, le=24, description="Longest life of a browser's session")
    session_idle_minutes: int = Field(default=60, ge=5, le=1_440, description="Life of a session that nobody uses")
    refresh_token_hours: int = Field(default=72, ge=1, le=720, description="Life of a refresh token that nobody uses")
    citizen_grant_hours: int = Field(default=720, ge=1, le=8_760, description="Hours until a citizen signs in again")
    agent_grant_hours: int = Field(default=12, ge=1, le=24, description="Hours until an agent signs in again")
    provider_check_minutes: int = Field(
        default=15,
        ge=1,
        le=1_440,
        description="How long ProConnect is not asked again, while an agent renews tokens, whether it still vouches",
    )
    client_timeout_seconds: float = Field(
        default=5,
        gt=0,
        le=30,
        description="Longest wait for a client: told of the end of a session, or asked for its keys",
    )
    client_networks: str = Field(
        default="",
        description="Private networks where clients may publish their keys and be told of ended sessions, also over "
        "http: 10.2.0.0/16,127.0.0.0/8",
    )
    key_overlap_minutes: int = Field(
        default=30, ge=10, description="How long the next signing key is published before it may sign on command"
    )
    key_rotation_days: int = Field(
        default=30, ge=1, le=365, description="How long a signing key signs before the worker lets the next one sign"
    )

    local_accounts: bool = Field(
        default=True, description="Let citizens who have or want no FranceConnect open an account with an address"
    )
    text_messages: bool = Field(
        default=False,
        description="Let people verify their number by a code; where notifications has a provider of text messages",
    )
    text_message_countries: str = Field(
        default="33,262,508,590,594,596,681,687,689",
        description="Country codes of the telephones that codes go to, without +; France and overseas unless told "
        "otherwise: numbers of some countries earn whoever has messages sent there",
    )
    text_messages_per_hour: int = Field(
        default=300,
        ge=10,
        le=100_000,
        description="Codes to telephones that all people together may ask for in an hour, and as many at once before",
    )
    passkey_domain: str = Field(
        default="",
        description="Domain that passkeys are for (WebAuthn rpId): the public URL's host, which stands where it is "
        "empty, or a parent of it; passkeys are lost when it changes",
    )
    trusted_proxies: int = Field(
        default=1, ge=0, le=10, description="Proxies of ours that write X-Forwarded-For, the gateway among them"
    )
    password_threads: int = Field(default=2, ge=1, le=32, description="Passwords hashed at a time by one process")
    password_memory_kib: int = Field(
        default=65_536, ge=12_288, description="Memory that hashing one password takes (Argon2id), in KiB"
    )
    breached_passwords_file: Path | None = Field(
        default=None,
        description="List of breached passwords that nobody may choose, made by `parvis-identity breached-passwords "
        "build`; not ready while it cannot be read",
    )
    letter_minutes: int = Field(
        default=60, ge=5, le=1_440, description="Life of a link in a letter, and of a letter that cannot be sent"
    )
    merge_days: int = Field(
        default=3, ge=0, le=30, description="Days in which people can object before two accounts of theirs are joined"
    )
    second_factor_reset_days: int = Field(
        default=3,
        ge=1,
        le=30,
        description="Days in which people can object before the second factor that they are said to have lost is "
        "taken away: 1 to 30",
    )
    erasure_days: int = Field(
        default=14,
        ge=0,
        le=30,
        description="Days in which people can take back that their account is to be erased; at an agent's word three "
        "at least",
    )
    mail_from: str = Field(default="ne-pas-repondre@localhost.localdomain", description="Address that letters are from")
    smtp_host: str = Field(default="127.0.0.1", description="Mail relay that takes the letters")
    smtp_port: int = Field(default=1025, ge=1, le=65535, description="Port of the mail relay")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="none, starttls (RFC 3207, required) or tls (RFC 8314)"
    )
    smtp_username: str = Field(default="", description="User name at the mail relay; empty: no login")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail relay")
    smtp_hello: str = Field(default="localhost", description="Name that this host gives itself at the mail relay")
    smtp_timeout_seconds: float = Field(default=10, gt=0, le=60, description="Longest wait for an SMTP answer")

    siem_host: str = Field(default="", description="Receiver of the audit trail (SIEM); empty: nobody")
    siem_port: int = Field(default=6514, ge=1, le=65535, description="TCP port of the receiver of the audit trail")
    siem_format: Literal["syslog", "json"] = Field(
        default="syslog", description="syslog (RFC 5424, counted in octets) or json (one object a line)"
    )
    siem_tls: bool = Field(default=True, description="Speak TLS to the receiver of the audit trail (RFC 5425)")
    siem_ca_file: str = Field(
        default="", description="File of the authorities (PEM) that may vouch for the SIEM; empty: the system's"
    )
    siem_certificate_file: str = Field(
        default="", description="File with our certificate and its key (PEM), for a SIEM that asks who sends; or empty"
    )
    siem_timeout_seconds: float = Field(
        default=10, gt=0, le=30, description="Longest wait until the receiver of the audit trail has a batch"
    )

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        Address(addr_spec=value)
        return value

    @field_validator("text_message_countries")
    @classmethod
    def _a_list_of_country_codes(cls, value: str) -> str:
        country_codes(value)
        return value

    @field_validator("client_networks")
    @classmethod
    def _a_list_of_networks(cls, value: str) -> str:
        networks(value)
        return value

    @model_validator(mode="after")
    def _one_of_each_profile(self) -> Self:
        profiles = [provider.profile for provider in self.providers]
        if len(profiles) != len(set(profiles)):
            raise ValueError("at most one provider of each profile")
        return self

    @model_validator(mode="after")
    def _passkeys_of_this_site(self) -> Self:
        host, domain = self._host, self.passkey_domain
        if domain and host != domain and not ("." in domain and host.endswith(f".{domain}")):
            raise ValueError("passkey_domain is the public URL's host or a parent domain of it")
        return self

    @property
    def relying_party(self) -> str:
        """The domain that passkeys are for (WebAuthn rpId)."""
        return self.passkey_domain or self._host

    @property
    def _host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def secure_cookies(self) -> bool:
        """False only over plain http on one's own machine, where some clients drop secure cookies."""
        return self.public_url.startswith("https://")
