# SPDX-License-Identifier: EUPL-1.2
"""An administrator says for how long the collectivity keeps its audit trail."""

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, audit_retention
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.audit_retention import StaleRetentionError
from parvis_identity.service.manage_agents import By


async def keep_audit(session: AsyncSession, by: By, months: int, seen: int) -> None:
    """So many months from now on, where it was ``seen`` before; raises StaleRetentionError."""
    if await audit_retention.months(session, by.collectivity, lock=True) != seen:
        raise StaleRetentionError
    await audit_retention.put_months(session, by.collectivity, months)
    on, what = Thing("audit-trail", by.collectivity), {"months": [str(months)]}
    await audit.record(session, Act(Action.AUDIT_RETENTION_SET, by.actor, on, by.now, by.collectivity, what))
