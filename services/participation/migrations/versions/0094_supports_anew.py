# SPDX-License-Identifier: EUPL-1.2
"""What a town takes up again is supported anew, beside how many supported it before."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

REFUSED = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM proposal WHERE earlier_supports <> '{}') THEN
        RAISE EXCEPTION 'proposals were taken up again: how many supported them before would be lost';
    END IF;
END
$$
"""


def upgrade() -> None:
    earlier: sa.Column[list[int]] = sa.Column(
        "earlier_supports", sa.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False
    )
    op.add_column("proposal", earlier)


def downgrade() -> None:
    op.execute(REFUSED)
    op.drop_column("proposal", "earlier_supports")
