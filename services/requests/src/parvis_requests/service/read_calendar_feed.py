# SPDX-License-Identifier: EUPL-1.2
"""What a calendar program is shown at a secret address (RFC 5545, RFC 7986): no name of anybody, nor why they come.

What is there is known before it is written: a program that has it already is answered by one look at the rows.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language, Text
from parvis_requests.db import agendas, calendar_feeds
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import Agenda, Appointment, AppointmentKind, CalendarFeed
from parvis_requests.service.appointment_calendar import empty_calendar, event_of
from parvis_requests.service.tracking_token import digest_of

_READ_AGAIN: Final = timedelta(hours=1)
# A program that was told of an instant is shown what changed after it alone; what bears an instant is there to be read
# some seconds later, and of two changes within a second HTTP tells one (RFC 9110 section 8.8.2.2).
_SETTLED: Final = timedelta(minutes=1)
_OWN: Final = Text(fr="Mes rendez-vous", en="My appointments")


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed shows, not yet written: equal digests mean equal files.

    Attributes:
        changed_at: when any of it changed last, as whole seconds.
        vouched_at: the same, or earlier where more may come that changed by then: what a program asks again with.
        dated: whether it changes at no other instant; of agents its digest alone says so.
    """

    feed: CalendarFeed
    rows: Sequence[Appointment]
    about: Mapping[UUID, AppointmentKind]
    where: Mapping[UUID, Agenda]
    changed_at: datetime
    vouched_at: datetime
    dated: bool

    @property
    def language(self) -> Language:
        """The one that its owner spoke when they asked for it."""
        return "en" if self.feed.language == "en" else "fr"

    @property
    def digest(self) -> str:
        """Of all that the file is made of."""
        versions = [(row.id, row.version) for row in self.rows]
        versions += [(kind.id, kind.version) for kind in self.about.values()]
        versions += [(agenda.id, agenda.version) for agenda in self.where.values()]
        return sha256(repr((self.feed.id, self.feed.language, versions)).encode()).hexdigest()[:32]

    async def written(self) -> bytes:
        """The calendar file; a thousand events take a while, beside the loop."""
        return await asyncio.to_thread(self._write)

    def _write(self) -> bytes:
        language, calendar = self.language, empty_calendar()
        names = [self.where[id_].name[language] for id_ in self.feed.agendas if id_ in self.where]
        calendar.add("uid", str(self.feed.id))
        calendar.add("name", ", ".join(names) if self.feed.by_agent else _OWN.in_language(language))
        calendar.add("last-modified", self.changed_at)
        calendar.add("refresh-interval", _READ_AGAIN, parameters={"VALUE": "DURATION"})
        for row in self.rows:
            kind = self.about[row.kind_id]
            # What to bring is for who comes.
            told = None if self.feed.by_agent else kind.instructions[language]
            event = event_of(row, kind, self.where[row.agenda_id], language, told)
            event.add("class", "PRIVATE")
            calendar.add_component(event)
        made: bytes = calendar.to_ical()
        return made


async def read_feed(session: AsyncSession, secret: str, now: datetime) -> FeedContent:
    """What is at that address; raises NotFoundError where there is nothing, or nothing any more."""
    feed = await calendar_feeds.by_digest(session, digest_of(secret), now)
    rows, changed_at, dated = await calendar_feeds.shown(session, feed, now)
    about = await kinds.by_id(session, {row.kind_id for row in rows})
    where = await agendas.by_id(session, {*feed.agendas, *(row.agenda_id for row in rows)})
    changes = [feed.updated_at, *([changed_at] if changed_at else [])]
    changes += [kind.updated_at for kind in about.values()] + [agenda.updated_at for agenda in where.values()]
    changed = max(changes).replace(microsecond=0)
    vouched = min(changed, (now - _SETTLED).replace(microsecond=0))
    return FeedContent(feed, rows, about, where, changed, vouched, dated)
