# SPDX-License-Identifier: EUPL-1.2
"""What happens in the rooms is brought to the application service, in order, each thing until it was taken.

https://spec.matrix.org/v1.15/application-service-api/#put_matrixappv1transactionstxnid
"""

import asyncio
import logging
from typing import Final

import httpx

from parvis_local.matrixsink.store import RoomStore

_MOST: Final = 100
_SECONDS: Final = 15.0
_log = logging.getLogger(__name__)


class Bringer:
    """Brings what is new; where nobody takes it, it comes with what is new next."""

    def __init__(
        self, store: RoomStore, application: str, hs_token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.store = store
        self._url = f"{application}/_matrix/app/v1/transactions"
        self._headers = {"Authorization": f"Bearer {hs_token}"}
        self._transport = transport
        self._count = 0
        self._lock = asyncio.Lock()

    async def bring(self, *, again: bool = False) -> int | None:
        """The status of the answer, None where none came or nothing is new; ``again`` is who brings it all twice."""
        status = None
        async with self._lock:
            while self.store.news:
                events = list(self.store.news)[:_MOST]
                for _ in range(2 if again else 1):
                    status = await self._put(self._count, events)
                if status != 200:  # noqa: PLR2004 - HTTP
                    return status
                self._count += 1
                for _ in events:
                    self.store.news.popleft()
        return status

    async def _put(self, number: int, events: list[dict[str, object]]) -> int | None:
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=_SECONDS) as client:
                answer = await client.put(f"{self._url}/{number}", json={"events": events}, headers=self._headers)
        except httpx.HTTPError as error:
            _log.warning("not brought: %s", type(error).__name__)
            return None
        return answer.status_code
