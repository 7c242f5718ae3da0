# SPDX-License-Identifier: EUPL-1.2
"""The keys that sign our tokens: made at the first start, published before they sign, rotated in time and together."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

from joserfc.jwk import ECKey, KeySet, RSAKey

from parvis_identity import events
from parvis_identity.db import audit, signing_keys
from parvis_identity.db.signing_keys import CURRENT, NEXT, SigningKey
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.signing import SigningAlgorithm
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database, UnitOfWork
from parvis_kit.messaging import outbox
from parvis_kit.security.tokens import Keys

RELOAD_SECONDS: Final = 1.0
"""A key that was withdrawn is trusted no longer than this; it costs one small query a second and process."""
_AWAY_SECONDS: Final = 10.0
# What every library takes; NIST SP 800-57 part 1 allows it until 2030, and a key signs for a month.
_RSA_BITS: Final = 2_048
# Longer than any token lives and any process signs on with a key that has just been retired.
PUBLISHED_AFTER_RETIREMENT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rotator:
    """Who has a key replaced, and why, as the audit trail has it."""

    actor: Actor
    reason: str
    details: Mapping[str, Sequence[str]] = field(default_factory=dict)


WORKER: Final = Rotator(Actor("service", "worker"), "due")
"""The worker, by the calendar."""


def operator(user: str) -> Rotator:
    """Somebody at the command, by their name at the operating system."""
    return Rotator(Actor("operator", "rotate-keys"), "by-hand", {"user": [user]})


class TooEarlyError(Exception):
    """The next key has not been published for long enough: verifiers would refuse its tokens."""


_KINDS: Final[Mapping[SigningAlgorithm, type[ECKey | RSAKey]]] = {
    SigningAlgorithm.ES256: ECKey,
    SigningAlgorithm.RS256: RSAKey,
}


class KeyRing:
    """The keys as this process knows them, read again every second: a rotation needs no restart.

    While the database is down, the last ones read stay in use.
    """

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._sealing = master.sealing("signing-key")
        self._lock = asyncio.Lock()
        self._read_at = float("-inf")
        self._known: list[SigningKey] = []
        self._signing: dict[SigningAlgorithm, ECKey | RSAKey] = {}
        self._published: KeySet = KeySet([])

    async def signing(self, algorithm: SigningAlgorithm = SigningAlgorithm.ES256) -> ECKey | RSAKey:
        """The key that signs by that algorithm now."""
        await self._refresh()
        return self._signing[algorithm]

    async def published(self) -> KeySet:
        """The public keys: current, next, and those retired a short while ago."""
        await self._refresh()
        return self._published

    async def rotate(self, *, overlap: timedelta, by: Rotator = WORKER, compromised: bool = False) -> None:
        """Let the next keys sign and publish others for later; raises TooEarlyError before their time.

        Args:
            overlap: how long the next keys must have been published.
            by: who has it done, for the audit trail.
            compromised: take the current keys out of the published ones at once, whatever the overlap.
        """
        now = datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            await signing_keys.lock(uow.session)
            keys = await self._read(uow)
            following = [key for key in keys if key.status == NEXT]
            known_since = max(key.created_at for key in following)
            replaced = [key.kid for key in keys if key.status == CURRENT]
            if compromised:
                await signing_keys.remove_current(uow.session)
                for kid in replaced:
                    await outbox.add(uow.session, events.key_withdrawn(kid, now))
            elif now - known_since < overlap:
                raise TooEarlyError(f"the next keys may sign from {known_since + overlap:%Y-%m-%d %H:%M} UTC on")
            else:
                await signing_keys.retire_current(uow.session, now)
            await signing_keys.promote_next(uow.session)
            for algorithm in SigningAlgorithm:
                await signing_keys.add(uow.session, self._make(algorithm, NEXT, now))
            what = {"reason": ["compromised" if compromised else by.reason], "replaced": replaced, **by.details}
            on = Thing("signing-key", following[0].kid)
            await audit.record(uow.session, Act(Action.SIGNING_KEY_ROTATED, by.actor, on, now, "*", what))
            await uow.commit()
        self._read_at = float("-inf")

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < RELOAD_SECONDS:
            return
        async with self._lock:
            if time.monotonic() - self._read_at < RELOAD_SECONDS:
                return
            try:
                keys = await self._load()
            except Exception:
                if not self._signing:
                    raise
                # Not each second another caller who waits for a database that is away.
                self._read_at = time.monotonic() + _AWAY_SECONDS - RELOAD_SECONDS
                return
            if keys == self._known:
                self._read_at = time.monotonic()
                return
            self._signing = {key.algorithm: self._opened(key) for key in keys if key.status == CURRENT}
            self._published = KeySet([_KINDS[key.algorithm].import_key(key.public_jwk) for key in keys])
            self._known = keys
            self._read_at = time.monotonic()

    async def _load(self) -> list[SigningKey]:
        async with self._database.unit_of_work() as uow:
            keys = await self._read(uow)
            if _missing(keys):
                await signing_keys.lock(uow.session)
                keys = await self._complete(uow)
                await uow.commit()
        return keys

    async def _complete(self, uow: UnitOfWork) -> list[SigningKey]:
        keys = await self._read(uow)
        for algorithm, status in _missing(keys):
            made = self._make(algorithm, status, datetime.now(UTC))
            await signing_keys.add(uow.session, made)
            keys.append(made)
        return keys

    async def _read(self, uow: UnitOfWork) -> list[SigningKey]:
        return await signing_keys.published(uow.session, datetime.now(UTC) - PUBLISHED_AFTER_RETIREMENT)

    def _opened(self, key: SigningKey) -> ECKey | RSAKey:
        private = self._sealing.open(key.sealed, key.kid).decode()
        return _KINDS[key.algorithm].import_key(private, {"kid": key.kid, "use": "sig", "alg": key.algorithm.value})

    def _make(self, algorithm: SigningAlgorithm, status: str, now: datetime) -> SigningKey:
        key: ECKey | RSAKey
        if algorithm is SigningAlgorithm.RS256:
            key = RSAKey.generate_key(_RSA_BITS, {"use": "sig", "alg": algorithm.value}, auto_kid=True)
        else:
            key = ECKey.generate_key("P-256", {"use": "sig", "alg": algorithm.value}, auto_kid=True)
        public: dict[str, Any] = dict(key.as_dict(private=False))
        kid = str(public["kid"])
        sealed = self._sealing.seal(key.as_pem(private=True), kid)
        return SigningKey(algorithm=algorithm, kid=kid, status=status, sealed=sealed, public_jwk=public, created_at=now)


def _missing(keys: Sequence[SigningKey]) -> list[tuple[SigningAlgorithm, str]]:
    there = {(key.algorithm, key.status) for key in keys}
    return [pair for pair in product(SigningAlgorithm, (CURRENT, NEXT)) if pair not in there]


class OwnKeys(Keys):
    """The verifying side for this service's own API, without a call to itself."""

    def __init__(self, ring: KeyRing) -> None:
        super().__init__("")
        self._ring = ring

    async def holding(self, kid: str | None) -> KeySet:  # noqa: ARG002 - the ring is never stale by more than a second
        """The published keys."""
        return await self._ring.published()
