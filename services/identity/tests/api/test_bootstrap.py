# SPDX-License-Identifier: EUPL-1.2
"""From a bare database to a town whose first administrator is at work, with the operators' commands alone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import respx
from command_line import parvis
from fake_provider import agent
from identity_town import Attempt, Town
from running_service import RunningService, as_environment, running_service

from parvis_identity.service.operator_client import make_operator
from parvis_identity.settings import Settings
from parvis_testing import Harness

DESK = "https://desk.nantes.example/callback"
CREATE = ["collectivity", "create", "nantes", "--name-fr", "Ville de Nantes", "--siret", "21440109300015"]
ADDRESS = "Claire.Martin@nantes.example"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def running(identity_settings: Settings) -> Iterator[RunningService]:
    with running_service("identity", identity_settings) as service:
        yield service


@pytest.fixture
def operator(identity_settings: Settings) -> Command:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "parvis_identity", "operator", *options],
            env={**os.environ, **as_environment("identity", identity_settings)},
            capture_output=True,
            text=True,
            check=True,
        )

    return run


@pytest.fixture
async def secret(
    service: Harness, providers: respx.MockRouter, running: RunningService, monkeypatch: pytest.MonkeyPatch
) -> str:
    providers.route(host="127.0.0.1").pass_through()
    await service.clean("signing_key", "rsa_signing_key")
    given = await make_operator(service.runtime.database, datetime.now(UTC), renew=False)
    assert given
    monkeypatch.setenv("PARVIS_OPERATOR_SECRET", given)
    monkeypatch.setenv("PARVIS_IDENTITY_INTERNAL_URL", running.internal_url)
    return given


async def acts(town: Town) -> list[tuple[str, str, str]]:
    rows = await town.rows(
        "SELECT action, actor, collectivity FROM audit_entry WHERE actor_kind = 'operator' ORDER BY id"
    )
    return [tuple(row) for row in rows if row["collectivity"] in {"nantes", "*"} and row["actor"] != "seed"]


async def test_a_town_is_founded_and_its_first_administrator_comes_in(
    town: Town, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(secret) >= 40
    for words in ("nantes is founded\n", "nantes is as it was wanted already\n"):
        assert await parvis(*CREATE, "--desk", DESK) == 0
        assert capsys.readouterr().out == words
    for words in ("administers nantes, invited\n", "administers nantes already, invited\n"):
        assert await parvis("admin", "invite", "nantes", ADDRESS) == 0
        assert capsys.readouterr().out == words
    assert await acts(town) == [
        ("client-put", "operator", "*"),
        ("collectivity-put", "parvis-operator", "nantes"),
        ("client-put", "parvis-operator", "nantes"),
        ("agent-invited", "parvis-operator", "nantes"),
    ]
    scope = "openid identity.agents.read identity.agents.write identity.collectivity.write"
    attempt = Attempt(client_id="nantes-desk", redirect_uri=DESK, scope=scope)
    town.agents.person = agent(email=ADDRESS.lower(), sub="claire", siret="21440109300015")
    tokens = (await town.exchange(attempt, await town.browser().code(attempt, "ProConnect"))).json()
    assert set(tokens["scope"].split()) == set(scope.split())
    (seen,) = (await town.get("/v1/agents", tokens["access_token"])).json()["items"]
    assert (seen["status"], seen["roles"], seen["email"]) == ("active", ["administrator"], ADDRESS)
    assert await parvis("admin", "invite", "nantes", ADDRESS) == 0
    assert capsys.readouterr().out.endswith("administers nantes already, active\n")


async def test_the_secret_is_written_once_and_the_one_before_ends_with_the_next(
    secret: str, operator: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    again = await asyncio.to_thread(operator)
    assert (again.stdout, secret in again.stderr) == ("", False)
    other = (await asyncio.to_thread(operator, "--renew")).stdout.strip()
    assert other != secret
    assert await parvis(*CREATE) == 1
    said = capsys.readouterr()
    assert "401 invalid_client" in said.err
    assert secret not in said.err + said.out
    monkeypatch.setenv("PARVIS_OPERATOR_SECRET", other)
    assert await parvis(*CREATE) == 0


async def test_an_agent_becomes_an_administrator_too_but_not_one_who_is_suspended(town: Town, secret: str) -> None:
    assert secret
    await town.seed_again()
    email = next(
        m.email for m in town.seeded.memberships if m.collectivity == "paris" and "administrator" not in m.roles
    )
    assert await parvis("admin", "invite", "paris", email) == 0
    (row,) = await town.rows("SELECT roles, id FROM membership WHERE version = 2")
    assert row["roles"][-1] == "administrator"
    assert len(row["roles"]) > 1
    await town.rows("UPDATE membership SET suspended_at = now(), roles = '{agent}' WHERE id = $1", row["id"])
    assert await parvis("admin", "invite", "paris", email) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["collectivity", "create", "Nantes", "--name-fr", "Nantes"], "422"),
        ([*CREATE, "--siret", "12"], "/sirets/1"),
        ([*CREATE, "--desk", "javascript:alert(1)"], "/desk_redirect_uris"),
        (["admin", "invite", "nowhere", ADDRESS], "404"),
        ([*CREATE, "--identity", "http://127.0.0.1:9"], "nobody answers at"),
    ],
)
async def test_what_cannot_be_done_is_said(
    secret: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert secret
    assert await parvis(*arguments) == 1
    assert words in capsys.readouterr().err


async def test_without_a_secret_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PARVIS_OPERATOR_SECRET", raising=False)
    assert await parvis(*CREATE) == 1
    assert "PARVIS_OPERATOR_SECRET" in capsys.readouterr().err


async def test_no_client_of_a_town_founds_another(town: Town) -> None:
    scope = "identity.operations.write"
    stranger = town.service.system("paris", scope=scope).headers
    body = {"name": {"fr": "Nantes", "en": "Nantes"}, "sirets": []}
    path = "/internal/v1/collectivities/nantes"
    assert (await town.service.internal.put(path, json=body, headers=stranger)).status_code == 403
    assert (await town.service.client.put(path, json=body, headers=stranger)).status_code == 404
