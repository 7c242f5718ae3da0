# SPDX-License-Identifier: EUPL-1.2
"""What introspection tells (RFC 7662), and to whom; what revocation ends (RFC 7009)."""

from typing import Any

import pytest
from fake_provider import citizen
from identity_town import SYSTEM_SECRET, Attempt, Town

SECRET = "d" * 40
DESK = ("test-desk", SECRET)
IDENTITY = ("parvis-identity", "i" * 40)
SCOPE = "openid requests.requests.read"


@pytest.fixture
async def desk(town: Town) -> dict[str, Any]:
    """The tokens of a confidential client."""
    await town.register("test-desk", secret=SECRET)
    attempt = Attempt(client_id="test-desk", scope=SCOPE)
    town.citizens.person = citizen()
    code = await town.browser().code(attempt)
    answer = await town.exchange(attempt, code, client_secret=SECRET)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def told(town: Town, token: str, auth: tuple[str, str] = DESK) -> Any:
    answer = await town.post("/oauth2/introspect", {"token": token}, auth=auth)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def test_a_client_learns_about_its_access_token(town: Town, desk: dict[str, Any]) -> None:
    about = await told(town, desk["access_token"])
    assert about["active"] is True
    assert (about["client_id"], about["token_type"], about["scope"]) == ("test-desk", "Bearer", SCOPE)
    assert about["aud"] == ["parvis-identity", "parvis-requests"]
    assert about["exp"] - about["iat"] == 300
    me = await town.get("/v1/me", (await town.tokens())["access_token"])
    assert about["sub"] == me.json()["id"]


async def test_a_client_learns_about_its_refresh_token(town: Town, desk: dict[str, Any]) -> None:
    about = await told(town, desk["refresh_token"])
    assert about["active"] is True
    assert about["scope"] == SCOPE
    assert "token_type" not in about
    renewed = await town.refresh(desk["refresh_token"], "test-desk", client_secret=SECRET)
    assert await told(town, desk["refresh_token"]) == {"active": False}
    assert (await told(town, renewed.json()["refresh_token"]))["active"] is True


async def test_parvis_s_own_services_learn_about_any_token(town: Town, desk: dict[str, Any]) -> None:
    assert (await told(town, desk["access_token"], IDENTITY))["client_id"] == "test-desk"
    assert (await told(town, desk["refresh_token"], IDENTITY))["client_id"] == "test-desk"


async def test_another_client_learns_nothing(town: Town, desk: dict[str, Any]) -> None:
    for token in (desk["access_token"], desk["refresh_token"]):
        assert await told(town, token, ("demo-roadworks", SYSTEM_SECRET)) == {"active": False}


async def test_nobody_learns_anything_without_proof(town: Town, desk: dict[str, Any]) -> None:
    form = {"token": desk["access_token"]}
    for named in ({"client_id": "demo-portal"}, {"client_id": "test-desk"}, {}):
        answer = await town.post("/oauth2/introspect", form | named)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_inactive_token_is_never_explained(town: Town, desk: dict[str, Any]) -> None:
    for token in ("nonsense", "a.b.c", desk["id_token"], desk["access_token"][:-4] + "AAAA", "x" * 9_000):
        assert await told(town, token) == {"active": False}
    await town.rows("UPDATE refresh_token SET expires_at = now()")
    assert await told(town, desk["refresh_token"]) == {"active": False}


@pytest.mark.parametrize("revoked", ["access_token", "refresh_token"])
async def test_a_revoked_family_is_inactive_at_once(town: Town, desk: dict[str, Any], revoked: str) -> None:
    answer = await town.post("/oauth2/revoke", {"token": desk[revoked]}, auth=DESK)
    assert answer.status_code == 200
    for token in (desk["access_token"], desk["refresh_token"]):
        assert await told(town, token) == {"active": False}


async def test_revoking_one_family_leaves_the_others(town: Town, desk: dict[str, Any]) -> None:
    attempt = Attempt(client_id="test-desk", scope=SCOPE)
    other = await town.exchange(attempt, await town.browser().code(attempt), client_secret=SECRET)
    await town.post("/oauth2/revoke", {"token": desk["access_token"]}, auth=DESK)
    assert (await told(town, other.json()["access_token"]))["active"] is True


async def test_a_system_s_token_is_active_until_it_expires(town: Town) -> None:
    auth = ("demo-roadworks", SYSTEM_SECRET)
    token = (await town.token({"grant_type": "client_credentials"}, auth=auth)).json()["access_token"]
    about = await told(town, token, auth)
    assert (about["active"], about["sub"], about["kind"]) == (True, "demo-roadworks", "system")
