# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import schemathesis
from broken_bodies import accepted, rows
from fuzzing import contract_of, unjudged
from hypothesis import HealthCheck, settings
from kept_tables import kept_tables
from requests_town import CATALOGUE_TABLES, Town
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from parvis_requests.domain.file_content import HEIC
from parvis_requests.domain.files import MEDIA_TYPES
from parvis_requests.main import SCOPES
from parvis_requests.settings import Settings
from parvis_testing import Harness

# Rules that no schema can say: a type must be in the catalogue, a cursor be one of ours; 428 is the answer to a missing
# If-Match (RFC 6585 section 3).
BEYOND_SCHEMAS = [positive_data_acceptance, missing_required_header]
# Files are sent as the bytes that the generator drew.
schemathesis.serializer.alias(
    [HEIC, *(type_ for type_ in MEDIA_TYPES if "image" not in type_)], "application/octet-stream"
)
# To these, an ETag too long to be ours is just another one.
LENIENT = {"GET /v1/teams/{team_code}", "GET /v1/routing"}
ROLES = ["agent", "decider", "supervisor", "administrator", "dpo", "auditor"]
schema = contract_of("requests")


@pytest.fixture(scope="module")
async def running(service: Harness, requests_settings: Settings) -> AsyncIterator[RunningService]:
    # An administrator changes what other tests build on.
    async with kept_tables(service.superuser_url, *CATALOGUE_TABLES):
        with running_service("requests", requests_settings) as process:
            yield process


@pytest.fixture(params=["citizen", "agent"])
def headers(request: pytest.FixtureRequest, running: RunningService) -> dict[str, str]:
    """Of a member of the public, or of an agent who may do whatever any agent may."""
    return headers_of(running, request.param, **(all_rights() if request.param == "agent" else {}))


def all_rights() -> dict[str, Any]:
    return {"roles": ROLES, "teams": ["voirie"], "acr": "eidas1-mfa", "auth_time": int(time.time())}


def headers_of(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = " ".join(code for code, _ in SCOPES)
    token = running.issuer.token(audience="parvis-requests", scope=scope, kind=kind, **claims)
    return {"Authorization": f"Bearer {token}"}


@schema.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gets_a_declared_answer(
    case: Case[Any], running: RunningService, headers: dict[str, str], town: Town
) -> None:
    del town  # empties the tables afterwards
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    case.call_and_validate(base_url=running.url, headers=headers, excluded_checks=[*BEYOND_SCHEMAS, *lenient])


async def test_no_broken_body_gets_in_anywhere(running: RunningService, town: Town) -> None:
    before = await rows(town.service.superuser_url)
    signed_in = headers_of(running, "agent", **all_rights())
    assert await accepted(running, signed_in, "requests") == []
    assert await rows(town.service.superuser_url) == before
