# SPDX-License-Identifier: EUPL-1.2
"""Reminders at their time. What fell due while nobody worked is told bit by bit, and nothing that is past."""

import asyncio
from typing import Any

import asyncpg
from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_notifications.db import reminders
from parvis_notifications.service.bell import Bell
from parvis_notifications.settings import Settings

_log = logger(__name__)
_RUNG = Counter("parvis_reminders_total", "Reminders by outcome: told, or past when their turn came", ["outcome"])


async def ring_reminders(pool: "asyncpg.Pool[Any]", settings: Settings) -> int:
    """One round; returns how many became notices."""
    rung, told = await reminders.ring(pool, settings.reminder_batch)
    _RUNG.labels("told").inc(told)
    _RUNG.labels("past").inc(rung - told)
    return told


async def ring_regularly(pool: "asyncpg.Pool[Any]", settings: Settings, composer: Bell) -> None:
    """Ring until cancelled, a round at a time: however many are due, each pause lets the other messages through."""
    while True:
        try:
            if await ring_reminders(pool, settings):
                composer.ring()
        except Exception as error:  # noqa: BLE001 - the database is away; the reminders wait in it
            _log.warning("reminders_failed", error=type(error).__name__)
        await asyncio.sleep(settings.poll_seconds)
