# SPDX-License-Identifier: EUPL-1.2
"""The look-alikes behave on the wire as FranceConnect v2 and ProConnect do."""

import hashlib
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from parvis_local.franceconnect.__main__ import simulators
from parvis_local.franceconnect.registrations import Registration

BASE = "http://localhost:8080/simulators"
CALLBACK = "http://localhost:8080/login/callback"
SECRET = "s3cret"
NONCE = "n" * 32


def registration(provider: str, client_id: str = "parvis", entity: str = "paris") -> Registration:
    return Registration(provider, client_id, SECRET, (CALLBACK,), ("http://localhost:8080/logout/callback",), entity)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    known = [
        registration("franceconnect"),
        registration("franceconnect", "sibling"),
        registration("franceconnect", "stranger", "lutece"),
        registration("proconnect"),
    ]
    transport = httpx.ASGITransport(simulators(BASE, known))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as made:
        yield made


def asked(provider: str = "franceconnect", **changes: str | None) -> dict[str, str]:
    values: dict[str, str | None] = {
        "client_id": "parvis", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid identite_pivot email", "acr_values": "eidas1", "state": "s" * 32, "nonce": NONCE, **changes,
    }  # fmt: skip
    if provider == "proconnect":
        values["scope"] = changes.get("scope", "openid given_name usual_name email uid siret")
    return {name: value for name, value in values.items() if value is not None}


async def page(client: httpx.AsyncClient, provider: str = "franceconnect", **changes: str | None) -> httpx.Response:
    return await client.get(f"/simulators/{provider}/api/v2/authorize", params=asked(provider, **changes))


async def answer(client: httpx.AsyncClient, shown: httpx.Response, **form: str) -> dict[str, str]:
    transaction = re.search(r'name="transaction" value="([^"]+)"', shown.text)
    action = re.search(r'action="([^"]+)"', shown.text)
    assert transaction
    assert action
    back = await client.post(action[1], data={"transaction": transaction[1], **form})
    assert back.status_code == 303
    return {name: value[0] for name, value in parse_qs(urlsplit(back.headers["location"]).query).items()}


async def tokens(
    client: httpx.AsyncClient, code: str, provider: str = "franceconnect", **changes: str
) -> httpx.Response:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "parvis",
        "client_secret": SECRET, **changes,
    }  # fmt: skip
    return await client.post(f"/simulators/{provider}/api/v2/token", data=form)


async def claims(client: httpx.AsyncClient, token: str, provider: str = "franceconnect") -> dict[str, Any]:
    keys = KeySet.import_key_set((await client.get(f"/simulators/{provider}/api/v2/jwks")).json())
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


async def test_a_person_comes_back_with_a_code_that_gives_tokens_and_signed_claims(client: httpx.AsyncClient) -> None:
    back = await answer(client, await page(client), person="amelie")
    assert back["state"] == "s" * 32
    assert back["iss"] == f"{BASE}/franceconnect/api/v2"
    body = (await tokens(client, back["code"])).json()
    assert set(body) == {"access_token", "expires_in", "id_token", "scope", "token_type"}
    assert body["expires_in"] == 60
    identity = await claims(client, body["id_token"])
    assert set(identity) == {"sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss", "at_hash"}
    assert (identity["acr"], identity["nonce"], identity["aud"]) == ("eidas1", NONCE, "parvis")
    assert re.fullmatch(r"[0-9a-f]{64}v1", identity["sub"])
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    info = await client.get("/simulators/franceconnect/api/v2/userinfo", headers=headers)
    assert info.headers["content-type"] == "application/jwt"
    known = await claims(client, info.text)
    assert (known["sub"], known["family_name"], known["birthplace"]) == (identity["sub"], "DURAND", "75056")
    assert "preferred_username" not in known


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "x" * 43}, {"max_age": "1"}, {"login_hint": "x"}, {"resource": "x"}, {"nonce": "n" * 21},
        {"nonce": None}, {"state": None}, {"acr_values": None}, {"acr_values": "eidas2"}, {"scope": None},
        {"prompt": "none"}, {"prompt": ""}, {"response_type": None},
    ],
)  # fmt: skip
async def test_franceconnect_shows_an_error_for_what_is_not_on_its_list(
    client: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    shown = await page(client, **changes)
    assert shown.status_code == 400
    assert "Y030007" in shown.text
    assert "location" not in shown.headers


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"client_id": "nobody"}, "Y04EA6EF"), ({"redirect_uri": CALLBACK + "/x"}, "Y04C013C")],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    client: httpx.AsyncClient, changes: dict[str, Any], code: str
) -> None:
    shown = await page(client, **changes)
    assert (shown.status_code, code in shown.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_request"),
        ({"scope": "openid address"}, "invalid_scope"),
    ],
)
async def test_other_errors_go_back_to_the_service(
    client: httpx.AsyncClient, changes: dict[str, Any], error: str
) -> None:
    shown = await page(client, **changes)
    back = parse_qs(urlsplit(shown.headers["location"]).query)
    assert back["error"] == [error]
    assert back["iss"] == [f"{BASE}/franceconnect/api/v2"]


async def test_whoever_cancels_goes_back_with_a_refusal(client: httpx.AsyncClient) -> None:
    back = await answer(client, await page(client), cancel="1")
    assert (back["error"], back["error_description"]) == ("access_denied", "User auth aborted")


async def test_a_code_works_once_for_its_client_its_address_and_thirty_seconds(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def code() -> str:
        return (await answer(client, await page(client), person="bruno"))["code"]

    first = await code()
    assert (await tokens(client, first)).status_code == 200
    assert (await tokens(client, first)).json()["error"] == "invalid_grant"
    assert (await tokens(client, await code(), client_id="sibling")).json()["error"] == "invalid_grant"
    assert (await tokens(client, await code(), redirect_uri="http://x.example")).json()["error"] == "invalid_grant"
    assert (await tokens(client, await code(), client_secret="wrong")).status_code == 401
    late, now = await code(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert (await tokens(client, late)).json()["error"] == "invalid_grant"


async def test_basic_authentication_is_refused(client: httpx.AsyncClient) -> None:
    code = (await answer(client, await page(client), person="bruno"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    refused = await client.post("/simulators/franceconnect/api/v2/token", data=form, auth=("parvis", SECRET))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_one_person_has_one_sub_for_an_entity_and_another_elsewhere(client: httpx.AsyncClient) -> None:
    async def sub(client_id: str) -> str:
        back = await answer(client, await page(client, client_id=client_id), person="chloe")
        body = (await tokens(client, back["code"], client_id=client_id)).json()
        return str((await claims(client, body["id_token"]))["sub"])

    assert await sub("parvis") == await sub("sibling") != await sub("stranger")


@pytest.mark.parametrize(
    ("changes", "acr"),
    [
        ({"acr_values": None}, "eidas1"),
        ({"acr_values": "eidas1-mfa"}, "eidas1-mfa"),
        ({"acr_values": None, "claims": '{"id_token":{"acr":{"essential":true,"value":"eidas2"}}}'}, "eidas2"),
        (
            {"claims": '{"id_token":{"acr":{"essential":true,"values":["urn:unknown","eidas1-mfa","eidas2"]}}}'},
            "eidas1-mfa",
        ),
        ({"claims": '{"id_token":{"amr":{"essential":true}}}'}, "eidas1"),
    ],
)
async def test_proconnect_vouches_for_the_level_that_is_asked_for(
    client: httpx.AsyncClient, changes: dict[str, str | None], acr: str
) -> None:
    back = await answer(client, await page(client, "proconnect", **changes), person="sophie")
    body = (await tokens(client, back["code"], "proconnect")).json()
    assert (await claims(client, body["id_token"], "proconnect"))["acr"] == acr


@pytest.mark.parametrize(
    "wanted", ["{", "[]", '{"id_token":{"acr":{"essential":true,"values":["urn:unknown"]}}}', '{"id_token":1}']
)
async def test_proconnect_refuses_levels_that_it_does_not_have_and_claims_that_are_none(
    client: httpx.AsyncClient, wanted: str
) -> None:
    shown = await page(client, "proconnect", claims=wanted)
    assert (shown.status_code, "Y000400" in shown.text) == (400, True)


async def test_proconnect_takes_and_checks_pkce_and_gives_refresh_tokens(client: httpx.AsyncClient) -> None:
    verifier = "v" * 50
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    wrong = (await answer(client, await page(client, "proconnect", **pkce), person="camille"))["code"]
    assert (await tokens(client, wrong, "proconnect")).json()["error"] == "invalid_grant"
    code = (await answer(client, await page(client, "proconnect", **pkce), person="camille"))["code"]
    body = (await tokens(client, code, "proconnect", code_verifier=verifier)).json()
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    info = await client.get("/simulators/proconnect/api/v2/userinfo", headers=headers)
    assert (await claims(client, info.text, "proconnect"))["siret"] == "21750001600019"
    again = {
        "grant_type": "refresh_token",
        "refresh_token": body["refresh_token"],
        "client_id": "parvis",
        "client_secret": SECRET,
    }
    assert (await client.post("/simulators/proconnect/api/v2/token", data=again)).status_code == 200


async def test_signing_out_needs_our_own_token_and_a_registered_address(client: httpx.AsyncClient) -> None:
    back = await answer(client, await page(client), person="amelie")
    hint = (await tokens(client, back["code"])).json()["id_token"]
    path = "/simulators/franceconnect/api/v2/session/end"
    target = "http://localhost:8080/logout/callback"
    gone = await client.get(path, params={"id_token_hint": hint, "post_logout_redirect_uri": target, "state": "x"})
    assert gone.headers["location"] == f"{target}?state=x"
    assert (await client.get(path, params={"post_logout_redirect_uri": target})).status_code == 400
    elsewhere = {"id_token_hint": hint, "post_logout_redirect_uri": "http://evil.example"}
    assert (await client.get(path, params=elsewhere)).status_code == 400


async def test_the_page_is_in_the_readers_language_and_needs_no_script(client: httpx.AsyncClient) -> None:
    french = await page(client)
    assert '<html lang="fr">' in french.text
    assert "<script" not in french.text
    english = await client.get(
        "/simulators/franceconnect/api/v2/authorize", params=asked(), headers={"Accept-Language": "en"}
    )
    assert "Choose a person" in english.text
