# SPDX-License-Identifier: EUPL-1.2
"""The words of the pages are complete, and scopes are known under the names of their services."""

from parvis_identity.api.provider_texts import PROVIDER_REFUSALS
from parvis_identity.api.texts import REFUSALS, TEXTS
from parvis_identity.domain.errors import Refusal
from parvis_identity.domain.scopes import CATALOGUE, audiences, parse, written


def test_each_refusal_has_its_page() -> None:
    assert set(REFUSALS) | set(PROVIDER_REFUSALS) == set(Refusal)
    assert not set(REFUSALS) & set(PROVIDER_REFUSALS)


def test_both_languages_name_the_same_things() -> None:
    def places(text: str) -> set[str]:
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    assert all(places(text.fr) == places(text.en) for text in TEXTS.values())


def test_a_token_is_for_the_services_of_its_scopes() -> None:
    assert audiences(["requests.requests.read", "requests.requests.write", "openid"]) == [
        "parvis-identity",
        "parvis-requests",
    ]
    assert {scope.service for scope in CATALOGUE.values()} == {"identity", "requests", "notifications", "participation"}


def test_scopes_are_read_and_written_in_one_order() -> None:
    assert parse("b a  a") == frozenset("ab")
    assert parse("") is None
    assert written({"b", "a"}) == "a b"
