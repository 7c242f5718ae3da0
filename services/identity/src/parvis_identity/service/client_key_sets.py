# SPDX-License-Identifier: EUPL-1.2
"""The keys that clients publish at addresses of their own (``jwks_uri``, OpenID Connect Core section 10.1.1).

Kept for ten minutes; read again before that for a key that is not known yet, but not more often than the pause
allows: so neither a client's outage nor somebody who makes up names of keys has us call without end.
"""

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from parvis_identity.outgoing.key_sets import KeySetReader, UnreadableKeysError
from parvis_identity.service.client_keys import usable_keys
from parvis_kit.logs import logger

FRESH: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(seconds=30)
STALE: Final = timedelta(hours=1)
"""How long keys are believed that cannot be read again: an outage of the client's site is none of its systems."""
_MOST: Final = 1_000
_log = logger(__name__)


@dataclass(slots=True)
class _Kept:
    keys: dict[str, Any] | None = None
    read_at: datetime | None = None
    tried_at: datetime | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def due(self, kid: str | None, now: datetime) -> bool:
        if self.tried_at is not None and now - self.tried_at < PAUSE:
            return False
        fresh = self.read_at is not None and now - self.read_at < FRESH
        return not fresh or (kid is not None and not self.has(kid))

    def has(self, kid: str) -> bool:
        return any(key.get("kid") == kid for key in (self.keys or {}).get("keys", ()))

    def believed(self, now: datetime) -> dict[str, Any] | None:
        return self.keys if self.read_at is not None and now - self.read_at < STALE else None


class ClientKeySets:
    """Those that this process has read, the latest used."""

    def __init__(self, reader: KeySetReader) -> None:
        self._reader = reader
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def of(self, url: str, kid: str | None, now: datetime) -> dict[str, Any] | None:
        """The keys at that address, read again where the named one is not among them; None where there are none."""
        kept = self._kept.setdefault(url, _Kept())
        self._kept.move_to_end(url)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        if kept.due(kid, now):
            # Whoever comes meanwhile waits for the one call, and then finds that none is due.
            async with kept.lock:
                if kept.due(kid, now):
                    await self._read(url, kept, now)
        return kept.believed(now)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._reader.aclose()

    async def _read(self, url: str, kept: _Kept, now: datetime) -> None:
        try:
            keys = usable_keys(json.loads(await self._reader.read(url)))
        except (UnreadableKeysError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, UnreadableKeysError) else "not-json"
            _log.warning("client_keys_unreadable", url=url, reason=reason)
            keys = None
        # Only now: until then, others are to wait for this call.
        kept.tried_at = now
        if keys is not None:
            kept.keys, kept.read_at = keys, now
