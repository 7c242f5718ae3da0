# SPDX-License-Identifier: EUPL-1.2
"""FranceConnect is asked for no more of a person than the settings and the client's request name."""

from urllib.parse import parse_qs, urlsplit

import pytest
from fake_provider import citizen
from identity_town import ISSUER, Attempt, Town
from pydantic import ValidationError

from parvis_identity.providers.relying_party import RelyingParty
from parvis_identity.providers.transport import Transport
from parvis_identity.settings import ProviderSettings


async def asked(town: Town, *scopes: str, pivot: bool = False, **settings: list[str]) -> list[str]:
    known = ProviderSettings.model_validate(town.citizens.configuration() | {"scopes": []} | settings)
    party = RelyingParty(known, ISSUER, Transport(5), 5)
    url = (await party.departure(scopes=scopes, pivot=pivot)).url
    return parse_qs(urlsplit(url).query)["scope"][0].split()


async def test_by_itself_it_is_asked_for_an_identifier_alone(town: Town) -> None:
    assert await asked(town, "openid", "requests.requests.write") == ["openid"]


async def test_what_a_request_names_is_asked_for(town: Town) -> None:
    assert await asked(town, "openid", "profile") == ["openid", "given_name", "family_name", "preferred_username"]
    assert await asked(town, "openid", "email", scopes=["identite_pivot", "email"]) == [
        "openid", "identite_pivot", "email",
    ]  # fmt: skip


async def test_who_links_an_identity_shows_the_whole_civil_status(town: Town) -> None:
    assert await asked(town, pivot=True) == ["openid", "identite_pivot"]


async def test_each_request_of_a_client_asks_for_its_own(town: Town) -> None:
    town.citizens.person = citizen()
    for scope, more in (("openid identity.profile.read", []), ("openid profile", ["family_name"])):
        await town.browser().to_consent(Attempt(scope=scope))
        given = town.citizens.asked[-1]["scope"].split()
        assert given[:3] == ["openid", "identite_pivot", "email"]
        assert [name for name in given if name == "family_name"] == more


@pytest.mark.parametrize("scope", ["openid", "dgfip_rfr", "cnam_paiements_ij"])
async def test_what_other_administrations_know_is_not_asked_for_at_a_sign_in(town: Town, scope: str) -> None:
    with pytest.raises(ValidationError):
        ProviderSettings.model_validate(town.citizens.configuration() | {"scopes": [scope]})
