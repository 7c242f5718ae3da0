# SPDX-License-Identifier: EUPL-1.2
"""Signing keys replaced by the calendar: the worker lets the next one sign when the present one has signed enough."""

import asyncio
from datetime import timedelta
from typing import Final

from parvis_identity.service.key_ring import KeyRing, TooEarlyError
from parvis_kit.logs import logger

_EVERY_SECONDS: Final = 3_600
_log = logger(__name__)


class ScheduledRotation:
    """Each key signs for ``life``, during which the next one is published for every verifier to know."""

    def __init__(self, ring: KeyRing, life: timedelta) -> None:
        self._ring = ring
        self._life = life

    async def run(self) -> None:
        """Look every hour, until cancelled."""
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("key_rotation_failed", error=type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def once(self) -> bool:
        """Rotate where it is due; True when this process did it, among all that look."""
        await self._ring.signing()
        try:
            # The next key was made when the present one began to sign: its age is how long that one has signed.
            await self._ring.rotate(overlap=self._life)
        except TooEarlyError:
            return False
        _log.info("key_rotated", kid=(await self._ring.signing()).kid)
        return True
