# SPDX-License-Identifier: EUPL-1.2
"""Devices without a browser of their owner's: what they ask for, and what the person answers elsewhere (RFC 8628)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import digest as hmac_digest

from parvis_identity.db import device_requests
from parvis_identity.domain import device, resources
from parvis_identity.domain.authorization import AuthorizationRequest, Parameters, asked_scopes
from parvis_identity.domain.client import Client, GrantType
from parvis_identity.domain.device import DeviceRequest
from parvis_identity.domain.errors import OAuthError, Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.throttle import Door
from parvis_identity.service.authorize import Asking, Authorize, record_refusal
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_TRIES = 3
_log = logger(__name__)


class UnknownCodeError(Exception):
    """No device waits for an answer under this code."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The code that the device keeps, and the one that it shows."""

    device_code: str
    user_code: str


class Devices:
    """The use cases, with what they need."""

    def __init__(
        self, database: Database, master: MasterKey, authorize: Authorize, throttle: Throttle, public_url: str
    ) -> None:
        self._database = database
        self._key = master.derive("user-code")
        self._authorize = authorize
        self._throttle = throttle
        self._page = f"{public_url}/device"

    async def begin(self, client: Client, parameters: Parameters, now: datetime) -> Begun:
        """Two codes for what the client asks for; raises OAuthError."""
        if not client.may_use(GrantType.DEVICE_CODE):
            raise OAuthError("unauthorized_client", "this client may not use the device grant")
        asked, targets = asked_scopes(parameters.get("scope"), client), resources.checked(parameters.resources)
        resources.narrowed(asked, targets)
        secret = new_opaque()
        request = DeviceRequest(
            device_hash=fingerprint(secret),
            client_id=client.client_id,
            scopes=asked,
            resources=targets,
            interval_seconds=device.INTERVAL_SECONDS,
            polled_at=None,
            grant=None,
            denied_at=None,
            redeemed_at=None,
            expires_at=now + device.LIFE,
        )
        async with self._database.unit_of_work() as uow:
            for _ in range(_TRIES):
                code = device.new_user_code()
                if await device_requests.add(uow.session, request, self._hash(code), now):
                    await uow.commit()
                    return Begun(secret, code)
        raise OAuthError("temporarily_unavailable", "no code is free: try again")

    async def wanted(self, text: str | None, source: str, language: str, now: datetime) -> AuthorizationRequest:
        """What the device with that code asks for, as a request that goes through the same pages as any other.

        Raises UnknownCodeError, TooManyAttemptsError.
        """
        count = self._throttle.source(source, Door.DEVICE_CODE)
        await self._throttle.take(count, now=now)
        code = device.typed(text)
        async with self._database.unit_of_work() as uow:
            found = await device_requests.waiting(uow.session, self._hash(code or ""), now)
            if code is None or found is None:
                _log.info("user_code_refused")
                raise UnknownCodeError
            await self._throttle.came_in(uow.session, count)
            await uow.commit()
        return AuthorizationRequest(
            client_id=found.client_id,
            redirect_uri=self._page,
            scopes=found.scopes,
            state=None,
            nonce=None,
            challenge="",
            prompt=frozenset(),
            max_age=None,
            acr_values=frozenset(),
            language=language,
            received_at=now,
            resources=found.resources,
            device=code,
        )

    async def answer(self, asking: Asking, now: datetime, *, allowed: bool) -> None:
        """What the person decided; raises RefusedError where the device waits no more."""
        user_hash = self._hash(asking.request.device or "")
        if allowed:
            await self._authorize.allow_device(asking, user_hash, now)
            return
        async with self._database.unit_of_work() as uow:
            if not await device_requests.deny(uow.session, user_hash, now):
                raise RefusedError(Refusal.EXPIRED)
            await record_refusal(uow.session, asking, now)
            await uow.commit()

    def _hash(self, code: str) -> bytes:
        # Keyed: 34 bits would not withstand somebody who has the database alone.
        return hmac_digest(self._key, code.encode(), sha256)
