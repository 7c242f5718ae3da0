# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with the qualifying of a contact is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_requests.domain.contact import ContactSettledError

CONTACT_SETTLED: Final = Kind("contact-settled", 409, Text(fr="Contact déjà traité", en="Contact settled already"))
CONTACT_RULES: Final[dict[type[Exception], Rule]] = {
    ContactSettledError: Rule(
        CONTACT_SETTLED,
        text=Text(
            fr="Un agent a déjà rattaché ou écarté ce contact ; relisez-le.",
            en="An agent has linked or discarded this contact already; read it again.",
        ),
    ),
}
