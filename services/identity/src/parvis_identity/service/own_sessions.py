# SPDX-License-Identifier: EUPL-1.2
"""Somebody's own sessions: where they are signed in, and the end of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from parvis_identity.db import sessions
from parvis_identity.domain.errors import UnknownSessionError
from parvis_identity.domain.session import Session
from parvis_identity.service.end_sessions import end_sessions
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_REASON = "ended by the person"
_log = logger(__name__)


class OwnSessions:
    """The use cases, with what they need."""

    def __init__(self, database: Database, idle: timedelta) -> None:
        self._database = database
        self._idle = idle

    async def living(self, person: UUID, now: datetime) -> Sequence[Session]:
        """Those that can still be used, the latest used first; at most a hundred."""
        async with self._database.reading() as session:
            return await sessions.living(session, person, now, self._idle)

    async def end(self, person: UUID, id_: UUID | None, now: datetime) -> int:
        """End one of them, or all; returns how many. Raises UnknownSessionError for one that the person does not have.

        What has ended stays ended: asking again is no error for all of them, and unknown for one.
        """
        async with self._database.unit_of_work() as uow:
            ended = await end_sessions(uow.session, person, _REASON, now, only=id_)
            if id_ and not ended:
                raise UnknownSessionError
            await uow.commit()
        _log.info("sessions_ended", count=ended)
        return ended
