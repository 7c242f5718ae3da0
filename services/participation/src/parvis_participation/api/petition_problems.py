# SPDX-License-Identifier: EUPL-1.2
"""How the errors of petitions are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, Kind, Rule
from parvis_participation.domain import errors

PETITION_STATE: Final = Kind("petition-state", 409, Text(fr="État de la pétition", en="State of the petition"))

PETITION_RULES: Final[dict[type[Exception], Rule]] = {
    errors.PetitionStateError: Rule(
        PETITION_STATE,
        text=Text(
            fr="L'état de cette pétition ne le permet pas ; relisez-la.", en="The petition's state does not allow this."
        ),
    ),
    errors.ReasonsError: Rule(VALIDATION, "/reasons", Text(fr="Un refus est motivé.", en="A refusal has reasons.")),
    errors.ThresholdsError: Rule(
        VALIDATION,
        "/thresholds",
        Text(
            fr="Une pétition admise a des seuils, chacun plus haut que le précédent ; un refus n'en a pas.",
            en="An admitted petition has thresholds, each higher than the one before; a refusal has none.",
        ),
    ),
}
