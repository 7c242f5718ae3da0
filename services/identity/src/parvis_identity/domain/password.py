# SPDX-License-Identifier: EUPL-1.2
"""What a password must be: long, and not easily guessed; no rules of composition, no expiry.

Sources: NIST SP 800-63B section 3.1.1.2 (length, a list of known passwords, no composition), CNIL deliberation 2022-100
(50 bits where attempts are slowed down), ANSSI "Recommandations relatives à l'authentification multifacteur et aux mots
de passe" (R21 to R26: length, no upper bound that hinders, no expiry).
"""

import unicodedata
from enum import StrEnum
from typing import Final

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128


class Weakness(StrEnum):
    """Why a password cannot be taken."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    GUESSABLE = "guessable"
    BREACHED = "breached"


def normal(password: str) -> str:
    """The form that is hashed: the same characters typed on another keyboard are the same password (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weakness_of_length(password: str) -> Weakness | None:
    """What is wrong with the length of a password in its normal form, if anything."""
    if len(password) < MIN_LENGTH:
        return Weakness.TOO_SHORT
    return Weakness.TOO_LONG if len(password) > MAX_LENGTH else None
