# SPDX-License-Identifier: EUPL-1.2
"""Identity and the look-alike of FranceConnect as processes, over HTTP, as a browser meets them."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from look_alike import SECRET
from real_sign_in import Place, query_of, running_place
from town_seed import demo_seed

from parvis_identity.service import seed
from parvis_identity.settings import Settings
from parvis_testing import Harness


@pytest.fixture(autouse=True)
async def _seeded(service: Harness) -> AsyncIterator[None]:
    await seed.apply(demo_seed(), service.runtime.database, service.runtime.blind_index)
    yield
    await service.clean("signing_key", "rsa_signing_key")


@pytest.fixture(scope="module")
def place(identity_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_place(identity_settings, tmp_path_factory.mktemp("place")) as running:
        yield running


def with_state(url: str, state: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | {"state": state})).geturl()


def state_of(url: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))["state"]


def test_a_citizen_signs_in_and_the_client_knows_who_it_is(place: Place) -> None:
    attempt = place.attempt()
    with place.browser() as browser:
        picking = browser.to_provider(attempt)
        assert str(picking.url).startswith(f"{place.look_alike.address('franceconnect')}/authorize?")
        consent = browser.submit(picking, person="amelie")
        assert str(consent.url).startswith(f"{place.identity}/consent?")
        assert "Amélie DURAND" in consent.text
        back = browser.submit(consent, decision="allow")
    given = query_of(back)
    assert str(back.url).startswith(f"{attempt.redirect_uri}?")
    assert (given["state"], given["iss"]) == (attempt.state, place.identity)
    body = place.exchange(attempt, given["code"]).json()
    keys = KeySet.import_key_set(httpx.get(f"{place.identity}/.well-known/jwks.json", timeout=60).json())
    access = jwt.decode(body["access_token"], keys, algorithms=["ES256"])
    assert (access.claims["iss"], access.claims["kind"], access.claims["acr"]) == (place.identity, "citizen", "eidas1")
    assert jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims["nonce"] == attempt.nonce
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    me = httpx.get(f"{place.identity}/v1/me", headers=bearer, timeout=60).json()
    assert (me["id"], me["given_names"], me["family_name"]) == (access.claims["sub"], "Amélie Rose", "DURAND")
    assert place.exchange(attempt, given["code"]).json()["error"] == "invalid_grant"


def test_a_return_with_a_wrong_state_opens_no_session_and_the_right_one_still_does(place: Place) -> None:
    with place.browser() as browser:
        back = browser.way_back(browser.to_provider(place.attempt()), person="amelie")
        for state in ("", "x" * 43, state_of(back)[:-1], state_of(back) + "x"):
            refused = browser.http.get(with_state(back, state))
            assert refused.status_code == 400, state
            assert "Cette page n’est plus valable" in refused.text
        assert not browser.signed_in()
        assert "Amélie DURAND" in browser.http.get(back).text
        assert browser.signed_in()


def test_nobody_is_signed_in_as_somebody_else_by_a_link(place: Place) -> None:
    """A code of one's own, sent to another person (RFC 6749 section 10.12): with one's state or with theirs."""
    with place.browser() as attacker, place.browser() as victim:
        link = attacker.way_back(attacker.to_provider(place.attempt()), person="bruno")
        theirs = state_of(victim.way_back(victim.to_provider(place.attempt()), person="amelie"))
        for url, status in ((link, 400), (with_state(link, theirs), 502)):
            refused = victim.http.get(url)
            assert refused.status_code == status
            assert "Bruno" not in refused.text
        assert not victim.signed_in()


def test_a_code_that_has_had_its_time_is_refused_and_another_try_succeeds(
    identity_settings: Settings, tmp_path: Path
) -> None:
    # Each code lives as long as that: the good one too, which has to be redeemed meanwhile.
    with running_place(identity_settings, tmp_path, code_seconds=5) as place, place.browser() as browser:
        attempt = place.attempt()
        back = browser.way_back(browser.to_provider(attempt), person="chloe")
        time.sleep(5.2)
        late = browser.http.get(back)
        assert late.status_code == 400
        assert "Cette page n’est plus valable" in late.text
        assert not browser.signed_in()
        login = browser.click(late, "Réessayer")
        consent = browser.submit(browser.click(login, "S’identifier avec FranceConnect"), person="chloe")
        assert "Chloé BERNARD" in consent.text


def test_a_code_that_somebody_has_spent_is_refused(place: Place) -> None:
    with place.browser() as browser:
        back = browser.way_back(browser.to_provider(place.attempt()), person="amelie")
        form = {
            "grant_type": "authorization_code",
            "code": dict(parse_qsl(urlsplit(back).query))["code"],
            "redirect_uri": f"{place.identity}/login/franceconnect/callback",
            "client_id": "parvis",
            "client_secret": SECRET,
        }
        spent = httpx.post(f"{place.look_alike.address('franceconnect')}/token", data=form, timeout=60)
        assert spent.status_code == 200
        assert browser.http.get(back).status_code == 400
        assert not browser.signed_in()


def test_who_cancels_at_franceconnect_may_go_back_to_the_client(place: Place) -> None:
    attempt = place.attempt()
    with place.browser() as browser:
        login = browser.submit(browser.to_provider(attempt), cancel="1")
        assert str(login.url).startswith(f"{place.identity}/login?")
        assert "Vous avez interrompu la connexion" in login.text
        assert not browser.signed_in()
        back = browser.click(login, "Revenir à «\u00a0Portail de démonstration\u00a0»")
    assert str(back.url).startswith(attempt.redirect_uri)
    assert query_of(back) | {"error_description": ""} == {
        "error": "access_denied", "error_description": "", "state": attempt.state, "iss": place.identity,
    }  # fmt: skip


def test_who_refuses_the_client_is_sent_back_with_that(place: Place) -> None:
    attempt = place.attempt()
    with place.browser() as browser:
        back = browser.submit(browser.submit(browser.to_provider(attempt), person="amelie"), decision="deny")
    assert (query_of(back)["error"], query_of(back)["state"]) == ("access_denied", attempt.state)
    assert "code" not in query_of(back)


def test_signing_out_ends_the_session_everywhere(place: Place) -> None:
    attempt = place.attempt()
    with place.browser() as browser:
        body = browser.sign_in(attempt, "amelie")
        after = f"{place.client}/signed-out"
        leaving = {"id_token_hint": body["id_token"], "post_logout_redirect_uri": after, "state": "bye"}
        assert browser.signed_in()
        out = browser.http.get(f"{place.identity}/logout", params=leaving)
        assert str(out.url) == f"{after}?state=bye"
        through = [str(step.url).partition("?")[0] for step in out.history]
        provider = f"{place.look_alike.address('franceconnect')}/session/end"
        assert through == [f"{place.identity}/logout", provider, f"{place.identity}/logout/callback"]
        assert not browser.signed_in()
    refresh = {"grant_type": "refresh_token", "client_id": "demo-portal", "refresh_token": body["refresh_token"]}
    assert httpx.post(f"{place.identity}/oauth2/token", data=refresh, timeout=60).json()["error"] == "invalid_grant"


def test_an_agent_signs_in_through_proconnect_with_pkce(place: Place) -> None:
    attempt = place.attempt("demo-backoffice")
    with place.browser() as browser:
        picking = browser.to_provider(attempt, "ProConnect")
        assert dict(parse_qsl(urlsplit(str(picking.url)).query))["code_challenge_method"] == "S256"
        back = browser.submit(picking, person="camille")
    body = place.exchange(attempt, query_of(back)["code"]).json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    me = httpx.get(f"{place.identity}/v1/me", headers=bearer, timeout=60).json()
    assert (me["kind"], me["membership"]["collectivity"]) == ("agent", "paris")
