# SPDX-License-Identifier: EUPL-1.2
"""Collectivities say in which languages they write; what shows them apart where a mail or a letter needs that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_languages",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_message_languages")),
    )
    op.add_column("digest", sa.Column("html", sa.LargeBinary(), nullable=True))
    op.add_column("message", sa.Column("spare", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "spare")
    op.drop_column("digest", "html")
    op.drop_table("message_languages")
