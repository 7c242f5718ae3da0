# SPDX-License-Identifier: EUPL-1.2
"""Who administers has just shown two factors, and is told how to where they have not (RFC 9470)."""

import json
import re
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml
from fake_provider import agent
from identity_town import Attempt, Town

from parvis_testing import Caller

CONTRACT = Path(__file__).parents[4] / "contracts" / "openapi" / "identity.v1.yaml"
LEVELS = "eidas1-mfa https://proconnect.gouv.fr/assurance/consistency-checked-2fa urn:parvis:acr:local-mfa"
HALF_AN_HOUR = 1_800
CHANGES = {
    "inviteAgent": "POST /v1/agents",
    "changeAgent": "PUT /v1/agents/{agent_id}",
    "takeAgent": "POST /v1/agents/{agent_id}/transitions",
    "makeClient": "POST /v1/clients",
    "changeClient": "PUT /v1/clients/{client_id}",
    "takeClient": "POST /v1/clients/{client_id}/transitions",
    "rotateClientSecret": "POST /v1/clients/{client_id}/secret-rotations",
    "allowClientRegistration": "POST /v1/client-registration-tokens",
    "importAccounts": "POST /v1/account-imports",
    "decideAccountMerge": "POST /v1/account-merges/{merge_id}/decisions",
    "askForErasureOfPerson": "POST /v1/people/{person_id}/erasures",
    "askForSecondFactorReset": "POST /v1/people/{person_id}/second-factor-resets",
    "setAuditRetention": "PUT /v1/collectivity/audit-retention",
}
LOOKS = {"listAuditEntries": "GET /v1/audit-entries"}
ADMINISTER = (
    "openid identity.agents.read identity.agents.write identity.clients.write identity.imports.write"
    " identity.merges.write identity.factors.write identity.erasures.write identity.collectivity.write"
    " identity.audit.read"
)


async def tried(town: Town, where: str, caller: Caller | None = None, **claims: Any) -> httpx.Response:
    """A call of an administrator, unless of somebody else, with nothing in it that could be done."""
    method, _, path = where.partition(" ")
    caller = caller or town.service.agent(roles=["administrator"], scope=ADMINISTER, **claims)
    path = re.sub(r"\{\w+\}", str(UUID(int=0)), path)
    return await town.service.client.request(method, path, headers=caller.headers)


def test_what_administers_is_declared_so() -> None:
    paths = yaml.safe_load(CONTRACT.read_text())["paths"]
    declared = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "acr_values" in operation.get("x-parvis-sign-in", {})
    }
    assert declared == CHANGES | LOOKS


@pytest.mark.parametrize("where", [*CHANGES.values(), *LOOKS.values()])
async def test_one_factor_is_not_enough(town: Town, where: str) -> None:
    for acr in ("eidas1", None):
        refused = await tried(town, where, acr=acr)
        assert (refused.status_code, refused.json()["code"]) == (401, "insufficient-user-authentication")
        assert f'acr_values="{LEVELS}"' in refused.headers["www-authenticate"]
    for acr in ("eidas1-mfa", "eidas3"):
        assert (await tried(town, where, acr=acr)).status_code != 401


@pytest.mark.parametrize("where", CHANGES.values())
async def test_nor_is_a_sign_in_of_long_ago(town: Town, where: str) -> None:
    refused = await tried(town, where, auth_time=int(time.time()) - HALF_AN_HOUR - 60)
    assert refused.status_code == 401
    assert f"max_age={HALF_AN_HOUR}" in refused.headers["www-authenticate"]
    assert (await tried(town, where, auth_time=int(time.time()) - HALF_AN_HOUR + 60)).status_code != 401


@pytest.mark.parametrize("where", [*CHANGES.values(), *LOOKS.values()])
async def test_a_system_signs_in_by_no_factor_and_administers_nothing(town: Town, where: str) -> None:
    refused = await tried(town, where, town.service.system(scope=ADMINISTER))
    assert refused.status_code == 401


async def test_the_answer_tells_the_client_how_to_go_on(town: Town) -> None:
    await town.register("desk", audience="agent", type="public", consent="implied", scopes=sorted(ADMINISTER.split()))
    town.agents.person = agent(email="sophie.lambert@paris.example", sub="sophie")
    browser, attempt = town.browser(), Attempt(client_id="desk", scope=ADMINISTER)
    town.agents.acr = "eidas1"
    weak = (await town.exchange(attempt, await browser.code(attempt, "ProConnect"))).json()["access_token"]
    invited = {"email": "ines@paris.example", "given_name": "Inès", "family_name": "Haddad", "roles": ["agent"]}
    call: dict[str, Any] = {
        "content": json.dumps(invited),
        "headers": {"idempotency-key": "one", "content-type": "application/json"},
    }
    async with town.client() as http:
        http.headers["authorization"] = f"Bearer {weak}"
        told = (await http.post("/v1/agents", **call)).headers["www-authenticate"]
        wanted = dict(re.findall(r'(acr_values|max_age)="?([^",]+)', told))
        again = Attempt(client_id="desk", scope=ADMINISTER, extra=wanted)
        town.agents.acr = "eidas1-mfa"
        strong = (await town.exchange(again, await browser.code(again, "ProConnect"))).json()["access_token"]
        demanded = json.loads(town.agents.asked[-1]["claims"])["id_token"]["acr"]
        assert demanded["essential"] is True
        assert "eidas1" not in demanded["values"]
        assert "eidas1-mfa" in demanded["values"]
        http.headers["authorization"] = f"Bearer {strong}"
        assert (await http.post("/v1/agents", **call)).status_code == 201
