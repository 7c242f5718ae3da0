# SPDX-License-Identifier: EUPL-1.2
"""How the errors of petitions are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, Kind, Rule
from parvis_participation.domain import errors
from parvis_participation.domain.petition import AlreadySignedError

PETITION_STATE: Final = Kind("petition-state", 409, Text(fr="État de la pétition", en="State of the petition"))
ALREADY_SIGNED: Final = Kind("already-signed", 409, Text(fr="Déjà signée", en="Already signed"))

PETITION_RULES: Final[dict[type[Exception], Rule]] = {
    errors.PetitionStateError: Rule(
        PETITION_STATE,
        text=Text(
            fr="L'état de cette pétition ne le permet pas ; relisez-la.", en="The petition's state does not allow this."
        ),
    ),
    AlreadySignedError: Rule(
        ALREADY_SIGNED,
        text=Text(
            fr="Vous avez signé cette pétition avec un autre de vos comptes ; retirez d'abord cette signature.",
            en="You have signed this petition by another of your accounts; take that signature back first.",
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
