# SPDX-License-Identifier: EUPL-1.2
from identity_town import ISSUER, Town

from parvis_identity.domain.scopes import CATALOGUE
from parvis_testing import openapi_document


async def test_both_places_say_the_same(town: Town) -> None:
    browser = town.browser()
    first = await browser.get("/.well-known/openid-configuration")
    second = await browser.get("/.well-known/oauth-authorization-server")
    assert first.json() == second.json()
    document = first.json()
    assert document["issuer"] == ISSUER
    assert document["authorization_endpoint"] == f"{ISSUER}/oauth2/authorize"
    assert document["end_session_endpoint"] == f"{ISSUER}/logout"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert set(document["scopes_supported"]) == set(CATALOGUE)


async def test_every_address_in_it_is_served(town: Town) -> None:
    browser = town.browser()
    document = (await browser.get("/.well-known/openid-configuration")).json()
    served = {route.path for route in town.app.routes if hasattr(route, "path")}
    served |= set(openapi_document(town.app)["paths"])
    for name, address in document.items():
        if name.endswith(("_endpoint", "_uri")):
            assert address.removeprefix(ISSUER) in served, name


async def test_the_keys_are_public_ones(town: Town) -> None:
    answer = await town.browser().get("/.well-known/jwks.json")
    keys = answer.json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}] * 2
    assert answer.headers["cache-control"] == "public, max-age=300"
    sealed = await town.rows("SELECT sealed FROM signing_key")
    assert all(b"PRIVATE" not in row["sealed"] for row in sealed)
