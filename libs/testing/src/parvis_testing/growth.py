# SPDX-License-Identifier: EUPL-1.2
"""A million rows for the planner: few real rows of the right shape, of which it is told that they are many."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import asyncpg

_ROWS: Final = 6_000
_MANY: Final = 1_000_000
_COLUMNS: Final = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AS required,
    coalesce(min(i.place), 0) AS place, count(i.place) > 0 AS is_unique, bool_or(i.width = 1) AS is_alone,
    EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey))
        AS refers
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity = ''
LEFT JOIN LATERAL (
    SELECT array_position(x.indkey::int[], a.attnum::int) AS place, x.indnkeyatts AS width FROM pg_index x
    WHERE x.indrelid = c.oid AND x.indisunique AND a.attnum = ANY (x.indkey)
) i ON true
WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL ($1)
GROUP BY c.oid, c.relname, a.attname, a.attnum, a.atttypid, a.attnotnull
ORDER BY c.relname, a.attnum
"""
_SCALE: Final = """
UPDATE pg_class SET reltuples = reltuples * $1 WHERE reltuples > 0 AND oid IN (
    SELECT unnest(ARRAY[c.oid, x.indexrelid]) FROM pg_class c LEFT JOIN pg_index x ON x.indrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($2)
)
"""
_ID: Final = "('00000000-0000-7000-8000-' || lpad(to_hex({0}), 12, '0'))::uuid"
# One value in a few, or one of its own for each row where an index wants that.
_SHAPES: Final = {
    "uuid": (_ID.format("n % 500"), _ID.format("{0}")),
    "character varying": ("'v' || n % 5", "'x' || {0}"),
    "text": ("'v' || n % 5", "'x' || {0}"),
    "bytea": ("decode(lpad(to_hex(n), 32, '0'), 'hex')",) * 2,
    "smallint": ("1 + n % 3", "1 + n % 7"),
    "integer": ("1 + n % 3", "1 + n % 7"),
    "bigint": ("n", "n"),
    "boolean": ("n % 50 = 0",) * 2,
    "date": ("current_date - n % 1000",) * 2,
    "double precision": ("48 + n / 100000.0",) * 2,
    "jsonb": ("'{{}}'",) * 2,
    "tsvector": ("to_tsvector('v' || n % 5000)",) * 2,
    "timestamp with time zone": ("now() - n * interval '1 minute'",) * 2,
}


@dataclass(frozen=True, slots=True)
class Growth:
    """What grows with the years, and how much of it a statement may read.

    ``small`` names the tables that do not grow; ``values`` says in SQL what a ``table.column`` holds in row ``n``, from
    1, where no value of its type will do. ``dear`` has a part of each statement that may cost more than
    ``most``, in the planner's unit, of which to look at a million rows takes ten thousand at least.
    """

    small: Collection[str]
    values: Mapping[str, str] = field(default_factory=dict)
    most: float = 10_000
    dear: Collection[str] = ()


async def grow(superuser: asyncpg.Connection, growth: Growth) -> set[str]:
    """Fill all tables but the small ones, and have the planner believe that each has a million rows; gives their names.

    What it believes of values, it has from the rows, so that only how many there are is invented. A foreign key points
    at a row of the same number or a third of it; an optional value lacks in one row of fifty.
    """
    columns: dict[str, dict[str, str]] = {}
    for column in await superuser.fetch(_COLUMNS, ["alembic_version", *growth.small]):
        name = f"{column['table']}.{column['name']}"
        columns.setdefault(column["table"], {})[column["name"]] = growth.values.get(name) or _value(column)
    # The server's own vacuum would count the rows that there are.
    await superuser.execute("; ".join(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)' for table in columns))
    async with superuser.transaction():
        # References to small tables lead nowhere.
        await superuser.execute("SET LOCAL session_replication_role = replica")
        await superuser.execute("; ".join(_filling(columns)))
    # The small ones too: of those of which it knows nothing, it takes more rows than they have.
    await superuser.execute("VACUUM ANALYZE")
    await superuser.execute(_SCALE, _MANY / _ROWS, list(columns))
    return set(columns)


def _filling(columns: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for table, of in columns.items():
        names = ", ".join(f'"{name}"' for name in of)
        yield (
            f'INSERT INTO "{table}" ({names}) SELECT {", ".join(of.values())}'
            f" FROM generate_series(1, {_ROWS}) AS n ON CONFLICT DO NOTHING"
        )


def _value(column: asyncpg.Record) -> str:
    kind = column["type"]
    if kind.endswith("[]"):
        return "'{}'"
    if column["name"] == "collectivity":
        return "'paris'"
    common, own = _SHAPES[kind]
    several = "n" if column["is_alone"] or column["place"] else "n / 3"
    value = own.format(several) if column["is_unique"] or column["refers"] else common.format()
    if column["is_unique"] or column["required"]:
        return value
    return f"CASE WHEN n % 50 <> 0 THEN ({value})::{kind} END"
