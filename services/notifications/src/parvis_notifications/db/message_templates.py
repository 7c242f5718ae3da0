# SPDX-License-Identifier: EUPL-1.2
"""The templates of a collectivity, and their published versions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.template_tables import MessageTemplate, MessageTemplateVersion
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError


def _of(collectivity: str) -> Select[tuple[MessageTemplate]]:
    return select(MessageTemplate).where(
        MessageTemplate.collectivity == collectivity, MessageTemplate.archived_at.is_(None)
    )


async def lock(session: AsyncSession, collectivity: str) -> None:
    """Until the transaction ends nobody else adds or names a template of that collectivity."""
    wanted = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    await session.execute(wanted, {"who": f"message-template/{collectivity}"})


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many there are."""
    inner = _of(collectivity).with_only_columns(MessageTemplate.id).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


async def named(session: AsyncSession, collectivity: str, name: str) -> UUID | None:
    """The one that bears a name, in any case."""
    wanted = _of(collectivity).where(func.lower(MessageTemplate.name) == func.lower(name))
    found: UUID | None = await session.scalar(wanted.with_only_columns(MessageTemplate.id))
    return found


async def wording(session: AsyncSession, collectivity: str) -> Sequence[MessageTemplate]:
    """Those that word the service's own messages."""
    return (await session.scalars(_of(collectivity).where(MessageTemplate.occasion.is_not(None)))).all()


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[MessageTemplate]:
    """One page of them, newest first."""
    wanted = keyset.at(_of(collectivity), MessageTemplate.created_at, MessageTemplate.id, position, limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)


async def one(session: AsyncSession, collectivity: str, template_id: UUID, *, locked: bool = False) -> MessageTemplate:
    """One of them, kept from others until the transaction ends if so wished; raises NotFoundError."""
    wanted = _of(collectivity).where(MessageTemplate.id == template_id)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def change(session: AsyncSession, row: MessageTemplate, **values: Any) -> MessageTemplate:
    """The next version of the row; raises StaleVersionError when another change came first."""
    changed = (
        update(MessageTemplate)
        .where(MessageTemplate.id == row.id, MessageTemplate.version == row.version)
        .values(version=row.version + 1, **values)
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(MessageTemplate)
    )
    after = (await session.execute(changed)).scalar_one_or_none()
    if after is None:
        raise StaleVersionError
    return after


async def versions(
    session: AsyncSession, template_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[MessageTemplateVersion]:
    """One page of what was published, newest first."""
    wanted = select(MessageTemplateVersion).where(MessageTemplateVersion.template_id == template_id)
    paged = keyset.at(wanted, MessageTemplateVersion.created_at, MessageTemplateVersion.id, position, limit)
    return keyset.cut((await session.scalars(paged)).all(), position, limit)


async def version(session: AsyncSession, template_id: UUID, number: int) -> MessageTemplateVersion:
    """What was published under that number; raises NotFoundError."""
    row = await session.get(MessageTemplateVersion, (template_id, number))
    if row is None:
        raise NotFoundError
    return row


async def override(session: AsyncSession, collectivity: str, occasion: str) -> MessageTemplateVersion | None:
    """What a collectivity has published to be said on an occasion; None where the deployment's words hold."""
    wanted = (
        select(MessageTemplateVersion)
        .join(MessageTemplate, MessageTemplate.id == MessageTemplateVersion.template_id)
        .where(
            MessageTemplate.collectivity == collectivity,
            MessageTemplate.occasion == occasion,
            MessageTemplate.archived_at.is_(None),
            MessageTemplateVersion.number == MessageTemplate.published,
        )
    )
    found: MessageTemplateVersion | None = (await session.execute(wanted)).scalar_one_or_none()
    return found


async def worded_languages(session: AsyncSession, collectivity: str) -> dict[str, set[str]]:
    """By occasion the languages in which a collectivity has published words of its own for it."""
    holding = MessageTemplateVersion.number == MessageTemplate.published
    wanted = (
        select(MessageTemplate.occasion, func.jsonb_object_keys(MessageTemplateVersion.content["texts"]))
        .join(MessageTemplateVersion, (MessageTemplateVersion.template_id == MessageTemplate.id) & holding)
        .where(
            MessageTemplate.collectivity == collectivity,
            MessageTemplate.occasion.is_not(None),
            MessageTemplate.archived_at.is_(None),
        )
    )
    found: dict[str, set[str]] = {}
    for occasion, language in await session.execute(wanted):
        found.setdefault(occasion, set()).add(language)
    return found
