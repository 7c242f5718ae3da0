# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from broken_bodies import accepted, rows
from fuzzing import contract_of, fuzz, fuzz_internal, operations_of, unjudged
from notifications_post import Post
from notifications_servers import Door
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from parvis_notifications.main import SCOPES, internal_app
from parvis_notifications.settings import Settings

# Rules that no schema can say: a webhook's address must lead outside, a cursor be one of ours; 428 is the answer to a
# missing If-Match (RFC 6585 section 3).
BEYOND_SCHEMAS = [positive_data_acceptance, missing_required_header]
# To these, an ETag too long to be ours is just another one.
LENIENT = {"GET /v1/notification-preferences", "GET /v1/my-subscriptions", "GET /v1/message-languages"}

# The path of a message, by its id, fits these too: GET is answered there.
NESTED = "/v2/notifications/"


@pytest.fixture(scope="module")
def running(notifications_settings: Settings, door: Door) -> Iterator[RunningService]:
    own = {"PARVIS_NOTIFICATIONS_SENDER_NAMES": "{}", "PARVIS_NOTIFICATIONS_INBOX_STREAM_SECONDS": "0.1"}
    own |= dict.fromkeys(("PARVIS_IDENTITY_INTERNAL_URL", "PARVIS_REQUESTS_INTERNAL_URL"), door.url)
    with running_service("notifications", notifications_settings, **own) as process:
        yield process


@pytest.fixture
def callers(running: RunningService) -> dict[str, dict[str, str]]:
    """An agent who may do whatever any agent may, another system, and a member of the public."""
    agent = headers_of(running, "agent", **all_rights())
    return {"agent": agent, **{kind: headers_of(running, kind) for kind in ("system", "citizen")}}


def all_rights() -> dict[str, Any]:
    return {"acr": "eidas1-mfa", "auth_time": int(time.time())}


def headers_of(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = claims.pop("scope", " ".join(code for code, _ in SCOPES))
    # Longer than a hunt takes over one operation.
    lasting = int(time.time()) + 3600
    token = running.issuer.token(audience="parvis-notifications", scope=scope, kind=kind, exp=lasting, **claims)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("label", operations_of("notifications"))
def test_any_input_gets_a_declared_answer(
    label: str, running: RunningService, callers: dict[str, dict[str, str]], post: Post
) -> None:
    del post  # empties the tables afterwards
    fuzz("notifications", contract_of("notifications"), label, running.url, callers, beyond_schemas)


def test_any_input_to_the_internal_port_gets_a_declared_answer(running: RunningService, post: Post) -> None:
    callers = {kind: headers_of(running, kind, scope="notifications.inbound.write") for kind in ("system", "citizen")}
    app = internal_app(post.service.runtime)
    fuzz_internal("notifications", app, running.internal_url, callers, beyond_schemas)


def beyond_schemas(case: Case[Any]) -> list[Any]:
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    nested = [allow_header_conformance, unsupported_method] if case.operation.path.startswith(NESTED) else []
    return [*BEYOND_SCHEMAS, *lenient, *nested]


async def test_no_broken_body_gets_in_anywhere(running: RunningService, post: Post) -> None:
    before = await rows(post.service.superuser_url)
    signed_in = headers_of(running, "agent", **all_rights())
    assert await accepted(running, signed_in, "notifications") == []
    assert await rows(post.service.superuser_url) == before
