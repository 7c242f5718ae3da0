# SPDX-License-Identifier: EUPL-1.2
"""The chain of the audit trail: whatever is done to a line, the check names the first that is not as it was."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis_identity.db import audit
from parvis_identity.domain.audit import Act, Action, Actor, Thing, link_hash
from parvis_identity.service.audit_chain import AuditChain, CheckAudit, Verdict, chain_key
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.ids import uuid7
from parvis_testing import Harness

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
async def trail(service: Harness) -> AsyncIterator[Harness]:
    await service.clean()
    yield service
    await service.clean()


async def write(service: Harness, count: int) -> None:
    """That many acts, each in a transaction of its own."""
    for number in range(count):
        async with service.runtime.database.unit_of_work() as uow:
            who, on = Actor("agent", str(uuid4()), "demo-backoffice"), Thing("session", str(uuid4()))
            what = {"reason": [f"number-{number}"]}
            await audit.record(uow.session, Act(Action.SESSION_ENDED, who, on, NOW, "paris", what))
            await uow.commit()


async def chained(service: Harness, count: int) -> None:
    await write(service, count)
    while await AuditChain(service.runtime.database, service.runtime.master).round():
        pass


async def verdict(service: Harness) -> Verdict:
    return await CheckAudit(service.runtime.database, service.runtime.master).verdict()


async def tamper(service: Harness, *statements: tuple[Any, ...]) -> None:
    """As somebody who owns the whole server, and has put our trigger out of the way."""
    connection = await asyncpg.connect(service.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        for sql, *values in statements:
            await connection.execute(sql, *values)
    finally:
        await connection.close()


async def test_an_untouched_chain_is_whole(trail: Harness) -> None:
    assert await verdict(trail) == Verdict(0, bytes(32), 0)
    await chained(trail, 7)
    await write(trail, 2)
    found = await verdict(trail)
    assert (found.sequence, found.waiting, found.fault) == (7, 2, None)


async def test_workers_at_once_make_one_chain_and_acts_do_not_wait_for_it(trail: Harness) -> None:
    await write(trail, 40)
    workers = [AuditChain(trail.runtime.database, trail.runtime.master) for _ in range(3)]
    grown = await asyncio.gather(*(worker.round() for worker in workers), write(trail, 5))
    assert sum(one for one in grown if one) >= 40
    await chained(trail, 0)
    found = await verdict(trail)
    assert (found.sequence, found.waiting, found.fault) == (45, 0, None)


async def test_an_act_is_recorded_while_the_chain_is_locked(trail: Harness) -> None:
    async with trail.runtime.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO audit_head VALUES ('identity', 0, '') ON CONFLICT DO NOTHING")
        await connection.execute("SELECT 1 FROM audit_head FOR UPDATE")
        await asyncio.wait_for(write(trail, 3), 10)


_INSERT = (
    "INSERT INTO audit_entry (id, collectivity, occurred_at, action, actor_kind, actor, object_kind, object, details)"
    " VALUES ($1, 'paris', $2, 'signed-in', 'agent', 'x', 'session', 'y', '{}')"
)
CHANGES = [
    ("action", "'signed-in'"),
    ("actor", "'somebody-else'"),
    ("actor_kind", "'system'"),
    ("client_id", "NULL"),
    ("object", "'other'"),
    ("object_kind", "'agent'"),
    ("collectivity", "'lutece'"),
    ("occurred_at", "occurred_at - interval '1 microsecond'"),
    ("details", '\'{"reason": ["number-0", "x"]}\''),
]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_a_line_changed_taken_out_or_put_in_is_found(trail: Harness, data: st.DataObject) -> None:
    await trail.clean()
    count = data.draw(st.integers(2, 6))
    await chained(trail, count)
    line = data.draw(st.integers(1, count))
    what = data.draw(st.sampled_from(["change", "remove", "remove both", "renumber", "insert", "swap", "cut", "stray"]))
    the_entry = "id = (SELECT entry FROM audit_link WHERE sequence = $1)"
    first = line
    if what == "change":
        column, value = data.draw(st.sampled_from(CHANGES))
        await tamper(trail, (f"UPDATE audit_entry SET {column} = {value} WHERE {the_entry}", line))
    elif what == "remove":
        await tamper(trail, (f"DELETE FROM audit_entry WHERE {the_entry}", line))
    elif what == "remove both":
        await tamper(trail, *_removal(line))
    elif what == "renumber":
        later = "UPDATE audit_link SET sequence = -sequence + 1 WHERE sequence > $1", line
        await tamper(trail, *_removal(line), later, ("UPDATE audit_link SET sequence = -sequence WHERE sequence < 0",))
    elif what == "insert":
        first = count + 1
        await tamper(trail, *_forged(first))
        assert (await verdict(trail)).line == first
        await tamper(trail, ("UPDATE audit_head SET sequence = $1", first))
    elif what == "swap":
        first = 1 if line == 1 else line - 1
        other = line + 1 if line == 1 else line - 1
        await tamper(
            trail,
            ("UPDATE audit_link SET sequence = -$1::bigint WHERE sequence = $1", line),
            ("UPDATE audit_link SET sequence = $1 WHERE sequence = $2", line, other),
            ("UPDATE audit_link SET sequence = $2 WHERE sequence = -$1::bigint", line, other),
        )
    elif what == "cut":
        await tamper(
            trail,
            ("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM audit_link WHERE sequence >= $1)", line),
            ("DELETE FROM audit_link WHERE sequence >= $1", line),
        )
    else:
        forged = _forged(0)[0]
        await tamper(trail, forged)
        found = await verdict(trail)
        assert (found.fault, found.entry) == ("the entry was put in beside the chain", forged[1])
        return
    found = await verdict(trail)
    assert (found.fault is not None, found.line) == (True, first)


async def test_a_chain_made_anew_with_another_key_is_found(trail: Harness) -> None:
    await chained(trail, 3)
    stranger = MasterKey(b64encode(b"\x01" * 32).decode())
    wrong = await CheckAudit(trail.runtime.database, stranger).verdict()
    assert wrong.line == 1
    assert chain_key(stranger) != chain_key(trail.runtime.master)


@pytest.mark.parametrize("table", ["audit_entry", "audit_link"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_role_of_the_service_can_change_nothing(trail: Harness, table: str, statement: str) -> None:
    await chained(trail, 1)
    column = "hash" if table == "audit_link" else "action"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await trail.runtime.database.pool.execute(statement.format(table, column, column))


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_link"])
async def test_their_owner_is_kept_from_a_slip_of_the_hand(trail: Harness, statement: str) -> None:
    await chained(trail, 1)
    owner = trail.runtime.settings.owner_database_url.get_secret_value()
    connection = await asyncpg.connect(owner)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("word", ["Camille Moreau", "camille@paris.example", "Élodie", "", "a b", "x" * 201])
def test_a_word_that_may_be_somebodys_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="codes and opaque identifiers"):
        Act(Action.SIGNED_IN, Actor("agent", str(uuid4())), Thing("session", "1"), NOW, "paris", {"name": [word]})
    with pytest.raises(ValueError, match="codes and opaque identifiers"):
        Act(Action.SIGNED_IN, Actor("agent", word), Thing("session", "1"), NOW, "paris")


def _removal(line: int) -> tuple[tuple[Any, ...], ...]:
    return (
        ("DELETE FROM audit_entry WHERE id = (SELECT entry FROM audit_link WHERE sequence = $1)", line),
        ("DELETE FROM audit_link WHERE sequence = $1", line),
    )


def _forged(sequence: int) -> tuple[tuple[Any, ...], ...]:
    """A line that somebody without the key would like to have stood there."""
    entry, key = uuid7(), secrets.token_bytes(32)
    made = audit.entry_of(
        type("Row", (), {
            "id": entry, "collectivity": "paris", "occurred_at": NOW, "action": "signed-in", "actor_kind": "agent",
            "actor": "x", "client_id": None, "object_kind": "session", "object": "y", "details": {},
        }),
        sequence,
    )  # fmt: skip
    return (
        (
            _INSERT,
            entry,
            NOW,
        ),
        ("INSERT INTO audit_link VALUES ($1, $2, $3)", sequence, entry, link_hash(key, sequence, bytes(32), made)),
    )
