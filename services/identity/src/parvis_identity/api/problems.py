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
from parvis_identity.domain.audit_retention import StaleRetentionError
from parvis_identity.domain.client import (
    ClientTransitionError,
    NoSecretError,
    StaleClientError,
    TooManyClientsError,
    UnknownClientError,
)
from parvis_identity.domain.collectivity import StaleCollectivityError, UnknownCollectivityError
from parvis_identity.domain.consent import UnknownConsentError
from parvis_identity.domain.email_change import (
    EmailSignsInError,
    EmailTakenError,
    NoEmailChangeError,
    WrongEmailCodeError,
)
from parvis_identity.domain.erasure import (
    ErasureWaitsError,
    NobodyToTellError,
    StaffErasureError,
    UnknownErasureError,
)
from parvis_identity.domain.factor_reset import NoSecondFactorError, ResetWaitsError, UnknownResetError
from parvis_identity.domain.imported import UnknownImportError
from parvis_identity.domain.phone_code import (
    NoMobileError,
    NoPhoneCodeError,
    NoPhoneError,
    NoTextMessagesError,
    PhoneVerifiedError,
    WrongPhoneCodeError,
)
from parvis_identity.domain.postal_address import (
    HomeKnownError,
    StaleAddressError,
    TooManyAddressesError,
    UnknownAddressError,
)
from parvis_identity.domain.profile import PhoneDiffersError, StalePersonError
from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, VALIDATION, Catalogue, Kind, Rule

LAST_ADMINISTRATOR: Final = Kind("last-administrator", 409, Text(fr="Dernier administrateur", en="Last administrator"))
KNOWN_AGENT: Final = Kind("known-agent", 409, Text(fr="Agent déjà connu", en="Agent known already"))
LAST_WAY_IN: Final = Kind("last-way-in", 409, Text(fr="Dernier moyen de connexion", en="Last way in"))
MERGE_IMPOSSIBLE: Final = Kind("merge-impossible", 409, Text(fr="Fusion impossible", en="Merge impossible"))
STAFF_ERASURE: Final = Kind("staff-erasure", 409, Text(fr="Compte d'un agent", en="An agent's account"))
NOBODY_TO_TELL: Final = Kind("nobody-to-tell", 409, Text(fr="Aucune adresse", en="No address"))
NO_MINOR: Final = Kind("no-minor", 422, Text(fr="Ce n'est pas un mineur", en="Not a minor"))
UNREADABLE_COLOUR: Final = Kind("unreadable-colour", 422, Text(fr="Couleur illisible", en="Unreadable colour"))
UNREADABLE_FILE: Final = Kind("unreadable-file", 422, Text(fr="Fichier refusé", en="File refused"))
NOT_A_LOGO: Final = Kind("not-a-logo", 422, Text(fr="Logo refusé", en="Logo refused"))
WRONG_NUMBER: Final = Kind(
    "wrong-organisation-number", 422, Text(fr="Numéro d'organisation incorrect", en="Wrong organisation number")
)
KNOWN_ORGANISATION: Final = Kind(
    "known-organisation", 409, Text(fr="Organisation déjà connue", en="Organisation known already")
)
LAST_REPRESENTATIVE: Final = Kind("last-representative", 409, Text(fr="Dernier représentant", en="Last representative"))
MANDATE_REFUSED: Final = Kind("mandate-refused", 422, Text(fr="Mandat refusé", en="Mandate refused"))
CERTIFIED: Final = Kind("certified-identity", 409, Text(fr="État civil certifié", en="Certified civil status"))
RATE_LIMITED: Final = Kind("rate-limited", 429, Text(fr="Trop de requêtes", en="Too many requests"))
NO_ACCOUNT: Final = Kind("no-account", 404, Text(fr="Aucun compte", en="No account"))
WRONG_CODE: Final = Kind("wrong-code", 422, Text(fr="Ce n'est pas le bon code", en="Not the right code"))
NO_EMAIL_CHANGE: Final = Kind(
    "email-change-ended", 409, Text(fr="Aucun code n'est attendu", en="No code is waited for")
)
EMAIL_TAKEN: Final = Kind("email-taken", 409, Text(fr="Adresse d'un autre compte", en="Another account's address"))
HOME_KNOWN: Final = Kind("home-known", 409, Text(fr="Domicile déjà indiqué", en="Home given already"))
NO_PHONE_CODE: Final = Kind("phone-code-ended", 409, Text(fr="Aucun code n'est attendu", en="No code is waited for"))
NO_TEXT_MESSAGE: Final = Kind("no-text-message", 409, Text(fr="Aucun SMS possible", en="No text message possible"))
PHONE_VERIFIED: Final = Kind("phone-verified", 409, Text(fr="Numéro déjà vérifié", en="Number verified already"))
PHONE_DIFFERS: Final = Kind("phone-differs", 409, Text(fr="Autre numéro", en="Another number"))
EMAIL_SIGNS_IN: Final = Kind("email-signs-in", 409, Text(fr="Adresse de connexion", en="The address is signed in with"))

_TAKEN: Final = Text(
    fr="Un autre compte se connecte avec cette adresse ; s'il est à vous, l'accueil de la mairie peut réunir les deux.",
    en="Another account is signed in to with it; if that is yours too, the town hall's counter can join the two.",
)
_AT_THE_COUNTER: Final = Text(
    fr="Faites vérifier votre numéro à l'accueil de la mairie : d'ici, aucun SMS ne peut y être envoyé.",
    en="Have your number verified at the town hall's counter: no text message can be sent there from here.",
)
_INCOMPLETE: Final = Text(
    fr="Il faut les prénoms, le nom, le sexe, la date complète et le pays de naissance, et la commune en France.",
    en="First names, name, gender, the whole date and the country of birth are needed, and the commune in France.",
)
_STAFF_ERASURE: Final = Text(
    fr="Cette personne est agent d'une collectivité : mettez d'abord fin à son accès, dans chacune ; ou elle le "
    "demande elle-même, si elle se connecte aussi en usager.",
    en="This person is an agent of a local authority: first end their access, in each; or they ask for it themselves, "
    "if they sign in as a citizen too.",
)
_NOBODY_TO_TELL: Final = Text(
    fr="Personne ne peut être averti : il faut d'abord une adresse électronique au compte, ou que la personne demande "
    "l'effacement elle-même, une fois connectée.",
    en="Nobody can be told: the account needs an e-mail address first, or the person asks for the erasure themselves, "
    "once signed in.",
)
CATALOGUE: Final = Catalogue(
    {
        errors.UnknownPersonError: Rule(NOT_FOUND),
        errors.NoAccountError: Rule(NO_ACCOUNT),
        errors.UnknownSessionError: Rule(NOT_FOUND),
        errors.UnknownLinkError: Rule(NOT_FOUND),
        UnknownConsentError: Rule(NOT_FOUND),
        errors.UnknownMergeError: Rule(NOT_FOUND),
        UnknownResetError: Rule(NOT_FOUND),
        NoSecondFactorError: Rule(
            CONFLICT,
            None,
            Text(fr="Ce compte n'a pas de second facteur.", en="This account has no second factor."),
        ),
        ResetWaitsError: Rule(
            CONFLICT, None, Text(fr="Une réinitialisation attend déjà.", en="A reset is waiting already.")
        ),
        UnknownErasureError: Rule(NOT_FOUND),
        ErasureWaitsError: Rule(
            CONFLICT,
            None,
            Text(
                fr="L'effacement de ce compte est déjà demandé.", en="The erasure of this account is asked for already."
            ),
        ),
        StaffErasureError: Rule(STAFF_ERASURE, None, _STAFF_ERASURE),
        NobodyToTellError: Rule(NOBODY_TO_TELL, None, _NOBODY_TO_TELL),
        errors.NotForThisCallerError: Rule(FORBIDDEN),
        errors.LastWayInError: Rule(LAST_WAY_IN),
        errors.IncompletePivotError: Rule(VALIDATION, "", _INCOMPLETE),
        WrongEmailCodeError: Rule(WRONG_CODE, "/code"),
        NoEmailChangeError: Rule(NO_EMAIL_CHANGE, None, Text(fr="Demandez un autre code.", en="Ask for another code.")),
        EmailTakenError: Rule(EMAIL_TAKEN, None, _TAKEN),
        EmailSignsInError: Rule(
            EMAIL_SIGNS_IN, None, Text(fr="Changez-la pour une autre.", en="Change it for another one.")
        ),
        UnknownAddressError: Rule(NOT_FOUND),
        StaleAddressError: Rule(PRECONDITION_FAILED),
        TooManyAddressesError: Rule(
            CONFLICT, None, Text(fr="Retirez d'abord une de vos cinq adresses.", en="First remove one of five.")
        ),
        HomeKnownError: Rule(
            HOME_KNOWN, "/kind", Text(fr="Changez-la, ou choisissez « autre ».", en="Change it, or choose `other`.")
        ),
        NoTextMessagesError: Rule(NO_TEXT_MESSAGE, None, _AT_THE_COUNTER),
        NoMobileError: Rule(NO_TEXT_MESSAGE, None, _AT_THE_COUNTER),
        NoPhoneError: Rule(
            NO_TEXT_MESSAGE, None, Text(fr="Indiquez d'abord votre numéro.", en="Give your number first.")
        ),
        PhoneVerifiedError: Rule(PHONE_VERIFIED),
        WrongPhoneCodeError: Rule(WRONG_CODE, "/code"),
        NoPhoneCodeError: Rule(NO_PHONE_CODE, None, Text(fr="Demandez un autre code.", en="Ask for another code.")),
        PhoneDiffersError: Rule(
            PHONE_DIFFERS, "/phone", Text(fr="Le compte n'a pas ce numéro.", en="The account has not this number.")
        ),
        StalePersonError: Rule(PRECONDITION_FAILED),
        errors.StaleMergeError: Rule(PRECONDITION_FAILED),
        UnknownCollectivityError: Rule(NOT_FOUND),
        UnknownImportError: Rule(NOT_FOUND),
        StaleRetentionError: Rule(PRECONDITION_FAILED),
        StaleCollectivityError: Rule(PRECONDITION_FAILED),
        UnknownClientError: Rule(NOT_FOUND),
        StaleClientError: Rule(PRECONDITION_FAILED),
        ClientTransitionError: Rule(CONFLICT),
        TooManyClientsError: Rule(CONFLICT),
        NoSecretError: Rule(CONFLICT),
        errors.UnknownGroundError: Rule(NOT_FOUND),
        errors.MandateRefusedError: Rule(MANDATE_REFUSED),
        errors.NoSuchMandataryError: Rule(
            MANDATE_REFUSED,
            "/organisation",
            Text(
                fr="Aucune organisation vérifiée de la collectivité n'a ce numéro.",
                en="No verified organisation of the local authority has this number.",
            ),
        ),
        errors.NoMinorError: Rule(NO_MINOR, "/birth_date"),
        errors.TooManyChildrenError: Rule(CONFLICT),
        errors.KnownOrganisationError: Rule(
            KNOWN_ORGANISATION,
            None,
            Text(
                fr="Demandez à l'un de ses représentants de vous inviter, ou adressez-vous à la collectivité.",
                en="Ask one of its representatives to invite you, or turn to the local authority.",
            ),
        ),
        errors.UnknownOrganisationError: Rule(NOT_FOUND),
        errors.StaleOrganisationError: Rule(PRECONDITION_FAILED),
        errors.OrganisationTransitionError: Rule(CONFLICT),
        errors.LastRepresentativeError: Rule(
            LAST_REPRESENTATIVE,
            None,
            Text(
                fr="Invitez d'abord quelqu'un d'autre à représenter l'organisation, ou déclarez-la close.",
                en="First invite somebody else to represent the organisation, or declare it closed.",
            ),
        ),
        errors.AlreadyMemberError: Rule(CONFLICT),
        errors.TooManyMembersError: Rule(CONFLICT),
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
