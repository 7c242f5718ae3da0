# SPDX-License-Identifier: EUPL-1.2
"""Envoy itself takes what is compiled from the contracts as they stand, and would not take it broken."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from running_gateway import envoy

CONTRACTS = Path(__file__).parents[2] / "contracts"
NAMES = sorted(file.name.split(".")[0] for file in (CONTRACTS / "openapi").glob("*.yaml"))
PLAIN: dict[str, Any] = {
    "public_url": "http://localhost:8080",
    "listen": "127.0.0.1:8080",
    "services": {name: f"127.0.0.1:{8001 + place}" for place, name in enumerate(NAMES)},
}


def compiled(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    places = (f"--contracts={CONTRACTS}", f"--settings={folder / 'settings.json'}", f"--output={folder / 'envoy.json'}")
    subprocess.run([sys.executable, "-m", "parvis_gateway", "compile", *places], check=True, timeout=180)
    configuration: dict[str, Any] = json.loads((folder / "envoy.json").read_text("utf-8"))
    return configuration


def validated(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [envoy(), "--mode", "validate", "--config-path", folder / "envoy.json"]
    return subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True, timeout=180)


def certified(folder: Path) -> dict[str, str]:
    """A certificate and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {"certificate": str(chain), "key": str(private)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contracts as they stand are compiled to: each test reads its own from it."""
    return json.dumps(compiled(tmp_path_factory.mktemp("plain"), PLAIN))


def test_envoy_takes_the_contracts_as_they_stand(tmp_path: Path, plain: str) -> None:
    assert NAMES == ["gateway", "identity", "notifications", "participation", "requests"]
    (tmp_path / "envoy.json").write_text(plain, "utf-8")
    done = validated(tmp_path)
    assert done.returncode == 0, done.stderr


def test_envoy_takes_every_setting(tmp_path: Path) -> None:
    settings = {
        **PLAIN,
        "public_url": "https://gateway.example",
        "services": {name: f"{name}-api:8000" for name in NAMES},
        "admin": "127.0.0.1:9901",
        "rate_requests": 10,
        "rate_service_requests": 10,
        "rate_seconds": 1,
        "extra_routes": [{"prefix": "/simulators/mail", "address": "127.0.0.1:8025"}],
        "tls": certified(tmp_path),
        "access_log": str(tmp_path / "access.log"),
    }
    compiled(tmp_path, settings)
    done = validated(tmp_path)
    assert done.returncode == 0, done.stderr


def manager(configuration: dict[str, Any]) -> dict[str, Any]:
    (chain,) = configuration["static_resources"]["listeners"][0]["filter_chains"]
    config: dict[str, Any] = chain["filters"][0]["typed_config"]
    return config


def first_route(configuration: dict[str, Any]) -> dict[str, Any]:
    route: dict[str, Any] = manager(configuration)["route_config"]["virtual_hosts"][0]["routes"][0]
    return route


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda c: c["static_resources"]["clusters"].pop(), "unknown cluster"),
        (lambda c: manager(c).update(unknown_member=True), "unknown_member"),
        (lambda c: manager(c)["http_filters"].pop(), "is the last filter"),
        (lambda c: first_route(c).update(match={"safe_regex": {"regex": "("}}), "missing )"),
        (lambda c: first_route(c)["route"].update(timeout="soon"), "timeout"),
        (lambda c: c["static_resources"]["listeners"][0].pop("address"), "address"),
    ],
    ids=["service", "member", "filter", "pattern", "duration", "address"],
)
def test_envoy_refuses_a_broken_configuration(
    tmp_path: Path, plain: str, broken: Callable[[dict[str, Any]], object], words: str
) -> None:
    configuration = json.loads(plain)
    broken(configuration)
    (tmp_path / "envoy.json").write_text(json.dumps(configuration), "utf-8")
    done = validated(tmp_path)
    assert done.returncode != 0
    assert words in done.stderr + done.stdout


def test_a_certificate_that_is_not_there_is_seen_before_the_start(tmp_path: Path) -> None:
    compiled(tmp_path, {**PLAIN, "tls": {"certificate": str(tmp_path / "none.pem"), "key": str(tmp_path / "none.key")}})
    done = validated(tmp_path)
    assert done.returncode != 0
    assert "none.key" in done.stderr + done.stdout
