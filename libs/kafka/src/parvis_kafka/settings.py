# SPDX-License-Identifier: EUPL-1.2
"""Settings of every connection to Kafka: where it is, whether over TLS, and as whom."""

import ssl
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

# Arguments of an aiokafka client that say how it is let in.
Security = Mapping[str, Any]


class KafkaSettings(BaseSettings):
    """The town's Kafka is the same for all services; user and password are each service's own."""

    kafka_bootstrap_servers: str = Field(
        default="localhost:9092",
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS"),
        description="host:port list of the Kafka brokers (KAFKA_BOOTSTRAP_SERVERS)",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT",
        validation_alias=AliasChoices("KAFKA_SECURITY_PROTOCOL"),
        description="How Kafka is reached: SASL_SSL where its network is not the deployment's alone",
    )
    kafka_ssl_ca_file: str = Field(
        default="",
        validation_alias=AliasChoices("KAFKA_SSL_CA_FILE"),
        description="Certificates (PEM) of the authorities that Kafka's own is checked by; the system's where unset",
    )
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = Field(
        default="SCRAM-SHA-512",
        validation_alias=AliasChoices("KAFKA_SASL_MECHANISM"),
        description="SCRAM-SHA-512, SCRAM-SHA-256, or PLAIN (over TLS alone)",
    )
    kafka_sasl_username: str = Field(
        default="", description="User of this service at Kafka, parvis-<service> unless declared otherwise"
    )
    kafka_sasl_password: SecretStr = Field(default=SecretStr(""), description="Its password")

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL"):
            if not (self.kafka_sasl_username and self.kafka_sasl_password.get_secret_value()):
                raise ValueError("SASL needs kafka_sasl_username and kafka_sasl_password")
            if self.kafka_sasl_mechanism == "PLAIN" and self.kafka_security_protocol != "SASL_SSL":
                raise ValueError("PLAIN would send the password in the clear: use SASL_SSL or SCRAM")
        return self

    def kafka(self) -> dict[str, Any]:
        """The arguments of whatever connects: ``bootstrap_servers`` and ``security``."""
        return {"bootstrap_servers": self.kafka_bootstrap_servers, "security": self.kafka_security()}

    def kafka_security(self) -> Security:
        """How a client is let in; raises OSError where the authorities' file cannot be read."""
        security: dict[str, Any] = {"security_protocol": self.kafka_security_protocol}
        if self.kafka_security_protocol.endswith("SSL"):
            security["ssl_context"] = ssl.create_default_context(cafile=self.kafka_ssl_ca_file or None)
        if self.kafka_security_protocol.startswith("SASL"):
            security |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_sasl_username,
                "sasl_plain_password": self.kafka_sasl_password.get_secret_value(),
            }
        return security
