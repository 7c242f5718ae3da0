# SPDX-License-Identifier: EUPL-1.2
"""Words of one family share a root, words that sound alike a sound."""

import pytest

from parvis_requests.domain.plain_words import distance, plain, root, sound, telling


def test_words_are_plain_and_those_that_tell_nothing_are_left_out() -> None:
    assert plain("Œuvre d'ÉTÉ, naïf") == "oeuvre d'ete, naif"
    assert telling("Bonjour, je voudrais l'acte de naissance de ma fille s'il vous plaît, l'ACTE !") == [
        "acte", "naissance", "fille",
    ]  # fmt: skip
    assert telling("Hello, I would like a birth certificate please") == ["birth", "certificate"]
    assert telling("?!") == []


@pytest.mark.parametrize(
    "family",
    [
        "encombrant encombrants encombrante",
        "demenagement demenager demenage demenagements",
        "stationnement stationner stationnements",
        "election elections",
        "cheval chevaux",
        "barriere barrieres",
        "library libraries",
        "mariage mariages marier",
        "parking parkings",
    ],
)
def test_a_family_has_one_root(family: str) -> None:
    assert len({root(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["passeport passage", "carte carton", "velo velib", "eau eaux-vannes", "16 2016"])
def test_strangers_have_roots_of_their_own(pair: str) -> None:
    one, other = pair.split()
    assert root(one) != root(other)


@pytest.mark.parametrize(
    "pair",
    ["naissance naisance", "lampadaire lampadere", "encombrant enconbrant", "graffiti grafiti",
     "bibliotheque biblioteque", "photo foto", "pharmacie farmacie", "poubelle poubele", "eclairage eclerage"],
)  # fmt: skip
def test_what_sounds_alike_is_alike(pair: str) -> None:
    one, other = pair.split()
    assert sound(one) == sound(other)


def test_a_swap_of_neighbours_is_one_mistake_and_too_many_are_not_counted() -> None:
    assert distance("carton", "carton", 2) == 0
    assert distance("carton", "catron", 2) == distance("carton", "caton", 2) == distance("carton", "cartoon", 2) == 1
    assert distance("carton", "kartom", 2) == 2
    assert distance("carton", "poubelle", 2) == distance("abc", "abcdef", 2) == 3
