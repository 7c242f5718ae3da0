# SPDX-License-Identifier: EUPL-1.2
"""What is said of a postal address that no letter can go to."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError, Problem
from parvis_notifications.domain.postal_address import AddressFault, PostalAddressError

_WORDS: Final = {
    AddressFault.LINES: Text(fr="Donnez de deux à six lignes.", en="Give two to six lines."),
    AddressFault.LENGTH: Text(fr="Une ligne a 38 caractères au plus.", en="A line has 38 characters at the most."),
    AddressFault.TOWN: Text(
        fr="La dernière ligne est un code postal de cinq chiffres suivi de la commune, ou le nom d'un pays.",
        en="The last line is a postcode of five figures and a town, or the name of a country.",
    ),
}


def refused_address(error: PostalAddressError) -> Problem:
    """The problem, with what is wrong."""
    said = _WORDS[error.fault]
    told = FieldError("/address_lines", f"address-{error.fault}", said)
    return VALIDATION.problem(said.fr, said.en, errors=[told])
