# SPDX-License-Identifier: EUPL-1.2
"""Proposals that are made within a process."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposal", sa.Column("process_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE proposal ADD CONSTRAINT fk_proposal_process_id"
        " FOREIGN KEY (process_id) REFERENCES process (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("proposal", "process_id")
