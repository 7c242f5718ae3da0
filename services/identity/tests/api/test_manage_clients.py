# SPDX-License-Identifier: EUPL-1.2
"""Applications that administrators make, change, disable and give other secrets; partners register their own."""

from typing import Any

import httpx
import pytest
from back_office import administrator, call
from fake_provider import citizen
from identity_town import WEB_CALLBACK, Attempt, Town
from profile_people import trail

SCOPE = "openid identity.clients.read identity.clients.write"
PORTAL: dict[str, Any] = {
    "name": {"fr": "Portail famille", "en": "Family portal"},
    "audience": "citizen",
    "confidential": True,
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": [WEB_CALLBACK],
    "post_logout_redirect_uris": ["https://famille.paris.example/"],
    "scopes": ["openid", "profile", "identity.profile.read"],
}
PARTNER: dict[str, Any] = {
    "client_name": "Association des parents",
    "client_name#en": "Parents' association",
    "redirect_uris": [WEB_CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile",
    "an_unknown_member": ["ignored"],
}


@pytest.fixture
async def sophie(town: Town) -> str:
    """The access token of the administrator of Paris."""
    return await administrator(town, SCOPE)


async def made(town: Town, token: str, **changed: Any) -> dict[str, Any]:
    answer = await call(town, "POST", "/v1/clients", token, PORTAL | changed)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def signs_in(town: Town, client_id: str, secret: str | None) -> httpx.Response:
    """A citizen's tokens by that client."""
    attempt = Attempt(client_id=client_id, scope="openid profile")
    town.citizens.person = citizen()
    code = await town.browser().code(attempt)
    return await town.exchange(attempt, code, client_secret=secret)


async def test_a_client_is_made_works_and_shows_its_secret_once(town: Town, sophie: str) -> None:
    answer = await call(town, "POST", "/v1/clients", sophie, PORTAL, **{"idempotency-key": "one"})
    view, path = answer.json(), answer.headers["location"]
    again = await call(town, "POST", "/v1/clients", sophie, PORTAL, **{"idempotency-key": "one"})
    assert again.json() == view, "whoever lost the answer gets it again, and no second client"
    read = await town.get(path, sophie)
    assert "client_secret" not in read.json()
    assert (read.headers["etag"], read.json()["disabled"]) == ('"1"', False)
    assert (await signs_in(town, view["client_id"], view["client_secret"])).status_code == 200
    assert (await signs_in(town, view["client_id"], "x" * 43)).status_code == 401
    stored = await town.rows("SELECT secret_hash FROM client WHERE client_id = $1", view["client_id"])
    assert view["client_secret"].encode() not in stored[0]["secret_hash"]
    listed = (await town.get("/v1/clients", sophie)).json()["items"]
    assert listed[0]["client_id"] == view["client_id"]
    assert not any(item["client_id"].startswith(("lutece", "parvis-")) for item in listed), "the town's own only"


async def test_both_secrets_are_taken_while_they_overlap_and_one_afterwards(town: Town, sophie: str) -> None:
    view = await made(town, sophie)
    path = f"/v1/clients/{view['client_id']}/secret-rotations"
    assert (await call(town, "POST", path, sophie, {}, **{"if-match": '"9"'})).status_code == 412
    rotated = await call(town, "POST", path, sophie, {"overlap_hours": 1}, **{"if-match": '"1"'})
    new = rotated.json()["client_secret"]
    assert rotated.json()["overlap_until_at"]
    assert new != view["client_secret"]
    for secret in (view["client_secret"], new):
        assert (await signs_in(town, view["client_id"], secret)).status_code == 200
    await town.rows("UPDATE client SET previous_secret_until = now() WHERE client_id = $1", view["client_id"])
    assert (await signs_in(town, view["client_id"], view["client_secret"])).status_code == 401
    assert (await signs_in(town, view["client_id"], new)).status_code == 200
    public = await made(town, sophie, confidential=False)
    assert public["client_secret"] is None
    path = f"/v1/clients/{public['client_id']}/secret-rotations"
    assert (await call(town, "POST", path, sophie, {}, **{"if-match": '"1"'})).status_code == 409


async def test_a_disabled_client_gets_nothing_and_what_it_was_allowed_is_over(town: Town, sophie: str) -> None:
    view = await made(town, sophie)
    tokens = (await signs_in(town, view["client_id"], view["client_secret"])).json()
    path = f"/v1/clients/{view['client_id']}/transitions"
    done = await call(town, "POST", path, sophie, {"action": "disable"}, **{"if-match": '"1"'})
    assert (done.status_code, done.json()["disabled"]) == (200, True)
    secret = view["client_secret"]
    assert (await town.refresh(tokens["refresh_token"], view["client_id"], client_secret=secret)).status_code == 401
    page = await town.browser().authorize(Attempt(client_id=view["client_id"]))
    assert page.status_code == 400, "no redirect for a client that is none"
    assert (await call(town, "POST", path, sophie, {"action": "disable"}, **{"if-match": '"2"'})).status_code == 409
    await call(town, "POST", path, sophie, {"action": "enable"}, **{"if-match": '"2"'})
    renewed = await town.refresh(tokens["refresh_token"], view["client_id"], client_secret=secret)
    assert renewed.json()["error"] == "invalid_grant", "what has ended does not come back"
    assert (await signs_in(town, view["client_id"], secret)).status_code == 200


async def test_a_changed_client_keeps_its_secret_and_its_subjects(town: Town, sophie: str) -> None:
    path = "/v1/clients/demo-portal"
    before = (await town.rows("SELECT sector FROM client WHERE client_id = 'demo-portal'"))[0]["sector"]
    tag = (await town.get(path, sophie)).headers["etag"]
    body = PORTAL | {"confidential": False, "scopes": ["openid"]}
    assert (await call(town, "PUT", path, sophie, body)).status_code == 428
    changed = await call(town, "PUT", path, sophie, body, **{"if-match": tag})
    assert (changed.status_code, changed.json()["scopes"]) == (200, ["openid"]), changed.text
    assert (await town.rows("SELECT sector FROM client WHERE client_id = 'demo-portal'"))[0]["sector"] == before
    view = await made(town, sophie)
    path = f"/v1/clients/{view['client_id']}"
    await call(town, "PUT", path, sophie, PORTAL | {"scopes": ["openid", "profile"]}, **{"if-match": '"1"'})
    assert (await signs_in(town, view["client_id"], view["client_secret"])).status_code == 200


BAD_URIS = [
    "http://famille.example/callback", "https://*.example/callback", "https://famille.example/#fragment",
    "https://user@famille.example/", "javascript:alert(1)", "/callback", "https://famille.example/a b",
    "famille:/callback",
]  # fmt: skip


@pytest.mark.parametrize("uri", BAD_URIS)
async def test_an_address_that_others_could_answer_is_not_registered(town: Town, sophie: str, uri: str) -> None:
    refused = await call(town, "POST", "/v1/clients", sophie, PORTAL | {"redirect_uris": [uri]})
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed"), refused.text
    token = await allowed(town, sophie)
    answer = await register(town, token, PARTNER | {"redirect_uris": [uri]})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "uri", ["https://famille.example/cb", "http://127.0.0.1/cb", "http://[::1]/cb", "fr.parents.app:/cb"]
)
async def test_web_loopback_and_private_addresses_are_registered(town: Town, sophie: str, uri: str) -> None:
    assert (await made(town, sophie, redirect_uris=[uri]))["redirect_uris"] == [uri]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"scopes": ["identity.people.read"]}, "/scopes"),
        ({"consent": "implied"}, "/consent"),
        ({"scopes": ["unheard.of.read"]}, ""),
        ({"audience": "system"}, ""),
        ({"jwks": {"keys": []}}, ""),
    ],
)
async def test_what_no_town_may_give_its_clients_is_refused(
    town: Town, sophie: str, changed: dict[str, Any], pointer: str
) -> None:
    refused = await call(town, "POST", "/v1/clients", sophie, PORTAL | changed)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_clients_of_another_town_are_none_of_ours(town: Town, sophie: str) -> None:
    assert (await town.get("/v1/clients/lutece-portal", sophie)).status_code == 404
    assert (await town.get("/v1/clients/parvis-requests", sophie)).status_code == 404
    body = {"action": "disable"}
    path = "/v1/clients/lutece-portal/transitions"
    assert (await call(town, "POST", path, sophie, body, **{"if-match": '"1"'})).status_code == 404
    citizen = town.service.citizen(scope=SCOPE)
    assert (await town.service.client.get("/v1/clients", headers=citizen.headers)).status_code == 403


async def test_each_act_on_a_client_is_told(town: Town, sophie: str) -> None:
    view = await made(town, sophie)
    path = f"/v1/clients/{view['client_id']}"
    await call(town, "PUT", path, sophie, PORTAL, **{"if-match": '"1"'})
    await call(town, "POST", f"{path}/secret-rotations", sophie, {}, **{"if-match": '"2"'})
    await call(town, "POST", f"{path}/transitions", sophie, {"action": "disable"}, **{"if-match": '"3"'})
    await call(town, "POST", f"{path}/transitions", sophie, {"action": "enable"}, **{"if-match": '"4"'})
    told = await town.rows(
        "SELECT action, actor_kind, client_id FROM audit_entry WHERE object = $1 ORDER BY id", view["client_id"]
    )
    assert [row["action"] for row in told] == [
        "client-made", "client-changed", "client-secret-rotated", "client-disabled", "client-enabled",
    ]  # fmt: skip
    assert {(row["actor_kind"], row["client_id"]) for row in told} == {("agent", "back-office")}


async def allowed(town: Town, token: str, **changed: Any) -> str:
    body = {"scopes": ["openid", "profile", "email"]} | changed
    answer = await call(town, "POST", "/v1/client-registration-tokens", token, body)
    assert answer.status_code == 201, answer.text
    given: str = answer.json()["token"]
    return given


async def register(town: Town, token: str, body: Any = None) -> httpx.Response:
    return await call(town, "POST", "/oauth2/register", token, body or PARTNER)


async def test_a_partner_registers_once_and_manages_its_client(town: Town, sophie: str) -> None:
    token = await allowed(town, sophie)
    answer = await register(town, token)
    assert answer.status_code == 201, answer.text
    client = answer.json()
    told = await trail(town, "registration-allowed", "client-made")
    assert [action for action, _ in told] == ["registration-allowed", "client-made"]
    assert (client["scope"], client["client_secret_expires_at"]) == ("openid profile", 0)
    assert "an_unknown_member" not in client
    assert (await register(town, token)).status_code == 401, "a token registers one client"
    assert (await signs_in(town, client["client_id"], client["client_secret"])).status_code == 200
    path, management = f"/oauth2/register/{client['client_id']}", client["registration_access_token"]
    read = await call(town, "GET", path, management)
    assert (read.status_code, read.json()["client_name#en"]) == (200, "Parents' association")
    assert "client_secret" not in read.json()
    other = PARTNER | {"client_id": client["client_id"], "client_name": "Les parents", "scope": "openid"}
    changed = await call(town, "PUT", path, management, other)
    assert (changed.status_code, changed.json()["client_name"], changed.json()["scope"]) == (
        200,
        "Les parents",
        "openid",
    )
    wider = await call(town, "PUT", path, management, other | {"scope": "openid email"})
    assert (wider.status_code, wider.json()["error"]) == (400, "invalid_client_metadata")
    foreign = await call(town, "PUT", path, management, other | {"client_id": "demo-portal"})
    assert foreign.status_code == 400
    for stolen in (token, "x" * 43, ""):
        assert (await call(town, "GET", path, stolen)).status_code == 401
    assert (await call(town, "GET", "/oauth2/register/demo-portal", management)).status_code == 401
    assert (await call(town, "DELETE", path, management)).status_code == 204
    assert (await call(town, "GET", path, management)).status_code == 401
    assert (await town.browser().authorize(Attempt(client_id=client["client_id"]))).status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "openid requests.requests.write"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["implicit", "authorization_code"]},
        {"response_types": ["token"]},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}},
        {"client_name": ""},
        {"client_name": 7},
        {"dpop_bound_access_tokens": "yes"},
        {"id_token_signed_response_alg": "none"},
        {"id_token_signed_response_alg": "HS256"},
        {"id_token_signed_response_alg": ["RS256"]},
        {"backchannel_logout_uri": "http://inside.example/"},
    ],
)
async def test_metadata_that_is_not_allowed_is_refused_and_the_token_stays(
    town: Town, sophie: str, changed: dict[str, Any]
) -> None:
    token = await allowed(town, sophie)
    answer = await register(town, token, PARTNER | changed)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata"), answer.text
    assert answer.json()["error_description"].isascii()
    assert (await register(town, token)).status_code == 201


@pytest.mark.parametrize(("said", "expected"), [({}, "RS256"), ({"id_token_signed_response_alg": "ES256"}, "ES256")])
async def test_a_client_registers_how_its_id_tokens_are_signed(
    town: Town, sophie: str, said: dict[str, str], expected: str
) -> None:
    answer = await register(town, await allowed(town, sophie), PARTNER | said)
    assert (answer.status_code, answer.json()["id_token_signed_response_alg"]) == (201, expected)
    (row,) = await town.rows("SELECT id_token_algorithm FROM client WHERE client_id = $1", answer.json()["client_id"])
    assert row["id_token_algorithm"] == expected


async def test_an_expired_token_registers_nothing(town: Town, sophie: str) -> None:
    token = await allowed(town, sophie)
    await town.rows("UPDATE registration_ticket SET expires_at = now()")
    assert (await register(town, token)).status_code == 401
    async with town.client() as http:
        assert (await http.post("/oauth2/register", json=PARTNER)).status_code == 401
        broken = await http.post("/oauth2/register", content=b"[", headers={"authorization": f"Bearer {token}"})
    assert broken.status_code in {400, 401}
