# SPDX-License-Identifier: EUPL-1.2
"""What is done with an alert, from its approval to its end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts
from parvis_notifications.db.alerts import Both
from parvis_notifications.domain.broadcast import BroadcastState, Lane
from parvis_notifications.service.issue_alerts import approve_alert, discard_draft
from parvis_notifications.service.publish_news import move_broadcast
from parvis_notifications.settings import Settings


async def move_alert(
    session: AsyncSession,
    agent: Principal,
    alert_id: UUID,
    action: str,
    settings: Settings,
    *,
    version: int,
    now: datetime,
) -> Both:
    """Approve, pause, resume or cancel it; raises what those raise."""
    if action == "approve":
        return await approve_alert(session, agent, alert_id, settings, version=version, now=now)
    alert, broadcast = await alerts.one(session, agent.collectivity, alert_id)
    if action == "cancel" and broadcast.state == BroadcastState.DRAFT:
        return await discard_draft(session, agent.collectivity, alert_id, version, now)
    moved = await move_broadcast(session, agent.collectivity, Lane.ALERT, alert_id, action, version=version, now=now)
    return alert, moved
