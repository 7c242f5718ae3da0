# SPDX-License-Identifier: EUPL-1.2
"""What stores new requests: the hot statement by itself, or within a transaction that does more."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_kit.web.idempotency import IdempotentCall
from parvis_requests.db.hot import NewRequest, ReferenceTakenError, execute, statement_of


class Storing(Protocol):
    """Stores new requests, and looks at what is there."""

    @property
    def looking(self) -> Callable[[], AbstractAsyncContextManager[AsyncSession]]:
        """A session that reads."""

    async def store(self, new: NewRequest, call: IdempotentCall, answer: bytes, event: Event) -> None:
        """Store all or nothing; raises what :meth:`parvis_requests.db.hot.Submission.store` does."""


class SubmissionWithin:
    """Stores a request in the caller's transaction, and commits nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """The same transaction: who waits for another connection while holding one may wait for themselves."""
        yield self._session

    async def store(self, new: NewRequest, call: IdempotentCall, answer: bytes, event: Event) -> None:
        """Store it; ``call`` is one of this step's own, for the caller's was looked at when the transaction began.

        Raises ReferenceTakenError, UnknownAttachmentError or UnknownCertifiedAnswerError.
        """
        connection = (await (await self._session.connection()).get_raw_connection()).driver_connection
        try:
            async with self._session.begin_nested():
                await execute(connection, statement_of(new, call, answer, event), new)
        except asyncpg.UniqueViolationError as error:
            raise ReferenceTakenError from error
