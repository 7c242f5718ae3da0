# SPDX-License-Identifier: EUPL-1.2
"""Clients that publish their keys at an address of their own, and may change them without asking us."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NEW = {
    "ck_client_some_proof": "audience <> 'system' OR num_nonnulls(secret_hash, jwks, jwks_uri) > 0",
    "ck_client_single_proof": "num_nonnulls(secret_hash, jwks, jwks_uri) <= 1",
}
_OLD = {
    "ck_client_proof": "audience <> 'system' OR secret_hash IS NOT NULL OR jwks IS NOT NULL",
    "ck_client_one_proof": "secret_hash IS NULL OR jwks IS NULL",
}


def upgrade() -> None:
    op.add_column("client", sa.Column("jwks_uri", sa.TEXT(), nullable=True))
    for name, condition in _NEW.items():
        op.execute(f"ALTER TABLE client ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    # What they guaranteed, the new ones guarantee with one more proof; nobody reads them from the outside.
    for name in _OLD:
        op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE client DROP CONSTRAINT {name}")


def downgrade() -> None:
    for name, condition in _OLD.items():
        op.execute(f"ALTER TABLE client ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    for name in _NEW:
        op.execute(f"ALTER TABLE client DROP CONSTRAINT {name}")
    op.drop_column("client", "jwks_uri")
