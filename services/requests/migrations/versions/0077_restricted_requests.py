# SPDX-License-Identifier: EUPL-1.2
"""Which agents read the requests of a type: each of its requests repeats it, so that no queue reads past them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

# Triggers, because a request is filed by half a dozen statements and a type is published by two: none may forget it.
# The row of the type, held by who files, gives an order to both: either the request is there when its type changes, or
# it is filed by what the type says by then.
_FILED = """
CREATE FUNCTION restrict_filed_request() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    SELECT access = 'team' INTO NEW.restricted FROM request_type WHERE id = NEW.type_id FOR SHARE;
    NEW.restricted := coalesce(NEW.restricted, false);
    RETURN NEW;
END $$
"""
_CHANGED = """
CREATE FUNCTION restrict_requests_of_type() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE request SET restricted = (NEW.access = 'team')
    WHERE type_id = NEW.id AND restricted IS DISTINCT FROM (NEW.access = 'team');
    RETURN NULL;
END $$
"""
_TRIGGERS = (
    "CREATE TRIGGER request_filed BEFORE INSERT ON request FOR EACH ROW EXECUTE FUNCTION restrict_filed_request()",
    """CREATE TRIGGER access_changed AFTER UPDATE OF access ON request_type FOR EACH ROW
    WHEN (OLD.access IS DISTINCT FROM NEW.access) EXECUTE FUNCTION restrict_requests_of_type()""",
)


def upgrade() -> None:
    op.add_column("request_type", sa.Column("access", sa.String(), nullable=False, server_default="town"))
    op.add_column("request", sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    teams: sa.Column[list[str]] = sa.Column(
        "teams", postgresql.ARRAY(sa.String()), nullable=False, server_default=sa.text("'{}'")
    )
    op.add_column("bulk_operation", teams)
    for statement in (_FILED, _CHANGED, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER access_changed ON request_type")
    op.execute("DROP TRIGGER request_filed ON request")
    op.execute("DROP FUNCTION restrict_requests_of_type()")
    op.execute("DROP FUNCTION restrict_filed_request()")
    op.drop_column("bulk_operation", "teams")
    op.drop_column("request", "restricted")
    op.drop_column("request_type", "access")
