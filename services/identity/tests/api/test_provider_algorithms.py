# SPDX-License-Identifier: EUPL-1.2
"""The algorithm that is agreed with a provider: RS256 where the settings say so, and then no other."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest
import respx
from fake_provider import Claims, FakeProvider
from identity_refusals import refused, sign_in
from identity_town import Town
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from parvis_identity.assembly import assemble
from parvis_identity.main import public_app
from parvis_identity.settings import ProviderSettings

KID = "r1"
ISSUER = "https://signs-by-rsa.example/api/v2"


@pytest.fixture(scope="module")
def rsa() -> FakeProvider:
    # Published without saying what it is for: what was agreed decides, not the key.
    key = RSAKey.generate_key(2048, {"kid": KID})
    return FakeProvider("franceconnect", ISSUER, key=key, scopes=("identite_pivot", "email"))


@pytest.fixture
async def there(town: Town, rsa: FakeProvider, providers: respx.MockRouter) -> AsyncIterator[Town]:
    """The same town, whose FranceConnect signs by RSA."""
    rsa.reset()
    rsa.mount(providers)
    known = ProviderSettings.model_validate(rsa.configuration())
    settings = town.runtime.settings.model_copy(update={"providers": (known,)})
    runtime = replace(town.runtime, settings=settings)
    async with aclosing(assemble(runtime)) as parts:
        yield replace(town, app=public_app(replace(runtime, tokens=parts.verifier()), parts), parts=parts, citizens=rsa)


def by_hand(algorithm: str, body: Claims, key: bytes | None) -> str:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": algorithm}, body)]
    mac = hmac.digest(key, b".".join(parts), "sha256") if key else b""
    return b".".join([*parts, urlsafe_b64encode(mac).rstrip(b"=")]).decode()


def es256(_: FakeProvider) -> Callable[[Claims], str]:
    key = ECKey.generate_key("P-256", {"kid": KID})
    return lambda body: jwt.encode({"alg": "ES256", "kid": KID}, body, key)


def ps256(provider: FakeProvider) -> Callable[[Claims], str]:
    # The very key, by another way of signing with it.
    key = RSAKey.import_key(provider.key.as_pem(private=True), {"kid": KID})
    return lambda body: jwt.encode({"alg": "PS256", "kid": KID}, body, key, ["PS256"])


def hs256_with_public_key(provider: FakeProvider) -> Callable[[Claims], str]:
    return lambda body: by_hand("HS256", body, provider.key.as_pem(private=False))


def unsigned(_: FakeProvider) -> Callable[[Claims], str]:
    return lambda body: by_hand("none", body, None)


def another_rsa_key(_: FakeProvider) -> Callable[[Claims], str]:
    key = RSAKey.generate_key(2048, {"kid": KID})
    return lambda body: jwt.encode({"alg": "RS256", "kid": KID}, body, key)


async def test_what_is_signed_by_rs256_is_believed_where_that_was_agreed(there: Town) -> None:
    answer = await sign_in(there)
    assert answer.status_code == 200, answer.text
    assert "Angela" in answer.text
    (row,) = await there.rows("SELECT issuer FROM identity_link")
    assert row["issuer"] == ISSUER


@pytest.mark.parametrize("forgery", [es256, ps256, hs256_with_public_key, unsigned, another_rsa_key])
@pytest.mark.parametrize("where", ["sign", "sign_userinfo"])
async def test_any_other_algorithm_or_key_is_refused(
    there: Town, forgery: Callable[[FakeProvider], Callable[[Claims], str]], where: str
) -> None:
    answer = await sign_in(there, lambda provider: setattr(provider, where, forgery(provider)))
    await refused(there, answer, 502, "Réponse refusée")


async def test_a_provider_of_es256_that_publishes_an_rsa_key_cannot_sign_with_it(
    town: Town, rsa: FakeProvider, providers: respx.MockRouter
) -> None:
    both = {"keys": [key.as_dict(private=False) for key in (town.citizens.key, rsa.key)]}
    providers.route(url=f"{town.citizens.issuer}/jwks").respond(json=both)
    answer = await sign_in(town, lambda provider: setattr(provider, "sign", rsa.signed))
    await refused(town, answer, 502, "Réponse refusée")
