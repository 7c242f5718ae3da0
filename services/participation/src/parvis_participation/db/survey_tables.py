# SPDX-License-Identifier: EUPL-1.2
"""The tables of surveys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_participation.db.base import Base, Instant


class Survey(Base):
    """A survey; its texts are the town's own and public. ``figures`` are what is published of the answers.

    ``link_token`` is what the town's link to it carries, where people without an account answer it, too.
    """

    __tablename__ = "survey"
    __table_args__ = (
        Index("ix_survey_newest", "collectivity", "created_at", "id"),
        Index("ix_survey_opening", "opens_at", postgresql_where=text("opening_told_at IS NULL")),
        Index("ix_survey_closing", "closes_at", postgresql_where=text("closing_told_at IS NULL")),
        Index("ix_survey_unfigured", "paper_closes_at", postgresql_where=text("figures IS NULL")),
        Index("ix_survey_kept", "paper_closes_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    form: Mapped[dict[str, Any]] = mapped_column(JSONB)
    identification: Mapped[str]
    link_token: Mapped[str | None]
    release: Mapped[str]
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    paper_closes_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    opening_told_at: Mapped[datetime | None] = mapped_column(Instant)
    closing_told_at: Mapped[datetime | None] = mapped_column(Instant)
    parted_at: Mapped[datetime | None] = mapped_column(Instant)
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SurveyResponse(Base):
    """What one person answered: ``choices`` make the figures, ``words`` can tell who gave them.

    Without a person where the survey is anonymous: then it has no time either, and the roll alone refuses a second one.
    ``by_link``: of somebody without an account, whom nothing keeps from answering again.
    """

    __tablename__ = "survey_response"
    __table_args__ = (UniqueConstraint("survey_id", "person"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    person: Mapped[UUID | None] = mapped_column(index=True)
    choices: Mapped[dict[str, Any]] = searchable(JSONB)
    words: Mapped[bytes | None] = shreddable(LargeBinary)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    by_link: Mapped[bool] = mapped_column(default=False, server_default=false())


class SurveyLinkHour(Base):
    """How many have answered a survey by its link within the hour of ``hour_at``, the last in which anybody did."""

    __tablename__ = "survey_link_hour"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    collectivity: Mapped[str]
    hour_at: Mapped[datetime] = mapped_column(Instant)
    number: Mapped[int]


class SurveyRoll(Base):
    """Who has answered an anonymous survey, under a key that only this service can make."""

    __tablename__ = "survey_roll"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    account_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str]


class SurveyDraft(Base):
    """Answers that somebody has begun, saved as they go; gone once they are given, and when the survey closes."""

    __tablename__ = "survey_draft"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    collectivity: Mapped[str]
    content: Mapped[bytes] = shreddable(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class SurveyPaper(Base):
    """A sheet that one agent has entered and another confirms; its answers go to a response, and are not kept here."""

    __tablename__ = "survey_paper"
    __table_args__ = (
        UniqueConstraint("survey_id", "reference"),
        Index("ix_survey_paper_newest", "survey_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    reference: Mapped[str]
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    entered_by: Mapped[UUID]
    confirmed_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class SurveyExport(Base):
    """That an agent took the rows of a survey out: which questions, and how many rows."""

    __tablename__ = "survey_export"
    __table_args__ = (Index("ix_survey_export_newest", "survey_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    agent: Mapped[UUID]
    questions: Mapped[list[str]] = mapped_column(JSONB)
    rows: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class SurveyFile(Base):
    """A file that somebody sent for a question, sealed with their key; of no response until they have answered.

    ``sealed_for`` is the account that it was sealed for and that went into theirs, until the worker seals it anew.
    """

    __tablename__ = "survey_file"
    __table_args__ = (
        Index("ix_survey_file_of_person", "survey_id", "person"),
        Index("ix_survey_file_sealed_for", "id", postgresql_where=text("sealed_for IS NOT NULL")),
        Index("ix_survey_file_unanswered", "created_at", postgresql_where=text("response_id IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    sealed_for: Mapped[UUID | None]
    question: Mapped[str]
    response_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey_response.id", ondelete="CASCADE"), index=True)
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = shreddable(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
