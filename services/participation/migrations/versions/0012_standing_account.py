# SPDX-License-Identifier: EUPL-1.2
"""Who answers under an account that went into another, asked within the statement that takes the answer."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Volatile, so that each statement of it sees what was committed before that statement, not before the one that calls
# it: a merge that was waited for is seen. The lock is that of db/merged_accounts.py.
_STANDING = """
CREATE FUNCTION standing_account(asked uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
    kept uuid;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('merged-accounts', 0));
    SELECT into_person INTO kept FROM merged_account WHERE person = asked;
    RETURN coalesce(kept, asked);
END $$
"""


def upgrade() -> None:
    op.execute(_STANDING)


def downgrade() -> None:
    op.execute("DROP FUNCTION standing_account(uuid)")
