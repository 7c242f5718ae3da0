# SPDX-License-Identifier: EUPL-1.2
"""Requests by the thousand, made inside PostgreSQL."""

import asyncpg

TEAMS = 20
WORDS = "trottoir éclairage banc arbre fontaine école marché poubelle vélo passage"
# Two in three are resolved; teams, areas and answers are spread evenly; one in 5,000 has a rare word and a rare answer,
# one in 99 is pressing. One in ten was promised for five days later, one in four has a legal end; one in 97 is unread.
_INSERT = """
INSERT INTO request (id, collectivity, reference, type_id, type_code, author, client_id, status, team, area, assignee,
    description, longitude, latitude, address, answers, facets, version, created_at, updated_at,
    priority, due_at, legal_end_at, unread)
SELECT gen_random_uuid(), 'paris', 'R-2026-' || n, t.id, t.code, gen_random_uuid(), 'load',
    (ARRAY['submitted', 'taken', 'resolved', 'resolved', 'resolved', 'resolved'])[1 + n % 6],
    'team-' || n % $3::int, '7510' || n % 80,
    CASE WHEN n % 6 = 1 THEN ('00000000-0000-7000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid END,
    (string_to_array($4::text, ' '))[1 + n % 10] || CASE WHEN n % 5000 = 0 THEN ' hippopotame' ELSE '' END,
    2.25 + (n % 1000) / 10000.0, 48.82 + (n / 1000 % 800) / 10000.0, n % 300 || ' rue de la Paix', '',
    ($5::bytea[])[1 + n % 2 : 1 + n % 2] || CASE WHEN n % 5000 = 0 THEN ($5::bytea[])[3:3] ELSE '{}' END,
    1, now() - n * interval '1 minute', now() - (n * 7919::bigint % $2::int) * interval '1 minute',
    CASE WHEN n % 99 = 0 THEN 3 + n / 99 % 2 ELSE 2 END,
    CASE WHEN n % 10 = 0 THEN now() - n * interval '1 minute' + interval '5 days' END,
    CASE WHEN n % 4 = 0 THEN now() - n * interval '1 minute' + interval '60 days' END, n % 97 = 0
FROM generate_series($1::int, $2::int) AS n,
    (SELECT id, code FROM request_type WHERE collectivity = 'paris' AND code = 'cartons') t
"""

# An answer of each: one in 5,000 has one that is rare, and ten are spread evenly.
_KEYS = """
WITH made AS (
    SELECT id, n FROM request, LATERAL (SELECT replace(reference, 'R-2026-', '')::int) AS number (n)
    WHERE client_id = 'load' AND n BETWEEN $1 AND $2
)
INSERT INTO answer_key (request_id, position, collectivity, question, number)
SELECT id, 1, 'paris', 'size', n / 7 % 10 FROM made
UNION ALL
SELECT id, 2, 'paris', 'depth', 7 FROM made WHERE n % 5000 = 0
"""


async def make_requests(superuser_url: str, first: int, last: int, facets: list[bytes]) -> None:
    """Those with these numbers, the oldest last, then vacuumed as PostgreSQL does it by itself.

    ``facets``: two frequent ones and a rare one. The type ``cartons`` of Paris must be there.
    """
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(_INSERT, first, last, TEAMS, WORDS, facets)
        await connection.execute(_KEYS, first, last)
        await connection.execute("VACUUM ANALYZE request, answer_key")
    finally:
        await connection.close()
