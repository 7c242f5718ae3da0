# SPDX-License-Identifier: EUPL-1.2
"""What is past its retention goes, from time to time."""

import asyncio
from datetime import timedelta
from typing import Final

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db.purge import purge
from parvis_notifications.settings import Settings

_EVERY_SECONDS: Final = 600
_log = logger(__name__)


async def purge_regularly(database: Database, settings: Settings) -> None:
    """Purge until cancelled, one round after the other while there is much."""
    messages = timedelta(days=settings.message_retention_days)
    sent = timedelta(days=settings.sent_message_retention_days)
    webhooks = timedelta(days=settings.webhook_retention_days)
    while True:
        more = False
        try:
            more = (await purge(database.pool, messages=messages, sent=sent, webhooks=webhooks)).more
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("purge_failed", error=type(error).__name__)
        await asyncio.sleep(1 if more else _EVERY_SECONDS)
