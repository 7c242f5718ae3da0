# SPDX-License-Identifier: EUPL-1.2
"""Under which key somebody stands on a roll, signs, supports, answers or votes by name: asked of identity at each act.

Over its internal API, those of one moment in one call. Nothing of the answer is kept but beside that vote or signature:
a list of who has which key would join the rolls of all polls.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import aiohttp

from parvis_batching.batches import Batches
from parvis_kit.logs import logger
from parvis_kit.problems import Problem, unavailable
from parvis_kit.telemetry import current_traceparent
from parvis_participation.domain.errors import NotVerifiedError
from parvis_participation.settings import CLIENT_ID, Settings

_log = logger(__name__)
_SCOPE: Final = "identity.rolls.read"
_SECONDS: Final = 3
"""For the whole of a question, the wait for a connection in it: a voter is told to come back rather than kept."""
_CONNECTIONS: Final = 40
_EARLY_SECONDS: Final = 30
_KEY_BYTES: Final = 32
# Identity takes as many in one call; a second call goes where the first takes long.
_TOGETHER: Final = 64
_AT_ONCE: Final = 2
_WAITING: Final = 512
# What identity raises at us: no answer, one that breaks off, one that is no JSON or not the agreed one.
_BROKEN: Final = (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError)


class Scrutiny(StrEnum):
    """In what a person counts once; a part of the label under which identity makes the key."""

    POLL = "poll"
    BUDGET = "budget"
    PETITION = "petition"
    ASSEMBLY = "assembly"
    CONVERSATION = "conversation"
    PROCESS = "process"
    PROPOSAL = "proposal"
    CONSULTATION = "consultation"


@dataclass(frozen=True, slots=True)
class Known:
    """A person's key in one poll; ``old_enough`` is None where it was not asked, or nobody knows."""

    key: bytes
    old_enough: bool | None


@dataclass(frozen=True, slots=True)
class _Told:
    key: bytes | None
    old_enough: bool | None


class _TokenRefusedError(aiohttp.ClientError):
    """The token is worth nothing any more: its key was withdrawn, or the client changed."""


class RollKeys:
    """Asks identity, over connections that are kept, with this service's own machine token (RFC 6749 section 4.4)."""

    def __init__(self, settings: Settings, seconds: float = _SECONDS) -> None:
        self._identity = settings.identity_internal_url
        secret = settings.machine_client_secret.get_secret_value()
        self._basic = {"Authorization": aiohttp.encode_basic_auth(CLIENT_ID, secret)}
        self._seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()
        self._together = Batches(self._of_accounts, size=_TOGETHER, at_once=_AT_ONCE, waiting=_WAITING)

    async def of(
        self, scrutiny: UUID, person: UUID, born_by: date | None = None, kind: Scrutiny = Scrutiny.POLL
    ) -> Known:
        """The holder of that account in that vote or petition, the same for all accounts of one person.

        With ``born_by`` also whether they were born by that day. Raises NotVerifiedError where nobody verified who the
        person is, and the 503 problem while identity does not answer as agreed.
        """
        question = {"person": str(person), "label": _label(scrutiny, kind)}
        if born_by:
            question["born_by"] = born_by.isoformat()
        try:
            async with asyncio.timeout(self._seconds):
                known = await self._together.ask(question)
        except _BROKEN as error:
            raise _unavailable(error) from error
        if known.key is None:
            raise NotVerifiedError
        return Known(known.key, known.old_enough)

    async def _of_accounts(self, questions: Sequence[Mapping[str, str]]) -> Sequence["_Told | Exception"]:
        found = await self._asked("/of-accounts", {"accounts": questions})
        return [_told(answer) for answer in found["roll_keys"]]

    async def of_civil_statuses(
        self, scrutiny: UUID, people: Sequence[Mapping[str, str | None]], kind: Scrutiny = Scrutiny.POLL
    ) -> list[bytes | None]:
        """People as a register or a document names them; None for one whose civil status tells too little.

        Raises the 503 problem as above.
        """
        try:
            found = await self._asked("/of-civil-statuses", {"label": _label(scrutiny, kind), "people": people})
            keys = [_key(made) for made in found["person_keys"]]
        except _BROKEN as error:
            raise _unavailable(error) from error
        if len(keys) != len(people):
            raise _unavailable(ValueError(len(keys)))
        return keys

    async def _asked(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await self._ask(path, body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, _TokenRefusedError):
            # A kept connection that identity has closed meanwhile, or a token that it trusts no more.
            return await self._ask(path, body)

    async def _ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        if trace := current_traceparent():
            headers["traceparent"] = trace
        url = f"{self._identity}/internal/v1/roll-keys{path}"
        async with self._http().post(url, json=body, headers=headers) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                self._until = 0.0
                raise _TokenRefusedError
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
        return found

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._until:
                form = {"grant_type": "client_credentials", "scope": _SCOPE}
                async with self._http().post(
                    f"{self._identity}/oauth2/token", data=form, headers=self._basic
                ) as answer:
                    answer.raise_for_status()
                    found: dict[str, Any] = await answer.json()
                self._token = found["access_token"]
                self._until = time.monotonic() + found["expires_in"] - _EARLY_SECONDS
            return self._token

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:  # in the loop that uses it
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()


def _label(scrutiny: UUID, kind: Scrutiny) -> str:
    return f"participation/{kind}/{scrutiny}"


def _told(answer: Mapping[str, Any]) -> _Told | Exception:
    """One answer of a batch; an answer that is not the agreed one is that person's alone."""
    try:
        old_enough = answer["old_enough"]
        return _Told(_key(answer["person_key"]), old_enough is True if old_enough is not None else None)
    except _BROKEN as error:
        return error


def _key(made: str | None) -> bytes | None:
    if made is None:
        return None
    key = bytes.fromhex(made)
    if len(key) != _KEY_BYTES:
        raise ValueError(len(key))
    return key


def _unavailable(error: Exception) -> Problem:
    # The message of an error can hold an address or what was sent; its kind is enough.
    _log.warning("roll_keys_unavailable", error=type(error).__name__)
    return unavailable()
