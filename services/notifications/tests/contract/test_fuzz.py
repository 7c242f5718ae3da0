# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from broken_bodies import accepted, rows
from fuzzing import contract_of, unjudged
from hypothesis import HealthCheck, settings
from notifications_post import Post
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from parvis_notifications.main import SCOPES
from parvis_notifications.settings import Settings

# Rules that no schema can say: a webhook's address must lead outside, a cursor be one of ours; 428 is the answer to a
# missing If-Match (RFC 6585 section 3).
BEYOND_SCHEMAS = [positive_data_acceptance, missing_required_header]
schema = contract_of("notifications")
# To this one, an ETag too long to be ours is just another one.
LENIENT = {"GET /v1/notification-preferences", "GET /v1/my-subscriptions"}

# The path of a message, by its id, fits these too: GET is answered there.
NESTED = "/v2/notifications/"


@pytest.fixture(scope="module")
def running(notifications_settings: Settings) -> Iterator[RunningService]:
    own = {"PARVIS_NOTIFICATIONS_SENDER_NAMES": "{}", "PARVIS_NOTIFICATIONS_INBOX_STREAM_SECONDS": "0.1"}
    with running_service("notifications", notifications_settings, **own) as process:
        yield process


@pytest.fixture(params=["citizen", "system"])
def headers(request: pytest.FixtureRequest, running: RunningService) -> dict[str, str]:
    return headers_of(running, request.param)


def headers_of(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = " ".join(code for code, _ in SCOPES)
    token = running.issuer.token(audience="parvis-notifications", scope=scope, kind=kind, **claims)
    return {"Authorization": f"Bearer {token}"}


@schema.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gets_a_declared_answer(
    case: Case[Any], running: RunningService, headers: dict[str, str], post: Post
) -> None:
    del post  # empties the tables afterwards
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    nested = [allow_header_conformance, unsupported_method] if case.operation.path.startswith(NESTED) else []
    excluded = [*BEYOND_SCHEMAS, *lenient, *nested]
    case.call_and_validate(base_url=running.url, headers=headers, excluded_checks=excluded)


async def test_no_broken_body_gets_in_anywhere(running: RunningService, post: Post) -> None:
    before = await rows(post.service.superuser_url)
    signed_in = headers_of(running, "agent", acr="eidas1-mfa", auth_time=int(time.time()))
    assert await accepted(running, signed_in, "notifications") == []
    assert await rows(post.service.superuser_url) == before
