# SPDX-License-Identifier: EUPL-1.2
"""Documents that were asked for before anything was done about them by itself: a reminder, and the alert after.

Bank holidays are not looked at: somebody is reminded, or agents are alerted, on a day off at worst. What has a timer is
left alone, and what is over is seen to be when the timer rings.
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

ARM = """
INSERT INTO request_timer (id, collectivity, request_id, kind, code, due_at, next_at, tries)
SELECT gen_random_uuid(), asked.collectivity, asked.request_id, timer.kind, asked.id::text, timer.at, timer.at, 0
FROM document_request AS asked,
LATERAL (
    SELECT 'documents-reminder' AS kind, (
        SELECT (day + interval '9 hours') AT TIME ZONE 'Europe/Paris'
        FROM generate_series(asked.due_on - interval '7 days', asked.due_on - interval '1 day', interval '1 day') AS day
        WHERE extract(isodow FROM day) < 6 ORDER BY day DESC OFFSET 2 LIMIT 1
    ) AS at
    UNION ALL
    SELECT 'documents-missed', (
        SELECT (day + interval '9 hours') AT TIME ZONE 'Europe/Paris'
        FROM generate_series(asked.due_on + interval '1 day', asked.due_on + interval '3 days', interval '1 day') AS day
        WHERE extract(isodow FROM day) < 6 ORDER BY day LIMIT 1
    )
) AS timer
WHERE asked.completed_at IS NULL
AND (timer.kind = 'documents-missed' OR timer.at > now())
AND NOT EXISTS (
    SELECT FROM request_timer AS old WHERE old.request_id = asked.request_id AND old.code = asked.id::text
)
"""


def upgrade() -> None:
    op.execute(ARM)


def downgrade() -> None:
    # Who was reminded stays so, and the release before knows these timers.
    pass
