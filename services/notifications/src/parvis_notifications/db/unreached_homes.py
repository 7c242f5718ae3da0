# SPDX-License-Identifier: EUPL-1.2
"""Whom of no register an alert did not reach, and where they live, as far as they said so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.alert_tables import AlertArea
from parvis_notifications.db.geometry_types import PolygonType
from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.domain.subscribing import SubscriberKind
from parvis_notifications.domain.topic import Channel

# A number, of whoever was kept before fixed lines were known too.
_LINE: Final = "coalesce(s.line_mark, s.phone_mark)"
_PHONE: Final = f"'{Channel.SMS}', '{Channel.VOICE}'"
_UNDER_WAY: Final = ", ".join(
    f"'{each.value}'"
    for each in (PartState.SENT, PartState.DELIVERED, PartState.PENDING, PartState.SENDING, PartState.RETRY)
)
# An address that several have is written to once, as one of them: it came to all of them. The browsers of a person are
# no other's.
_BY_OTHERS: Final = " ".join(
    f"""AND NOT EXISTS (
    SELECT FROM subscriber o JOIN recipient h ON h.subscriber_id = o.id
    JOIN broadcast_delivery v ON v.recipient = h.number AND v.state IN ({_UNDER_WAY}) AND v.channel IN ({channels})
    WHERE o.collectivity = s.collectivity AND o.{mark} = {own} AND o.id <> s.id AND h.broadcast_id = :alert)"""
    for mark, own, channels in (
        ("email_mark", "s.email_mark", f"'{Channel.EMAIL}'"),
        ("phone_mark", _LINE, _PHONE),
        ("line_mark", _LINE, _PHONE),
    )
)
_IN_OTHERS_ROOM: Final = f"""AND NOT EXISTS (
    SELECT FROM broadcast_delivery v JOIN recipient h ON h.number = v.recipient
    JOIN subscriber o ON o.id = h.subscriber_id
    JOIN chat_address g ON g.person = o.person AND g.collectivity = o.collectivity AND g.confirmed_at IS NOT NULL
    WHERE v.broadcast_id = :alert AND v.channel = '{Channel.CHAT}' AND v.state IN ({_UNDER_WAY}) AND g.mark = room.mark
    AND o.id <> s.id)"""
# Who has taken back that they agreed to be alerted is counted as well, but nobody goes to their door.
# The home is the first place that lies in the area: who is alerted for an outline, or for where they were, has none.
_UNREACHED: Final = text(f"""
SELECT r.number, s.id, s.key_person, s.language, home.label,
    (home.position)[0] AS longitude, (home.position)[1] AS latitude
FROM recipient r JOIN subscriber s ON s.id = r.subscriber_id
LEFT JOIN LATERAL (
    SELECT p.label, p.position FROM place p
    WHERE p.subscriber_id = s.id AND s.state = 'active' AND s.emergency_at IS NOT NULL
    AND p.position IS NOT NULL AND (:everywhere OR EXISTS (
        SELECT FROM broadcast_area a WHERE a.broadcast_id = :alert AND p.position <@ a.outline))
    ORDER BY p.ordinal LIMIT 1) home ON true
LEFT JOIN chat_address room ON room.person = s.person AND room.collectivity = s.collectivity
    AND room.confirmed_at IS NOT NULL
WHERE r.broadcast_id = :alert AND r.number > :after AND s.kind <> '{SubscriberKind.REGISTER}'
AND coalesce(r.answered_at, r.acknowledged_at, r.read_at) IS NULL
AND NOT EXISTS (
    SELECT FROM broadcast_delivery d WHERE d.recipient = r.number AND d.state IN ({_UNDER_WAY}))
{_BY_OTHERS} {_IN_OTHERS_ROOM}
ORDER BY r.number LIMIT :most
""")
_MEETING: Final = text("""
SELECT DISTINCT p.subscriber_id FROM place p
WHERE p.subscriber_id = ANY(CAST(:people AS uuid[]))
AND (p.outline && CAST(:ring AS polygon) OR p.position <@ CAST(:ring AS polygon))
""")


@dataclass(frozen=True, slots=True)
class Unreached:
    """One of them; ``label`` and ``position`` of their home, None where none is in the area or they agree no more."""

    number: int
    subscriber: UUID
    key_person: UUID
    language: str
    label: bytes | None
    position: tuple[float, float] | None


async def some(session: AsyncSession, alert_id: UUID, after: int, most: int, *, everywhere: bool) -> list[Unreached]:
    """The next of them by the numbers of the recipients."""
    asked = {"alert": alert_id, "after": after, "most": most, "everywhere": everywhere}
    rows = await session.execute(_UNREACHED, asked)
    return [
        Unreached(
            row.number, row.id, row.key_person, row.language, row.label,
            None if row.label is None else (row.longitude, row.latitude),
        )
        for row in rows
    ]  # fmt: skip


async def meeting(session: AsyncSession, people: Sequence[UUID], area: AlertArea) -> set[UUID]:
    """Which of these subscribers care for somewhere in a named area."""
    found = set[UUID]()
    for outline in area.outlines:
        ring = PolygonType().bind_processor(session.get_bind().dialect)(tuple(map(tuple, outline)))
        found |= set((await session.scalars(_MEETING, {"people": list(people), "ring": ring})).all())
    return found
