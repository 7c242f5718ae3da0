# SPDX-License-Identifier: EUPL-1.2
"""The tables of message templates: what is being written, what was published, and in which languages a town writes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class MessageTemplate(Base):
    """A template of one collectivity, with the ``draft`` of its next version.

    ``occasion`` is the one of the service's own messages that it words, None for those that applications send.
    ``published`` is the number of the version that holds, None while there is none. ``version`` is the ETag.
    """

    __tablename__ = "message_template"
    __table_args__ = (
        Index("ix_message_template_list", "collectivity", "created_at", "id", postgresql_where="archived_at IS NULL"),
        Index(
            "uq_message_template_name",
            "collectivity",
            text("lower(name)"),
            unique=True,
            postgresql_where="archived_at IS NULL",
        ),
        Index(
            "uq_message_template_occasion",
            "collectivity",
            "occasion",
            unique=True,
            postgresql_where="archived_at IS NULL AND occasion IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    name: Mapped[str]
    occasion: Mapped[str | None]
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published: Mapped[int | None]
    latest: Mapped[int] = mapped_column(server_default=text("0"))
    version: Mapped[int]
    changed_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class MessageTemplateVersion(Base):
    """What was published once; ``restored_from`` is the older version that it says again."""

    __tablename__ = "message_template_version"
    __table_args__ = (Index("ix_message_template_version_list", "template_id", "created_at", "id"),)

    template_id: Mapped[UUID] = mapped_column(ForeignKey("message_template.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    collectivity: Mapped[str]
    name: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    restored_from: Mapped[int | None]
    published_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)


class MessageLanguages(Base):
    """The languages (BCP 47) in which a collectivity writes beside French and English; ``version`` is the ETag."""

    __tablename__ = "message_languages"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    languages: Mapped[list[str]] = mapped_column(ARRAY(String))
    version: Mapped[int]
    changed_by: Mapped[UUID]
    updated_at: Mapped[datetime] = mapped_column(Instant)
