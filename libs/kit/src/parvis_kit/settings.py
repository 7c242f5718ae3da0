# SPDX-License-Identifier: EUPL-1.2
"""Settings that every service has; each service adds its own in a subclass with its own prefix."""

from typing import Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from parvis_kafka.settings import KafkaSettings


class ServiceSettings(KafkaSettings):
    """Read from the environment: ``PARVIS_<SERVICE>_<NAME>``, unless a field names another variable."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: SecretStr = Field(description="PostgreSQL, role with DML rights only: postgresql://user:pw@host/db")
    owner_database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL, role that owns the tables; only the migrate command uses it"
    )
    keystore_url: SecretStr = Field(
        description="PostgreSQL store of the persons' keys, kept and backed up apart from the data"
    )
    master_key: SecretStr = Field(description="32 bytes in base64 that wrap the persons' keys and sign cursors")
    public_url: str = Field(
        default="http://localhost:8080",
        validation_alias=AliasChoices("PARVIS_PUBLIC_URL"),
        description="Base of public addresses, as seen through the gateway (PARVIS_PUBLIC_URL)",
    )
    issuer_url: str = Field(default="", description="Issuer of the access tokens; the public URL where it is not set")
    jwks_url: str = Field(
        default="", description="Where the issuer's public keys are fetched; issuer + /.well-known/jwks.json if unset"
    )
    identity_internal_url: str = Field(
        default="http://127.0.0.1:8101",
        validation_alias=AliasChoices("PARVIS_IDENTITY_INTERNAL_URL"),
        description="Internal address of the identity service: machine tokens and internal API",
    )
    time_zones: dict[str, str] = Field(
        default={},
        validation_alias=AliasChoices("PARVIS_TIME_ZONES", "time_zones"),
        description="By collectivity, as JSON, the IANA time zone of its clocks, such as Indian/Reunion; Paris where it"
        " is not named. By it go its days and nights, and the times it tells; days of legal periods are of Paris",
    )
    machine_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret of this service's own OAuth client (client credentials)"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on, public and internal port")
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the API, behind the gateway")
    internal_port: int = Field(
        default=8100, ge=1, le=65535, description="Port of /internal, /metrics, /healthz, /readyz of the api process"
    )
    worker_internal_port: int = Field(
        default=8200, ge=1, le=65535, description="Port of /metrics, /healthz, /readyz of the worker process"
    )
    pool_size: int = Field(default=10, ge=1, le=200, description="Connections of one process to the database")
    statement_timeout_ms: int = Field(default=10_000, ge=100, description="Longest statement, in milliseconds")
    lock_timeout_ms: int = Field(default=2_000, ge=10, description="Longest wait for a row lock, in milliseconds")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    otlp_endpoint: str = Field(
        default="",
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="OpenTelemetry collector (OTLP over HTTP); traces stay in the logs where unset",
    )
    replay_on_new_broker: bool = Field(
        default=False,
        description="Send the whole journal again when the broker is a new one; for the embedded broker only",
    )
    fetch_max_wait_ms: int = Field(default=500, ge=1, le=5_000, description="Longest wait of a Kafka fetch")
    journal_retention_days: int = Field(default=90, ge=1, description="Days that sent events stay in the outbox")

    @model_validator(mode="after")
    def _derive(self) -> Self:
        if not self.issuer_url:
            object.__setattr__(self, "issuer_url", self.public_url)
        if not self.jwks_url:
            object.__setattr__(self, "jwks_url", f"{self.issuer_url}/.well-known/jwks.json")
        return self
