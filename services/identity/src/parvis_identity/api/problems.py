# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered where the answer is a problem."""

from typing import Final

from parvis_identity.domain.agent import (
    AgentTransitionError,
    KnownAgentError,
    LastAdministratorError,
    StaleAgentError,
    UnknownAgentError,
)
from parvis_identity.domain.errors import NotForThisCallerError, UnknownPersonError, UnknownSessionError
from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, Catalogue, Kind, Rule

LAST_ADMINISTRATOR: Final = Kind("last-administrator", 409, Text(fr="Dernier administrateur", en="Last administrator"))
KNOWN_AGENT: Final = Kind("known-agent", 409, Text(fr="Agent déjà connu", en="Agent known already"))
CATALOGUE: Final = Catalogue(
    {
        UnknownPersonError: Rule(NOT_FOUND),
        UnknownSessionError: Rule(NOT_FOUND),
        NotForThisCallerError: Rule(FORBIDDEN),
        UnknownAgentError: Rule(NOT_FOUND),
        StaleAgentError: Rule(PRECONDITION_FAILED),
        AgentTransitionError: Rule(CONFLICT),
        KnownAgentError: Rule(KNOWN_AGENT),
        LastAdministratorError: Rule(
            LAST_ADMINISTRATOR,
            None,
            Text(
                fr="Donnez d'abord ce rôle à quelqu'un d'autre qui s'est déjà identifié.",
                en="First give this role to somebody else who has signed in before.",
            ),
        ),
    }
)
