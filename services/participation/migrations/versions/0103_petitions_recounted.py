# SPDX-License-Identifier: EUPL-1.2
"""Signatures that come and go ask for the recount of their petition, the version before included."""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

_ONE = """
CREATE FUNCTION recount_petition() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO recount (collectivity, kind, subject_id) VALUES (NEW.collectivity, 'petition', NEW.petition_id);
    RETURN NULL;
END $$
"""
_MANY = """
CREATE FUNCTION recount_petitions_left() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO recount (collectivity, kind, subject_id)
    SELECT DISTINCT collectivity, 'petition', petition_id FROM gone;
    RETURN NULL;
END $$
"""
_TRIGGERS = (
    "CREATE TRIGGER has_signed AFTER INSERT ON petition_signature FOR EACH ROW EXECUTE FUNCTION recount_petition()",
    """CREATE TRIGGER signatures_gone AFTER DELETE ON petition_signature REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION recount_petitions_left()""",
)


def upgrade() -> None:
    for statement in (_ONE, _MANY, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER signatures_gone ON petition_signature")
    op.execute("DROP TRIGGER has_signed ON petition_signature")
    op.execute("DELETE FROM recount WHERE kind = 'petition'")
    op.execute("DROP FUNCTION recount_petitions_left()")
    op.execute("DROP FUNCTION recount_petition()")
