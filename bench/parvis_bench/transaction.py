# SPDX-License-Identifier: EUPL-1.2
"""The same rows as a submitted request has, written by pgbench: what PostgreSQL itself can do here.

pgbench runs them as one transaction of plain prepared INSERTs (request, history, outbox, idempotency record): no form,
no encryption, no JSON to make, one C program. The contents are those of a real submission; ids, references and keys
are new each time, and ids grow as those of the service do.
"""

import asyncio
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from parvis_bench.programs import pgbench
from parvis_bench.town import Town

# What differs from one row to the next, as an expression over pgbench's variables; all else is the sample's.
_NEW_ID: Final = "(lpad(to_hex(:high::bigint), 16, '0') || lpad(to_hex(:low::bigint), 16, '0'))::uuid"
_NEW_TEXT: Final = "'bench-' || to_hex(:low::bigint)"
_FRESH: Final[dict[str, dict[str, str]]] = {
    "request": {"id": _NEW_ID, "reference": _NEW_TEXT},
    "history_entry": {"request_id": _NEW_ID},
    "outbox": {"id": _NEW_ID, "aggregate_id": _NEW_ID, "subject": f"{_NEW_ID}::text"},
    "idempotency_record": {"key": _NEW_TEXT},
}
_LEFT_TO_DEFAULTS: Final = {"day", "sent_at"}
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class Transaction:
    """The script for a town in which one request at least was submitted."""

    def __init__(self, town: Town, folder: Path) -> None:
        self._program = pgbench()
        self._url = urlsplit(town.settings.database_url.get_secret_value())
        self._script = folder / "submit.sql"
        self._script.write_text(asyncio.run(_script(town)), encoding="utf-8")

    def rate(self, *, seconds: float, clients: int = 16) -> float:
        """Transactions a second."""
        url = self._url
        command = [self._program, "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2"]
        command += [f"--time={round(seconds)}", f"--file={self._script}", "--define=count=0"]
        # Later ids are larger, as with UUIDv7: the upper half is the time in milliseconds and a counter.
        command += [f"--define=base={int(time.time() * 1_000) << 15}"]
        ran = subprocess.run(  # noqa: S603 - a program of PostgreSQL
            command,
            env={
                **os.environ,
                "PGHOST": str(url.hostname),
                "PGPORT": str(url.port),
                "PGUSER": str(url.username),
                "PGPASSWORD": str(url.password),
                "PGDATABASE": url.path[1:],
                "PGOPTIONS": "-c jit=off",
            },
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=False,
        )
        told = _TPS.search(ran.stdout)
        if ran.returncode != 0 or told is None:
            raise RuntimeError(f"pgbench failed:\n{ran.stderr}")
        return float(told[1])


async def _script(town: Town) -> str:
    superuser = await asyncpg.connect(town.server.url(town.database))
    try:
        statements = [await _insert(superuser, table, fresh) for table, fresh in _FRESH.items()]
    finally:
        await superuser.close()
    fresh = ["\\set count :count + 1", "\\set high :base + :count", f"\\set low random(0, {2**62})"]
    return "\n".join([*fresh, "BEGIN;", *statements, "END;"]) + "\n"


async def _insert(connection: "asyncpg.Connection[Any]", table: str, fresh: dict[str, str]) -> str:
    rows = await connection.fetch(
        "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute"
        " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
        table,
    )
    columns = {row["name"]: row["type"] for row in rows if row["name"] not in _LEFT_TO_DEFAULTS}
    sample = await connection.fetchrow(
        f"SELECT {', '.join(f'quote_nullable({name}::text) AS {name}' for name in columns)} FROM {table} LIMIT 1"
    )
    if sample is None:
        raise RuntimeError(f"no row in {table} to take as a sample")
    values = [fresh.get(name) or f"{sample[name]}::{type_}" for name, type_ in columns.items()]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)});"
