# SPDX-License-Identifier: EUPL-1.2
"""Alerts, the areas that they name, the register of people who may need help, and the two-person rule."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TABLES = ("register_access", "register_entry", "alert_area", "alert")
_STATEMENTS = """
ALTER TABLE broadcast ADD COLUMN approver UUID;
ALTER TABLE broadcast ADD COLUMN alone BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE broadcast ADD CONSTRAINT ck_broadcast_two_persons CHECK (
    lane <> 'alert' OR state IN ('draft', 'cancelled')
    OR (approver IS NOT NULL AND (approver <> author OR (alone AND exercise)))
) NOT VALID;
CREATE TABLE alert (
    id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    event JSONB NOT NULL,
    category VARCHAR NOT NULL,
    urgency VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    certainty VARCHAR NOT NULL,
    response VARCHAR,
    earlier UUID[] NOT NULL,
    named_areas TEXT[] NOT NULL,
    onset_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_alert PRIMARY KEY (id),
    CONSTRAINT fk_alert_id FOREIGN KEY(id)
        REFERENCES broadcast (id) ON DELETE CASCADE
);
CREATE INDEX ix_alert_public ON alert (collectivity, sent_at, id) WHERE sent_at IS NOT NULL;
CREATE TABLE alert_area (
    collectivity VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    label JSONB NOT NULL,
    outlines JSONB NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_alert_area PRIMARY KEY (collectivity, code)
);
CREATE TABLE register_entry (
    id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    content BYTEA NOT NULL,
    author UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_register_entry PRIMARY KEY (id),
    CONSTRAINT fk_register_entry_id FOREIGN KEY(id)
        REFERENCES subscriber (id) ON DELETE CASCADE
);
CREATE INDEX ix_register_entry_collectivity ON register_entry (collectivity, created_at, id);
CREATE TABLE register_access (
    id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    agent UUID NOT NULL,
    act VARCHAR NOT NULL,
    entry UUID,
    alert UUID,
    people INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_register_access PRIMARY KEY (id)
);
CREATE INDEX ix_register_access_collectivity ON register_access (collectivity, created_at, id);
CREATE INDEX ix_register_access_created_at ON register_access (created_at);
"""


def upgrade() -> None:
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.execute("ALTER TABLE broadcast DROP CONSTRAINT ck_broadcast_two_persons")
    op.drop_column("broadcast", "alone")
    op.drop_column("broadcast", "approver")
