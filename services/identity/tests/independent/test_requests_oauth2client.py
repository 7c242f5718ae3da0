# SPDX-License-Identifier: EUPL-1.2
"""Our provider against requests-oauth2client: pushed requests, bound tokens, clients that sign, systems."""

from typing import Any

import pytest
import requests
from identity_town import SYSTEM_SECRET
from real_sign_in import Place
from requests_oauth2client import BearerToken, ClientSecretBasic, DPoPToken, OAuth2Client, PrivateKeyJwt, PublicApp
from requests_oauth2client.exceptions import EndpointError, InvalidGrant, InvalidTarget
from requests_oauth2client.tokens import IdToken
from signing_desk import KEY

SCOPE = "openid profile identity.profile.read"


def client_of(place: Place, auth: requests.auth.AuthBase, **options: Any) -> OAuth2Client:
    return OAuth2Client.from_discovery_endpoint(
        issuer=place.identity,
        auth=auth,
        redirect_uri=f"{place.client}/callback",
        testing=True,
        **options,
    )


def signed_in(place: Place, client: OAuth2Client) -> BearerToken:
    """The tokens of a citizen, whose request was pushed."""
    asked = client.authorization_request(scope=SCOPE)
    pushed = client.pushed_authorization_request(asked)
    with place.browser() as browser:
        picking = browser.click(browser.http.get(pushed.uri), "S’identifier avec FranceConnect")
        back = browser.submit(browser.submit(picking, person="amelie"), decision="allow")
    # Its version 1.8 fails on an id_token that comes with a bound token: openid-client verifies those.
    return client.authorization_code(asked.validate_callback(str(back.url)), validate=asked.dpop_key is None)


def test_a_public_client_pushes_its_request(place: Place) -> None:
    client = client_of(place, PublicApp("demo-portal"))
    token = signed_in(place, client)
    assert isinstance(token.id_token, IdToken)
    assert client.userinfo(token)["sub"] == token.id_token.sub
    assert requests.get(f"{place.identity}/v1/me", auth=token, timeout=10).json()["family_name"] == "DURAND"
    renewed = client.refresh_token(token)
    with pytest.raises(InvalidGrant):
        client.refresh_token(token)
    with pytest.raises(InvalidGrant):
        client.refresh_token(renewed)


def test_a_client_that_signs_binds_its_tokens(place: Place) -> None:
    auth = PrivateKeyJwt("signing-desk", KEY.as_dict(private=True), alg="ES256", aud=place.identity)
    client = client_of(place, auth, dpop_bound_access_tokens=True)
    token = signed_in(place, client)
    assert isinstance(token, DPoPToken)
    for _ in range(2):
        assert requests.get(f"{place.identity}/v1/me", auth=token, timeout=10).status_code == 200
    alone = requests.get(f"{place.identity}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert alone.status_code == 401
    assert client.introspect_token(token)["cnf"] == {"jkt": str(token.dpop_key.dpop_jkt)}
    assert client.revoke_refresh_token(token) is True
    assert client.introspect_token(token) == {"active": False}


def test_an_assertion_for_the_endpoint_in_place_of_the_issuer_is_refused(place: Place) -> None:
    auth = PrivateKeyJwt("signing-desk", KEY.as_dict(private=True), alg="ES256")
    client = client_of(place, auth)
    with pytest.raises(EndpointError, match="client authentication failed"):
        client.pushed_authorization_request(client.authorization_request(scope=SCOPE))


def test_a_system_asks_for_one_service_only(place: Place) -> None:
    client = client_of(place, ClientSecretBasic("demo-roadworks", SYSTEM_SECRET))
    token = client.client_credentials(resource="urn:parvis:notifications")
    assert client.introspect_token(token)["aud"] == ["parvis-notifications"]
    with pytest.raises(InvalidTarget):
        client.client_credentials(resource="urn:parvis:requests")
    bound = client.client_credentials(dpop=True)
    assert isinstance(bound, DPoPToken)
