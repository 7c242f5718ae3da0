# SPDX-License-Identifier: EUPL-1.2
"""A type's change of access is repeated by its requests little by little: all at once, a large type's took too long."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

# A trigger still, because no writer may forget it; the worker does the rest.
_PENDING = """
CREATE FUNCTION await_requests_of_type() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.access_pending := true;
    RETURN NEW;
END $$
"""
_AWAIT = """
CREATE TRIGGER access_changed BEFORE UPDATE OF access ON request_type FOR EACH ROW
WHEN (OLD.access IS DISTINCT FROM NEW.access) EXECUTE FUNCTION await_requests_of_type()
"""
# As of 0077.
_CHANGED = """
CREATE FUNCTION restrict_requests_of_type() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE request SET restricted = (NEW.access = 'team')
    WHERE type_id = NEW.id AND restricted IS DISTINCT FROM (NEW.access = 'team');
    RETURN NULL;
END $$
"""
_RESTRICT = """
CREATE TRIGGER access_changed AFTER UPDATE OF access ON request_type FOR EACH ROW
WHEN (OLD.access IS DISTINCT FROM NEW.access) EXECUTE FUNCTION restrict_requests_of_type()
"""
_REST = """
UPDATE request SET restricted = (type.access = 'team') FROM request_type AS type
WHERE type.access_pending AND request.type_id = type.id AND request.restricted <> (type.access = 'team')
"""


def upgrade() -> None:
    pending: sa.Column[bool] = sa.Column(
        "access_pending", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("request_type", pending)
    # A town has some hundred types.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_request_type_pending ON request_type (collectivity) WHERE access_pending"
    )
    op.execute("DROP TRIGGER access_changed ON request_type")
    # Nothing but that trigger called it.
    op.execute("-- squawk-ignore ban-drop-function\nDROP FUNCTION restrict_requests_of_type()")
    op.execute(_PENDING)
    op.execute(_AWAIT)


def downgrade() -> None:
    op.execute("DROP TRIGGER access_changed ON request_type")
    op.execute("DROP FUNCTION await_requests_of_type()")
    op.execute(_REST)
    op.execute(_CHANGED)
    op.execute(_RESTRICT)
    op.drop_index("ix_request_type_pending", "request_type")
    op.drop_column("request_type", "access_pending")
