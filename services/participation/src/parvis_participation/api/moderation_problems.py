# SPDX-License-Identifier: EUPL-1.2
"""How the errors of moderation are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Problem, Rule
from parvis_participation.domain import errors
from parvis_participation.domain.notice import NotifierError

ALREADY_REPORTED: Final = Kind("already-reported", 409, Text(fr="Déjà signalé", en="Already reported"))
CASE_DECIDED: Final = Kind("case-decided", 409, Text(fr="Dossier déjà décidé", en="Case already decided"))
SAME_MODERATOR: Final = Kind("same-moderator", 409, Text(fr="Même modérateur", en="Same moderator"))
NOT_CONTESTABLE: Final = Kind("not-contestable", 409, Text(fr="Décision non contestable", en="Not contestable"))
TOO_MANY: Final = Kind("too-many-contributions", 429, Text(fr="Trop de contributions", en="Too many contributions"))
TOO_MANY_NOTICES: Final = Kind(
    "too-many-notices", 429, Text(fr="Trop de signalements sans compte", en="Too many notices without an account")
)

MODERATION_RULES: Final[dict[type[Exception], Rule]] = {
    errors.AlreadyReportedError: Rule(
        ALREADY_REPORTED,
        text=Text(fr="Votre signalement est enregistré ; il suffit.", en="Your report is kept; it is enough."),
    ),
    errors.OwnContentError: Rule(
        CONFLICT,
        text=Text(fr="Modifiez ou retirez ce que vous avez écrit.", en="Change your own words, or take them back."),
    ),
    errors.CaseDecidedError: Rule(
        CASE_DECIDED,
        text=Text(
            fr="Rien n'est à décider dans ce dossier ; relisez-le.",
            en="Nothing is to be decided in this case; read it again.",
        ),
    ),
    errors.SameModeratorError: Rule(
        SAME_MODERATOR,
        text=Text(
            fr="Un autre modérateur que le premier décide de cette contestation.",
            en="Another moderator than the first decides this appeal.",
        ),
    ),
    errors.GroundError: Rule(
        VALIDATION,
        "/ground",
        Text(fr="Un retrait a un fondement, un maintien n'en a pas.", en="A removal has a ground, nothing else has."),
    ),
    NotifierError: Rule(
        VALIDATION,
        "/email",
        Text(
            fr="Indiquez votre nom et votre adresse électronique, sauf pour des abus sexuels sur des enfants.",
            en="Give your name and e-mail address, unless it is about the sexual abuse of children.",
        ),
    ),
    errors.AppealError: Rule(
        NOT_CONTESTABLE,
        text=Text(
            fr="Une décision se conteste une fois, dans les six mois.",
            en="A decision is contested once, within six months.",
        ),
    ),
}


def too_many() -> Problem:
    """429: somebody has written or reported as much as one may within an hour."""
    return TOO_MANY.problem(
        "Vous avez beaucoup contribué depuis une heure ; reprenez plus tard.",
        "You have contributed much within the hour; come back later.",
        headers={"Retry-After": "600"},
    )


def too_many_notices() -> Problem:
    """429: strangers have given as many notices as they may within an hour, or about one thing."""
    return TOO_MANY_NOTICES.problem(
        "Beaucoup de signalements arrivent sans compte ; recommencez plus tard, ou signalez avec un compte.",
        "Many notices come in without an account; try again later, or report with an account.",
        headers={"Retry-After": "600"},
    )
