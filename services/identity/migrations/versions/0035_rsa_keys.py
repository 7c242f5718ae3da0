# SPDX-License-Identifier: EUPL-1.2
"""Keys by which id_tokens are signed for clients that register no algorithm, and what each client has registered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEYS = "rsa_signing_key"


def upgrade() -> None:
    op.create_table(
        _KEYS,
        sa.Column("kid", sa.TEXT(), nullable=False),
        sa.Column("status", sa.TEXT(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('next', 'current', 'past')", name=op.f("ck_rsa_signing_key_status")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_rsa_signing_key")),
    )
    waiting = sa.text("status <> 'past'")
    op.create_index("uq_rsa_signing_key_role", _KEYS, ["status"], unique=True, postgresql_where=waiting)
    # Those that are there were told ES256.
    op.add_column("client", sa.Column("id_token_algorithm", sa.TEXT(), server_default="ES256", nullable=False))


def downgrade() -> None:
    op.drop_column("client", "id_token_algorithm")
    op.drop_table(_KEYS)
