# SPDX-License-Identifier: EUPL-1.2
"""What people agreed to have shown of them in public, and agreed to no more."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publication_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_consent")),
    )
    columns = ["subject", "person", "created_at", "id"]
    op.create_index("ix_publication_consent_subject", "publication_consent", columns)
    op.create_index("ix_publication_consent_kind", "publication_consent", ["kind", "created_at"])
    op.create_index(op.f("ix_publication_consent_person"), "publication_consent", ["person"])


def downgrade() -> None:
    op.drop_table("publication_consent")
