# SPDX-License-Identifier: EUPL-1.2
"""Whom of no register an alert did not reach: the homes of those who gave them for that, and how many others by area.

Who agrees to be alerted says where they live for that alone. That somebody goes there, once every channel has failed,
is what the maire organises in a disaster (code de la sécurité intérieure, article L. 731-3), and protects their life
(regulation (EU) 2016/679, article 6 (1) (d) and (e)). An exercise is neither: it shows no home.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, register, unreached_homes
from parvis_notifications.db.alert_tables import Alert, AlertArea
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.db.unreached_homes import Unreached

BATCH: Final = 500
NOWHERE: Final = ""
"""Of whom no named area is known."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where one of them is to be called on, in their words."""

    recipient: int
    place: str
    longitude: float
    latitude: float
    language: str


@dataclass(frozen=True, slots=True)
class ListUnreached:
    """Whose alerts these are, and with what homes are opened."""

    database: Database
    persons: PersonKeys
    agent: Principal

    async def alert(self, alert_id: UUID) -> tuple[Alert, Broadcast, list[AlertArea]]:
        """An alert with the areas that it names; raises NotFoundError."""
        async with self.database.reading() as session:
            alert, sent = await alerts.one(session, self.agent.collectivity, alert_id)
            named = {row.code: row for row in await alerts.named_areas(session, self.agent.collectivity)}
        return alert, sent, [named[code] for code in alert.named_areas if code in named]

    async def homes(self, sent: Broadcast, areas: Sequence[AlertArea], others: Counter[str]) -> AsyncIterator[Home]:
        """The homes, as they are read and the look at them is kept; ``others`` are counted by the codes of areas."""
        after, more = 0, True
        while more:
            async with self.database.unit_of_work() as uow:
                found = await unreached_homes.some(uow.session, sent.id, after, BATCH, everywhere=sent.everywhere)
                shown = [] if sent.exercise else await self._opened(found)
                numbers = {each.recipient for each in shown}
                others.update(await _by_area(uow.session, [x for x in found if x.number not in numbers], areas))
                if shown or after == 0:
                    who = (self.agent.collectivity, self.agent.person)
                    register.note_access(
                        uow.session, *who, "homes-list", datetime.now(UTC), people=len(shown), alert=sent.id
                    )
                    await uow.commit()
            for home in shown:
                yield home
            more = len(found) == BATCH
            after = found[-1].number if found else after

    async def _opened(self, found: Sequence[Unreached]) -> list[Home]:
        """Without those that are no more to be read: whoever was erased is counted with the others."""
        keys = await self.persons.of_many({each.key_person for each in found if each.label is not None})
        return [
            Home(each.number, keys[each.key_person].open("place.label", each.label), *each.position, each.language)
            for each in found
            if each.key_person in keys and each.label is not None and each.position is not None
        ]


async def _by_area(session: AsyncSession, people: Sequence[Unreached], areas: Sequence[AlertArea]) -> Counter[str]:
    """Each in the first area that they care for."""
    left = {each.subscriber for each in people}
    counted = Counter[str]()
    for area in areas:
        if met := await unreached_homes.meeting(session, list(left), area) if left else set():
            counted[area.code], left = len(met), left - met
    if left:
        counted[NOWHERE] = len(left)
    return counted
