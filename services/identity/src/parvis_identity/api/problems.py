# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered where the answer is a problem."""

from typing import Final

from parvis_identity.domain import errors
from parvis_identity.domain.agent import (
    AgentTransitionError,
    KnownAgentError,
    LastAdministratorError,
    StaleAgentError,
    UnknownAgentError,
)
from parvis_identity.domain.client import (
    ClientTransitionError,
    NoSecretError,
    StaleClientError,
    TooManyClientsError,
    UnknownClientError,
)
from parvis_identity.domain.collectivity import StaleCollectivityError, UnknownCollectivityError
from parvis_identity.domain.profile import StalePersonError
from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, VALIDATION, Catalogue, Kind, Rule

LAST_ADMINISTRATOR: Final = Kind("last-administrator", 409, Text(fr="Dernier administrateur", en="Last administrator"))
KNOWN_AGENT: Final = Kind("known-agent", 409, Text(fr="Agent déjà connu", en="Agent known already"))
LAST_WAY_IN: Final = Kind("last-way-in", 409, Text(fr="Dernier moyen de connexion", en="Last way in"))
MERGE_IMPOSSIBLE: Final = Kind("merge-impossible", 409, Text(fr="Fusion impossible", en="Merge impossible"))
NO_MINOR: Final = Kind("no-minor", 422, Text(fr="Ce n'est pas un mineur", en="Not a minor"))
UNREADABLE_COLOUR: Final = Kind("unreadable-colour", 422, Text(fr="Couleur illisible", en="Unreadable colour"))
NOT_A_LOGO: Final = Kind("not-a-logo", 422, Text(fr="Logo refusé", en="Logo refused"))
MANDATE_REFUSED: Final = Kind("mandate-refused", 422, Text(fr="Mandat refusé", en="Mandate refused"))
CERTIFIED: Final = Kind("certified-identity", 409, Text(fr="État civil certifié", en="Certified civil status"))

_INCOMPLETE: Final = Text(
    fr="Il faut les prénoms, le nom, le sexe, la date complète et le pays de naissance, et la commune en France.",
    en="First names, name, gender, the whole date and the country of birth are needed, and the commune in France.",
)
CATALOGUE: Final = Catalogue(
    {
        errors.UnknownPersonError: Rule(NOT_FOUND),
        errors.UnknownSessionError: Rule(NOT_FOUND),
        errors.UnknownLinkError: Rule(NOT_FOUND),
        errors.UnknownMergeError: Rule(NOT_FOUND),
        errors.NotForThisCallerError: Rule(FORBIDDEN),
        errors.LastWayInError: Rule(LAST_WAY_IN),
        errors.IncompletePivotError: Rule(VALIDATION, "", _INCOMPLETE),
        StalePersonError: Rule(PRECONDITION_FAILED),
        errors.StaleMergeError: Rule(PRECONDITION_FAILED),
        UnknownCollectivityError: Rule(NOT_FOUND),
        StaleCollectivityError: Rule(PRECONDITION_FAILED),
        UnknownClientError: Rule(NOT_FOUND),
        StaleClientError: Rule(PRECONDITION_FAILED),
        ClientTransitionError: Rule(CONFLICT),
        TooManyClientsError: Rule(CONFLICT),
        NoSecretError: Rule(CONFLICT),
        errors.UnknownGroundError: Rule(NOT_FOUND),
        errors.MandateRefusedError: Rule(MANDATE_REFUSED),
        errors.NoMinorError: Rule(NO_MINOR, "/birth_date"),
        errors.TooManyChildrenError: Rule(CONFLICT),
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
