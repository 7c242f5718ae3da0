# SPDX-License-Identifier: EUPL-1.2
"""Lines of the audit trail that have had their time: gone, and the chain as hard to change as before."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from parvis_identity.db import audit, audit_retention, collectivities
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.collectivity import Collectivity
from parvis_identity.service.audit_chain import AuditChain, CheckAudit, Verdict
from parvis_identity.service.purge_audit import PurgeAudit
from parvis_testing import Harness

OLD, KEPT = 400, 300
"""Days that a line of a year's time is past, and is not."""


@pytest.fixture
async def trail(service: Harness) -> AsyncIterator[Harness]:
    await service.clean()
    async with service.runtime.database.unit_of_work() as uow:
        for slug in ("paris", "lutece"):
            await collectivities.put(uow.session, Collectivity(slug, slug, slug, frozenset()))
        await uow.commit()
    yield service
    await service.clean()


async def lines(service: Harness, *ages: int, of: str = "paris") -> None:
    """A line of each age in days, in this order, in the chain."""
    for age in ages:
        async with service.runtime.database.unit_of_work() as uow:
            who, on = Actor("agent", str(uuid4())), Thing("session", str(uuid4()))
            at = datetime.now(UTC) - timedelta(days=age)
            await audit.record(uow.session, Act(Action.SESSION_ENDED, who, on, at, of))
            await uow.commit()
        # One by one: those of the same millisecond would stand in any order.
        await chain(service)


async def chain(service: Harness) -> None:
    while await AuditChain(service.runtime.database, service.runtime.master).round():
        pass


async def purged(service: Harness, reader: str | None = None) -> int:
    return await PurgeAudit(service.runtime.database, service.runtime.master, reader).round(datetime.now(UTC))


async def verdict(service: Harness) -> Verdict:
    await chain(service)
    return await CheckAudit(service.runtime.database, service.runtime.master).verdict()


async def left(service: Harness) -> list[Any]:
    rows = await service.runtime.database.pool.fetch(
        "SELECT l.sequence FROM audit_link l JOIN audit_entry e ON e.id = l.entry"
        " WHERE e.action = 'session-ended' ORDER BY l.sequence"
    )
    return [row["sequence"] for row in rows]


async def tamper(service: Harness, sql: str, *values: Any) -> None:
    connection = await asyncpg.connect(service.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(sql, *values)
    finally:
        await connection.close()


async def test_lines_go_after_a_year_and_the_chain_is_whole(trail: Harness) -> None:
    await lines(trail, OLD, OLD, KEPT, OLD, 1)
    assert await purged(trail) == 3
    assert await left(trail) == [3, 5]
    found = await verdict(trail)
    assert (found.fault, found.sequence, found.purged) == (None, 6, 3), "and the purge is a line of its own"
    last = await trail.runtime.database.pool.fetchval("SELECT action FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert last == "audit-purged"
    rows = await trail.runtime.database.pool.fetch("SELECT sequence FROM audit_link ORDER BY sequence")
    assert [row["sequence"] for row in rows] == [3, 4, 5, 6], "nothing stands for the first ones but where it begins"
    assert await purged(trail) == 0


async def test_each_town_has_its_own_period(trail: Harness) -> None:
    await lines(trail, OLD, 200)
    await lines(trail, OLD, 200, of="lutece")
    await lines(trail, OLD, of="*")
    async with trail.runtime.database.unit_of_work() as uow:
        await audit_retention.put_months(uow.session, "paris", 6)
        await audit_retention.put_months(uow.session, "lutece", 36)
        await uow.commit()
    assert await purged(trail) == 3
    assert await left(trail) == [3, 4]
    assert (await verdict(trail)).fault is None


async def test_everything_can_have_had_its_time_and_the_chain_goes_on(trail: Harness) -> None:
    await lines(trail, OLD, OLD)
    await purged(trail)
    await lines(trail, 1)
    found = await verdict(trail)
    assert (found.fault, found.sequence, found.purged) == (None, 4, 2)


async def test_a_line_waits_until_the_siem_has_it(trail: Harness) -> None:
    await lines(trail, OLD, OLD, OLD)
    assert await purged(trail, "siem") == 0
    await trail.runtime.database.pool.execute("INSERT INTO audit_reader (name, sequence) VALUES ('siem', 2)")
    assert await purged(trail, "siem") == 2
    assert await left(trail) == [3]


_ANOTHERS_SEAL = (
    "WITH gone AS (DELETE FROM audit_entry WHERE id = (SELECT entry FROM audit_link WHERE sequence = 3))"
    " INSERT INTO audit_purged SELECT 3, seal FROM audit_purged WHERE sequence = 4"
)


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        # A line more, taken out as if it had had its time: the service alone can make its seal.
        ("DELETE FROM audit_entry WHERE id = (SELECT entry FROM audit_link WHERE sequence = 3)", 3),
        (_ANOTHERS_SEAL, 3),
        ("DELETE FROM audit_purged WHERE sequence = 4", 4),
        ("UPDATE audit_purged SET seal = ''", 4),
        ("UPDATE audit_link SET hash = sha256(hash) WHERE sequence = 4", 4),
        ("DELETE FROM audit_link WHERE sequence = 4", 4),
        ("UPDATE audit_anchor SET hash = sha256(hash)", 2),
        ("UPDATE audit_anchor SET sequence = 3", 3),
        ("DELETE FROM audit_anchor", 1),
    ],
)
async def test_what_is_done_to_seals_is_found(trail: Harness, sql: str, line: int) -> None:
    await lines(trail, OLD, OLD, KEPT, OLD, 1)
    await purged(trail)
    assert (await verdict(trail)).fault is None
    await tamper(trail, sql)
    found = await verdict(trail)
    assert (found.fault is not None, found.line) == (True, line), found


@pytest.mark.parametrize(
    "sql",
    ["SELECT audit_purge(ARRAY[2]::bigint[], ARRAY['x'::bytea])", "SELECT audit_move_anchor(2, 'x')"],
)
async def test_nobody_purges_a_line_of_less_than_six_months(trail: Harness, sql: str) -> None:
    await lines(trail, OLD, 170)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await trail.runtime.database.pool.execute(sql)
    assert await left(trail) == [1, 2]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await trail.runtime.database.pool.execute("DELETE FROM audit_entry")


async def test_an_administrator_sets_the_period_and_whoever_watches_reads_it(trail: Harness) -> None:
    path, scope = "/v1/collectivity/audit-retention", "identity.collectivity.read identity.collectivity.write"
    sophie = trail.agent(roles=["administrator"], scope=scope).headers
    first = await trail.client.get(path, headers=sophie)
    assert (first.json(), first.headers["etag"]) == ({"months": 12}, '"12"')
    assert (await trail.client.put(path, json={"months": 24}, headers=sophie)).status_code == 428
    seen = sophie | {"if-match": first.headers["etag"]}
    assert (await trail.client.put(path, json={"months": 24}, headers=seen)).json() == {"months": 24}
    assert (await trail.client.put(path, json={"months": 6}, headers=seen)).status_code == 412
    for wrong in (5, 37, "12", None):
        refused = await trail.client.put(path, json={"months": wrong}, headers=sophie | {"if-match": '"24"'})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/months")
    (act,) = await trail.runtime.database.pool.fetch("SELECT * FROM audit_entry WHERE action LIKE 'audit-ret%'")
    assert (act["action"], act["details"]) == ("audit-retention-set", '{"months": ["24"]}')
    lucie = trail.agent("lutece", roles=["administrator"], scope=scope).headers
    assert (await trail.client.get(path, headers=lucie)).json() == {"months": 12}
    assert (await trail.client.get(path, headers=trail.citizen(scope=scope).headers)).status_code == 403
