# SPDX-License-Identifier: EUPL-1.2
"""A real Apache Kafka as towns run it: TLS, SCRAM and tokens of identity, and rights without which nobody reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from parvis_local.apache_kafka import ApacheKafka
from parvis_local.ports import LOOPBACK, free_port

_OAUTH = "org.apache.kafka.common.security.oauthbearer"
_PROPERTIES = {
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    # Who comes over the listener without a name is the operator; towns open none such to anybody else.
    "super.users": "User:ANONYMOUS",
    "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
    "listener.name.clients.scram-sha-512.sasl.jaas.config": (
        "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    ),
    "listener.name.clients.oauthbearer.sasl.jaas.config": f"{_OAUTH}.OAuthBearerLoginModule required;",
    "listener.name.clients.oauthbearer.sasl.server.callback.handler.class": (
        f"{_OAUTH}.OAuthBearerValidatorCallbackHandler"
    ),
    "listener.name.clients.ssl.keystore.type": "PEM",
}


@dataclass(frozen=True)
class SecuredKafka:
    """It runs: ``operators`` is the address where everything may be done, ``clients`` that for everybody else."""

    operators: str
    clients: str
    authority: Path

    def as_user(self, user: str, password: str) -> dict[str, str]:
        """librdkafka's settings of somebody who logs in by SCRAM."""
        return {
            "bootstrap.servers": self.clients,
            "security.protocol": "sasl_ssl",
            "ssl.ca.location": str(self.authority),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": password,
        }


@contextmanager
def secured_kafka(folder: Path, *, issuer: str, jwks_url: str, audience: str) -> Iterator[SecuredKafka]:
    """One with an empty folder of its own, which takes tokens of that issuer for that audience."""
    authority, port = _certificate(folder), free_port()
    properties = _PROPERTIES | {
        "listener.name.clients.ssl.keystore.location": str(folder / "server.pem"),
        "sasl.oauthbearer.jwks.endpoint.url": jwks_url,
        "sasl.oauthbearer.expected.issuer": issuer,
        "sasl.oauthbearer.expected.audience": audience,
    }
    allowed = [f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={jwks_url}"]
    kafka = ApacheKafka(
        folder / "data", folder / "log", properties=properties, listeners={"CLIENTS": port}, java_options=allowed
    )
    kafka.start()
    try:
        yield SecuredKafka(kafka.bootstrap_servers, f"{LOOPBACK}:{port}", authority)
    finally:
        kafka.stop()


def _certificate(folder: Path) -> Path:
    """The server's key with its certificate, which is its own authority: the file of the latter."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, LOOPBACK)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + certificate)
    (folder / "authority.pem").write_bytes(certificate)
    return folder / "authority.pem"
