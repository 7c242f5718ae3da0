# SPDX-License-Identifier: EUPL-1.2
"""Authorization requests that clients push, and the keys to which codes, grants and clients are bound."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pushed_request",
        sa.Column("uri_hash", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uri_hash", name=op.f("pk_pushed_request")),
    )
    op.create_index(op.f("ix_pushed_request_expires_at"), "pushed_request", ["expires_at"], unique=False)
    op.add_column("authorization_code", sa.Column("bound_to", sa.TEXT(), nullable=True))
    op.add_column("token_grant", sa.Column("bound_to", sa.TEXT(), nullable=True))
    for name in ("pushes_requests", "binds_tokens"):
        op.add_column("client", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ("binds_tokens", "pushes_requests"):
        op.drop_column("client", name)
    op.drop_column("token_grant", "bound_to")
    op.drop_column("authorization_code", "bound_to")
    op.drop_index(op.f("ix_pushed_request_expires_at"), table_name="pushed_request")
    op.drop_table("pushed_request")
