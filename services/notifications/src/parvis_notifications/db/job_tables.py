# SPDX-License-Identifier: EUPL-1.2
"""The tables of jobs: files of messages that an application has sent, row by row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class SendingJob(Base):
    """A file by one version of a template. ``turn_at`` is when it last had its turn: jobs take turns by batches.

    Its rows are sealed with a key of the job's own, under its id.
    """

    __tablename__ = "sending_job"
    __table_args__ = (
        Index("ix_sending_job_turn", "turn_at", postgresql_where="state IN ('waiting', 'running')"),
        Index("ix_sending_job_list", "collectivity", "application", "kind", "created_at", "id"),
        Index("ix_sending_job_created_at", "created_at"),
        Index("ix_sending_job_key_id", "key_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    kind: Mapped[str]
    key_id: Mapped[UUID] = mapped_column(ForeignKey("sending_key.id"))
    channel: Mapped[str]
    template_id: Mapped[UUID]
    template_version: Mapped[int]
    language: Mapped[str]
    state: Mapped[str]
    rows: Mapped[int]
    sent: Mapped[int]
    refused: Mapped[int]
    turn_at: Mapped[datetime] = mapped_column(Instant)
    scheduled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SendingJobRow(Base):
    """One row of a file; what it says goes once it is a message, or refused. Its message bears its id."""

    __tablename__ = "sending_job_row"
    __table_args__ = (
        UniqueConstraint("job_id", "line"),
        Index("ix_sending_job_row_state", "job_id", "state", "line"),
        Index("ix_sending_job_row_list", "job_id", "state", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("sending_job.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    line: Mapped[int]
    state: Mapped[str]
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    error: Mapped[str | None]
    about: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
