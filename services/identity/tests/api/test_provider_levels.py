# SPDX-License-Identifier: EUPL-1.2
"""Levels that a provider is asked for, and a provider that knows us by a key and encrypts to another."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fake_provider import agent, citizen
from identity_town import ISSUER, Attempt, Town, answered
from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import ValidationError

from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.providers.own_keys import OwnKeys
from parvis_identity.providers.relying_party import RelyingParty
from parvis_identity.providers.transport import Transport
from parvis_identity.settings import ProviderSettings

SHORT = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 - what is to be refused
SHORT_PEM = SHORT.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def wanting(*levels: str, **more: Any) -> Attempt:
    return Attempt(extra={"acr_values": " ".join(levels)}, **more)


async def me(town: Town, code: str, attempt: Attempt) -> tuple[dict[str, Any], dict[str, Any]]:
    tokens = (await town.exchange(attempt, code)).json()
    claims = jwt.decode(tokens["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    async with town.client() as http:
        answer = await http.get("/v1/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    return dict(claims), dict(answer.json())


async def test_who_needs_a_higher_level_goes_to_franceconnect_plus(town: Town) -> None:
    town.plus.person, attempt = citizen(), wanting("eidas2")
    claims, person = await me(town, await town.browser().code(attempt, "FranceConnect+"), attempt)
    assert claims["acr"] == "eidas2"
    assert person["family_name"] == "DUBOIS"
    asked = town.plus.asked[-1]
    assert asked["acr_values"].split() == ["eidas2", "eidas3"]
    assert "client_assertion" in town.plus.sent[-1]


async def test_a_session_of_a_lower_level_goes_there_for_more_and_stays_the_same_person(town: Town) -> None:
    town.citizens.person, town.plus.person = citizen(), citizen(sub="b" * 64 + "v1")
    browser, low, high = town.browser(), Attempt(), wanting("eidas2")
    _, before = await me(town, await browser.code(low), low)
    claims, after = await me(town, await browser.code(high, "FranceConnect+"), high)
    assert (claims["acr"], after["id"]) == ("eidas2", before["id"])


async def test_another_person_of_another_provider_is_another_account(town: Town) -> None:
    town.citizens.person, town.plus.person = citizen(), citizen(sub="b" * 64 + "v1", birthdate="1962-08-25")
    low, high = Attempt(), wanting("eidas2")
    _, before = await me(town, await town.browser().code(low), low)
    _, after = await me(town, await town.browser().code(high, "FranceConnect+"), high)
    assert after["id"] != before["id"]


async def test_a_level_below_those_of_franceconnect_plus_is_refused(town: Town) -> None:
    town.plus.person, town.plus.acr = citizen(), "eidas1"
    page = await town.browser().to_consent(wanting("eidas2"), "FranceConnect+")
    assert page.status_code == 403
    assert "Niveau de garantie insuffisant" in page.text


async def test_who_reaches_less_than_what_was_wanted_goes_back_with_that(town: Town) -> None:
    town.plus.person = citizen()
    back = await town.browser().to_consent(wanting("eidas3"), "FranceConnect+")
    assert town.plus.asked[-1]["acr_values"] == "eidas3"
    assert answered(back)["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize("key", [ECKey.generate_key("P-256"), RSAKey.generate_key(2_048)], ids=["ec", "rsa"])
async def test_what_is_encrypted_to_somebody_else_is_not_believed(
    town: Town, monkeypatch: pytest.MonkeyPatch, key: ECKey | RSAKey
) -> None:
    monkeypatch.setattr(town.plus, "encrypt_to", key)
    town.plus.person = citizen()
    page = await town.browser().to_consent(wanting("eidas2"), "FranceConnect+")
    assert page.status_code == 502
    assert "Réponse refusée" in page.text
    assert await town.rows("SELECT 1 FROM session") == []


async def test_what_is_encrypted_without_a_key_of_ours_is_not_believed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town.citizens, "encrypt_to", ECKey.generate_key("P-256"))
    town.citizens.person = citizen()
    page = await town.browser().to_consent(Attempt())
    assert (page.status_code, "Réponse refusée" in page.text) == (502, True)


async def test_an_agent_is_asked_strictly_for_a_second_factor(town: Town) -> None:
    town.agents.person, town.agents.acr = agent(), "eidas1-mfa"
    attempt = wanting("eidas1-mfa", client_id="demo-backoffice")
    claims, _ = await me(town, await town.browser().code(attempt, "ProConnect"), attempt)
    assert claims["acr"] == "eidas1-mfa"
    asked = town.agents.asked[-1]
    assert "acr_values" not in asked
    wanted = json.loads(asked["claims"])["id_token"]["acr"]
    assert wanted == {"essential": True, "values": ["eidas1-mfa", "eidas2", "eidas3"]}


@pytest.mark.parametrize("acr", ["eidas1", None])
async def test_an_agent_without_it_goes_back_with_that(town: Town, acr: str | None) -> None:
    town.agents.person, town.agents.acr = agent(), acr
    back = await town.browser().to_consent(wanting("eidas1-mfa", client_id="demo-backoffice"), "ProConnect")
    assert answered(back)["error"] == "unmet_authentication_requirements"


async def test_where_the_settings_want_a_second_factor_nobody_comes_in_without(town: Town) -> None:
    settings = ProviderSettings.model_validate(town.agents.configuration() | {"levels": ["eidas1-mfa"]})
    party = RelyingParty(settings, ISSUER, Transport(5), 5)
    town.agents.person = agent()

    async def vouched(acr: str | None) -> str | None:
        town.agents.acr, departure = acr, await party.departure()
        back = parse_qs(urlsplit(town.agents.authorize(departure.url)).query)
        return (await party.vouched(back["code"][0], departure.nonce, departure.verifier)).acr

    assert await vouched("eidas2") == "eidas2"
    assert json.loads(town.agents.asked[-1]["claims"])["id_token"]["acr"]["values"][0] == "eidas1-mfa"
    for too_low in ("eidas1", None):
        with pytest.raises(RefusedError) as refused:
            await vouched(too_low)
        assert refused.value.reason is Refusal.LEVEL_TOO_LOW


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"client_secret": "secret", "signing_key": ECKey.generate_key("P-256").as_pem(private=True).decode()},
        {"signing_key": ECKey.generate_key("P-256").as_pem(private=False).decode()},
        {"signing_key": ECKey.generate_key("P-384").as_pem(private=True).decode()},
        {"signing_key": RSAKey.generate_key(2_048).as_pem(private=True).decode()},
        {"client_secret": "secret", "encryption_key": SHORT_PEM},
        {"client_secret": "secret", "encryption_key": "no key"},
    ],
)
def test_keys_that_fit_no_purpose_are_no_settings(keys: dict[str, str]) -> None:
    known = {"profile": "franceconnect", "issuer": "https://provider.example", "client_id": "parvis"}
    with pytest.raises(ValidationError):
        ProviderSettings.model_validate(known | keys)


@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA-OAEP-256"])
def test_an_rsa_key_opens_what_is_encrypted_to_it_and_no_compressed_text(alg: str) -> None:
    key = RSAKey.generate_key(2_048)
    ours = OwnKeys.read(None, key.as_pem(private=True).decode())
    registry = jwe.JWERegistry(algorithms=[alg, "A256GCM", "DEF"])
    header = {"alg": alg, "enc": "A256GCM"}
    assert ours.opened(jwe.encrypt_compact(header, "a.b.c", key, registry=registry)) == "a.b.c"
    with pytest.raises(JoseError):
        ours.opened(jwe.encrypt_compact(header | {"zip": "DEF"}, "a.b.c", key, registry=registry))


async def test_our_public_keys_are_there_for_the_provider_and_nothing_private(town: Town) -> None:
    async with town.client() as http:
        answer = await http.get("/login/franceconnect-plus/keys.json")
        missing = await http.get("/login/franceconnect/keys.json")
    assert [key["use"] for key in answer.json()["keys"]] == ["sig", "enc"]
    assert not any("d" in key for key in answer.json()["keys"])
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert missing.status_code == 404
