# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with an agenda or an appointment is answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from parvis_kit.locale import Language, Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_requests.domain import appointment_errors as errors
from parvis_requests.domain.attendance import AttendanceError

UNKNOWN_KIND: Final = Kind(
    "unknown-appointment-kind", 422, Text(fr="Motif de rendez-vous inconnu", en="Unknown kind of appointment")
)
UNKNOWN_AGENDA: Final = Kind("unknown-agenda", 404, Text(fr="Agenda inconnu", en="Unknown agenda"))
KIND_EXISTS: Final = Kind("appointment-kind-exists", 409, Text(fr="Motif déjà défini", en="Kind defined already"))
LIMIT: Final = Kind("agenda-limit", 409, Text(fr="Nombre maximal atteint", en="Greatest number reached"))
NOT_A_SLOT: Final = Kind("not-a-slot", 422, Text(fr="Pas de créneau à cette heure", en="No slot at that time"))
SLOT_TAKEN: Final = Kind("slot-taken", 409, Text(fr="Créneau déjà pris", en="Slot taken"))
FOR_WHOM: Final = Kind("request-required", 422, Text(fr="Demande requise", en="Request required"))
TOO_MANY: Final = Kind("too-many-appointments", 409, Text(fr="Trop de rendez-vous", en="Too many appointments"))
OVER: Final = Kind("appointment-over", 409, Text(fr="Rendez-vous passé ou annulé", en="Appointment past or cancelled"))
ATTENDANCE: Final = Kind(
    "attendance-not-now", 409, Text(fr="Présence à ne pas noter maintenant", en="Attendance not to be marked now")
)
TOO_LATE: Final = Kind("too-late-to-change", 409, Text(fr="Trop tard pour changer", en="Too late to change"))
UNCONFIRMED: Final = Kind("address-not-confirmed", 409, Text(fr="Adresse à confirmer", en="Address to confirm"))
WAITING: Final = Kind("already-waiting", 409, Text(fr="Déjà sur la liste d'attente", en="On the waiting list already"))
WAITS: Final = Kind("too-many-waits", 409, Text(fr="Trop de listes d'attente", en="Too many waiting lists"))
RANGE: Final = Kind("no-time-to-wait-for", 422, Text(fr="Période d'attente refusée", en="Period of waiting refused"))
FEED_AGENDAS: Final = Kind("invalid-calendar-feed", 422, Text(fr="Agendas refusés", en="Agendas refused"))
FEEDS: Final = Kind("too-many-calendar-feeds", 409, Text(fr="Trop de calendriers", en="Too many calendars"))
OFFER_OVER: Final = Kind("offer-over", 409, Text(fr="Proposition terminée", en="Offer over"))
REASON: Final = Kind("reason-required", 422, Text(fr="Raison requise", en="Reason required"))


class SlotTaken(Problem):
    """The 409 problem with one member more: ``free_slots``, what the caller may book instead."""

    def __init__(self, free: Sequence[dict[str, Any]]) -> None:
        detail = Text(
            fr="Prenez un des créneaux de free_slots ; s'il n'y en a aucun, cherchez plus loin.",
            en="Take one of the slots in free_slots; where there is none, look further ahead.",
        )
        where = FieldError("/starts_at", SLOT_TAKEN.code, SLOT_TAKEN.title)
        super().__init__(SLOT_TAKEN, detail, (where,), {})
        self.free = free

    def body(self, language: Language, *, base: str, instance: str, trace_id: str) -> dict[str, Any]:
        """The members of RFC 9457, our extensions, and the free slots."""
        members = super().body(language, base=base, instance=instance, trace_id=trace_id)
        return {**members, "free_slots": self.free}


def slot_taken(error: errors.SlotTakenError) -> Problem:
    """What is free instead of what another has just taken."""
    return SlotTaken(
        [
            {
                "starts_at": _z(slot.start),
                "ends_at": _z(slot.end),
                "agendas": [str(id_) for id_ in ids],
            }
            for slot, ids in error.free
        ]
    )


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


APPOINTMENT_RULES: Final[dict[type[Exception], Rule]] = {
    errors.UnknownKindError: Rule(
        UNKNOWN_KIND,
        "/kind",
        Text(
            fr="Prenez un code de la liste des motifs de rendez-vous de cette collectivité.",
            en="Take a code from this collectivity's list of kinds of appointments.",
        ),
    ),
    errors.UnknownAgendaError: Rule(
        UNKNOWN_AGENDA,
        text=Text(
            fr="Prenez un agenda de cette collectivité où ce motif est reçu.",
            en="Take an agenda of this collectivity in which this kind is given.",
        ),
    ),
    errors.KindExistsError: Rule(
        KIND_EXISTS, "/code", Text(fr="Modifiez le motif de ce code.", en="Change the kind of that code.")
    ),
    errors.AgendaLimitError: Rule(
        LIMIT,
        text=Text(fr="Modifiez ou retirez-en avant d'en ajouter.", en="Change or remove some before adding more."),
    ),
    errors.NotASlotError: Rule(
        NOT_A_SLOT,
        "/starts_at",
        Text(
            fr="Prenez le début d'un créneau de la liste : l'agenda est fermé, ou c'est trop tôt ou trop loin.",
            en="Take the start of a slot of the list: the agenda is closed, or it is too soon or too far ahead.",
        ),
    ),
    errors.ForWhomError: Rule(
        FOR_WHOM,
        "/request_id",
        Text(
            fr="Donnez la demande dont l'auteur vient, ou assistez la personne.",
            en="Give the request whose author comes, or assist the person.",
        ),
    ),
    errors.AddressUnconfirmedError: Rule(
        UNCONFIRMED,
        text=Text(
            fr="Confirmez d'abord votre adresse électronique : l'invitation y est envoyée.",
            en="Confirm your e-mail address first: the invitation is sent there.",
        ),
    ),
    errors.TooManyAppointmentsError: Rule(
        TOO_MANY, text=Text(fr="Annulez un rendez-vous à venir d'abord.", en="Cancel an appointment ahead first.")
    ),
    errors.AppointmentOverError: Rule(
        OVER,
        text=Text(
            fr="On ne change plus ce rendez-vous ; prenez-en un nouveau.",
            en="This appointment is changed no more; book another one.",
        ),
    ),
    AttendanceError: Rule(
        ATTENDANCE,
        text=Text(
            fr="Elle se note d'un rendez-vous pris, de son heure à une semaine après sa fin.",
            en="It is marked of an appointment that was booked, from its time until a week after its end.",
        ),
    ),
    errors.TooLateToChangeError: Rule(
        TOO_LATE,
        text=Text(
            fr="Le délai est passé (changes_end_at) ; appelez l'accueil de la collectivité.",
            en="It is past the time said (changes_end_at); call the collectivity.",
        ),
    ),
    errors.AlreadyWaitingError: Rule(
        WAITING,
        "/kind",
        Text(
            fr="Gardez votre place, ou quittez la liste pour changer de période.",
            en="Keep your place, or leave the list to wait for another period.",
        ),
    ),
    errors.TooManyWaitsError: Rule(
        WAITS, text=Text(fr="Quittez une liste d'attente d'abord.", en="Leave a waiting list first.")
    ),
    errors.WaitRangeError: Rule(
        RANGE,
        "/starts_before",
        Text(
            fr="La fin vient après le début et après maintenant, d'au plus un an.",
            en="The end comes after the start and after now, by a year at most.",
        ),
    ),
    errors.FeedAgendasError: Rule(
        FEED_AGENDAS,
        "/agendas",
        Text(
            fr="Un agent nomme de 1 à 20 agendas, toute autre personne aucun.",
            en="An agent names from 1 to 20 agendas, anybody else none.",
        ),
    ),
    errors.TooManyFeedsError: Rule(
        FEEDS,
        text=Text(
            fr="Supprimez un calendrier, ou changez l'adresse de l'un d'eux.",
            en="Take a calendar back, or change the address of one.",
        ),
    ),
    errors.OfferOverError: Rule(
        OFFER_OVER,
        text=Text(
            fr="Ce créneau n'est plus proposé ; voyez vos listes d'attente.",
            en="This slot is not offered any more; see your waiting lists.",
        ),
    ),
    errors.ReasonMissingError: Rule(
        REASON, "/reason", Text(fr="Dites pourquoi : la personne le lira.", en="Say why: the person will read it.")
    ),
}
