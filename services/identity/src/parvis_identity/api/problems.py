# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered where the answer is a problem."""

from typing import Final

from parvis_identity.domain.errors import NotForThisCallerError, UnknownPersonError, UnknownSessionError
from parvis_kit.problems import FORBIDDEN, NOT_FOUND, Catalogue, Rule

CATALOGUE: Final = Catalogue(
    {UnknownPersonError: Rule(NOT_FOUND), UnknownSessionError: Rule(NOT_FOUND), NotForThisCallerError: Rule(FORBIDDEN)}
)
