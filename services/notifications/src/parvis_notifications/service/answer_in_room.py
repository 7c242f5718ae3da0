# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers an alert in the room of a messenger in which they read it, in the words of a text message."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.alerts_in_rooms import else_told, told_in_room
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.room_events import Said
from parvis_notifications.domain.text_reply import text_reply
from parvis_notifications.service.answer_by_text import AFTER, Told, answer_by_text

# Clocks of homeservers differ by less; what came later than that waited on its way.
_LATE: Final = timedelta(minutes=5)


class RoomAnswer(Enum):
    """Whether nobody has to read what answers an alert, or people do as well."""

    WHOLE = auto()
    WITH_WORDS = auto()


async def answer_in_room(session: AsyncSession, row: ChatAddress, said: Said, now: datetime) -> RoomAnswer | None:
    """Keep how it answers the alert that it names, or else the last that was told there; None where it answers none.

    What answers one that has ended is for people to read as well: nobody may look at its answers any more. Where the
    town told of something else there since, what names nothing may be meant for that: only a call for help counts, and
    it is read by people, too. What they answered since by another way stays.
    """
    reply = text_reply(said.text)
    if reply is None:
        return None
    said_at = said.at if said.at is not None and said.at < now - _LATE else None
    by = said_at or now
    found = await told_in_room(session, row.collectivity, row.person, said.answers, by, now - AFTER)
    if found is None:
        return None
    number, holds, told_at = found
    doubtful = not said.answers and await else_told(session, row.collectivity, row.person, row.id, told_at, by)
    if doubtful and reply.reply is not Reply.HELP:
        return None
    await answer_by_text(session, Told(number, holds), reply.reply, now, said_at=said_at)
    return RoomAnswer.WHOLE if holds and reply.whole and not doubtful else RoomAnswer.WITH_WORDS
