# SPDX-License-Identifier: EUPL-1.2
"""Why a piece of news or an alert reached somebody, waits, or did not: as a whole, and by each channel."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.broadcast import BroadcastState, Lane, PartState


class WholeReason(StrEnum):
    """Why somebody is told, or not."""

    TOLD = "told"
    NOT_YET = "not-yet"
    PAUSED = "paused"
    CALLED_OFF = "called-off"
    NO_CONSENT = "no-consent"
    NO_EXERCISE = "no-exercise"
    OTHER_TOPIC = "other-topic"
    NO_PLACE = "no-place"
    ELSEWHERE = "elsewhere"
    LATER = "later"
    SAME_ADDRESS = "same-address"
    NO_WAY = "no-way"
    FORGOTTEN = "forgotten"


class PartReason(StrEnum):
    """Why it went by one channel, goes later, or does not."""

    AGREED = "agreed"
    OVERRIDES = "overrides"
    UNDER_WAY = "under-way"
    QUIET_HOURS = "quiet-hours"
    DIGEST = "digest"
    ESCALATES = "escalates"
    TRIED_AGAIN = "tried-again"
    ANSWERED = "answered"
    NOT_WANTED = "not-wanted"
    TEXTS_STOPPED = "texts-stopped"
    ADDRESS_DEAD = "address-dead"
    NO_ADDRESS = "no-address"
    LEFT_ROOM = "left-room"
    TOO_LATE = "too-late"
    REFUSED = "refused"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    CALLED_OFF = "called-off"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a broadcast now.

    ``recipient`` and ``ways`` are from when its audience was settled: whether they are of it, and by how many channels.
    ``agreed`` is their consent to what it is, ``drills`` that to exercises where it is one; ``subscribed`` theirs to
    its topic; ``places`` whether they named any, ``meets`` whether one is in its area. ``addressed`` is whether they
    have an address by one of its channels.
    """

    recipient: bool = False
    ways: int = 0
    agreed: bool = False
    drills: bool = True
    subscribed: bool = True
    places: bool = False
    meets: bool = True
    addressed: bool = False


def whole_reason(state: BroadcastState, *, frozen: bool, forgotten: bool, lane: Lane, they: Standing) -> WholeReason:
    """Of somebody: from when the audience was settled, if they are of it, else from how they stand now."""
    if they.recipient:
        return _reached(they)
    if forgotten:
        return WholeReason.FORGOTTEN
    against = _against(lane, they)
    if against is not None:
        return against
    if not frozen:
        return _unfrozen(state)
    return WholeReason.LATER


def _reached(they: Standing) -> WholeReason:
    if they.ways:
        return WholeReason.TOLD
    return WholeReason.SAME_ADDRESS if they.addressed else WholeReason.NO_WAY


def _against(lane: Lane, they: Standing) -> WholeReason | None:
    if not they.agreed:
        return WholeReason.NO_CONSENT
    if not they.drills:
        return WholeReason.NO_EXERCISE
    if not they.subscribed:
        return WholeReason.OTHER_TOPIC
    # Who named no place is told of all news, and of no alert that has an area.
    if they.meets or (lane is Lane.NEWS and not they.places):
        return None
    return WholeReason.ELSEWHERE if they.places else WholeReason.NO_PLACE


def _unfrozen(state: BroadcastState) -> WholeReason:
    if state is BroadcastState.CANCELLED:
        return WholeReason.CALLED_OFF
    return WholeReason.PAUSED if state is BroadcastState.PAUSED else WholeReason.NOT_YET


_BY_STATE: Final = {
    PartState.SENDING: PartReason.UNDER_WAY,
    PartState.GATHERED: PartReason.DIGEST,
    PartState.RETRY: PartReason.TRIED_AGAIN,
    PartState.BOUNCED: PartReason.BOUNCED,
    PartState.UNKNOWN: PartReason.UNKNOWN,
}
_BY_REPLY: Final = {
    "answered": PartReason.ANSWERED,
    "not-wanted": PartReason.NOT_WANTED,
    "texts-stopped": PartReason.TEXTS_STOPPED,
    "address-dead": PartReason.ADDRESS_DEAD,
    "no-address": PartReason.NO_ADDRESS,
    "address-unreachable": PartReason.NO_ADDRESS,
    "left-room": PartReason.LEFT_ROOM,
    "too-late": PartReason.TOO_LATE,
}


_STOPPED: Final = {
    BroadcastState.PAUSED: PartReason.PAUSED,
    BroadcastState.CANCELLED: PartReason.CALLED_OFF,
}


@dataclass(frozen=True, slots=True)
class PartStanding:
    """Where it stands by one channel.

    ``waits`` is whether its time is still to come, ``first`` whether no other channel comes before it.
    """

    state: PartState
    reply: str | None
    waits: bool
    first: bool


def part_reason(lane: Lane, whole: BroadcastState, part: PartStanding) -> PartReason:
    """Why it went by one channel, goes later, or does not."""
    if part.state in {PartState.SENT, PartState.DELIVERED}:
        return PartReason.OVERRIDES if lane is Lane.ALERT else PartReason.AGREED
    if part.state in {PartState.FAILED, PartState.SKIPPED}:
        return _BY_REPLY.get(part.reply or "", PartReason.REFUSED)
    if part.state in {PartState.BOUNCED, PartState.UNKNOWN}:
        return _BY_STATE[part.state]
    return _open(lane, whole, part)


def _open(lane: Lane, whole: BroadcastState, part: PartStanding) -> PartReason:
    """Of what has not come to an end."""
    if part.state is not PartState.SENDING and whole in _STOPPED:
        return _STOPPED[whole]
    if part.state is PartState.PENDING and part.waits:
        if part.reply == "quiet-hours":
            return PartReason.QUIET_HOURS
        if lane is Lane.ALERT and not part.first:
            return PartReason.ESCALATES
    return _BY_STATE.get(part.state, PartReason.UNDER_WAY)
