# SPDX-License-Identifier: EUPL-1.2
"""Files of messages that applications hand in, row by row."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("turn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["sending_key.id"], name=op.f("fk_sending_job_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_job")),
    )
    op.create_index(
        "ix_sending_job_turn", "sending_job", ["turn_at"], postgresql_where=sa.text("state IN ('waiting', 'running')")
    )
    op.create_index("ix_sending_job_list", "sending_job", ["collectivity", "application", "kind", "created_at", "id"])
    op.create_index("ix_sending_job_created_at", "sending_job", ["created_at"])
    op.create_index("ix_sending_job_key_id", "sending_job", ["key_id"])
    op.create_table(
        "sending_job_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["sending_job.id"], name=op.f("fk_sending_job_row_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_job_row")),
        sa.UniqueConstraint("job_id", "line", name=op.f("uq_sending_job_row_job_id_line")),
    )
    op.create_index("ix_sending_job_row_state", "sending_job_row", ["job_id", "state", "line"])
    op.create_index("ix_sending_job_row_list", "sending_job_row", ["job_id", "state", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("sending_job_row")
    op.drop_table("sending_job")
