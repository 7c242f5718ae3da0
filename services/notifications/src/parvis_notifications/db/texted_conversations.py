# SPDX-License-Identifier: EUPL-1.2
"""Which request a text message probably answers: the one that the last message texted to its number was about."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Several people may have one number. Where that last one was about no request, it is no request that is answered.
_LAST: Final = text("""
SELECT l.request_id FROM texted_number n
CROSS JOIN LATERAL (
    SELECT m.request_id, d.sent_at FROM message m
    JOIN delivery d ON d.message_id = m.id AND d.channel = 'sms' AND d.sent_at < :until
    WHERE m.collectivity = n.collectivity AND m.person = n.person AND m.created_at > :since
    ORDER BY d.sent_at DESC, d.id DESC LIMIT 1) l
WHERE n.mark = :mark AND n.collectivity = :collectivity ORDER BY l.sent_at DESC, n.person LIMIT 1
""")


async def last_asked(
    session: AsyncSession, collectivity: str, mark: bytes, *, since: datetime, until: datetime
) -> UUID | None:
    """The request of the last message to somebody that was texted to that number in that time, news and alerts apart.

    None where it was about none.
    """
    values = {"mark": mark, "collectivity": collectivity, "since": since, "until": until}
    found: UUID | None = await session.scalar(_LAST, values)
    return found
