# SPDX-License-Identifier: EUPL-1.2
"""The Client-Server API of a homeserver, as far as an application service that writes to people uses it.

https://spec.matrix.org/v1.15/client-server-api/
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.matrixsink.bringing import Bringer
from parvis_local.matrixsink.store import Fault, Room, RoomStore

UNREACHABLE: Final = "@nobody"
"""Who cannot be invited: users whose id begins so."""
UNREGISTERED: Final = "@stranger"
"""As whom the application service may not speak."""
_LIMIT: Final = 100
_ANSWERS: Final = {
    Fault.THROTTLED: (429, "M_LIMIT_EXCEEDED"),
    Fault.AWAY: (503, "M_UNKNOWN"),
    Fault.TOKEN: (401, "M_UNKNOWN_TOKEN"),
}
# 524 is what a large operator of such gateways answers.
_BROKEN: Final = {Fault.UNANSWERED: 502, Fault.LOST: 502, Fault.SLOW: 524}


def homeserver_routes(store: RoomStore, as_token: str, bringer: Bringer) -> list[Route]:
    """Of one homeserver with one application service."""
    server = _Homeserver(store, as_token, bringer)
    return [
        server.route("/createRoom", server.create, "POST", fails=True),
        server.route("/directory/room/{alias}", server.alias, "GET"),
        server.route("/rooms/{room}/send/m.room.message/{transaction}", server.send, "PUT", fails=True),
        server.route("/rooms/{room}/messages", server.messages, "GET"),
        server.route("/rooms/{room}/state/m.room.member/{member}", server.member, "GET"),
        server.route("/rooms/{room}/invite", server.invite, "POST"),
        server.route("/rooms/{room}/leave", server.leave, "POST"),
        server.route("/account/whoami", server.whoami, "GET"),
    ]


class _Homeserver:
    """What it answers to whom its application service says that it is."""

    def __init__(self, store: RoomStore, as_token: str, bringer: Bringer) -> None:
        self._store = store
        self._as_token = as_token
        self._bringer = bringer

    def route(
        self, path: str, act: Callable[[Request, str], Awaitable[Response]], method: str, *, fails: bool = False
    ) -> Route:
        """One of its routes; ``fails`` where faults happen."""

        async def answered(request: Request) -> Response:
            if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._as_token}"):
                return _error(401, "M_UNKNOWN_TOKEN")
            if request.query_params.get("user_id", "").startswith(UNREGISTERED):
                return _error(403, "M_FORBIDDEN")
            if fails:
                self._store.tries += 1
                if self._store.faults and self._store.faults[0] in _ANSWERS:
                    return _error(*_ANSWERS[self._store.faults.popleft()])
            try:
                return await act(request, request.query_params["user_id"])
            except (KeyError, ValueError, TypeError):
                return _error(400, "M_BAD_JSON")

        return Route(f"/_matrix/client/v3{path}", answered, methods=[method])

    async def create(self, request: Request, user: str) -> Response:
        """A room by its alias."""
        wanted = await request.json()
        room = self._store.create(wanted["room_alias_name"], wanted.get("name", ""), user)
        if room is None:
            return _error(400, "M_ROOM_IN_USE")
        return _broken(self._store) or self._told({"room_id": room.id})

    async def alias(self, request: Request, _user: str) -> Response:
        """The room of an alias."""
        room = self._store.aliased(request.path_params["alias"].partition(":")[0].removeprefix("#"))
        if room is None:
            return _error(404, "M_NOT_FOUND")
        return JSONResponse({"room_id": room.id, "servers": [self._store.server]})

    async def send(self, request: Request, user: str) -> Response:
        """A message by its transaction id."""
        room = _room(self._store, request)
        if room is None or room.members.get(user) != "join":
            return _error(403, "M_FORBIDDEN")
        content = await request.json()
        if self._store.faults and self._store.faults[0] is Fault.LOST:
            return _broken(self._store) or _error(500, "M_UNKNOWN")
        event = self._store.send(room, user, request.path_params["transaction"], content)
        return _broken(self._store) or self._told({"event_id": event["event_id"]})

    async def messages(self, request: Request, user: str) -> Response:
        """What happened in a room, the newest first."""
        room = _room(self._store, request)
        if room is None or room.members.get(user) != "join":
            return _error(403, "M_FORBIDDEN")
        limit = min(int(request.query_params.get("limit", "10")), _LIMIT)
        return JSONResponse({"start": "s", "chunk": room.events[::-1][:limit]})

    async def member(self, request: Request, _user: str) -> Response:
        """Whether somebody is in a room."""
        room = _room(self._store, request)
        membership = room.members.get(request.path_params["member"]) if room else None
        return JSONResponse({"membership": membership}) if membership else _error(404, "M_NOT_FOUND")

    async def invite(self, request: Request, user: str) -> Response:
        """Somebody into a room."""
        room, guest = _room(self._store, request), (await request.json())["user_id"]
        if room is None or guest.startswith(UNREACHABLE):
            return _error(403, "M_FORBIDDEN")
        if guest.partition(":")[2] in self._store.away:
            return _error(502, "M_UNKNOWN")
        self._store.invite(room, guest, user)
        return self._told({})

    async def leave(self, request: Request, user: str) -> Response:
        """A room, for whoever is in it."""
        room = _room(self._store, request)
        if room is None or room.members.get(user) != "join":
            return _error(403, "M_FORBIDDEN")
        self._store.move(room, user, "leave", by=user)
        return self._told({})

    async def whoami(self, _request: Request, user: str) -> Response:
        """As whom the application service is known."""
        return JSONResponse({"user_id": user, "is_guest": False})

    def _told(self, body: dict[str, Any]) -> Response:
        return JSONResponse(body, background=BackgroundTask(self._bringer.bring))


def _room(store: RoomStore, request: Request) -> Room | None:
    return store.rooms.get(request.path_params["room"])


def _broken(store: RoomStore) -> Response | None:
    """What stands before the server answers where the next fault is one of connections."""
    if store.faults and (status := _BROKEN.get(store.faults[0])):
        store.faults.popleft()
        return Response("<h1>No answer</h1>", status, media_type="text/html")
    return None


def _error(status: int, code: str) -> Response:
    more = {"retry_after_ms": 2_000} if code == "M_LIMIT_EXCEEDED" else {}
    return JSONResponse({"errcode": code, "error": "Refused", **more}, status)
