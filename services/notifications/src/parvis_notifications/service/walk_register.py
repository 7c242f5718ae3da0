# SPDX-License-Identifier: EUPL-1.2
"""The register in the order in which somebody walks, a piece at a time, each piece with the look at it that is kept.

The order is that of one moment: who moves meanwhile is where they were in it, and nobody is left out or comes twice.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, register, register_pages
from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.db.register import Concerned
from parvis_notifications.domain.broadcast import Reach
from parvis_notifications.service.keep_register import opened
from parvis_notifications.service.note_visit import notes_of

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Doors:
    """Some of those whom an alert is for, with what is sealed of them and the notes of their last visits, by ids."""

    people: Sequence[Concerned]
    known: Mapping[UUID, dict[str, Any]]
    notes: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Walk:
    """Whose register it is, who goes, and with what it is opened."""

    database: Database
    persons: PersonKeys
    agent: Principal

    async def of_alert(self, alert_id: UUID) -> Sequence[int]:
        """The recipients of an alert who are in the register, as somebody walks; raises NotFoundError."""
        async with self.database.unit_of_work() as uow:
            await alerts.one(uow.session, self.agent.collectivity, alert_id)
            found = await register_pages.walk_of_alert(uow.session, alert_id)
            if not found:
                self._note(uow.session, "field-list", 0, alert_id)
                await uow.commit()
        return found

    async def doors(
        self, alert_id: UUID, numbers: Sequence[int], reach: Reach | None, visited: bool | None
    ) -> AsyncIterator[Doors]:
        """These in their order, of them those who are wanted."""
        for first in range(0, len(numbers), BATCH):
            some = numbers[first : first + BATCH]
            async with self.database.unit_of_work() as uow:
                found = await register.concerned(
                    uow.session, alert_id, 0, len(some), reach=reach, visited=visited, among=some
                )
                self._note(uow.session, "field-list", len(found), alert_id)
                await uow.commit()
            turn = {number: place for place, number in enumerate(some)}
            people = sorted(found, key=lambda each: turn[each.recipient.number])
            known = {row.id: content for row, content in await opened(self.persons, [each.entry for each in people])}
            people = [each for each in people if each.entry.id in known]
            yield Doors(people, known, await notes_of(self.persons, people))

    async def everybody(self) -> AsyncIterator[Sequence[tuple[RegisterEntry, dict[str, Any]]]]:
        """All of the collectivity's register."""
        async with self.database.unit_of_work() as uow:
            ids = await register_pages.walk_of_all(uow.session, self.agent.collectivity)
            if not ids:
                self._note(uow.session, "export", 0)
                await uow.commit()
        for first in range(0, len(ids), BATCH):
            some = ids[first : first + BATCH]
            async with self.database.unit_of_work() as uow:
                found = await register_pages.of_ids(uow.session, some)
                self._note(uow.session, "export", len(found))
                await uow.commit()
            yield await opened(self.persons, [found[each] for each in some if each in found])

    def _note(self, session: Any, act: str, people: int, alert: UUID | None = None) -> None:
        agent = self.agent
        register.note_access(
            session, agent.collectivity, agent.person, act, datetime.now(UTC), people=people, alert=alert
        )
