# SPDX-License-Identifier: EUPL-1.2
"""How PostgreSQL really carries out a statement: which scans, of what, over how many rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement


class Explain(Executable, ClauseElement):
    """EXPLAIN ANALYZE of another statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain)
def _explain(element: Explain, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN (ANALYZE, FORMAT JSON) {compiler.process(element.statement, **options)}"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: what kind, of which table, by which index, how many rows it looked at."""

    kind: str
    table: str
    index: str | None
    rows: int


async def scans(session: AsyncSession, statement: Any) -> list[Scan]:
    """The scans of the statement, as they were done."""
    (plan,) = (await session.execute(Explain(statement))).scalar_one()
    return list(_scans(plan["Plan"]))


def _scans(node: dict[str, Any]) -> Iterator[Scan]:
    # What the plan has for a case that did not arise was not done.
    if "Relation Name" in node and node["Actual Loops"]:
        looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield Scan(node["Node Type"], node["Relation Name"], node.get("Index Name"), looked_at * node["Actual Loops"])
    for child in node.get("Plans", ()):
        yield from _scans(child)
