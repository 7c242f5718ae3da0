# SPDX-License-Identifier: EUPL-1.2
import pytest
from pydantic import ValidationError

from parvis_identity.settings import ProviderSettings

HERE, THERE = "https://oidc.franceconnect.gouv.fr/api/v2", "https://mirror.example/metadata"
LOCAL = "http://localhost:8080/simulators/franceconnect/api/v2"


def provider(issuer: str, metadata_url: str = "") -> ProviderSettings:
    return ProviderSettings.model_validate(
        {
            "profile": "franceconnect",
            "issuer": issuer,
            "metadata_url": metadata_url,
            "client_id": "parvis",
            "client_secret": "secret",
        }
    )


def test_the_document_is_below_the_issuer_unless_another_address_is_given() -> None:
    assert provider(HERE).discovery_url == f"{HERE}/.well-known/openid-configuration"
    assert provider(HERE, THERE).discovery_url == THERE
    assert provider(LOCAL, "http://127.0.0.1:9090/metadata").discovery_url == "http://127.0.0.1:9090/metadata"


@pytest.mark.parametrize(
    ("issuer", "metadata_url"),
    [
        (f"{HERE}/", ""),
        ("http://franceconnect.example/api/v2", ""),
        (LOCAL, "http://franceconnect.example/metadata"),
        (HERE, "http://localhost:8080/metadata"),
        (HERE, "/metadata"),
    ],
)
def test_nothing_is_read_over_a_line_that_others_can_write_on(issuer: str, metadata_url: str) -> None:
    with pytest.raises(ValidationError):
        provider(issuer, metadata_url)


@pytest.mark.parametrize(
    ("profile", "algorithm", "taken"),
    [
        ("franceconnect", "RS256", True),
        ("proconnect", "RS256", True),
        ("franceconnect-plus", "ES256", True),
        ("franceconnect-plus", "RS256", False),
        ("franceconnect", "HS256", False),
        ("franceconnect", "none", False),
    ],
)
def test_one_algorithm_is_agreed_and_each_provider_has_its_own(profile: str, algorithm: str, *, taken: bool) -> None:
    given = {"profile": profile, "issuer": HERE, "client_id": "parvis", "client_secret": "s", "algorithm": algorithm}
    if taken:
        assert ProviderSettings.model_validate(given).algorithm == algorithm
    else:
        with pytest.raises(ValidationError):
            ProviderSettings.model_validate(given)
