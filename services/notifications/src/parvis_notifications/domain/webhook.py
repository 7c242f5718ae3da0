# SPDX-License-Identifier: EUPL-1.2
"""What webhooks may be sent, and by Standard Webhooks 1.0.0 the schedule of attempts and what an answer means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Final
from uuid import UUID

MINUTE: Final = 60
HOUR: Final = 3_600
# The delays of the specification's schedule: before the second attempt, the third and so on, in seconds.
SCHEDULE: Final = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
_JITTER: Final = 0.2
_LONGEST_RETRY_AFTER: Final = 24 * HOUR
_THROTTLED: Final = frozenset({429, 502, 503, 504})
_GONE: Final = 410
PAUSE_SECONDS: Final = 30.0
# A subscriber that takes nothing is left alone for as long as that has been so, between these.
SHORTEST_REST_SECONDS: Final = 1.0
LONGEST_REST_SECONDS: Final = 60.0
# One that is refused may be at fault itself; where this many of different lanes are, the subscriber is.
_LANES_THAT_TELL: Final = 2


class PublicEvent(StrEnum):
    """The events that other systems may subscribe to."""

    REQUEST_SUBMITTED = "fr.parvis.requests.request-submitted.v1"
    REQUEST_TAKEN = "fr.parvis.requests.request-taken.v1"
    REQUEST_REPLIED = "fr.parvis.requests.request-replied.v1"
    REQUEST_SUPPLEMENTED = "fr.parvis.requests.request-supplemented.v1"
    REQUEST_RESOLVED = "fr.parvis.requests.request-resolved.v1"
    REQUEST_STATUS_CHANGED = "fr.parvis.requests.request-status-changed.v1"
    REQUEST_DUE_SOON = "fr.parvis.requests.request-due-soon.v1"
    REQUEST_PAYMENT_CONCLUDED = "fr.parvis.requests.request-payment-concluded.v1"
    REQUEST_DECIDED = "fr.parvis.requests.request-decided.v1"
    APPEAL_LODGED = "fr.parvis.requests.appeal-lodged.v1"
    APPEAL_DECIDED = "fr.parvis.requests.appeal-decided.v1"
    SATISFACTION_ASKED = "fr.parvis.requests.satisfaction-asked.v1"
    REQUEST_VALIDITY_SET = "fr.parvis.requests.request-validity-set.v1"
    REQUEST_PURGED = "fr.parvis.requests.request-purged.v1"
    APPOINTMENT_OFFERED = "fr.parvis.requests.appointment-offered.v1"
    APPOINTMENT_BOOKED = "fr.parvis.requests.appointment-booked.v1"
    APPOINTMENT_MOVED = "fr.parvis.requests.appointment-moved.v1"
    APPOINTMENT_CANCELLED = "fr.parvis.requests.appointment-cancelled.v1"
    REQUEST_TYPE_PUBLISHED = "fr.parvis.requests.request-type-published.v1"
    REQUEST_TYPE_RETIRED = "fr.parvis.requests.request-type-retired.v1"
    AREA_CHANGED = "fr.parvis.requests.area-changed.v1"
    CONSULTATION_OPENED = "fr.parvis.participation.consultation-opened.v1"
    CONSULTATION_EXTENDED = "fr.parvis.participation.consultation-extended.v1"
    CONSULTATION_CLOSED = "fr.parvis.participation.consultation-closed.v1"
    POLL_PUBLISHED = "fr.parvis.participation.poll-published.v1"
    POLL_COUNTED = "fr.parvis.participation.poll-counted.v1"
    POLL_EXTENDED = "fr.parvis.participation.poll-extended.v1"
    POLL_CANCELLED = "fr.parvis.participation.poll-cancelled.v1"
    BUDGET_PUBLISHED = "fr.parvis.participation.budget-published.v1"
    BUDGET_VOTE_OPENED = "fr.parvis.participation.budget-vote-opened.v1"
    BUDGET_VOTE_EXTENDED = "fr.parvis.participation.budget-vote-extended.v1"
    BUDGET_VOTE_CALLED_OFF = "fr.parvis.participation.budget-vote-called-off.v1"
    BUDGET_COUNTED = "fr.parvis.participation.budget-counted.v1"
    PROJECT_DEPOSITED = "fr.parvis.participation.project-deposited.v1"
    PROJECT_ANALYSED = "fr.parvis.participation.project-analysed.v1"
    SURVEY_OPENED = "fr.parvis.participation.survey-opened.v1"
    SURVEY_CLOSED = "fr.parvis.participation.survey-closed.v1"
    SURVEY_RESULTS_PUBLISHED = "fr.parvis.participation.survey-results-published.v1"
    CONVERSATION_PUBLISHED = "fr.parvis.participation.conversation-published.v1"
    CONVERSATION_CLOSED = "fr.parvis.participation.conversation-closed.v1"
    PROCESS_PUBLISHED = "fr.parvis.participation.process-published.v1"
    PROCESS_PHASE_BEGUN = "fr.parvis.participation.process-phase-begun.v1"


@dataclass(frozen=True, slots=True)
class Traits:
    """What filters look at in an event; an event that is about no request has neither."""

    request_type: str | None
    area: str | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Traits":
        """Those of an event's data."""
        request_type, area = data.get("request_type"), data.get("area")
        return cls(request_type if isinstance(request_type, str) else None, area if isinstance(area, str) else None)


TEST_EVENT: Final = "fr.parvis.notifications.webhook-tested.v1"
CALLBACK_EVENT: Final = "fr.parvis.notifications.sent-message-changed.v1"


def callback_client(key_id: UUID) -> str:
    """The client of subscriptions that call an application back, by its key; no system that calls has such a name."""
    return f"sending-key/{key_id}"


def called_key(client_id: str) -> UUID | None:
    """The key whose application such a subscription calls back; None where it is a system's own."""
    kind, _, key_id = client_id.partition("/")
    return UUID(key_id) if kind == "sending-key" and key_id else None


class SubscriptionState(StrEnum):
    """Whether events are sent to a subscription."""

    ACTIVE = "active"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """Where the delivery of one event to one subscription stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Reception(Enum):
    """What a subscriber's answer means."""

    TAKEN = auto()
    REFUSED = auto()
    THROTTLED = auto()
    GONE = auto()


def reception(status: int) -> Reception:
    """Only 2xx is success; a redirect is a refusal, 410 ends the subscription, some say "slower"."""
    if 200 <= status < 300:  # noqa: PLR2004 - the class of successes
        return Reception.TAKEN
    if status == _GONE:
        return Reception.GONE
    return Reception.THROTTLED if status in _THROTTLED else Reception.REFUSED


def takes_nothing(tried: int, taken: int) -> bool:
    """Whether the answers to a round, which has one event of each lane, say that the subscriber takes nothing."""
    return not taken and tried >= _LANES_THAT_TELL


def retry_seconds(attempts: int, retry_after: float | None, chance: float) -> float | None:
    """Seconds before the next attempt, or None when the schedule is at its end.

    Args:
        attempts: how many were made, 1 or more.
        retry_after: what the subscriber asked for, in seconds; honoured up to a day, never as a wish for haste.
        chance: 0 to 1, spreads the attempts by a fifth up or down.
    """
    if attempts > len(SCHEDULE):
        return None
    delay = SCHEDULE[attempts - 1] * (1 - _JITTER + 2 * _JITTER * chance)
    return max(delay, min(retry_after or 0.0, _LONGEST_RETRY_AFTER))
