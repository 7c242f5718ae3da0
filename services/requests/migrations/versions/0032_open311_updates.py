# SPDX-License-Identifier: EUPL-1.2
"""Updates that clients of Open311 have sent, each taken once."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open311_update",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_open311_update_request_id_request"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "update_id", name=op.f("pk_open311_update")),
    )
    op.create_index("ix_open311_update_request_id", "open311_update", ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("open311_update")
