# SPDX-License-Identifier: EUPL-1.2
"""Lines of the audit trail that have had their time go, and a seal of the service stands for each.

The service's role still can change and delete none: two functions of the owner do it, and only for lines of more than
six months. The owner's own hand is still kept from a slip by the trigger.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('parvis.audit_purge', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""
_REFUSE_ALL = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""
_PURGE = """
CREATE FUNCTION audit_purge(places bigint[], seals bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    removed integer;
BEGIN
    PERFORM set_config('parvis.audit_purge', 'on', true);
    DELETE FROM audit_entry e USING audit_link l
    WHERE l.entry = e.id AND l.sequence = ANY (places) AND e.occurred_at < now() - interval '6 months';
    GET DIAGNOSTICS removed = ROW_COUNT;
    IF removed <> cardinality(places) OR cardinality(seals) <> cardinality(places) THEN
        RAISE EXCEPTION 'lines of less than six months stay' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO audit_purged (sequence, seal) SELECT * FROM unnest(places, seals);
    PERFORM set_config('parvis.audit_purge', 'off', true);
END $$
"""
_MOVE_ANCHOR = """
CREATE FUNCTION audit_move_anchor(place bigint, new_seal bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    ending bytea;
BEGIN
    SELECT hash INTO ending FROM audit_link WHERE sequence = place;
    IF ending IS NULL OR EXISTS (
        SELECT 1 FROM audit_link l WHERE l.sequence <= place
        AND NOT EXISTS (SELECT 1 FROM audit_purged p WHERE p.sequence = l.sequence)
    ) THEN
        RAISE EXCEPTION 'the chain begins with a line that stands' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('parvis.audit_purge', 'on', true);
    DELETE FROM audit_link WHERE sequence <= place;
    DELETE FROM audit_purged WHERE sequence <= place;
    PERFORM set_config('parvis.audit_purge', 'off', true);
    INSERT INTO audit_anchor (chain, sequence, hash, seal) VALUES ('identity', place, ending, new_seal)
    ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, seal = excluded.seal;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_retention",
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.CheckConstraint("months BETWEEN 6 AND 36", name=op.f("ck_audit_retention_months")),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_audit_retention_collectivity")
        ),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_audit_retention")),
    )
    op.create_table(
        "audit_purged",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_purged")),
    )
    op.create_table(
        "audit_anchor",
        sa.Column("chain", sa.TEXT(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_anchor")),
    )
    for statement in (_REFUSE, _PURGE, _MOVE_ANCHOR):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION audit_move_anchor(bigint, bytea)")
    op.execute("DROP FUNCTION audit_purge(bigint[], bytea[])")
    op.execute(_REFUSE_ALL)
    for table in ("audit_anchor", "audit_purged", "audit_retention"):
        op.drop_table(table)
