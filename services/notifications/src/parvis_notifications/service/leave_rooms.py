# SPDX-License-Identifier: EUPL-1.2
"""The town leaves the rooms of addresses that are used no more: nothing that is said there comes to it from then on."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import chats
from parvis_notifications.outgoing.chat import ChatRefusedError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.chat_routes import ChatRoutes
from parvis_notifications.service.in_rounds import in_rounds

_BATCH: Final = 20
_LEASE: Final = timedelta(minutes=30)
_AGAIN: Final = timedelta(hours=1)
# Its homeserver is none of the deployment's any more; it may be again.
_NOT_OURS: Final = timedelta(days=1)
_log = logger(__name__)


class RoomLeaver:
    """The loop that leaves."""

    def __init__(self, database: Database, routes: ChatRoutes, bell: Bell, poll_seconds: float) -> None:
        self._database = database
        self._routes = routes
        self._bell = bell
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Leave until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "room_leaver")

    async def round(self) -> bool:
        """Leave those that are due; False where none was."""
        async with self._database.unit_of_work() as uow:
            due = await chats.leaving(uow.session, _LEASE, _BATCH)
            if not due:
                return False  # a commit wakes all loops of this process, this one too
            await uow.commit()
        for row in due:
            pause = await self._pause(row.provider, row.id, row.room)
            async with self._database.unit_of_work() as uow:
                if pause is None:
                    await chats.was_left(uow.session, row.id)
                else:
                    await chats.put_off(uow.session, row.id, datetime.now(UTC) + pause)
                await uow.commit()
        return True

    async def _pause(self, name: str, id_: UUID, room: str | None) -> timedelta | None:
        """After which time to try again; None where it was left."""
        route = self._routes.named(name)
        if route is None:
            return _NOT_OURS
        try:
            await route.turn()
            await route.provider.leave(id_, room)
        except ChatRefusedError as error:
            _log.warning("room_not_left", room=str(id_), provider=name, reply=error.reply)
            return _AGAIN
        return None
