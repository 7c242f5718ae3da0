# SPDX-License-Identifier: EUPL-1.2
"""What is said of what cannot be entered in the register, or not by whoever tries."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_notifications.domain import errors
from parvis_notifications.domain.own_entry import EntryLinkedError, NotVerifiedError, NoWordsError, TooManyOwnActsError

LEVEL: Final = Kind(
    "identity-level-too-low", 403, Text(fr="Niveau d'identité insuffisant", en="Identity level too low")
)
ENTRY_LINKED: Final = Kind(
    "entry-linked", CONFLICT.status, Text(fr="Inscription déjà rattachée", en="Entry linked already")
)
TOO_MANY_ACTS: Final = Kind(
    "too-many-own-changes", 429, Text(fr="Trop de modifications aujourd'hui", en="Too many changes today")
)
REGISTER_RULES: Final = {
    errors.EntryAddressError: Rule(
        VALIDATION, "/email", Text(fr="Donnez une adresse électronique.", en="Give an e-mail address.")
    ),
    errors.EntryPositionError: Rule(
        VALIDATION, "/position", Text(fr="Donnez la position de la nouvelle adresse.", en="Give the new position.")
    ),
    errors.EntryNumberError: Rule(
        VALIDATION,
        "/phone",
        Text(fr="Donnez un numéro de téléphone qui existe.", en="Give a phone number that exists."),
    ),
    errors.StreetError: Rule(
        VALIDATION,
        "#/query/street",
        Text(fr="Donnez un mot au moins du nom de la rue.", en="Give a word at least of the name of the street."),
    ),
    errors.VisitTimeError: Rule(
        VALIDATION,
        "/visited_at",
        Text(fr="Donnez une heure après l'alerte, et déjà passée.", en="Give a time after the alert that is past."),
    ),
    NotVerifiedError: Rule(
        LEVEL,
        text=Text(fr="Connectez-vous avec une identité plus sûre.", en="Sign in with an identity of more assurance."),
    ),
    TooManyOwnActsError: Rule(
        TOO_MANY_ACTS,
        text=Text(
            fr="Recommencez demain, ou appelez la mairie.",
            en="Try again tomorrow, or call the town hall.",
        ),
    ),
    NoWordsError: Rule(VALIDATION, "/words", Text(fr="Dites à quoi vous consentez.", en="Say to what you agree.")),
    EntryLinkedError: Rule(
        ENTRY_LINKED,
        text=Text(
            fr="Cette inscription est celle d'un autre compte, ou ce compte en a une autre.",
            en="This entry is another account's, or this account has another.",
        ),
    ),
}
