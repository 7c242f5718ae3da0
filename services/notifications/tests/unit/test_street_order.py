# SPDX-License-Identifier: EUPL-1.2
"""Where an address is on the way of somebody who walks from door to door."""

import pytest

from parvis_notifications.domain.street_order import Place, place_of, streets_begun


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("12 bis, rue de l'Église 75011 Paris", ("75011", "rue de l eglise", 12, "bis")),
        ("1 rue de Rivoli", ("", "rue de rivoli", 1, "")),
        ("Bât. B, 3 av. du Général Leclerc\n75014 Paris", ("75014", "avenue du general leclerc", 3, "")),
        ("Appt 4, résidence des Lys, 12B place d'Armes", ("", "place d armes", 12, "b")),
        ("Le Moulin, 85330 Noirmoutier", ("85330", "le moulin", 0, "")),
        ("10 rue du 8 Mai 1945, 44000 Nantes", ("44000", "rue du 8 mai 1945", 10, "")),
        ("Rue du 8-Mai-1945", ("", "rue du 8 mai 1945", 0, "")),
        ("14bis r. St-Michel", ("", "rue saint michel", 14, "bis")),
        ("7 Grande Rue, 25000 Besançon", ("25000", "grande rue", 7, "")),
        ("3 Le Bourg", ("", "le bourg", 3, "")),
        ("5 rue du Cœur 75001 PARIS CEDEX 01", ("75001", "rue du coeur", 5, "")),
        ("…", ("", "", 0, "")),
    ],
)
def test_an_address_is_a_street_and_a_number_in_it(address: str, place: tuple[str, str, int, str]) -> None:
    assert place_of(address) == Place(*place)


def test_houses_of_a_street_follow_their_numbers() -> None:
    street = ["2 r. des Lys", "10, rue des Lys", "9 bis rue des Lys", "9 rue des lys", "rue des Lys"]
    walked = sorted(street, key=place_of)
    assert walked == ["rue des Lys", "2 r. des Lys", "9 rue des lys", "9 bis rue des Lys", "10, rue des Lys"]


@pytest.mark.parametrize(
    ("typed", "street", "found"),
    [
        ("rue de R", "Rue de Rivoli", True),
        ("rue de la Pl", "rue de la Plaine", True),
        ("av. St", "avenue Stalingrad", True),
        ("av. St", "avenue St-Michel", True),
        ("rue d", "rue des Lys", True),
        ("12 bis r. de riv", "3 rue de Rivoli", True),
        ("rue de R", "rue de la Paix", False),
    ],
)
def test_a_street_half_typed_is_found_however_its_last_word_goes_on(typed: str, street: str, *, found: bool) -> None:
    assert place_of(street).street.startswith(streets_begun(typed)) is found


@pytest.mark.parametrize("typed", [".", "75001", "75001 Paris", " "])
def test_no_street_begins_with_no_word_of_one(typed: str) -> None:
    assert streets_begun(typed) == ()
