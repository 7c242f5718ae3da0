# SPDX-License-Identifier: EUPL-1.2
"""Whatever changes how many support or discuss a proposal asks for its recount, the version before included."""

from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

# Triggers, because supports and comments come and go by a dozen statements: none may forget it. Each adds a row and
# waits for nobody, where a counter beside the proposal would have all who support it wait for one another.
_ONE = """
CREATE FUNCTION recount_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO recount (collectivity, kind, subject_id) VALUES (NEW.collectivity, 'proposal', NEW.proposal_id);
    RETURN NULL;
END $$
"""
_MANY = """
CREATE FUNCTION recount_proposals_left() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO recount (collectivity, kind, subject_id)
    SELECT DISTINCT collectivity, 'proposal', proposal_id FROM gone;
    RETURN NULL;
END $$
"""
_TRIGGERS = {
    # Comments first, as accounts are merged: whoever locks them the other way round waits for one who waits.
    "comment_written": (
        "AFTER INSERT ON comment FOR EACH ROW WHEN (NEW.proposal_id IS NOT NULL) EXECUTE FUNCTION recount_proposal()"
    ),
    "comment_shown_or_not": (
        "AFTER UPDATE OF state ON comment FOR EACH ROW"
        " WHEN (NEW.proposal_id IS NOT NULL AND OLD.state IS DISTINCT FROM NEW.state)"
        " EXECUTE FUNCTION recount_proposal()"
    ),
    "support_given": "AFTER INSERT ON proposal_support FOR EACH ROW EXECUTE FUNCTION recount_proposal()",
    "supports_gone": (
        "AFTER DELETE ON proposal_support REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION recount_proposals_left()"
    ),
}


def upgrade() -> None:
    for function in (_ONE, _MANY):
        op.execute(function)
    for name, does in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {does}")


def downgrade() -> None:
    for name, does in _TRIGGERS.items():
        table = "comment" if " ON comment " in does else "proposal_support"
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION recount_proposals_left()")
    op.execute("DROP FUNCTION recount_proposal()")
