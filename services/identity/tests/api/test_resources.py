# SPDX-License-Identifier: EUPL-1.2
"""Tokens for one service only (RFC 8707)."""

from typing import Any

import pytest
from identity_town import ISSUER, SYSTEM_SECRET, WEB_CALLBACK, Attempt, Town, answered, location
from joserfc import jwt

REQUESTS, IDENTITY = "urn:parvis:requests", "urn:parvis:identity"
SCOPE = "openid profile identity.profile.read requests.requests.read"


async def claims(town: Town, body: dict[str, Any]) -> dict[str, Any]:
    return jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims


async def test_a_token_for_one_service_is_of_no_use_at_another(town: Town) -> None:
    body = await town.tokens(Attempt(scope=SCOPE, extra={"resource": REQUESTS}))
    assert body["scope"] == "requests.requests.read"
    assert (await claims(town, body))["aud"] == ["parvis-requests"]
    assert "id_token" in body
    assert (await town.get("/v1/me", body["access_token"])).status_code == 401


@pytest.mark.parametrize("resource", [f"{ISSUER}/requests", REQUESTS])
async def test_a_service_is_named_as_its_metadata_do_too(town: Town, resource: str) -> None:
    body = await town.tokens(Attempt(scope=SCOPE, extra={"resource": resource}))
    assert (await claims(town, body))["aud"] == ["parvis-requests"]
    narrowed = await town.refresh(body["refresh_token"], resource=resource)
    assert (await claims(town, narrowed.json()))["aud"] == ["parvis-requests"]


async def test_a_refresh_stays_within_the_resources_of_the_grant(town: Town) -> None:
    body = await town.tokens(Attempt(scope=SCOPE, extra={"resource": REQUESTS}))
    more = await town.refresh(body["refresh_token"], resource=IDENTITY)
    assert (more.status_code, more.json()["error"]) == (400, "invalid_target")
    again = await town.refresh(body["refresh_token"])
    assert again.json()["scope"] == "requests.requests.read"


async def test_each_refresh_may_be_for_another_service(town: Town) -> None:
    body = await town.tokens(Attempt(scope=SCOPE))
    here = (await town.refresh(body["refresh_token"], resource=REQUESTS)).json()
    there = (await town.refresh(here["refresh_token"], resource=IDENTITY)).json()
    both = (await town.refresh(there["refresh_token"])).json()
    audiences = [(await claims(town, one))["aud"] for one in (here, there, both)]
    assert audiences == [["parvis-requests"], ["parvis-identity"], ["parvis-identity", "parvis-requests"]]


async def test_several_resources_may_be_named(town: Town) -> None:
    auth, grant = ("demo-roadworks", SYSTEM_SECRET), "grant_type=client_credentials"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    one = await town.token({}, content=f"{grant}&resource=urn:parvis:notifications", headers=headers, auth=auth)
    assert (await claims(town, one.json()))["aud"] == ["parvis-notifications"]
    two = await town.token(
        {}, content=f"{grant}&resource=urn:parvis:notifications&resource={REQUESTS}", headers=headers, auth=auth
    )
    assert two.json()["error"] == "invalid_target"


@pytest.mark.parametrize(
    "resource",
    [
        "urn:parvis:nobody",
        "https://evil.example",
        "parvis-requests",
        f"{REQUESTS}#x",
        "urn:parvis:participation",
        f"{ISSUER}/nobody",
        f"{ISSUER}.evil.example/requests",
        f"{ISSUER}/requests/",
    ],
)
async def test_a_resource_that_the_scopes_do_not_open_is_refused(town: Town, resource: str) -> None:
    answer = await town.browser().authorize(Attempt(scope=SCOPE, extra={"resource": resource}))
    assert location(answer) == WEB_CALLBACK
    assert answered(answer)["error"] == "invalid_target"
