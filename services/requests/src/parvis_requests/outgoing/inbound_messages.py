# SPDX-License-Identifier: EUPL-1.2
"""What notifications holds for us, asked of its internal API with this service's own machine token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import httpx
from opentelemetry.propagate import inject
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from parvis_requests.outgoing.machine_token import MachineToken

_SCOPE: Final = "notifications.inbound.write"
_SECONDS: Final = 20.0
_MOST_FILES: Final = 20
_LARGEST_FILE: Final = 12 * 2**20


class HolderDownError(Exception):
    """Notifications, or identity, does not answer as agreed."""


class NotHeldError(HolderDownError):
    """It is not there; or the address is not that of notifications, or its version does not know the route."""


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    position: int
    name: str
    size: int


class ReceivedCall(BaseModel):
    """What is known of a telephone call: ``outcome`` is ``answered`` or ``missed``, seconds are those spoken."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    outcome: str
    began_at: AwareDatetime
    seconds: int


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    way: str
    request_id: UUID | None
    person: UUID | None
    held: str | None
    sender: str
    sender_name: str
    subject: str
    text: str
    files: list[_File]
    left_out: list[str]
    call: ReceivedCall | None = None
    received_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came, and what its sender calls it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A message with its files; ``held`` says why it is for an agent, None for a reply of ``person``."""

    way: str
    request_id: UUID | None
    person: UUID | None
    held: str | None
    sender: str
    sender_name: str
    subject: str
    text: str
    files: tuple[ReceivedFile, ...]
    left_out: tuple[str, ...]
    received_at: datetime
    call: ReceivedCall | None = None


class InboundMessages:
    """Notifications at that internal address."""

    def __init__(self, url: str, identity_url: str, secret: str) -> None:
        self._url = f"{url.rstrip('/')}/internal/v1/inbound-messages"
        self._token = MachineToken(identity_url, secret, _SCOPE)

    async def fetch(self, message_id: UUID, collectivity: str) -> Received | None:
        """The message with its files; None where we had it before.

        Raises NotHeldError where it is not known there, or HolderDownError.
        """
        async with self._client() as client:
            found = await self._asked(client, "GET", f"/{message_id}", collectivity)
            if found.status_code == httpx.codes.NO_CONTENT:
                return None
            try:
                message = _Message.model_validate(found.json())
            except ValidationError as error:
                raise HolderDownError("no message") from error
            files = []
            for each in message.files[:_MOST_FILES]:
                content = await self._asked(client, "GET", f"/{message_id}/files/{each.position}", collectivity)
                if len(content.content) > _LARGEST_FILE:
                    raise HolderDownError("too large a file")
                files.append(ReceivedFile(each.name, content.content))
        plain = message.model_dump(exclude={"files", "left_out", "call"})
        return Received(**plain, files=tuple(files), left_out=tuple(message.left_out), call=message.call)

    async def taken(self, message_id: UUID, collectivity: str) -> None:
        """Have it destroyed there; safe to repeat. Raises HolderDownError."""
        async with self._client() as client:
            await self._asked(client, "DELETE", f"/{message_id}", collectivity)

    async def _asked(self, client: httpx.AsyncClient, method: str, path: str, collectivity: str) -> httpx.Response:
        try:
            headers = {"Authorization": f"Bearer {await self._token.bearer(client)}"}
            inject(headers)
            answer = await client.request(
                method, f"{self._url}{path}", params={"collectivity": collectivity}, headers=headers
            )
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise NotHeldError
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                self._token.refused()
            answer.raise_for_status()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise HolderDownError(type(error).__name__) from error
        return answer

    def _client(self) -> httpx.AsyncClient:
        # No connection is kept: nothing is left to close when the process ends.
        return httpx.AsyncClient(timeout=_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
