# SPDX-License-Identifier: EUPL-1.2
"""What agents decided to show of a request to the public."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("photos", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_publication_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_publication")),
    )
    op.create_index(
        "uq_publication_latest", "publication", ["request_id"], unique=True, postgresql_where=sa.text("latest")
    )


def downgrade() -> None:
    op.drop_table("publication")
