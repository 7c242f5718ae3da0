# SPDX-License-Identifier: EUPL-1.2
import json
from pathlib import Path

import pytest

from parvis_local.databases import ServiceUrls
from parvis_local.environment import Environments
from parvis_local.errors import LocalError
from parvis_local.layout import SERVICES, Layout
from parvis_local.options import read_options
from parvis_local.secret_store import SecretStore
from parvis_local.stack import PORTS

URLS = ServiceUrls("postgresql://dml@here/a", "postgresql://owner@here/a", "postgresql://keys@here/k")
BROKER = "127.0.0.1:1"


def _environments(folder: Path, caller: dict[str, str]) -> Environments:
    ports = {name: 20_000 + number for number, name in enumerate(PORTS)}
    layout = Layout(folder)
    return Environments(read_options(caller), layout, SecretStore(layout.secrets), ports)


def test_a_process_sees_its_own_secrets_and_nobody_elses(tmp_path: Path) -> None:
    caller = {"PARVIS_REQUESTS_OWNER_DATABASE_URL": "postgresql://secret", "PARVIS_IDENTITY_MASTER_KEY": "secret"}
    environments = _environments(tmp_path, caller | {"HOME": "/somewhere"})
    env = environments.of_service("requests", URLS, BROKER)
    assert env["PARVIS_REQUESTS_DATABASE_URL"] == URLS.database
    assert env["PARVIS_REQUESTS_KEYSTORE_URL"] == URLS.keystore
    assert env["KAFKA_BOOTSTRAP_SERVERS"] == BROKER
    assert env["HOME"] == "/somewhere"
    assert "secret" not in str(env)
    assert "owner" not in str(env)
    foreign = {name for name in env if name.startswith(("PARVIS_IDENTITY_", "PARVIS_NOTIFICATIONS_"))}
    assert foreign == {"PARVIS_IDENTITY_INTERNAL_URL", "PARVIS_NOTIFICATIONS_INTERNAL_URL"}
    assert environments.of_migration("requests", URLS)["PARVIS_REQUESTS_OWNER_DATABASE_URL"] == "postgresql://secret"


def test_only_the_seed_of_identity_knows_the_secrets_of_all_clients(tmp_path: Path) -> None:
    environments = _environments(tmp_path, {"PARVIS_REQUESTS_MACHINE_CLIENT_SECRET": "given"})
    seed = environments.of_seed("identity", URLS)
    for service in SERVICES:
        name = f"PARVIS_{service.upper()}_MACHINE_CLIENT_SECRET"
        assert seed[name] == environments.of_service(service, URLS, BROKER)[name]
    assert len(seed["PARVIS_DEMO_ROADWORKS_SECRET"]) >= 32
    assert "PARVIS_DEMO_ROADWORKS_SECRET" not in environments.of_seed("requests", URLS)
    assert "PARVIS_REQUESTS_MACHINE_CLIENT_SECRET" not in environments.of_service("identity", URLS, BROKER)


def test_each_service_has_another_master_key_and_keeps_it(tmp_path: Path) -> None:
    keys = {
        service: _environments(tmp_path, {}).of_service(service, URLS, BROKER)[f"PARVIS_{service.upper()}_MASTER_KEY"]
        for service in SERVICES
    }
    assert len(set(keys.values())) == len(SERVICES)
    again = _environments(tmp_path, {}).of_service("identity", URLS, BROKER)
    assert again["PARVIS_IDENTITY_MASTER_KEY"] == keys["identity"]


def test_the_callers_own_database_wins_and_serves_for_migrations_too(tmp_path: Path) -> None:
    environments = _environments(tmp_path, {"PARVIS_REQUESTS_DATABASE_URL": "postgresql://mine/db"})
    assert environments.of_service("requests", URLS, BROKER)["PARVIS_REQUESTS_DATABASE_URL"] == "postgresql://mine/db"
    assert environments.of_migration("requests", URLS)["PARVIS_REQUESTS_OWNER_DATABASE_URL"] == "postgresql://mine/db"
    assert environments.of_migration("identity", URLS)["PARVIS_IDENTITY_OWNER_DATABASE_URL"] == URLS.owner


def test_postgres_is_embedded_unless_every_address_is_given(tmp_path: Path) -> None:
    given = {
        f"PARVIS_{service.upper()}_{name}": "postgresql://mine/db"
        for service in SERVICES
        for name in ("DATABASE_URL", "KEYSTORE_URL")
    }
    assert not _environments(tmp_path, given).needs_embedded_database()
    assert _environments(tmp_path, given | {"PARVIS_IDENTITY_KEYSTORE_URL": ""}).needs_embedded_database()


@pytest.mark.parametrize(
    ("caller", "replays"),
    [({}, True), ({"KAFKA": "apache"}, False), ({"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}, False)],
)
def test_the_journal_is_sent_again_to_the_embedded_broker_alone(
    tmp_path: Path, caller: dict[str, str], replays: bool
) -> None:
    env = _environments(tmp_path, caller).of_service("requests", URLS, BROKER)
    assert (env.get("PARVIS_REQUESTS_REPLAY_ON_NEW_BROKER") == "true") is replays


def test_the_public_address_follows_the_port_unless_it_is_given(tmp_path: Path) -> None:
    assert _environments(tmp_path, {"PARVIS_PORT": "9"}).of_tool()["PARVIS_PUBLIC_URL"] == "http://localhost:9"
    given = _environments(tmp_path, {"PARVIS_PUBLIC_URL": "https://parvis.example/"})
    assert given.of_service("identity", URLS, BROKER)["PARVIS_PUBLIC_URL"] == "https://parvis.example"


def test_people_stay_who_they_are_at_another_port(tmp_path: Path) -> None:
    here, there = (
        json.loads(_environments(tmp_path, caller).of_service("identity", URLS, BROKER)["PARVIS_IDENTITY_PROVIDERS"])
        for caller in ({}, {"PARVIS_PORT": "9090"})
    )
    assert [provider["profile"] for provider in here] == ["franceconnect", "proconnect"]
    assert [provider["issuer"] for provider in here] == [provider["issuer"] for provider in there]
    for provider in there:
        below = f"http://localhost:9090/simulators/{provider['profile']}/api/v2"
        assert provider["metadata_url"] == f"{below}/.well-known/openid-configuration"


def test_how_much_one_caller_may_ask_for_is_a_number() -> None:
    assert (read_options({}).rate_requests, read_options({"PARVIS_RATE_REQUESTS": "3000"}).rate_requests) == (0, 3000)
    with pytest.raises(LocalError, match="PARVIS_RATE_REQUESTS"):
        read_options({"PARVIS_RATE_REQUESTS": "plenty"})
