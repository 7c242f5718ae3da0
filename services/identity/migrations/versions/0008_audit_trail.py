# SPDX-License-Identifier: EUPL-1.2
"""The audit trail: what was done, and the chain that shows when something of it is changed or missing.

The service's role may add to both and change neither; a trigger keeps their owner from a slip of the hand.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_entry", "audit_link")
_REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""
# Whoever was given rights on the tables of this schema keeps those to read and to add.
_REVOKE = """
DO $$
DECLARE
    granted record;
BEGIN
    FOR granted IN
        SELECT DISTINCT c.relname, a.grantee::regrole AS role
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ('audit_entry', 'audit_link')
          AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %s', granted.relname, granted.role);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.TEXT(), nullable=False),
        sa.Column("actor_kind", sa.TEXT(), nullable=False),
        sa.Column("actor", sa.TEXT(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=True),
        sa.Column("object_kind", sa.TEXT(), nullable=False),
        sa.Column("object", sa.TEXT(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_collectivity_occurred_at_id"),
        "audit_entry",
        ["collectivity", "occurred_at", "id"],
        unique=False,
    )
    op.create_table(
        "audit_waiting",
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_audit_waiting")),
    )
    op.create_table(
        "audit_link",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry", name=op.f("uq_audit_link_entry")),
    )
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.TEXT(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_reader",
        sa.Column("name", sa.TEXT(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_reader")),
    )
    op.execute(_REFUSE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
    op.execute(_REVOKE)


def downgrade() -> None:
    for table in ("audit_reader", "audit_head", "audit_link", "audit_waiting", "audit_entry"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_refuse()")
