# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path
from typing import Any

import pytest
import yaml
from joserfc.jwk import ECKey, OctKey
from pydantic import ValidationError
from town_seed import demo_seed

from parvis_identity.domain.client import Audience
from parvis_identity.service import seed

CLIENT: dict[str, Any] = {
    "client_id": "portal",
    "collectivity": "paris",
    "name": {"fr": "Portail", "en": "Portal"},
    "audience": "citizen",
    "type": "public",
    "grant_types": ["authorization_code"],
    "redirect_uris": ["https://portal.example/callback"],
    "scopes": ["openid"],
}
SYSTEM: dict[str, Any] = {
    "audience": "system",
    "type": "confidential",
    "secret": "x" * 32,
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
}


KEY = ECKey.generate_key("P-256", {"kid": "a"})
KEYS = {"keys": [KEY.as_dict(private=False)]}
SIGNING = SYSTEM | {"secret": None, "jwks": KEYS}


def read(tmp_path: Path, **changed: Any) -> seed.Seed:
    file = tmp_path / "seed.yaml"
    client = {name: value for name, value in {**CLIENT, **changed}.items() if value is not None}
    file.write_text(yaml.safe_dump({"clients": [client]}))
    return seed.read(file)


def test_the_demo_town_is_well_formed() -> None:
    town = demo_seed()
    assert {c.slug for c in town.collectivities} == {"paris", "lutece"}
    machines = [c for c in town.clients if c.collectivity is None]
    assert {c.client_id for c in machines} == {
        "parvis-identity",
        "parvis-requests",
        "parvis-notifications",
        "parvis-participation",
    }
    assert all(c.audience is Audience.SYSTEM for c in machines)


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROADWORKS_SECRET", "y" * 40)
    made = read(tmp_path, **SYSTEM | {"secret": "${ROADWORKS_SECRET}"})
    assert made.clients[0].client().authenticates_with("y" * 40)


def test_a_client_may_have_keys_in_place_of_a_secret(tmp_path: Path) -> None:
    client = read(tmp_path, **SIGNING).clients[0].client()
    assert client.jwks == KEYS
    assert not client.is_public


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": []},
        {"keys": [{"kty": "EC"}]},
        {"keys": ["x"]},
        {"keys": [KEY.as_dict(private=True)]},
        {"keys": [KEY.as_dict(private=False)] * 2},
        {"keys": [{n: v for n, v in KEY.as_dict(private=False).items() if n != "kid"}]},
        {"keys": [ECKey.generate_key("P-384", {"kid": "a"}).as_dict(private=False)]},
        {"keys": [{"kty": "RSA", "kid": "a", "n": "x" * 171, "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "kid": "a", "n": "x" * 342, "e": "%"}]},
        {"keys": [OctKey.generate_key(256, {"kid": "a"}).as_dict()]},
        KEYS | {"jwks_uri": "https://portal.example/jwks"},
    ],
)
def test_keys_that_prove_nothing_are_refused(tmp_path: Path, jwks: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="jwks"):
        read(tmp_path, **SIGNING | {"jwks": jwks})


def test_a_variable_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROADWORKS_SECRET", raising=False)
    with pytest.raises(ValueError, match="ROADWORKS_SECRET"):
        read(tmp_path, **SYSTEM | {"secret": "${ROADWORKS_SECRET}"})


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "confidential"},
        {"secret": "x" * 32},
        {"jwks": KEYS},
        SYSTEM | {"jwks": KEYS},
        SYSTEM | {"secret": "x" * 31},
        SYSTEM | {"type": "public", "secret": None},
        SYSTEM | {"grant_types": ["client_credentials", "authorization_code"]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": ["password"]},
        {"redirect_uris": []},
        {"redirect_uris": ["http://portal.example/callback"]},
        {"redirect_uris": ["https://portal.example/*"]},
        {"post_logout_redirect_uris": ["javascript:alert(1)"]},
        {"scopes": ["unknown"]},
        {"scopes": []},
        {"collectivity": None},
        {"collectivity": "Paris"},
        {"collectivity": "*"},
        {"unknown": 1},
    ],
)
def test_a_wrong_client_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        read(tmp_path, **changed)
    assert "x" * 31 not in str(error.value), "the message never shows a secret"
