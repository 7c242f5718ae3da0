# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from broken_bodies import accepted, rows
from fuzzing import contract_of, fuzz, operations_of, unjudged
from participation_town import Town
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

from parvis_participation.main import SCOPES
from parvis_participation.settings import Settings
from parvis_testing import Harness

# Rules that no schema can say: a type must be in the catalogue, a cursor be one of ours; 428 is the answer to a missing
# If-Match (RFC 6585 section 3).
BEYOND_SCHEMAS = [positive_data_acceptance, missing_required_header]


@pytest.fixture(scope="module")
def running(service: Harness, participation_settings: Settings) -> Iterator[RunningService]:
    assert service.runtime.service == "participation"
    with running_service("participation", participation_settings) as process:
        yield process


@pytest.fixture
def callers(running: RunningService) -> dict[str, dict[str, str]]:
    """An agent who may do whatever any agent may, and a member of the public."""
    return {"agent": headers_of(running, "agent", **all_rights()), "citizen": headers_of(running, "citizen")}


def all_rights() -> dict[str, Any]:
    return {"acr": "eidas1-mfa", "auth_time": int(time.time())}


def headers_of(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = " ".join(code for code, _ in SCOPES)
    # Longer than a hunt takes over one operation.
    lasting = int(time.time()) + 3600
    token = running.issuer.token(audience="parvis-participation", scope=scope, kind=kind, exp=lasting, **claims)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("label", operations_of("participation"))
def test_any_input_gets_a_declared_answer(
    label: str, running: RunningService, callers: dict[str, dict[str, str]], town: Town
) -> None:
    del town  # empties the tables afterwards
    fuzz("participation", contract_of("participation"), label, running.url, callers, beyond_schemas)


def beyond_schemas(case: Case[Any]) -> list[Any]:
    return [*BEYOND_SCHEMAS, *unjudged(case)]


async def test_no_broken_body_gets_in_anywhere(running: RunningService, town: Town) -> None:
    before = await rows(town.service.superuser_url)
    signed_in = headers_of(running, "agent", **all_rights())
    assert await accepted(running, signed_in, "participation") == []
    assert await rows(town.service.superuser_url) == before
