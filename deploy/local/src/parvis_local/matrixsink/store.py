# SPDX-License-Identifier: EUPL-1.2
"""Rooms of one homeserver, for as long as this process lives; the oldest go when there are too many."""

import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_MOST: Final = 500
Event = dict[str, Any]


class Fault(StrEnum):
    """What goes wrong with the next message."""

    THROTTLED = "throttled"
    """Too many calls: later."""
    AWAY = "away"
    """The server is not available."""
    TOKEN = "token"  # noqa: S105 - the name of a fault
    """The application service is not known any more."""
    UNANSWERED = "unanswered"
    """Taken, and the connection breaks before the answer."""
    SLOW = "slow"
    """Taken, and what stands before the server waits no longer for the answer."""
    LOST = "lost"
    """Not taken, and the connection breaks."""


@dataclass(slots=True)
class Room:
    """One room: who is in it, and all that happened there."""

    id: str
    alias: str
    name: str
    town: str
    guest: str = ""
    events: list[Event] = field(default_factory=list)
    members: dict[str, str] = field(default_factory=dict)

    @property
    def messages(self) -> list[Event]:
        """What was written, the first first."""
        return [event for event in self.events if event["type"] == "m.room.message"]


@dataclass(slots=True)
class RoomStore:
    """All of them, what is to be brought to the application service, and what is to go wrong."""

    server: str = "parvis.localhost"
    rooms: "OrderedDict[str, Room]" = field(default_factory=OrderedDict)
    news: deque[Event] = field(default_factory=deque)
    faults: deque[Fault] = field(default_factory=deque)
    away: set[str] = field(default_factory=lambda: {"away.example"})
    """Other homeservers that nobody reaches."""
    tries: int = 0
    _sent: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def create(self, alias: str, name: str, town: str) -> Room | None:
        """A room with nobody but who made it; None where the alias is taken."""
        if self.aliased(alias) is not None:
            return None
        room = Room(f"!{secrets.token_urlsafe(12)}:{self.server}", alias, name, town)
        self.rooms[room.id] = room
        while len(self.rooms) > _MOST:
            self.rooms.popitem(last=False)
        self.move(room, town, "join", by=town)
        return room

    def invite(self, room: Room, guest: str, by: str) -> None:
        """The one whom a room is for."""
        room.guest = guest
        self.move(room, guest, "invite", by=by)

    def aliased(self, alias: str) -> Room | None:
        """The room of that alias."""
        return next((room for room in self.rooms.values() if room.alias == alias), None)

    def move(self, room: Room, user: str, membership: str, *, by: str) -> None:
        """Somebody is invited, joins or leaves."""
        room.members[user] = membership
        content = {"membership": membership}
        self.add(room, "m.room.member", by, content, state_key=user)

    def send(self, room: Room, sender: str, transaction: str, content: Event) -> Event:
        """A message, or the one that came by that transaction id before (as long as it is remembered)."""
        known = self._sent.get((room.id, sender, transaction))
        for event in room.events:
            if known is not None and event["event_id"] == known:
                return event
        made = self.add(room, "m.room.message", sender, content)
        self._sent[room.id, sender, transaction] = made["event_id"]
        return made

    def add(self, room: Room, kind: str, sender: str, content: Event, **more: str) -> Event:
        """Something happens in a room: all of it is told to the application service, its own acts as well."""
        event = {
            "type": kind,
            "room_id": room.id,
            "event_id": f"${secrets.token_urlsafe(24)}",
            "sender": sender,
            "origin_server_ts": int(time.time() * 1_000),
            "content": content,
            **more,
        }
        room.events.append(event)
        self.news.append(event)
        return event

    def forget_transactions(self) -> None:
        """As a day later."""
        self._sent.clear()

    def newest(self, limit: int) -> list[Room]:
        """The newest first."""
        return list(reversed(self.rooms.values()))[:limit]
