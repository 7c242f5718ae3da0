# SPDX-License-Identifier: EUPL-1.2
"""Rooms of Matrix, as an application service of a homeserver.

https://spec.matrix.org/v1.15/client-server-api/ (createRoom, invite, send, directory, messages) and
https://spec.matrix.org/v1.15/application-service-api/#client-server-api-extensions (``user_id`` says as whom).
"""

import json
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import aiohttp

from parvis_notifications.chat_settings import ChatProviderSettings
from parvis_notifications.outgoing.chat import Chat, ChatRefusal, ChatRefusedError, ChatUnansweredError
from parvis_notifications.outgoing.guarded import code_of

KEY: Final = "fr.parvis.message"
"""In the content of what is sent: by it a message is found again."""
_TROUBLE: Final = ChatRefusal.TROUBLE
_OK: Final = 200
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
# These may come from what stands before the homeserver, which has passed the message on or has not; others may, where
# they bear no error code of a homeserver's. What is not available has taken nothing.
_AMBIGUOUS: Final = frozenset({500, 502, 504})
_AWAY: Final = 503
_WAITED: Final = 408
_LOOKED_AT: Final = 100
_MOST_BYTES: Final = 4_000_000
_LONGEST_WAIT: Final = 3_600.0
# Of whoever invites: there is no such user, or their homeserver, or they, will have none of it.
_NO_ADDRESS: Final = frozenset({"M_NOT_FOUND", "M_FORBIDDEN", "M_USER_DEACTIVATED", "M_UNSUPPORTED_ROOM_VERSION"})
# Of whoever writes: the room is no more, or the town was put out of it.
_NO_ROOM: Final = frozenset({"M_FORBIDDEN", "M_NOT_FOUND"})
_CONTENT: Final = frozenset({"M_TOO_LARGE", "M_BAD_JSON"})


class Matrix:
    """One homeserver, and the user that writes for the town there."""

    def __init__(self, settings: ChatProviderSettings, *, timeout: float) -> None:
        self.name = settings.name
        self._towns = settings.collectivities
        self._user = settings.user_id
        self._server = settings.user_id.partition(":")[2]
        self._session = aiohttp.ClientSession(
            settings.url,
            headers={"Authorization": f"Bearer {settings.as_token.get_secret_value()}"},
            timeout=aiohttp.ClientTimeout(total=timeout),
            # As many as there are lanes: an alert waits for no connection of another's.
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    def serves(self, collectivity: str) -> bool:
        """Whether it writes for that one."""
        return self._towns is None or collectivity in self._towns

    async def open_room(self, key: UUID, to: str, title: str) -> str:
        """A room, known by an alias that only one can have: whoever asks twice finds the first.

        Who is invited as it is made is asked for at a homeserver that they name: whose trouble it is were not known.
        """
        alias = f"parvis-{key}"
        wanted = {
            "preset": "private_chat",
            "visibility": "private",
            "name": title,
            "room_alias_name": alias,
        }
        try:
            status, body = await self._call("POST", "/_matrix/client/v3/createRoom", wanted)
        except ChatUnansweredError as error:  # the alias will tell
            raise ChatRefusedError(_TROUBLE, str(error)) from error
        if status == _OK:
            room = _named(body, "room_id")
        elif body.get("errcode") == "M_ROOM_IN_USE":
            room = await self._opened_before(alias)
            if await self._was_invited(room, to):
                return room
        else:
            refused = await self._no_room(status, body)
            raise refused if refused.refusal is not ChatRefusal.ROOM else ChatRefusedError(_TROUBLE, refused.reply)
        await self._invite(room, to)
        return room

    async def send(self, chat: Chat) -> str:
        """By a transaction id: the homeserver takes the same one once."""
        path = f"{_room(chat.room)}/send/m.room.message/{chat.key}"
        status, body = await self._call("PUT", path, _content(chat))
        if _ambiguous(status, body):
            raise ChatUnansweredError(str(status))
        if status != _OK:
            raise await self._no_room(status, body)
        try:
            return _named(body, "event_id")
        except ChatRefusedError as error:
            raise ChatUnansweredError("malformed") from error

    async def find(self, chat: Chat) -> str | None:
        """Among the newest of the room: a homeserver forgets transaction ids after some time, and no message."""
        status, body = await self._ask("GET", f"{_room(chat.room)}/messages?dir=b&limit={_LOOKED_AT}", None)
        if status != _OK:
            raise await self._no_room(status, body)
        for event in body.get("chunk") or ():
            if event.get("sender") == self._user and (event.get("content") or {}).get(KEY) == str(chat.key):
                return _named(event, "event_id")
        return None

    async def leave(self, key: UUID, room: str | None) -> None:
        """Who is not in the room has left it."""
        if room is None:
            status, body = await self._ask("GET", self._directory(f"parvis-{key}"), None)
            if status == _NOT_FOUND:
                return
            if status != _OK:
                raise _refused(status, body)
            room = _named(body, "room_id")
        status, body = await self._ask("POST", f"{_room(room)}/leave", {})
        if status != _OK and (error := await self._no_room(status, body)).refusal is not ChatRefusal.ROOM:
            raise error

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _no_room(self, status: int, body: dict[str, Any]) -> ChatRefusedError:
        return await self._refused(status, body, _NO_ROOM, ChatRefusal.ROOM)

    async def _refused(
        self, status: int, body: dict[str, Any], codes: Collection[str], meant: ChatRefusal
    ) -> ChatRefusedError:
        """Why: what is forbidden to a user whom the homeserver does not know says nothing of any address or room."""
        error = _refused(status, body, codes, meant)
        if error.refusal is meant:
            known, _ = await self._ask("GET", "/_matrix/client/v3/account/whoami", None)
            if known != _OK:
                return ChatRefusedError(_TROUBLE, f"user-unknown-{known}")
        return error

    async def _opened_before(self, alias: str) -> str:
        status, body = await self._ask("GET", self._directory(alias), None)
        if status != _OK:
            raise _refused(status, body)
        return _named(body, "room_id")

    async def _was_invited(self, room: str, to: str) -> bool:
        status, body = await self._ask("GET", f"{_room(room)}/state/m.room.member/{quote(to, safe='')}", None)
        if status not in {_OK, _NOT_FOUND}:
            raise await self._no_room(status, body)
        if body.get("membership") in ("leave", "ban"):
            raise ChatRefusedError(ChatRefusal.ADDRESS, "left-room")
        return status == _OK

    async def _invite(self, room: str, to: str) -> None:
        """The homeserver asks theirs, and passes on what that answers: only who is not reached is in trouble itself."""
        try:
            status, body = await self._call("POST", f"{_room(room)}/invite", {"user_id": to})
        except ChatUnansweredError as error:
            raise ChatRefusedError(ChatRefusal.ELSEWHERE, str(error)) from error
        if status != _OK:
            refused = await self._refused(status, body, _NO_ADDRESS, ChatRefusal.ADDRESS)
            if refused.refusal is _TROUBLE:
                refused.refusal = ChatRefusal.ELSEWHERE
            raise refused

    def _directory(self, alias: str) -> str:
        return f"/_matrix/client/v3/directory/room/{quote(f'#{alias}:{self._server}', safe='')}"

    async def _ask(self, method: str, path: str, content: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        """What may be asked again whatever comes of it."""
        try:
            return await self._call(method, path, content)
        except ChatUnansweredError as error:
            raise ChatRefusedError(_TROUBLE, str(error)) from error

    async def _call(self, method: str, path: str, content: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        joint = "&" if "?" in path else "?"
        url = f"{path}{joint}user_id={quote(self._user, safe='')}"
        try:
            async with self._session.request(method, url, json=content, allow_redirects=False) as answer:
                return answer.status, _read(await _bytes(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChatRefusedError(_TROUBLE, code_of(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ChatUnansweredError(code_of(error)) from error


def _content(chat: Chat) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": chat.text, KEY: str(chat.key)}
    if chat.root is not None:
        # https://spec.matrix.org/v1.15/client-server-api/#threading, with what clients that know no threads show.
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": chat.root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": chat.root},
        }
    return content


def _room(room: str) -> str:
    return f"/_matrix/client/v3/rooms/{quote(room, safe='')}"


async def _bytes(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("too long")
    return bytes(body)


def _read(body: bytes) -> dict[str, Any]:
    """What it says, where it is what the specification has; nothing of a page of some gateway."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _named(body: dict[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= 255:  # noqa: PLR2004 - of the specification
        raise ChatRefusedError(_TROUBLE, "malformed")
    return found


def _ambiguous(status: int, body: dict[str, Any]) -> bool:
    """Whether the homeserver may have taken it."""
    foreign = status == _WAITED or (status > min(_AMBIGUOUS) and status != _AWAY)
    return status in _AMBIGUOUS or (foreign and "errcode" not in body)


def _refused(
    status: int, body: dict[str, Any], codes: Collection[str] = (), meant: ChatRefusal = _TROUBLE
) -> ChatRefusedError:
    """Why: by the standard error code, which alone is kept of what it says; ``codes`` are what ``meant`` is said by."""
    code = body.get("errcode")
    code = code if isinstance(code, str) and code.isascii() and len(code) <= 60 else ""  # noqa: PLR2004 - a code
    if status == _TOO_MANY:
        wait = body.get("retry_after_ms")
        told = min(wait / 1_000, _LONGEST_WAIT) if isinstance(wait, (int, float)) and wait > 0 else None
        return ChatRefusedError(_TROUBLE, str(status), retry_after=told)
    if code in codes:
        return ChatRefusedError(meant, code)
    if code in _CONTENT:
        return ChatRefusedError(ChatRefusal.CONTENT, code)
    return ChatRefusedError(_TROUBLE, code or str(status))
