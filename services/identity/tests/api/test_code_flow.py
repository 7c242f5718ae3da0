# SPDX-License-Identifier: EUPL-1.2
"""The way of a citizen: to FranceConnect, back, consent, code, tokens."""

from identity_town import Town
from joserfc import jwt


async def test_a_citizen_signs_in_and_the_client_gets_tokens(town: Town) -> None:
    body = await town.tokens()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 300
    keys = await town.parts.ring.published()
    access = jwt.decode(body["access_token"], keys, algorithms=["ES256"])
    assert access.header["typ"] == "at+jwt"
    assert access.claims["kind"] == "citizen"
    assert access.claims["collectivity"] == "paris"
    assert access.claims["client_id"] == "demo-portal"
    assert access.claims["aud"] == ["parvis-identity", "parvis-requests"]
    assert access.claims["acr"] == "eidas1"
    me = await town.get("/v1/me", body["access_token"])
    assert me.json()["family_name"] == "DUBOIS"
    assert me.json()["id"] == access.claims["sub"]
