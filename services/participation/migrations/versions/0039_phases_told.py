# SPDX-License-Identifier: EUPL-1.2
"""Which phases of a process have been told, by their codes: a number tells nothing once phases are put between."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("told_codes", postgresql.ARRAY(sa.String), nullable=False, server_default="{}"))
    op.execute(
        "UPDATE process SET told_codes = ARRAY(SELECT phase->>'code'"
        " FROM jsonb_array_elements(phases) WITH ORDINALITY AS each(phase, place) WHERE place <= told)"
    )
    # The version before still counts.
    op.alter_column("process", "told", server_default="0")


def downgrade() -> None:
    op.alter_column("process", "told", server_default=None)
    op.drop_column("process", "told_codes")
