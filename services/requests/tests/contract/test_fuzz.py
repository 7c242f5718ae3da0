# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from broken_bodies import accepted, rows
from fuzzing import contract_of, unjudged
from hypothesis import HealthCheck, settings
from requests_town import Town
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

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
schema = contract_of("requests")


@pytest.fixture(scope="module")
def running(service: Harness, requests_settings: Settings) -> Iterator[RunningService]:
    assert service.runtime.service == "requests"
    with running_service("requests", requests_settings) as process:
        yield process


@pytest.fixture(params=["citizen", "agent"])
def headers(request: pytest.FixtureRequest, running: RunningService) -> dict[str, str]:
    return headers_of(running, request.param)


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
    case.call_and_validate(base_url=running.url, headers=headers, excluded_checks=[*BEYOND_SCHEMAS, *unjudged(case)])


async def test_no_broken_body_gets_in_anywhere(running: RunningService, town: Town) -> None:
    before = await rows(town.service.superuser_url)
    signed_in = headers_of(running, "agent", acr="eidas1-mfa", auth_time=int(time.time()))
    assert await accepted(running, signed_in, "requests") == []
    assert await rows(town.service.superuser_url) == before
