# SPDX-License-Identifier: EUPL-1.2
"""The templates that applications may send by: published, and for no occasion of the service's own."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.template_tables import MessageTemplate, MessageTemplateVersion
from parvis_notifications.domain.errors import NotFoundError


def _of(collectivity: str) -> Select[tuple[MessageTemplateVersion]]:
    return (
        select(MessageTemplateVersion)
        .join(MessageTemplate, MessageTemplate.id == MessageTemplateVersion.template_id)
        .where(
            MessageTemplate.collectivity == collectivity,
            MessageTemplate.archived_at.is_(None),
            MessageTemplate.occasion.is_(None),
            MessageTemplateVersion.number == MessageTemplate.published,
        )
    )


async def all_of(session: AsyncSession, collectivity: str) -> Sequence[MessageTemplateVersion]:
    """The versions that hold, newest template first; a collectivity has 500 templates at the most."""
    ordered = _of(collectivity).order_by(MessageTemplate.created_at.desc(), MessageTemplate.id.desc())
    return (await session.scalars(ordered)).all()


async def holding(session: AsyncSession, collectivity: str, template_id: UUID) -> MessageTemplateVersion:
    """The version that holds of one of them; raises NotFoundError."""
    row = (await session.execute(_of(collectivity).where(MessageTemplate.id == template_id))).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row
