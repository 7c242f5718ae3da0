# SPDX-License-Identifier: EUPL-1.2
"""Let the retention of requests that ended before it was kept run from their last change."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


# Of a version that says for how long, in one of its final states.
OF_THE_ENDED = """
INSERT INTO retention (request_id, collectivity, ended_at, due_at)
SELECT request.id, request.collectivity, request.updated_at,
    ((request.updated_at AT TIME ZONE 'Europe/Paris')::date
        + make_interval(months => (version.definition ->> 'retention_months')::integer) + interval '1 day')
        AT TIME ZONE 'Europe/Paris'
FROM request
JOIN request_type_version AS version ON version.type_id = request.type_id AND version.number = request.type_version
WHERE (version.definition ->> 'retention_months') IS NOT NULL
    AND EXISTS (
        SELECT 1 FROM jsonb_array_elements(version.definition -> 'workflow' -> 'states') AS element (step)
        WHERE step ->> 'code' = request.status AND (step ->> 'final')::boolean
    )
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    # Apart from the tables: this reads every request, and the lock of a foreign key would last as long.
    op.execute(OF_THE_ENDED)


def downgrade() -> None:
    op.execute("DELETE FROM retention")
