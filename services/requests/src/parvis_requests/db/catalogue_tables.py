# SPDX-License-Identifier: EUPL-1.2
"""The tables of the catalogue: what a collectivity offers, where, and who handles it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Collectivity(Base):
    """What this service needs to know of a collectivity."""

    __tablename__ = "collectivity"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    default_team: Mapped[str]
    catalogue_version: Mapped[int] = mapped_column(default=1)
    holidays: Mapped[str] = mapped_column(server_default="france")
    contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # What its administrators said of its routing, in place of the rules of the file, and how often.
    routing: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    routing_version: Mapped[int] = mapped_column(server_default="0")


class RequestType(Base):
    """Something that people can ask for; beside its code, the columns repeat the version on offer."""

    __tablename__ = "request_type"
    __table_args__ = (
        UniqueConstraint("collectivity", "code"),
        Index("ix_request_type_pending", "collectivity", postgresql_where=text("access_pending")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    code: Mapped[str]
    group_code: Mapped[str]
    group_name: Mapped[dict[str, str]] = mapped_column(JSONB)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    answers_schema: Mapped[dict[str, Any]] = mapped_column(JSONB)
    position_required: Mapped[bool] = mapped_column(default=True)
    rank: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(default=True)
    workflow: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    told: Mapped[int] = mapped_column(server_default="0")
    # parvis_requests.domain.access.Access: it holds for all its requests, by whichever version they were filed.
    access: Mapped[str] = mapped_column(server_default="town")
    # Whether some of its requests may not repeat that yet; a trigger says so, and the worker takes it back.
    access_pending: Mapped[bool] = mapped_column(server_default=text("false"))


class RequestTypeVersion(Base):
    """One definition of a request type: the draft, the one on offer, or a retired one that requests still follow.

    ``number`` counts the versions of the type, ``revision`` the changes of a draft; a published version never changes.
    ``lexemes`` and ``words`` are what a search of the catalogue looked at once; a later version drops them.
    """

    __tablename__ = "request_type_version"
    __table_args__ = (
        UniqueConstraint("type_id", "number"),
        Index("ix_request_type_version_state", "collectivity", "state"),
        Index("uq_request_type_version_draft", "type_id", unique=True, postgresql_where="state = 'draft'"),
        Index("uq_request_type_version_published", "type_id", unique=True, postgresql_where="state = 'published'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type_id: Mapped[UUID] = mapped_column(ForeignKey("request_type.id"))
    collectivity: Mapped[str]
    number: Mapped[int]
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    lexemes: Mapped[str | None] = mapped_column(TSVECTOR)
    words: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class Area(Base):
    """A part of the territory, GeoJSON geometry in WGS 84; a retired one keeps its name for what was filed there."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("collectivity", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    code: Mapped[str]
    level: Mapped[str]
    name: Mapped[str]
    parent: Mapped[str | None]
    geometry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class RoutingRule(Base):
    """Which team handles what, where."""

    __tablename__ = "routing_rule"
    __table_args__ = (Index(None, "collectivity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    team: Mapped[str]
    type_code: Mapped[str | None]
    group_code: Mapped[str | None]
    area: Mapped[str | None]
