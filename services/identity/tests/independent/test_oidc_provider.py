# SPDX-License-Identifier: EUPL-1.2
"""Our relying party against oidc-provider, set up as FranceConnect and as ProConnect."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest
from identity_town import Attempt
from independent_programs import Conversation, conversation
from joserfc.jwk import ECKey
from running_service import running_service

from parvis_identity.providers.own_keys import OwnKeys
from parvis_identity.settings import Settings
from parvis_local.ports import free_port
from parvis_testing import Harness

pytestmark = pytest.mark.independent
SECRET = "a secret shared with the provider"
CLIENT = "http://127.0.0.1:4711"
CITIZEN = {
    "given_name": "Angela Claire Louise",
    "given_name_array": ["Angela", "Claire", "Louise"],
    "family_name": "DUBOIS",
    "birthdate": "1962-08",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela.dubois@example.fr",
}
AGENT = {
    "given_name": "Camille",
    "usual_name": "Moreau",
    "email": "camille.moreau@paris.example",
    "uid": "cmoreau",
    "siret": "21750001600019",
}


@dataclass(frozen=True)
class Scene:
    """Identity, a provider, and a browser that stops where it reaches the client."""

    identity: str
    issuer: str
    provider: Conversation
    http: httpx.Client

    def get(self, url: str) -> httpx.Response:
        return self._followed(self.http.get(url))

    def submit(self, page: httpx.Response, **choice: str) -> httpx.Response:
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        form = {name: unescape(value) for name, value in hidden} | choice
        return self._followed(self.http.post(urljoin(str(page.url), unescape(action[1])), data=form))

    def tell(self, **changed: Any) -> None:
        """Have the provider do from now on what its task did not say."""
        self.provider.say(json.dumps(changed))
        assert self.provider.heard() == {"told": True}

    def to_provider(self, attempt: Attempt, name: str, until: str = CLIENT) -> httpx.Response:
        """Through the provider, which asks nothing of the person that its task does not answer."""
        login = self.get(str(httpx.URL(f"{self.identity}/oauth2/authorize", params=attempt.parameters())))
        link = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>S’identifier avec {name}', login.text)
        assert link, login.text
        return self._followed(self.http.get(urljoin(self.identity, unescape(link[1]))), until)

    def tokens(self, attempt: Attempt, back: httpx.Response) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "client_id": attempt.client_id,
            "code": dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"],
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        answer = httpx.post(f"{self.identity}/oauth2/token", data=form)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def renew(self, client_id: str, tokens: dict[str, Any]) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": tokens["refresh_token"]}
        return httpx.post(f"{self.identity}/oauth2/token", data=form)

    def me(self, tokens: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        body: dict[str, Any] = httpx.get(f"{self.identity}/v1/me", headers=headers).json()
        return body

    def _followed(self, answer: httpx.Response, until: str = CLIENT) -> httpx.Response:
        while answer.is_redirect and until not in answer.headers["location"]:
            answer = self.http.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer


@contextmanager
def scene(
    settings: Settings, profile: str, person: dict[str, Any], *, keys: dict[str, Any] | None = None, **task: Any
) -> Iterator[Scene]:
    """With ``keys``, identity shows itself by them, in place of the secret."""
    port = free_port()
    identity = f"http://127.0.0.1:{port}"
    told = {
        "profile": profile,
        "secret": SECRET,
        "callback": f"{identity}/login/{profile}/callback",
        "afterLogout": f"{identity}/logout/callback",
        "key": ECKey.generate_key("P-256", {"kid": "p1", "use": "sig", "alg": "ES256"}).as_dict(private=True),
        "person": person,
        "acr": "eidas1",
        **task,
    }
    with conversation("provider.mjs", told) as provider:
        issuer = provider.heard()["issuer"]
        known = {"profile": profile, "issuer": issuer, "client_id": "parvis"}
        known |= {"scopes": ["identite_pivot"]} if profile != "proconnect" else {}
        environment = {
            "PARVIS_IDENTITY_PORT": str(port),
            "PARVIS_PUBLIC_URL": identity,
            "PARVIS_IDENTITY_ISSUER_URL": identity,
            "PARVIS_IDENTITY_PROVIDERS": json.dumps([known | (keys or {"client_secret": SECRET})]),
        }
        with (
            running_service("identity", settings, **environment),
            httpx.Client(headers={"accept-language": "fr"}, timeout=10) as http,
        ):
            yield Scene(identity, issuer, provider, http)


def portal(client_id: str = "demo-portal") -> Attempt:
    return Attempt(client_id=client_id, redirect_uri=f"{CLIENT}/callback", scope="openid profile identity.profile.read")


def test_a_citizen_comes_in_and_goes_out_through_franceconnect(identity_settings: Settings) -> None:
    attempt = portal()
    with scene(identity_settings, "franceconnect", CITIZEN) as here:
        consent = here.to_provider(attempt, "FranceConnect")
        assert "Angela DUBOIS" in consent.text, consent.text
        asked = here.provider.heard()["asked"]
        assert asked["acr_values"] == "eidas1"
        assert "code_challenge" not in asked
        tokens = here.tokens(attempt, here.submit(consent, decision="allow"))
        me = here.me(tokens)
        assert me["birth"] == {"date": "1962-08", "precision": "month", "place": "75107", "country": "99100"}
        assert me["given_names"] == "Angela Claire Louise"
        leave = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{CLIENT}/signed-out", "state": "x"}
        leaving = here.get(str(httpx.URL(f"{here.identity}/logout", params=leave)))
        assert "/session/end" in str(leaving.url)
        left = here.submit(leaving, logout="yes")
        assert left.headers["location"] == f"{CLIENT}/signed-out?state=x"


def test_a_citizen_comes_in_and_goes_out_through_franceconnect_plus(identity_settings: Settings) -> None:
    attempt = replace(portal(), extra={"acr_values": "eidas2"})
    signing, encryption = (ECKey.generate_key("P-256").as_pem(private=True).decode() for _ in range(2))
    public = OwnKeys.read(signing, encryption).public()
    keys = {"signing_key": signing, "encryption_key": encryption}
    with scene(identity_settings, "franceconnect-plus", CITIZEN, keys=keys, acr="eidas2", clientKeys=public) as here:
        consent = here.to_provider(attempt, r"FranceConnect\+")
        assert "Angela DUBOIS" in consent.text, consent.text
        assert here.provider.heard()["asked"]["acr_values"] == "eidas2 eidas3"
        tokens = here.tokens(attempt, here.submit(consent, decision="allow"))
        assert here.me(tokens)["birth"]["precision"] == "month"
        leaving = here.get(f"{here.identity}/logout?{urlencode({'id_token_hint': tokens['id_token']})}")
        assert "/session/end" in str(leaving.url)
        assert leaving.status_code == 200, leaving.text


def test_what_franceconnect_refuses_is_a_page_that_quotes_it(identity_settings: Settings) -> None:
    with scene(identity_settings, "franceconnect", CITIZEN) as here:
        here.tell(error={"error": "access_denied", "error_description": "User auth aborted"})
        page = here.to_provider(portal(), "FranceConnect")
        assert (page.status_code, "Vous avez interrompu la connexion" in page.text) == (200, True)
        asked = here.provider.heard()["asked"]

        here.tell(error={"error": "server_error", "error_description": "Y100011 authentication aborted"})
        page = here.to_provider(portal(), "FranceConnect")
        assert (page.status_code, "provider-account-blocked · Y100011" in page.text) == (403, True)
        here.provider.heard()

        here.tell(error=None, client={"scope": "openid"})
        page = here.to_provider(portal(), "FranceConnect")
        assert (page.status_code, "La connexion est mal réglée" in page.text) == (502, True), page.text
        here.provider.heard()

        here.tell(client={"scope": None, "clientSecret": "another secret than ours"})
        page = here.to_provider(portal(), "FranceConnect")
        assert (page.status_code, "La connexion est mal réglée" in page.text) == (502, True), page.text
        here.provider.heard()

        here.tell(client={"clientSecret": SECRET})
        back = here.to_provider(portal(), "FranceConnect", until="/callback?")
        code = dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"]
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uri"],
            "client_id": "parvis", "client_secret": SECRET,
        }  # fmt: skip
        assert httpx.post(f"{here.issuer}/token", data=form).status_code == 200, "somebody is faster than we are"
        page = here.get(back.headers["location"])
        assert (page.status_code, "Cette page n’est plus valable" in page.text) == (400, True), page.text

        assert here.http.get(f"{here.issuer}/authorize?{urlencode(asked)}").is_redirect, "what we send is taken"
        for more in ({"max_age": "5"}, {"code_challenge": "x" * 43, "code_challenge_method": "S256"}):
            refused = here.http.get(f"{here.issuer}/authorize?{urlencode(asked | more)}")
            assert (refused.status_code, "Y030007" in refused.text) == (400, True), refused.text


def test_a_level_below_the_one_asked_is_refused(identity_settings: Settings) -> None:
    with scene(identity_settings, "franceconnect", CITIZEN, acr="eidas0") as here:
        page = here.to_provider(portal(), "FranceConnect")
        assert page.status_code == 403
        assert "Niveau de garantie insuffisant" in page.text


async def test_an_agent_comes_in_is_vouched_for_anew_and_goes_out_through_proconnect(
    identity_settings: Settings, service: Harness
) -> None:
    attempt = portal("demo-backoffice")

    async def renewed(tokens: dict[str, Any]) -> httpx.Response:
        pool = service.runtime.database.pool
        await pool.execute("UPDATE session SET provider_asked_at = now() - interval '1 hour'")
        return here.renew("demo-backoffice", tokens)

    with scene(identity_settings, "proconnect", AGENT) as here:
        back = here.to_provider(attempt, "ProConnect")
        assert back.is_redirect, (str(back.url), back.text[:3000])
        assert here.provider.heard()["asked"]["code_challenge_method"] == "S256"
        tokens = here.tokens(attempt, back)
        me = here.me(tokens)
        assert (me["kind"], me["family_name"]) == ("agent", "Moreau")
        assert me["membership"]["collectivity"] == "paris"

        here.tell(person=AGENT | {"usual_name": "Moreau-Diallo"})
        for _ in range(2):
            answer = await renewed(tokens)
            assert answer.status_code == 200, answer.text
            tokens |= answer.json()
        assert here.me(tokens)["family_name"] == "Moreau-Diallo"

        leave = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{CLIENT}/signed-out", "state": "x"}
        leaving = here.get(str(httpx.URL(f"{here.identity}/logout", params=leave)))
        assert "/session/end" in str(leaving.url)
        assert here.submit(leaving, logout="yes").headers["location"] == f"{CLIENT}/signed-out?state=x"

        tokens = here.tokens(attempt, here.to_provider(attempt, "ProConnect"))
        here.provider.heard()
        here.tell(gone=True)
        answer = await renewed(tokens)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        again = {"prompt": "none", **attempt.parameters()}
        silent = here.get(str(httpx.URL(f"{here.identity}/oauth2/authorize", params=again)))
        assert "error=login_required" in silent.headers["location"]


def test_an_agent_shows_a_second_factor_where_the_settings_want_it(identity_settings: Settings) -> None:
    keys = {"client_secret": SECRET, "levels": ["eidas1-mfa"]}
    with scene(identity_settings, "proconnect", AGENT, keys=keys, acr="eidas1-mfa") as here:
        back = here.to_provider(portal("demo-backoffice"), "ProConnect")
        asked = json.loads(here.provider.heard()["asked"]["claims"])
        assert asked["id_token"]["acr"]["values"] == ["eidas1-mfa", "eidas2", "eidas3"]
        assert back.is_redirect, back.text


def test_an_agent_of_another_organisation_is_shown_out(identity_settings: Settings) -> None:
    with scene(identity_settings, "proconnect", AGENT | {"siret": "99990000000017"}) as here:
        page = here.to_provider(portal("demo-backoffice"), "ProConnect")
        assert page.status_code == 403
        assert "Cet organisme n’est pas celui attendu" in page.text
