# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fuzzing import contract_of, unjudged
from hypothesis import HealthCheck, settings
from identity_town import Town
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from parvis_identity.settings import Settings

# Rules that no schema can say: clients, codes, continuations and sessions must be ours.
BEYOND_SCHEMAS = [positive_data_acceptance]
# The first is sent on as a GET, which judges it; to the second, an ETag too long to be ours is just another one.
LENIENT = {"POST /oauth2/authorize", "GET /v1/me"}
PROVIDERS = json.dumps(
    [
        {"profile": name, "issuer": f"https://{name}.example", "client_id": "parvis", "client_secret": "secret"}
        for name in ("franceconnect", "proconnect")
    ]
)
schema = contract_of("identity")


@pytest.fixture(scope="module")
def running(identity_settings: Settings) -> Iterator[RunningService]:
    with running_service("identity", identity_settings, PARVIS_IDENTITY_PROVIDERS=PROVIDERS) as process:
        yield process


@pytest.fixture
async def headers(town: Town) -> dict[str, str]:
    """Of somebody who signed in."""
    return {"Authorization": f"Bearer {(await town.tokens())['access_token']}"}


@schema.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gets_a_declared_answer(case: Case[Any], running: RunningService, headers: dict[str, str]) -> None:
    # Not async: schemathesis makes an event loop for each input of an async test, and closes none.
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    sent = headers if "oauth2" in str(case.operation.definition.raw.get("security")) else {}
    case.call_and_validate(base_url=running.url, headers=sent, excluded_checks=[*BEYOND_SCHEMAS, *lenient])
