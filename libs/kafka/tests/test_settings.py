# SPDX-License-Identifier: EUPL-1.2
import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from parvis_kafka.settings import KafkaSettings


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> KafkaSettings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return KafkaSettings()


def test_without_settings_a_client_comes_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_SECURITY_PROTOCOL", raising=False)
    assert KafkaSettings().kafka_security() == {"security_protocol": "PLAINTEXT"}


def test_over_tls_the_certificate_and_the_name_of_kafka_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch, KAFKA_SECURITY_PROTOCOL="SSL").kafka_security()
    context = made["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert "sasl_mechanism" not in made


def test_who_logs_in_has_a_name_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="needs kafka_sasl_username"):
        settings(monkeypatch, KAFKA_SECURITY_PROTOCOL="SASL_SSL")
    login = {"KAFKA_SASL_USERNAME": "parvis-requests", "KAFKA_SASL_PASSWORD": "secret"}
    made = settings(monkeypatch, **login)
    security = dict(made.kafka_security())
    assert security.pop("ssl_context").check_hostname
    assert security == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "parvis-requests",
        "sasl_plain_password": "secret",
    }
    assert "secret" not in repr(made)


def test_no_password_goes_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    login = {"KAFKA_SASL_USERNAME": "parvis-requests", "KAFKA_SASL_PASSWORD": "secret", "KAFKA_SASL_MECHANISM": "PLAIN"}
    with pytest.raises(ValidationError, match="in the clear"):
        settings(monkeypatch, KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT", **login)


def test_a_file_of_authorities_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = settings(monkeypatch, KAFKA_SECURITY_PROTOCOL="SSL", KAFKA_SSL_CA_FILE=str(tmp_path / "none.pem"))
    with pytest.raises(FileNotFoundError):
        made.kafka_security()
