# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with an act on an agenda or an appointment."""

from collections.abc import Sequence
from uuid import UUID

from parvis_requests.domain.agenda import Span
from parvis_requests.domain.errors import RequestError


class UnknownKindError(RequestError):
    """The collectivity offers no appointments of that kind."""


class UnknownAgendaError(RequestError):
    """The collectivity keeps no such agenda, or this kind of appointments is not given there."""


class KindExistsError(RequestError):
    """The collectivity has a kind of appointments of that code already."""


class AgendaLimitError(RequestError):
    """The collectivity keeps as many of these as any may."""


class NotASlotError(RequestError):
    """No slot begins then: the agenda is not open, or it is too soon or too far ahead."""


class SlotTakenError(RequestError):
    """The slot was free once and is no more; ``free`` are the next ones with the ids of their agendas."""

    def __init__(self, free: Sequence[tuple[Span, Sequence[UUID]]]) -> None:
        super().__init__("slot taken")
        self.free = free


class ForWhomError(RequestError):
    """An agent books for the author of a request, and named none."""


class AddressUnconfirmedError(RequestError):
    """Nobody could be told of the appointment: who has no account has not confirmed an address."""


class TooManyAppointmentsError(RequestError):
    """The person has as many appointments ahead as anybody may."""


class AppointmentOverError(RequestError):
    """The appointment was cancelled, or its time has come."""


class TooLateToChangeError(RequestError):
    """The person may no longer change it by themselves."""


class ReasonMissingError(RequestError):
    """An agent who changes somebody's appointment says why."""


class AlreadyWaitingError(RequestError):
    """The person waits for that kind of appointments in that agenda already."""


class TooManyWaitsError(RequestError):
    """The person is on as many waiting lists as anybody may."""


class WaitRangeError(RequestError):
    """Nothing can be waited for between these instants: they are in the wrong order, past, or too far ahead."""


class FeedAgendasError(RequestError):
    """An agent names from one to twenty agendas, anybody else none."""


class TooManyFeedsError(RequestError):
    """The caller has as many calendar feeds as anybody may."""


class OfferOverError(RequestError):
    """The offer was answered, or its time is over."""
