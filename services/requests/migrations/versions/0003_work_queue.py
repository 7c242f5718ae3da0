# SPDX-License-Identifier: EUPL-1.2
"""The agents' work queue: words to search by, closed answers to filter by, saved views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TEXT SEARCH CONFIGURATION public.parvis_french (COPY = pg_catalog.french)")
    op.execute(
        "ALTER TEXT SEARCH CONFIGURATION public.parvis_french"
        " ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.french_stem"
    )
    op.add_column(
        "request",
        sa.Column("facets", postgresql.ARRAY(sa.LargeBinary()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_newest", "saved_view", ["collectivity", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_saved_view_newest", table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_column("request", "facets")
    op.execute("DROP TEXT SEARCH CONFIGURATION public.parvis_french")
