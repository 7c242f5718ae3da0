# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import respx
import yaml
from back_office import administrator
from broken_bodies import accepted, rows
from fuzzing import contract_of, fuzz, fuzz_internal, operations_of, unjudged
from identity_town import Attempt, Town
from machines import bearer, machine
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from parvis_identity.main import internal_app
from parvis_identity.settings import Settings

# Rules that no schema can say: clients, codes, continuations and sessions must be ours; 428 is the answer to a missing
# If-Match (RFC 6585 section 3).
BEYOND_SCHEMAS = [positive_data_acceptance, missing_required_header]
# The first is sent on as a GET, which judges it; to the others, an ETag too long to be ours is just another one.
LENIENT = {"POST /oauth2/authorize", "GET /v1/me", "GET /v1/collectivity"}
ROLES = Path(__file__).parents[4] / "contracts" / "roles.yaml"
PROVIDERS = json.dumps(
    [
        {"profile": name, "issuer": f"https://{name}.example", "client_id": "parvis", "client_secret": "secret"}
        for name in ("franceconnect", "proconnect")
    ]
)
# What protocols and pages have to say so with, beside problems.
SAID = ("application/problem+json", "application/json", "application/scim+json", "text/html")
# What the services of Parvis's own and its operators may ask on the internal port, each for itself.
INTERNAL = [
    f"identity.{what}"
    for what in ("people.read", "civil-status.read", "particulars.read", "rolls.read", "operations.write")
]
OWN = ["openid", *(f"identity.{what}.write" for what in ("profile", "mandates", "organisations", "sessions"))]
# Without a token of a registration, nothing that is sent there is read (RFC 7591 section 3).
UNREGISTERED = "POST /oauth2/register: "
# Neither of the two may do this.
SUPERVISED = {
    "POST /v1/assisted-sessions",
    "POST /v1/organisations/{organisation_id}/verifications",
    "POST /v1/people/{person_id}/identity-proofs",
    "POST /v1/people/{person_id}/phone-verifications",
}


@pytest.fixture(scope="module")
def running(identity_settings: Settings) -> Iterator[RunningService]:
    with running_service("identity", identity_settings, PARVIS_IDENTITY_PROVIDERS=PROVIDERS) as process:
        yield process


@pytest.fixture
async def callers(town: Town) -> dict[str, dict[str, str]]:
    """An administrator who may do whatever any administrator may, and a member of the public who signed in."""
    sophie = await administrator(town, " ".join(scopes_of("administrator")))
    zoe = (await town.tokens(Attempt(scope=" ".join(OWN))))["access_token"]
    return {
        "administrator": {"Authorization": f"Bearer {sophie}"},
        "citizen": {"Authorization": f"Bearer {zoe}"},
    }


@pytest.mark.parametrize("label", operations_of("identity"))
def test_any_input_gets_a_declared_answer(
    label: str, running: RunningService, callers: dict[str, dict[str, str]]
) -> None:
    # Not async: schemathesis makes an event loop for each input of an async test, and closes none.
    contract = contract_of("identity")
    operation = contract.find_operation_by_label(label)
    by_token = operation and "oauth2" in str(operation.definition.raw.get("security"))
    fuzz("identity", contract, label, running.url, callers if by_token else {"nobody": {}}, beyond_schemas)


async def test_any_input_to_the_internal_port_gets_a_declared_answer(
    running: RunningService, town: Town, providers: respx.MockRouter
) -> None:
    providers.route(host="127.0.0.1").pass_through()
    machines = {"audience": "system", "grant_types": ["client_credentials"], "redirect_uris": []}
    await town.register("parvis-all", **machines, collectivity=None, secret="a" * 40, scopes=INTERNAL)
    callers = {name: bearer(await machine(town, name)) for name in ("all", "notifications")}
    fuzz_internal("identity", internal_app(town.service.runtime), running.internal_url, callers, beyond_schemas)


def beyond_schemas(case: Case[Any]) -> list[Any]:
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    return [*BEYOND_SCHEMAS, *lenient]


async def test_no_broken_body_gets_in_anywhere(
    running: RunningService, town: Town, providers: respx.MockRouter
) -> None:
    providers.route(host="127.0.0.1").pass_through()
    sophie = await administrator(town, " ".join(scopes_of("administrator")))
    zoe = (await town.tokens(Attempt(scope=" ".join(OWN))))["access_token"]
    before = await rows(town.service.superuser_url)
    unheard = []
    for token in (sophie, zoe):
        found = await accepted(running, {"Authorization": f"Bearer {token}"}, "identity", SAID)
        no_right = {one for one in found if ": 403 " in one and "/problems/insufficient-scope" in one}
        assert [one for one in found if one not in no_right and not one.startswith(UNREGISTERED)] == []
        unheard.append({one.partition(": ")[0] for one in no_right})
    assert set.intersection(*unheard) <= SUPERVISED
    assert await rows(town.service.superuser_url) == before


def scopes_of(role: str) -> list[str]:
    scopes = yaml.safe_load(ROLES.read_text("utf-8"))[role]["scopes"]
    return [scope for scope in scopes if scope == "openid" or scope.startswith("identity.")]
