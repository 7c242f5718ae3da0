# SPDX-License-Identifier: EUPL-1.2
"""Who has no account follows a request by an address that they confirm."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_KEY = "fk_confirmation_follows"


def upgrade() -> None:
    op.execute("ALTER TABLE follow ADD COLUMN address bytea")
    op.execute("ALTER TABLE confirmation ADD COLUMN follows uuid")
    op.execute(
        f"ALTER TABLE confirmation ADD CONSTRAINT {_KEY}"
        " FOREIGN KEY (follows) REFERENCES request (id) ON DELETE SET NULL NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE confirmation DROP COLUMN follows")
    op.execute("ALTER TABLE follow DROP COLUMN address")
