# SPDX-License-Identifier: EUPL-1.2
"""What is done with an alert, from its approval to its end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts
from parvis_notifications.db.alerts import Both
from parvis_notifications.domain.broadcast import BroadcastState, Lane
from parvis_notifications.domain.errors import OverError
from parvis_notifications.service.issue_alerts import approve_alert, discard_draft
from parvis_notifications.service.plan_posts import plan_withdrawal
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
    """Approve, pause, resume or cancel it; what is called off holds for nobody any more.

    Raises what those raise, and OverError where it is to go on after it has expired.
    """
    if action == "approve":
        return await approve_alert(session, agent, alert_id, settings, version=version, now=now)
    alert, broadcast = await alerts.one(session, agent.collectivity, alert_id, locked=True)
    if action == "cancel" and broadcast.state == BroadcastState.DRAFT:
        return await discard_draft(session, agent.collectivity, alert_id, version, now)
    if action == "resume" and alert.expires_at <= now and broadcast.version == version:
        raise OverError
    moved = await move_broadcast(session, agent.collectivity, Lane.ALERT, alert_id, action, version=version, now=now)
    if action == "cancel":
        alert.ended_at = alert.ended_at or now
        await plan_withdrawal(session, moved, now)
        await session.flush()
    return alert, moved
