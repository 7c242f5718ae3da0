# SPDX-License-Identifier: EUPL-1.2
"""What people say in their own words finds the type of the shipped catalogue that they mean; idle talk finds none."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from parvis_requests.domain.catalogue_search import CatalogueSearch, Entry
from parvis_requests.service.catalogue_file import definitions_of, shipped_groups
from parvis_requests.service.find_types import search_of

ASKED: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "support/asked_words.yaml").read_text("utf-8")
)
SHIPPED: Final = definitions_of(shipped_groups())
SEARCH: Final = search_of(SHIPPED.items())


@pytest.mark.parametrize(("asked", "code"), [(asked, code) for code, all_ in ASKED["first"].items() for asked in all_])
def test_what_is_meant_comes_first(asked: str, code: str) -> None:
    assert SEARCH.find(asked, 3)[:1] == [code]


@pytest.mark.parametrize(("asked", "code"), [(case["asked"], case["code"]) for case in ASKED["among_three"]])
def test_what_may_be_meant_as_well_is_among_the_first_three(asked: str, code: str) -> None:
    assert code in SEARCH.find(asked, 3)


@pytest.mark.parametrize("asked", ASKED["nothing"])
def test_what_the_town_hall_does_nothing_about_finds_nothing(asked: str) -> None:
    assert SEARCH.find(asked, 10) == []


@pytest.mark.parametrize("code", SHIPPED)
def test_each_type_is_found_by_words_of_people_and_by_its_name(code: str) -> None:
    assert ASKED["first"].get(code), "no phrase asks for it"
    assert code in SEARCH.find(SHIPPED[code].name.fr, 3)
    assert code in SEARCH.find(SHIPPED[code].name.en, 3)


SMALL = CatalogueSearch(
    [
        Entry("library-card", ["Carte de bibliothèque", "livre"], ["Culture"]),
        Entry("voter-card", ["Carte électorale"], ["Élections", "Pièce d'identité"]),
        Entry("identity-card", ["Carte d'identité"], ["État civil"]),
        Entry("parking", ["Carte de stationnement", "voiture"], ["Voirie", "Pour les livres, voyez la bibliothèque."]),
    ]
)


def test_what_is_rare_says_more_than_what_is_common() -> None:
    assert SMALL.find("carte stationnement", 1) == ["parking"]
    assert SMALL.find("une carte pour ma voiture", 1) == ["parking"]
    assert set(SMALL.find("carte", 10)) == {"library-card", "voter-card", "identity-card", "parking"}


def test_what_a_name_or_keyword_says_comes_before_what_a_text_says() -> None:
    assert SMALL.find("pièce d'identité", 10)[0] == "identity-card"
    assert SMALL.find("livres", 10)[0] == "library-card"


def test_a_mistyped_word_is_mended_a_known_one_is_not() -> None:
    assert SMALL.find("biblyoteque", 1) == ["library-card"]
    assert SMALL.find("stationement", 1) == ["parking"]
    assert SMALL.find("sttaionnement", 1) == ["parking"]
    assert SMALL.find("biblio", 1) == ["library-card"]
    assert SMALL.find("vitrine", 1) == []


def test_what_fits_much_worse_than_the_best_is_left_out_and_equals_keep_the_order_of_the_catalogue() -> None:
    assert SMALL.find("carte d'identité", 10) == ["identity-card"]
    two = CatalogueSearch([Entry("first", ["Tag sur un mur"]), Entry("second", ["Tag sur un banc"])])
    assert two.find("tag", 10) == ["first", "second"]
    assert two.find("tag", 1) == ["first"]


def test_a_catalogue_of_nothing_finds_nothing() -> None:
    assert CatalogueSearch([]).find("carte", 10) == []
