# SPDX-License-Identifier: EUPL-1.2
"""Slowing down whoever guesses, without a way to lock anybody out.

A device that has signed in to an account has an allowance of its own there, which nobody else can spend, whatever their
address is. All other devices share one by account, one by network, and, for codes of a second factor, one for the day.
Who guesses spends those; then the owner comes in on a device that the account knows, or on a new one by a passkey or a
code on paper, which nobody guesses and nothing delays, or by a letter to their own address, whose link makes the
browser known that opens it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest as hmac_digest
from ipaddress import IPv6Address, ip_address
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import attempts, audit
from parvis_identity.domain.audit import ANYBODY, Act, Action, Thing
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.throttle import (
    BY_ACCOUNT,
    BY_CODE,
    BY_CODE_AND_DEVICE,
    BY_CODE_AND_SOURCE,
    BY_DEVICE,
    BY_RECIPIENT,
    BY_SOURCE,
    BY_TEXT_SOURCE,
    Door,
    Pace,
    by_all,
)
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_NETWORK_BITS: Final = 64
_log = logger(__name__)


class TooManyAttemptsError(RefusedError):
    """Somebody must wait before the next attempt."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(Refusal.TOO_MANY_ATTEMPTS)
        self.seconds = max(1, round(wait.total_seconds()))


@dataclass(frozen=True, slots=True)
class Count:
    """What an attempt counts against; where it is shared, a success takes back no attempt but its own."""

    bucket: bytes
    pace: Pace
    kind: str
    shared: bool = False


class Throttle:
    """Counts attempts before they are made."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key = master.derive("login-attempt")

    def source(self, address: str, door: Door) -> Count:
        """The network that a request comes from: an IPv4 address, or the /64 that one IPv6 subscriber has."""
        return self._count(f"source/{door}", _network(address).encode(), BY_SOURCE, shared=True)

    def strangers(self, email_index: bytes) -> Count:
        """An account, whether it exists or not, from all devices that have never signed in to it."""
        return self._count("account", email_index, BY_ACCOUNT)

    def device(self, email_index: bytes, device: bytes, door: Door) -> Count:
        """An account from one device that has signed in to it."""
        return self._count(f"device/{door}", email_index + device, BY_DEVICE)

    def password(self, email_index: bytes, device: bytes | None, address: str) -> tuple[Count, ...]:
        """Passwords for an account, from a device that it knows or from any other."""
        if device is not None:
            return (self.device(email_index, device, Door.PASSWORD),)
        return self.source(address, Door.PASSWORD), self.strangers(email_index)

    def code(self, person: UUID, device: bytes | None, address: str) -> tuple[Count, ...]:
        """Codes for an account whose password is known, from a device that has shown one before or from any other."""
        if device is not None:
            return (self._count("code/device", person.bytes + device, BY_CODE_AND_DEVICE),)
        network = _network(address).encode()
        return (
            self._count("code/source", person.bytes + network, BY_CODE_AND_SOURCE),
            self._count("code", person.bytes, BY_CODE, shared=True),
        )

    def settings(self, person: UUID) -> Count:
        """Passwords and codes of somebody who is signed in and changes how they do so."""
        return self._count("settings", person.bytes, BY_CODE_AND_DEVICE)

    def recipient(self, index: bytes, about: str) -> Count:
        """Letters or text messages to somebody about one thing: a flood of others does not keep this one away."""
        return self._count(f"recipient/{about}", index, BY_RECIPIENT)

    def email_change(self, person: UUID) -> Count:
        """Codes that somebody has sent to addresses which may be another's."""
        return self._count("email-change", person.bytes, BY_RECIPIENT)

    def phone_code(self, person: UUID) -> Count:
        """Codes that somebody has sent to their number, which may be another's."""
        return self._count("phone-code", person.bytes, BY_RECIPIENT)

    def texts_of(self, address: str) -> Count:
        """Text messages that the network asks for which a request comes from."""
        return self._count("text/source", _network(address).encode(), BY_TEXT_SOURCE, shared=True)

    def all_texts(self, per_hour: int) -> Count:
        """Text messages that anybody asks for, wherever from."""
        return self._count("text/all", b"", by_all(per_hour), shared=True)

    async def take(self, *counts: Count, now: datetime) -> None:
        """Count an attempt; raises TooManyAttemptsError where one of the counts says to wait.

        Those of a network come before those of an account: so no two requests wait for each other.
        """
        async with self._database.unit_of_work() as uow:
            for count in counts:
                wait = await attempts.take(uow.session, count.bucket, count.pace, now)
                if wait:
                    await self._note(uow.session, count, now)
                    await uow.commit()
                    _log.info("attempt_throttled", seconds=round(wait.total_seconds()))
                    raise TooManyAttemptsError(wait)
            await uow.commit()

    async def allows(self, session: AsyncSession, count: Count, now: datetime) -> bool:
        """Count an attempt in the caller's transaction; False where it must not be made."""
        held_back = await attempts.take(session, count.bucket, count.pace, now) is not None
        if held_back:
            await self._note(session, count, now)
        return not held_back

    async def require(self, session: AsyncSession, *counts: Count, now: datetime) -> None:
        """Count an attempt in the caller's transaction; raises TooManyAttemptsError where it must not be made."""
        for count in counts:
            wait = await attempts.take(session, count.bucket, count.pace, now)
            if wait:
                raise TooManyAttemptsError(wait)

    async def came_in(self, session: AsyncSession, *counts: Count) -> None:
        """Forget the attempts of who has come in: theirs alone, for one's own account pays for nobody's guesses."""
        for count in counts:
            if count.shared:
                await attempts.give_back(session, count.bucket)
            else:
                await attempts.forget(session, count.bucket)

    async def _note(self, session: AsyncSession, count: Count, now: datetime) -> None:
        # What is counted is named by its keyed hash: equal ones are seen to be, and nobody is named.
        if await attempts.note(session, count.bucket):
            on = Thing(count.kind.partition("/")[0], count.bucket.hex())
            await audit.record(session, Act(Action.ATTEMPTS_HELD_BACK, ANYBODY, on, now))

    def _count(self, kind: str, what: bytes, pace: Pace, *, shared: bool = False) -> Count:
        return Count(hmac_digest(self._key, kind.encode() + b"\x00" + what, sha256)[:16], pace, kind, shared)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(int(parsed) >> (128 - _NETWORK_BITS))
