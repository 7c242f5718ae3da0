# SPDX-License-Identifier: EUPL-1.2
"""Warn that the legal period of a request ends soon."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.legal import Regime
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import alert_agents


async def warn(session: AsyncSession, row: Row, regime: Regime, now: datetime) -> None:
    """Tell it, and note it for the agents, in the caller's transaction, which holds the row locked."""
    request = requests.entity(row)
    if request.legal_end_at is None:
        return
    after = request.after_word()
    await requests.save(session, after, now)
    requests.record(session, after, Actor.service(after.collectivity), "due-soon", now, Visibility.INTERNAL)
    await outbox.add(session, events.due_soon(after, regime.silence, request.legal_end_at, now))
    await alert_agents(session, after, Alert.DUE_SOON, now, ends_at=request.legal_end_at)
