# SPDX-License-Identifier: EUPL-1.2
"""How what goes wrong with the search of addresses is told."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Problem, Rule, unavailable
from parvis_requests.domain import errors

NO_ADDRESS_BASE: Final = Kind(
    "no-address-base", 404, Text(fr="Recherche d'adresses non offerte", en="Address search not offered")
)


def address_base_down(error: errors.AddressBaseDownError) -> Problem:
    """503, and when the base may be asked again."""
    return unavailable(error.retry_after)


ADDRESS_RULES: Final[dict[type[Exception], Rule]] = {
    errors.NoAddressBaseError: Rule(
        NO_ADDRESS_BASE,
        text=Text(
            fr="Cette installation n'interroge pas la Base Adresse Nationale ; écrivez l'adresse en entier.",
            en="This installation does not ask the Base Adresse Nationale; write the whole address.",
        ),
    ),
}
