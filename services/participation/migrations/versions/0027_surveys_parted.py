# SPDX-License-Identifier: EUPL-1.2
"""Write the answers to anonymous surveys that have closed anew: they share transaction numbers with the roll."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "WITH taken AS (DELETE FROM survey_response r USING survey s WHERE s.id = r.survey_id"
        " AND s.identification = 'anonymous' AND s.closing_told_at IS NOT NULL RETURNING r.*)"
        " INSERT INTO survey_response SELECT * FROM taken ORDER BY id"
    )


def downgrade() -> None:
    """Nothing to put back."""
