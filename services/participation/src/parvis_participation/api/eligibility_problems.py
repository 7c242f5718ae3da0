# SPDX-License-Identifier: EUPL-1.2
"""What whoever may not vote is told, and what to do about it."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_participation.domain import audience, eligibility

LEVEL_TOO_LOW: Final = Kind("level-too-low", 403, Text(fr="Connexion trop faible", en="Sign-in too weak"))
TOO_YOUNG: Final = Kind("too-young", 403, Text(fr="Âge insuffisant", en="Too young"))
AGE_UNKNOWN: Final = Kind("age-unknown", 403, Text(fr="Âge inconnu", en="Age unknown"))
NOT_RESIDENT: Final = Kind("residence-not-attested", 403, Text(fr="Domicile non attesté", en="Residence not attested"))
NOT_ENTITLED: Final = Kind("not-on-the-list", 403, Text(fr="Pas sur la liste", en="Not on the list"))

ELIGIBILITY_RULES: Final = {
    eligibility.LevelTooLowError: Rule(
        LEVEL_TOO_LOW,
        text=Text(
            fr="Il faut ici une connexion plus forte : reconnectez-vous au niveau demandé, ainsi par FranceConnect+.",
            en="A stronger sign-in is needed here: sign in again at that level, for example by FranceConnect+.",
        ),
    ),
    eligibility.TooYoungError: Rule(
        TOO_YOUNG,
        text=Text(
            fr="Vous n'avez pas l'âge demandé ici le jour de l'ouverture.",
            en="You have not the age that is asked for here on the day it opens.",
        ),
    ),
    eligibility.AgeUnknownError: Rule(
        AGE_UNKNOWN,
        text=Text(
            fr="Votre date de naissance n'est pas connue au jour près : adressez-vous au guichet de la mairie.",
            en="Your birth date is not known to the day: ask at the desk of the town hall.",
        ),
    ),
    eligibility.NotResidentError: Rule(
        NOT_RESIDENT,
        text=Text(
            fr="Ceci est réservé aux habitants : faites attester votre domicile au guichet, avec un justificatif.",
            en="This is for residents: have the desk attest where you live, with a proof of address.",
        ),
    ),
    eligibility.NotEntitledError: Rule(
        NOT_ENTITLED,
        text=Text(
            fr="Vous n'êtes pas sur la liste close de ce vote ; si c'est une erreur, adressez-vous à la mairie.",
            en="You are not on the list of this poll, which is closed. Ask the town hall if that is a mistake.",
        ),
    ),
    eligibility.NoListError: Rule(
        CONFLICT,
        text=Text(fr="Ce vote n'est pas réservé à une liste.", en="This poll is not for the people of a list."),
    ),
    eligibility.ListFrozenError: Rule(
        CONFLICT,
        text=Text(fr="La liste d'un vote publié ne change plus.", en="The list of a published poll does not change."),
    ),
    eligibility.EmptyListError: Rule(
        CONFLICT,
        text=Text(
            fr="Apportez d'abord la liste de ceux qui peuvent voter.", en="Bring the list of those who may vote first."
        ),
    ),
    eligibility.AreaNeedsResidenceError: Rule(
        VALIDATION,
        "/eligibility/areas",
        Text(fr="Des secteurs demandent un domicile attesté.", en="Areas ask for an attested residence."),
    ),
    audience.NotOnRollError: Rule(
        NOT_ENTITLED,
        text=Text(
            fr="Ceci est réservé à qui était inscrit le jour où la liste de cette démarche a été arrêtée ; vous n'y"
            " êtes pas, et qui s'inscrit depuis n'y est pas ajouté. Si c'est une erreur, adressez-vous à la mairie.",
            en="This is for those who were registered on the day the roll of this process was frozen. You are not on"
            " it, and whoever registers since is not added. Ask the town hall if that is a mistake.",
        ),
    ),
    audience.RollForgottenError: Rule(
        CONFLICT,
        text=Text(
            fr="Cette démarche est finie, et la liste de ses participants est supprimée : on n'y prend plus part.",
            en="This process is over, and the roll of its people is deleted: nobody takes part in it any more.",
        ),
    ),
    audience.VoteRunsError: Rule(
        CONFLICT,
        text=Text(
            fr="Un vote secret publié n'est pas dépouillé : d'ici là, à qui sa démarche s'adresse ne change pas. Versez"
            " un vote à une démarche avant de le publier.",
            en="A secret poll is published and not counted: until then, for whom its process is does not change. Have a"
            " poll belong to a process before it is published.",
        ),
    ),
    audience.UnverifiedSignaturesError: Rule(
        CONFLICT,
        text=Text(
            fr="Des personnes dont nul n'a vérifié l'identité ont signé une pétition : elle n'a pas sa place dans une"
            " démarche réservée aux identités vérifiées. Laissez-la à part, ou ouvrez la démarche aux autres.",
            en="People whom nobody verified have signed a petition: it does not belong to a process for verified"
            " people. Leave it by itself, or let others take part in the process.",
        ),
    ),
    audience.NoRollError: Rule(
        CONFLICT,
        text=Text(fr="Cette démarche n'est pas réservée à une liste.", en="This process is not for a roll's people."),
    ),
    audience.RollFrozenError: Rule(
        CONFLICT,
        text=Text(
            fr="La liste d'une démarche publiée ne change plus, ni qu'elle en ait une.",
            en="The roll of a published process does not change, nor whether it has one.",
        ),
    ),
    audience.EmptyRollError: Rule(
        CONFLICT,
        text=Text(
            fr="Apportez d'abord la liste de ceux qui peuvent participer.",
            en="Bring the roll of those who may take part first.",
        ),
    ),
    audience.AudienceError: Rule(
        VALIDATION,
        "/audience/areas",
        Text(fr="Des secteurs demandent un domicile attesté.", en="Areas ask for an attested residence."),
    ),
}
