# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, the answer is one that the contract declares, and never a server error."""

import time
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
import schemathesis
from broken_bodies import accepted, forget_peak, peak, rows
from certifiers import certifiers
from filed_alone import tracking_token
from files import ODT, archive, heic, png_header
from fuzzing import contract_of, fuzz, fuzz_internal, operations_of, unjudged
from kept_tables import kept_tables
from open311_client import REPORT, client_of
from requests_town import CATALOGUE_TABLES, Town
from running_service import RunningService, running_service
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from parvis_files.content import HEIC
from parvis_requests.domain.files import MEDIA_TYPES
from parvis_requests.main import SCOPES, internal_app
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
# Far below what the smallest of these files would unpack to.
MOST_MIB: Final = 150
INTERNAL = "requests.messages.read requests.contacts.read"
ROLES = ["agent", "decider", "supervisor", "administrator", "dpo", "auditor"]


@pytest.fixture(scope="module")
async def running(service: Harness, requests_settings: Settings) -> AsyncIterator[RunningService]:
    # An administrator changes what other tests build on.
    async with kept_tables(service.superuser_url, *CATALOGUE_TABLES):
        # Of whom identity is not asked, nothing but 503 would be seen.
        with certifiers() as known:
            identity = {"PARVIS_IDENTITY_INTERNAL_URL": known.url}
            with running_service("requests", requests_settings, **identity) as process:
                yield process


@pytest.fixture
def callers(running: RunningService) -> dict[str, dict[str, str]]:
    """An agent who may do whatever any agent may, and a member of the public."""
    return {"agent": headers_of(running, "agent", **all_rights()), "citizen": headers_of(running, "citizen")}


def all_rights() -> dict[str, Any]:
    return {
        "roles": ROLES,
        "teams": ["voirie"],
        "acr": "eidas1-mfa",
        "auth_time": int(time.time()),
    }


def headers_of(running: RunningService, kind: str, **claims: Any) -> dict[str, str]:
    scope = claims.pop("scope", " ".join(code for code, _ in SCOPES))
    # Longer than a hunt takes over one operation.
    lasting = int(time.time()) + 3600
    token = running.issuer.token(audience="parvis-requests", scope=scope, kind=kind, exp=lasting, **claims)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("label", operations_of("requests"))
def test_any_input_gets_a_declared_answer(
    label: str, running: RunningService, callers: dict[str, dict[str, str]], town: Town
) -> None:
    del town  # empties the tables afterwards
    fuzz("requests", contract_of("requests"), label, running.url, callers, beyond_schemas)


def test_any_input_to_the_internal_port_gets_a_declared_answer(
    service: Harness, running: RunningService, town: Town
) -> None:
    del town
    callers = {kind: headers_of(running, kind, scope=INTERNAL) for kind in ("system", "citizen")}
    fuzz_internal("requests", internal_app(service.runtime), running.internal_url, callers, beyond_schemas)


def beyond_schemas(case: Case[Any]) -> list[Any]:
    lenient = [negative_data_rejection] if case.operation.label in LENIENT else unjudged(case)
    return [*BEYOND_SCHEMAS, *lenient]


async def test_no_broken_body_gets_in_anywhere(running: RunningService, town: Town) -> None:
    # Who filed without an account comes back by a token, which is asked for before the body is read.
    tracked = {"Tracking-Token": await tracking_token(town)}
    before = await rows(town.service.superuser_url)
    signed_in = headers_of(running, "agent", **all_rights())
    assert await accepted(running, signed_in | tracked, "requests") == []
    assert await rows(town.service.superuser_url) == before


async def test_no_file_swells_in_memory(running: RunningService, town: Town) -> None:
    report = {"api_key": (await client_of(town)).key, **REPORT}
    files = {
        "too large": (b"\xff\xd8" + bytes(30_000_000), {413}),
        "unfolds": (archive(mimetype=ODT, content_xml=bytes(201 << 20)), {422}),
        "400 million pixels": (png_header(20_000, 20_000), {415, 422}),
        "no picture": (heic(), {415, 422}),
    }
    before = await rows(town.service.superuser_url)
    grown = {}
    async with httpx.AsyncClient(base_url=running.url, timeout=60) as client:
        for name, (content, refused) in files.items():
            start = forget_peak(running)
            headers = headers_of(running, "citizen") | {"Idempotency-Key": str(uuid4()), "Content-Type": "image/jpeg"}
            assert await status_of(client, "/v1/attachments", content=content, headers=headers) in refused
            media = {"media": ("photo.jpg", content, "image/jpeg")}
            assert await status_of(client, "/open311/v2/requests.json", data=report, files=media) in {400, 413}
            grown[name] = (peak(running) - start) >> 20
    assert max(grown.values()) <= MOST_MIB, grown
    assert await rows(town.service.superuser_url) == before


async def status_of(client: httpx.AsyncClient, path: str, **sent: Any) -> int:
    try:
        return (await client.post(path, **sent)).status_code
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        return 413  # What is larger than any file is answered and cut off before all of it is sent.
