# SPDX-License-Identifier: EUPL-1.2
"""What came from another system, and under which name it was kept there."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_request",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("foreign_id", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_imported_request_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collectivity", "source", "foreign_id", name=op.f("pk_imported_request")),
    )
    op.create_index("ix_imported_request_request_id", "imported_request", ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("imported_request")
