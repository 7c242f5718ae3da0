# SPDX-License-Identifier: EUPL-1.2
"""Numbers of organisations: which are none, and which are not of that kind."""

import pytest

from parvis_identity.domain.errors import WrongOrganisationNumberError
from parvis_identity.domain.organisation import Numbers, OrganisationKind, check_numbers, is_rna, is_siret

ASSOCIATION, COMPANY = OrganisationKind.ASSOCIATION, OrganisationKind.COMPANY


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("73282932000074", True),
        ("21750001600019", True),
        ("35600000000048", True),  # the seat of La Poste fits Luhn
        ("35600000049837", True),  # an office: its digits sum to 45
        ("35600000049838", False),
        ("73282932000075", False),
        ("37282932000074", False),  # two digits changed places
        ("7328293200007", False),
        ("732829320000741", False),
        ("7328293200007٤", False),
        ("", False),
    ],
)
def test_a_siret_has_a_check_digit_but_for_the_offices_of_la_poste(number: str, valid: bool) -> None:
    assert is_siret(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("W751234567", True),
        ("W2A1234567", True),
        ("W9R1234567", True),
        ("w751234567", False),
        ("W75123456", False),
        ("W7512345678", False),
        ("W7512B4567", False),
        ("751234567W", False),
    ],
)
def test_an_rna_number_is_w_and_nine_characters(number: str, valid: bool) -> None:
    assert is_rna(number) is valid


@pytest.mark.parametrize(
    ("kind", "siret", "rna", "legal_form", "wrong"),
    [
        (ASSOCIATION, None, "W751234567", "9220", None),
        (ASSOCIATION, "73282932000074", None, "9230", None),
        (ASSOCIATION, "73282932000074", "W751234567", "9220", None),
        (COMPANY, "73282932000074", None, "5710", None),
        (ASSOCIATION, None, None, "9220", "siret"),
        (COMPANY, None, None, "5710", "siret"),
        (COMPANY, "73282932000075", None, "5710", "siret"),
        (COMPANY, "73282932000074", "W751234567", "5710", "rna"),
        (ASSOCIATION, None, "W75123456", "9220", "rna"),
        (ASSOCIATION, None, "W751234567", "5710", "legal_form"),
        (COMPANY, "73282932000074", None, "9220", "legal_form"),
    ],
)
def test_numbers_and_legal_form_are_those_of_the_kind(
    kind: OrganisationKind, siret: str | None, rna: str | None, legal_form: str, wrong: str | None
) -> None:
    numbers = Numbers(siret=siret, rna=rna, legal_form=legal_form)
    if wrong is None:
        check_numbers(kind, numbers)
        return
    with pytest.raises(WrongOrganisationNumberError) as caught:
        check_numbers(kind, numbers)
    assert caught.value.member == wrong
