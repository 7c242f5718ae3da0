# SPDX-License-Identifier: EUPL-1.2
"""What came of one recipient's message in a room of a messenger, as it is kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_notifications.db.broadcast_deliveries import ClaimedPart
from parvis_notifications.domain.broadcast import PartState, Settled, Tried
from parvis_notifications.domain.delivery import AttemptOutcome
from parvis_notifications.service.chat_routes import ChatRoute

ASK: Final = timedelta(seconds=10)


def sent(part: ClaimedPart, route: ChatRoute, reference: str, tried: Sequence[Tried]) -> Settled:
    """A homeserver has it."""
    return Settled(
        part.recipient,
        PartState.SENT,
        "sent",
        provider=route.provider.name,
        reference=reference,
        cost_millicents=route.unit_millicents,
        tried=tried,
    )


def unknown(
    part: ClaimedPart,
    reply: str,
    provider: str | None,
    again: timedelta | None = ASK,
    tried: Sequence[Tried] = (),
) -> Settled:
    """A homeserver may have it: it is looked for ``again`` after that time, or not any more."""
    return Settled(part.recipient, PartState.UNKNOWN, reply, again, doubtful=True, provider=provider, tried=tried)


def not_there(part: ClaimedPart, since: datetime) -> Settled:
    """It goes again at once; whatever keeps it from going is looked at first, as with every turn."""
    tried = [_tried(part, since, AttemptOutcome.NOT_TAKEN, "not-taken")]
    return Settled(part.recipient, PartState.RETRY, "not-taken", timedelta(), tried=tried)


def found(part: ClaimedPart, since: datetime, route: ChatRoute, reference: str) -> Settled:
    """It is in the room."""
    tried = _tried(part, since, AttemptOutcome.ACCEPTED, "sent", reference, route.unit_millicents)
    return sent(part, route, reference, [tried])


def _tried(
    part: ClaimedPart,
    since: datetime,
    outcome: AttemptOutcome,
    reply: str,
    reference: str | None = None,
    cost: int | None = None,
) -> Tried:
    """What is known by now of the last attempt, to which nobody answered."""
    number, name, now = part.attempts, part.provider or None, datetime.now(UTC)
    taken = (None, reference, None, cost)
    return Tried(number, name, outcome, reply, since, now, *taken, found=True)
