# SPDX-License-Identifier: EUPL-1.2
"""Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0); run by the worker."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_identity.db import clients, logout_notices
from parvis_identity.db.logout_notices import Notice
from parvis_identity.domain.letter import retry_after
from parvis_identity.outgoing.back_channel import BackChannel
from parvis_identity.service.token_maker import TokenMaker
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

MAX_ATTEMPTS: Final = 12
_AT_ONCE: Final = 10
_POLL_SECONDS: Final = 1.0
# Longer than any client is waited for: no other process tells the same meanwhile.
_LEASE: Final = timedelta(minutes=1)
_log = logger(__name__)


class TellClients:
    """The loop, with what it needs."""

    def __init__(self, database: Database, maker: TokenMaker, channel: BackChannel) -> None:
        self._database = database
        self._maker = maker
        self._channel = channel

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            try:
                busy = await self.round(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - the database is away; the notices wait in it
                _log.warning("telling_clients_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_POLL_SECONDS)

    async def round(self, now: datetime) -> bool:
        """Tell some of those that are due; False where none is. A kill in between tells a client twice."""
        async with self._database.unit_of_work() as uow:
            claimed = await logout_notices.claim(uow.session, now, _LEASE, _AT_ONCE)
            await uow.commit()
        await asyncio.gather(*(self._tell(notice, now) for notice in claimed))
        return bool(claimed)

    async def _tell(self, notice: Notice, now: datetime) -> None:
        async with self._database.reading() as session:
            client = await clients.find_client(session, notice.client_id)
        problem = None
        if client and client.backchannel_logout_uri:
            signer = await self._maker.signer()
            token = signer.logout_token(client, notice.person, notice.session, now)
            problem = await self._channel.post(client.backchannel_logout_uri, {"logout_token": token})
        async with self._database.unit_of_work() as uow:
            if problem and notice.attempts < MAX_ATTEMPTS:
                await logout_notices.postpone(uow.session, notice.id, now + retry_after(notice.attempts))
            else:
                await logout_notices.remove(uow.session, notice.id)
            await uow.commit()
        if problem:
            _log.warning("client_not_told", client_id=notice.client_id, attempt=notice.attempts, problem=problem)
