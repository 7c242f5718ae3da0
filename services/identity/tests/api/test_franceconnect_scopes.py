# SPDX-License-Identifier: EUPL-1.2
"""Each application says what FranceConnect is asked at its sign-ins; by the settings as they come, that is nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from back_office import administrator, call
from counter import SEEN, Caller, at_the_desk, token_in
from fake_provider import citizen
from identity_town import ISSUER, WEB_CALLBACK, Attempt, Town
from local_people import registered

from parvis_identity.assembly import assemble
from parvis_identity.main import internal_app, public_app
from parvis_identity.settings import ProviderSettings

SCOPE = "openid identity.clients.read identity.clients.write"
FAMILY: dict[str, Any] = {
    "name": {"fr": "Portail famille", "en": "Family portal"},
    "audience": "citizen",
    "confidential": False,
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": [WEB_CALLBACK],
    "scopes": ["openid", "profile", "identity.profile.read"],
}


@pytest.fixture
async def plain(town: Town) -> AsyncIterator[Town]:
    """The town with providers as the settings have them unless somebody says otherwise: no scopes."""
    known = [provider.configuration() for provider in (town.citizens, town.agents)]
    for one in known:
        one.pop("scopes")
    providers = tuple(map(ProviderSettings.model_validate, known))
    settings = town.runtime.settings.model_copy(update={"providers": providers})
    opened = replace(town.runtime, settings=settings)
    parts = assemble(opened)
    runtime = replace(opened, tokens=parts.verifier())
    app = public_app(runtime, parts)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(internal_app(runtime, parts)), base_url=ISSUER
    ) as internal:
        yield replace(town, app=app, internal=internal, parts=parts)
        await parts.aclose()


async def asked_by(town: Town, client_id: str) -> list[str]:
    """What FranceConnect is asked at a sign-in of that client."""
    town.citizens.person = citizen()
    await town.browser().to_consent(Attempt(client_id=client_id, scope="openid identity.profile.read"))
    return town.citizens.asked[-1]["scope"].split()


async def made(town: Town, **changed: Any) -> dict[str, Any]:
    token = await administrator(town, SCOPE)
    answer = await call(town, "POST", "/v1/clients", token, FAMILY | changed)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def test_a_client_asks_for_what_its_administrators_say_and_no_other_does(plain: Town) -> None:
    view = await made(plain, franceconnect_scopes=["identite_pivot", "email"])
    assert view["franceconnect_scopes"] == ["email", "identite_pivot"]
    assert await asked_by(plain, view["client_id"]) == ["openid", "email", "identite_pivot"]
    assert await asked_by(plain, "demo-portal") == ["openid"]
    token, path = await administrator(plain, SCOPE), f"/v1/clients/{view['client_id']}"
    lines = await plain.rows("SELECT details FROM audit_entry WHERE action = 'client-made'")
    assert '"franceconnect": ["email", "identite_pivot"]' in str(lines[0]["details"])
    changed = await call(plain, "PUT", path, token, FAMILY, **{"if-match": '"1"'})
    assert changed.json()["franceconnect_scopes"] == [], changed.text
    assert await asked_by(plain, view["client_id"]) == ["openid"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"franceconnect_scopes": ["dgfip_rfr"]}, "/franceconnect_scopes/0"),
        ({"franceconnect_scopes": ["openid"]}, "/franceconnect_scopes/0"),
        ({"franceconnect_scopes": ["email"], "audience": "agent"}, ""),
    ],
)
async def test_what_a_sign_in_has_no_need_of_is_refused(plain: Town, changed: dict[str, Any], pointer: str) -> None:
    token = await administrator(plain, SCOPE)
    answer = await call(plain, "POST", "/v1/clients", token, FAMILY | changed)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_partner_that_describes_itself_anew_keeps_what_the_town_said(plain: Town) -> None:
    token = await administrator(plain, SCOPE)
    ticket = (await call(plain, "POST", "/v1/client-registration-tokens", token, {"scopes": ["openid"]})).json()
    about = {"client_name": "Association", "redirect_uris": [WEB_CALLBACK], "scope": "openid"}
    about |= {"token_endpoint_auth_method": "none", "franceconnect_scopes": ["email"]}
    async with plain.client() as http:
        bearer = {"authorization": f"Bearer {ticket['token']}"}
        partner = (await http.post("/oauth2/register", json=about, headers=bearer)).json()
        own = {"authorization": f"Bearer {partner['registration_access_token']}"}
        assert await asked_by_openid(plain, partner["client_id"]) == ["openid"], "it cannot say so itself"
        await plain.rows(
            "UPDATE client SET franceconnect_scopes = '{birth}' WHERE client_id = $1", partner["client_id"]
        )
        path = f"/oauth2/register/{partner['client_id']}"
        again = await http.put(path, json=about | {"client_id": partner["client_id"]}, headers=own)
        assert again.status_code == 200, again.text
    assert await asked_by_openid(plain, partner["client_id"]) == ["openid", "birth"]


async def asked_by_openid(town: Town, client_id: str) -> list[str]:
    town.citizens.person = citizen()
    await town.browser().to_consent(Attempt(client_id=client_id, scope="openid"))
    return town.citizens.asked[-1]["scope"].split()


async def came(town: Town, client_id: str, sub: str) -> Caller:
    """Angela, by FranceConnect, which tells only what it is asked for."""
    pivot = ("given_name", "family_name", "gender", "birthdate", "birthplace", "birthcountry")

    def told(claims: dict[str, Any]) -> dict[str, Any]:
        named = pivot if "identite_pivot" in town.citizens.asked[-1]["scope"].split() else ()
        return {name: claims[name] for name in ("sub", "iss", "aud", "exp", "iat", *named)}

    town.citizens.person, town.citizens.userinfo_claims = citizen(sub=sub), told
    attempt = Attempt(client_id=client_id, scope="openid identity.profile.read")
    body = (await town.exchange(attempt, await town.browser().code(attempt))).json()
    return Caller(town, body["access_token"])


async def test_an_account_that_an_agent_verified_is_found_by_the_clients_that_ask_the_civil_status(
    plain: Town,
) -> None:
    local = await token_in(plain, await registered(plain))
    assert (await (await at_the_desk(plain)).post(f"/v1/people/{await local.id()}/identity-proofs", SEEN)).is_success
    await plain.register("family", type="public", franceconnect_scopes=["identite_pivot"])
    without = await came(plain, "demo-portal", "a" * 64 + "v1")
    assert await without.id() != await local.id(), "nobody has said who that is"
    assert await (await came(plain, "family", "b" * 64 + "v1")).id() == await local.id()
