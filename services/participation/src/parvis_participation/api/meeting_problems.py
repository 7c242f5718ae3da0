# SPDX-License-Identifier: EUPL-1.2
"""How the errors of public meetings are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, Kind, Problem, Rule
from parvis_participation.domain import meeting_errors

MEETING_STATE: Final = Kind("meeting-state", 409, Text(fr="État de la réunion", en="State of the meeting"))
MEETING_FULL: Final = Kind("meeting-full", 409, Text(fr="Réunion complète", en="Meeting full"))
REGISTRATION_CLOSED: Final = Kind("registration-closed", 409, Text(fr="Inscription fermée", en="Registration closed"))
TOO_MANY_GUESTS: Final = Kind(
    "too-many-guests", 429, Text(fr="Trop d'inscriptions sans compte", en="Too many registrations without an account")
)
ACCOUNT_NEEDED: Final = Kind("account-needed", 403, Text(fr="Compte nécessaire", en="Account needed"))
PLACES_TAKEN: Final = Kind("places-taken", 409, Text(fr="Places déjà prises", en="Places taken"))

MEETING_RULES: Final[dict[type[Exception], Rule]] = {
    meeting_errors.MeetingStateError: Rule(
        MEETING_STATE,
        text=Text(
            fr="L'état ou l'heure de cette réunion ne le permet pas ; relisez-la.",
            en="The state or the time of this meeting does not allow this; read it again.",
        ),
    ),
    meeting_errors.MeetingFullError: Rule(
        MEETING_FULL,
        text=Text(
            fr="Il n'y a plus de place, ni sur la liste d'attente.", en="No place is left, nor on the waiting list."
        ),
    ),
    meeting_errors.AccountNeededError: Rule(
        ACCOUNT_NEEDED,
        text=Text(
            fr="Cette réunion est réservée à une partie des habitants : connectez-vous pour vous y inscrire.",
            en="This meeting is for some of the town's people: sign in to register for it.",
        ),
    ),
    meeting_errors.RegistrationClosedError: Rule(
        REGISTRATION_CLOSED,
        text=Text(
            fr="On ne peut pas s'inscrire à cette réunion en ce moment.", en="Nobody can register for it at present."
        ),
    ),
    meeting_errors.PlacesTakenError: Rule(
        PLACES_TAKEN,
        text=Text(
            fr="Plus de personnes sont inscrites qu'il n'y aurait de places.",
            en="More people are registered than there would be places.",
        ),
    ),
    meeting_errors.MeetingTimesError: Rule(
        VALIDATION,
        "/ends_at",
        Text(
            fr="La fin vient après le début ; l'inscription ouvre, puis ferme avant la fin, ou ni l'un ni l'autre.",
            en="It ends after it begins; registration opens, then closes before the end, or neither.",
        ),
    ),
    meeting_errors.MeetingTieError: Rule(
        VALIDATION,
        "/assembly_id",
        Text(
            fr="Une démarche ou une assemblée de la collectivité, pas les deux ; publiée si la réunion l'est.",
            en="A process or an assembly of the collectivity, not both; published if the meeting is.",
        ),
    ),
    meeting_errors.UnknownRegistrationError: Rule(
        VALIDATION,
        "/attendances",
        Text(fr="Seulement de qui a une place à cette réunion.", en="Only of people who have a place at this meeting."),
    ),
}


def too_many_guests() -> Problem:
    """429: as many places as may be wait to be confirmed, or many have registered within the hour."""
    return TOO_MANY_GUESTS.problem(
        "Beaucoup s'inscrivent sans compte en ce moment ; recommencez plus tard, ou inscrivez-vous avec un compte.",
        "Many register without an account now; try again later, or register with an account.",
        headers={"Retry-After": "600"},
    )
