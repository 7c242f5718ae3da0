# SPDX-License-Identifier: EUPL-1.2
from identity_town import ISSUER, Attempt, Town

from parvis_identity.domain.scopes import CATALOGUE
from parvis_testing import openapi_document

METADATA = "/.well-known/oauth-protected-resource"


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
    # The one that signs and the next, and those before as long as their tokens live.
    assert len(keys) >= 4
    kinds = {"ES256": {"kty", "crv", "x", "y"}, "RS256": {"kty", "n", "e"}}
    assert {key["alg"] for key in keys} == set(kinds)
    assert all(set(key) == kinds[key["alg"]] | {"kid", "use", "alg"} for key in keys)
    assert answer.headers["cache-control"] == "public, max-age=300"
    sealed = await town.rows("SELECT sealed FROM signing_key")
    assert all(b"PRIVATE" not in row["sealed"] for row in sealed)


async def test_what_tokens_open_says_who_gives_them_and_how_they_come(town: Town) -> None:
    answer = await town.browser().get(METADATA)
    assert answer.json() == {
        "resource": ISSUER,
        "resource_name": "Parvis",
        "authorization_servers": [ISSUER],
        "scopes_supported": list(CATALOGUE),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "dpop_bound_access_tokens_required": False,
        "resource_documentation": f"{ISSUER}/developers",
    }
    assert answer.headers["cache-control"] == "public, max-age=300"
    for service in ("identity", "requests", "notifications", "participation"):
        one = (await town.browser().get(f"{METADATA}/{service}")).json()
        assert one["resource"] == f"{ISSUER}/{service}", "where the path of the document says (RFC 9728 section 3.3)"
        assert one["scopes_supported"] == [name for name, scope in CATALOGUE.items() if scope.service == service]
    assert (await town.browser().get(f"{METADATA}/nobody")).status_code == 404


async def test_a_client_finds_from_a_refusal_to_a_token_that_opens(town: Town) -> None:
    browser = town.browser()
    refused = await browser.get("/v1/me")
    assert refused.status_code == 401
    scheme, _, told = refused.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    resource = (await browser.get(told.removeprefix('resource_metadata="').removesuffix('"'))).json()
    (server,) = resource["authorization_servers"]
    document = (await browser.get(f"{server}/.well-known/oauth-authorization-server")).json()
    assert document["issuer"] == server
    assert set(resource["scopes_supported"]) <= set(document["scopes_supported"])
    body = await town.tokens(Attempt(extra={"resource": resource["resource"]}))
    assert (await town.get("/v1/me", body["access_token"])).status_code == 200
