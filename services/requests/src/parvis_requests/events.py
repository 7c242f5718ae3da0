# SPDX-License-Identifier: EUPL-1.2
"""The integration events of this service: ids, codes and times, never names or free text."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import current_traceparent
from parvis_requests.domain.catalogue_state import AreaState, TypeState
from parvis_requests.domain.legal import Silence
from parvis_requests.domain.payment import Concluded
from parvis_requests.domain.request import Request
from parvis_requests.domain.team import Alert
from parvis_requests.domain.workflow import Told, Transition

SOURCE: Final = "/parvis/requests"
REQUEST_TOPIC: Final = "parvis.requests.request.v1"
FOLLOW_TOPIC: Final = "parvis.requests.follow.v1"
ACCESS_TOPIC: Final = "parvis.requests.access.v1"
CONFIRMATION_TOPIC: Final = "parvis.requests.confirmation.v1"
TYPE_TOPIC: Final = "parvis.requests.request-type.v1"
AREA_TOPIC: Final = "parvis.requests.area.v1"
MENTION_TOPIC: Final = "parvis.requests.mention.v1"
_PREFIX: Final = "fr.parvis.requests."


def submitted(request: Request, at: datetime) -> Event:
    """A person has filed a request."""
    return about(request, "request-submitted", at)


def moved(before: Request, after: Request, transition: Transition, at: datetime, *, notify_author: bool) -> Event:
    """A request has gone from one state to another: told by the event that its workflow names.

    ``notify_author`` where its author is to be written to of that step, and no message of its own tells them.
    """
    if transition.told is not Told.STATUS_CHANGED:
        return about(after, transition.told, at, notify_author=notify_author)
    steps = {"action": transition.code, "from_status": before.status, "to_status": after.status}
    return about(after, Told.STATUS_CHANGED, at, **steps, notify_author=notify_author)


def stayed(request: Request, action: str, at: datetime) -> Event:
    """Something was done to a request that left it in its state, such as a merge."""
    steps = {"action": action, "from_status": request.status, "to_status": request.status}
    return about(request, Told.STATUS_CHANGED, at, **steps, notify_author=False)


def decided_by_silence(request: Request, silence: Silence, effective_at: datetime, at: datetime) -> Event:
    """The legal period has ended: silence decided at ``effective_at``, which was recorded now."""
    decision, since = str(silence), instant(effective_at)
    return about(request, "request-decided", at, decision=decision, by_silence=True, effective_at=since)


def due_soon(request: Request, silence: Silence, ends_at: datetime, at: datetime) -> Event:
    """The legal period of a request ends soon; then silence decides."""
    return about(request, "request-due-soon", at, silence=str(silence), ends_at=instant(ends_at))


def payment_concluded(request: Request, payment: Concluded, at: datetime) -> Event:
    """It is known what became of a payment: who pays, and by what, is the provider's business."""
    outcome = {"payment_id": str(payment.id), "fee": payment.fee, "outcome": str(payment.state)}
    return about(
        request, "request-payment-concluded", at, **outcome, amount_cents=payment.cents, mode=str(payment.mode)
    )


def purged(request: Request, at: datetime) -> Event:
    """The time for which a request is kept is over: nothing of it is left, and nothing more will be told of it."""
    return about(request, "request-purged", at)


def replied(request: Request, message_id: UUID, at: datetime) -> Event:
    """An agent has replied publicly; the text is fetched by those who may read it."""
    return about(request, "request-replied", at, message_id=str(message_id))


def supplemented(request: Request, message_id: UUID | None, documents: list[str], at: datetime) -> Event:
    """The person has added to their request: a message, or documents, told by their codes."""
    said = str(message_id) if message_id else None
    return about(request, "request-supplemented", at, message_id=said, documents=documents)


def followed_moved(request: Request, action: str, follow: UUID, person: UUID, at: datetime) -> Event:
    """Something was done to a public request: for one of those who follow it. Its author is not named."""
    data = {
        "follow_id": str(follow),
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "person": str(person),
        "action": action,
        "status": request.status,
        "occurred_at": instant(at),
        "sequence": request.version,
    }
    topic, version = FOLLOW_TOPIC, request.version
    return event_of("followed-request-moved", topic, follow, version, request.collectivity, at, data)


def accessed(name: str, on: dict[str, UUID], person: UUID, collectivity: str, agent: UUID, at: datetime) -> Event:
    """An agent has read what is of somebody: kept for that person, who may see who looked."""
    access = uuid7()
    data = {
        "access_id": str(access),
        **{member: str(id_) for member, id_ in on.items()},
        "collectivity": collectivity,
        "person": str(person),
        "agent": str(agent),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return event_of(name, ACCESS_TOPIC, access, 1, collectivity, at, data)


def agent_mentioned(request: Request, message_id: UUID, agent: UUID, at: datetime) -> Event:
    """A note names an agent; its words are read by agents alone."""
    return _of_mention("agent-mentioned", request, message_id, agent, at, 1)


def mention_withdrawn(
    request: Request, message_id: UUID, agent: UUID, at: datetime, *, still_mentioned: bool, again: bool = False
) -> Event:
    """It names them no more; ``still_mentioned`` where another note of the request does, ``again`` once none does."""
    place = 3 if again else 2
    return _of_mention("mention-withdrawn", request, message_id, agent, at, place, still_mentioned=still_mentioned)


def _of_mention(
    name: str, request: Request, message_id: UUID, agent: UUID, at: datetime, sequence: int, **more: bool
) -> Event:
    # Made of both, so that what takes a mention back follows what told it.
    mention = uuid5(message_id, str(agent))
    data = {
        "mention_id": str(mention),
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "message_id": str(message_id),
        "agent": str(agent),
        **more,
        "occurred_at": instant(at),
        "sequence": sequence,
    }
    return event_of(name, MENTION_TOPIC, mention, sequence, request.collectivity, at, data)


def agent_alerted(request: Request, alert: Alert, agent: UUID, at: datetime, *, ends_at: datetime | None) -> Event:
    """Something has come to a request that is for this agent to see; ``ends_at`` where a period ends then."""
    id_ = uuid7()
    data = {
        "alert_id": str(id_),
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "alert": str(alert),
        "ends_at": instant(ends_at) if ends_at else None,
        "agent": str(agent),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return event_of("agent-alerted", MENTION_TOPIC, id_, 1, request.collectivity, at, data)


def confirmation_asked(confirmation: UUID, times: int, person: UUID, collectivity: str, at: datetime) -> Event:
    """Somebody without an account is to confirm the address that they left: a mail goes there, for that many times."""
    data = {
        "confirmation_id": str(confirmation),
        "collectivity": collectivity,
        "person": str(person),
        "occurred_at": instant(at),
        "sequence": times,
    }
    return event_of("confirmation-asked", CONFIRMATION_TOPIC, confirmation, times, collectivity, at, data)


def request_type_told(state: TypeState, at: datetime) -> Event:
    """What a request type is from now on: the last event of each stays on its topic."""
    data = {
        "request_type_id": str(state.id),
        "request_type": state.code,
        "request_group": state.group,
        "version": state.version,
        "collectivity": state.collectivity,
        "occurred_at": instant(at),
        "sequence": state.told,
    }
    name = "request-type-published" if state.offered else "request-type-retired"
    return event_of(name, TYPE_TOPIC, state.id, state.told, state.collectivity, at, data)


def area_told(state: AreaState, at: datetime) -> Event:
    """What an area is from now on: the last event of each stays on its topic."""
    data = {
        "area_id": str(state.id),
        "area": state.code,
        "level": state.level,
        "parent": state.parent,
        "retired": state.retired,
        "collectivity": state.collectivity,
        "occurred_at": instant(at),
        "sequence": state.told,
    }
    return event_of("area-changed", AREA_TOPIC, state.id, state.told, state.collectivity, at, data)


def address_confirmed(request: Request, confirmation: UUID, times: int, at: datetime) -> Event:
    """Who filed a request without an account has confirmed their address: now they can be written to about it."""
    data = {
        "confirmation_id": str(confirmation),
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "person": str(request.author),
        "occurred_at": instant(at),
        "sequence": times,
    }
    return event_of("address-confirmed", CONFIRMATION_TOPIC, confirmation, times, request.collectivity, at, data)


def contact_corrected(request: Request, agent: UUID, at: datetime, *, receipt_due: bool) -> Event:
    """An agent has corrected where somebody without an account is written to; the receipt has gone elsewhere."""
    correction = uuid7()
    data = {
        "correction_id": str(correction),
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "person": str(request.author),
        "agent": str(agent),
        "receipt_due": receipt_due,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return event_of("contact-corrected", CONFIRMATION_TOPIC, correction, 1, request.collectivity, at, data)


def about(request: Request, name: str, at: datetime, **more: str | bool | int | list[str] | None) -> Event:
    """An act on a request, on its topic and in its order."""
    data = {
        "request_id": str(request.id),
        "reference": request.reference,
        "request_type": request.type_code,
        "collectivity": request.collectivity,
        "team": request.team,
        "area": request.area,
        "author": str(request.author),
        "occurred_at": instant(at),
        "sequence": request.version,
        **more,
    }
    return event_of(name, REQUEST_TOPIC, request.id, request.version, request.collectivity, at, data)


def event_of(
    name: str, topic: str, key: UUID, sequence: int, collectivity: str, at: datetime, data: dict[str, Any]
) -> Event:
    """What has happened, under its name without the prefix, on its topic and in the order of its key."""
    return Event(
        id=uuid7(),
        type=f"{_PREFIX}{name}.v1",
        source=SOURCE,
        subject=str(key),
        time=at,
        collectivity=collectivity,
        sequence=sequence,
        key=key,
        topic=topic,
        data=data,
        traceparent=current_traceparent(),
    )


def instant(at: datetime) -> str:
    """The instant as events say it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
