# SPDX-License-Identifier: EUPL-1.2
"""News and alerts in rooms of a messenger: who reads them there, and what became of each."""

from typing import Any

from notifications_alerts import Alerts
from notifications_attempts import DUE, THERE
from notifications_chats import CAMILLE, Chats, Homeserver
from notifications_town import Town, wishes

from parvis_local.matrixsink.store import Room
from parvis_testing import Caller


class Rooms:
    """Two homeservers, and a town that writes to many there."""

    def __init__(self, chats: Chats, town: Town) -> None:
        self.chats, self.town = chats, town

    async def reader(self, address: str = CAMILLE, **wanted: Any) -> Caller:
        """Somebody who confirmed that address, and chose ``wanted``; what their room says until now is not counted."""
        made = await self.chats.reader(address)
        assert (await self.town.choose(made, wishes(**wanted))).status_code == 200
        return made

    async def alerted(self, address: str = CAMILLE) -> Caller:
        """The same of somebody who agreed to alerts, and lives by the town hall."""
        return await self.reader(address, topics=[], **THERE)

    @staticmethod
    def room(server: Homeserver, address: str = CAMILLE) -> Room:
        """The newest of whom that address is."""
        return next(room for room in server.rooms()[::-1] if room.guest == address)

    def told(self, server: Homeserver | None = None, address: str = CAMILLE) -> list[str]:
        """What somebody was told there, but for the code that confirmed the address."""
        theirs = [room for room in (server or self.chats.first).rooms() if room.guest == address]
        texts = [text for room in theirs for text in self.chats.texts(room)]
        return [text for text in texts if "code" not in text]

    async def states(self) -> list[tuple[str, str, str]]:
        """State, provider and last reply of each."""
        rows = await self.town.post.pool.fetch(
            "SELECT state, provider, last_reply FROM broadcast_delivery WHERE channel = 'chat' ORDER BY recipient"
        )
        return [(row["state"], row["provider"] or "", row["last_reply"] or "") for row in rows]

    async def again(self, **changes: Any) -> None:
        """What is open, at once."""
        await self.town.post.pool.execute(DUE)
        await self.town.send(**changes)


def rooms_of(chats: Chats, alerts: Alerts) -> Rooms:
    """Of the town that alerts go out in."""
    return Rooms(chats, alerts.town)
