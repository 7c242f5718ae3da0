# SPDX-License-Identifier: EUPL-1.2
"""Our provider against openid-client, a certified relying party, and our tokens against oauth4webapi (RFC 9068)."""

from dataclasses import dataclass
from typing import Any

import pytest
from independent_programs import conversation
from real_sign_in import Place, query_of
from signing_desk import KEY

pytestmark = pytest.mark.independent
SCOPE = "openid profile identity.profile.read"


@dataclass(frozen=True)
class Visit:
    """What the relying party got, and where it sends the browser to sign out."""

    got: dict[str, Any]
    left: str


def visit(place: Place, client_id: str, **task: Any) -> Visit:
    """A citizen signs in to that client, and signs out."""
    told = {
        "issuer": place.identity,
        "clientId": client_id,
        "redirectUri": f"{place.client}/callback",
        "afterLogout": f"{place.client}/signed-out",
        "scope": SCOPE,
        "api": f"{place.identity}/v1/me",
        "audience": "parvis-identity",
        **task,
    }
    with conversation("relying_party.mjs", told) as party, place.browser() as browser:
        login = browser.http.get(party.heard()["open"])
        picking = browser.click(login, "S’identifier avec FranceConnect")
        back = browser.submit(browser.submit(picking, person="amelie"), decision="allow")
        assert query_of(back)["iss"] == place.identity
        party.say(str(back.url))
        got = party.heard()
        left = browser.http.get(got["leave"])
        assert not browser.signed_in()
        return Visit(got, str(left.url))


def check(place: Place, visited: Visit, client_id: str) -> None:
    got = visited.got
    assert (got["identity"]["iss"], got["identity"]["aud"]) == (place.identity, client_id)
    assert got["userinfo"]["sub"] == got["identity"]["sub"]
    assert got["userinfo"]["family_name"] == "DURAND"
    assert (got["call"]["status"], got["call"]["body"]["family_name"]) == (200, "DURAND")
    assert got["call"]["claims"]["client_id"] == client_id
    assert got["call"]["claims"]["sub"] == got["call"]["body"]["id"] != got["identity"]["sub"]
    assert got["after"] == "invalid_grant"
    assert visited.left.startswith(f"{place.client}/signed-out")


def test_a_public_client_signs_in_renews_revokes_and_signs_out(place: Place) -> None:
    visited = visit(place, "demo-portal")
    check(place, visited, "demo-portal")
    assert visited.got["type"] == "bearer"


def test_a_public_client_binds_its_tokens_to_a_key(place: Place) -> None:
    visited = visit(place, "demo-portal", bound=True)
    check(place, visited, "demo-portal")
    assert visited.got["type"] == "dpop"
    assert set(visited.got["call"]["claims"]["cnf"]) == {"jkt"}


def test_a_client_that_signs_pushes_its_request_and_binds_its_tokens(place: Place) -> None:
    visited = visit(place, "signing-desk", key=KEY.as_dict(private=True), pushed=True, bound=True)
    check(place, visited, "signing-desk")
    about = visited.got["about"]
    assert (about["active"], about["client_id"], about["token_type"]) == (True, "signing-desk", "DPoP")
    assert set(about["cnf"]) == {"jkt"}
