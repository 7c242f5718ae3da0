# SPDX-License-Identifier: EUPL-1.2
"""Signing keys: made once, published before they sign, replaced on command, never readable in the database."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt

from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.service.key_ring import KeyRing, TooEarlyError
from parvis_identity.service.scheduled_rotation import ScheduledRotation
from parvis_kit.crypto.keys import MasterKey, UnreadableError
from parvis_testing import Harness

NONE = timedelta(0)
TABLES = {SigningAlgorithm.ES256: "signing_key", SigningAlgorithm.RS256: "rsa_signing_key"}


@pytest.fixture
async def rings(service: Harness) -> AsyncIterator[list[KeyRing]]:
    await service.clean()
    yield [KeyRing(service.runtime.database, service.runtime.master) for _ in range(4)]
    await service.clean()


async def rotations(service: Harness) -> list[tuple[str, str, Any]]:
    rows = await service.runtime.database.pool.fetch(
        "SELECT actor_kind, actor, details FROM audit_entry WHERE action = $1", "signing-key-rotated"
    )
    return [(row["actor_kind"], row["actor"], json.loads(row["details"])) for row in rows]


async def kids(ring: KeyRing) -> list[str]:
    return [str(key.kid) for key in (await ring.published()).keys]


async def test_processes_that_start_at_once_make_one_pair(rings: list[KeyRing], service: Harness) -> None:
    for algorithm, table in TABLES.items():
        signing = await asyncio.gather(*(ring.signing(algorithm) for ring in rings))
        assert len({key.kid for key in signing}) == 1
        assert await service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}") == 2


async def test_the_next_key_signs_after_a_rotation_and_the_old_one_still_verifies(rings: list[KeyRing]) -> None:
    ring, other = rings[:2]
    before = {algorithm: await ring.signing(algorithm) for algorithm in TABLES}
    tokens = {each: jwt.encode({"alg": each.value, "kid": old.kid}, {"a": 1}, old) for each, old in before.items()}
    published = await kids(ring)
    await ring.rotate(overlap=NONE)
    assert len(await kids(ring)) == 6
    for algorithm, old in before.items():
        new = await ring.signing(algorithm)
        assert new.kid != old.kid
        assert new.kid in published, "verifiers knew it before"
        assert jwt.decode(tokens[algorithm], await ring.published(), algorithms=[algorithm.value]).claims == {"a": 1}
        assert (await other.signing(algorithm)).kid == new.kid


async def test_a_key_does_not_sign_before_verifiers_can_know_it(rings: list[KeyRing]) -> None:
    await rings[0].signing()
    with pytest.raises(TooEarlyError):
        await rings[0].rotate(overlap=timedelta(minutes=30))


async def test_a_compromised_key_is_withdrawn_at_once(rings: list[KeyRing], service: Harness) -> None:
    old = {(await rings[0].signing(algorithm)).kid for algorithm in TABLES}
    await rings[0].rotate(overlap=timedelta(minutes=30), compromised=True)
    assert not old & set(await kids(rings[0]))
    assert len(await kids(rings[0])) == 4
    assert [details["reason"] for _, _, details in await rotations(service)] == [["compromised"]]


async def test_a_retired_key_leaves_the_published_ones_after_an_hour(rings: list[KeyRing], service: Harness) -> None:
    old = await rings[0].signing()
    await rings[0].rotate(overlap=NONE)
    await service.runtime.database.pool.execute(
        "UPDATE signing_key SET retired_at = now() - interval '61 minutes' WHERE status = 'past'"
    )
    assert old.kid not in await kids(rings[1])


async def test_without_the_master_key_nobody_signs(rings: list[KeyRing], service: Harness) -> None:
    await rings[0].signing()
    stranger = KeyRing(service.runtime.database, MasterKey("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="))
    with pytest.raises(UnreadableError):
        await stranger.signing()


async def test_a_key_that_has_signed_for_its_time_is_replaced_by_one_worker(
    rings: list[KeyRing], service: Harness
) -> None:
    schedules = [ScheduledRotation(ring, timedelta(days=30)) for ring in rings]
    old = await rings[0].signing()
    assert not await schedules[0].once()
    known = await kids(rings[0])
    for table in TABLES.values():
        assert not await schedules[0].once(), "they are replaced together"
        await service.runtime.database.pool.execute(
            f"UPDATE {table} SET created_at = created_at - interval '30 days' WHERE status = 'next'"
        )
    assert sorted(await asyncio.gather(*(schedule.once() for schedule in schedules))) == [False, False, False, True]
    new = await KeyRing(service.runtime.database, service.runtime.master).signing()
    assert new.kid != old.kid
    assert new.kid in known, "verifiers knew it for as long as the old one signed"
    assert not await schedules[1].once()
    ((kind, who, details),) = await rotations(service)
    assert (kind, who, details["reason"]) == ("service", "worker", ["due"])
    assert old.kid in details["replaced"]
    assert len(details["replaced"]) == len(TABLES)


async def test_a_worker_that_starts_first_makes_the_keys(rings: list[KeyRing], service: Harness) -> None:
    assert not await ScheduledRotation(rings[0], timedelta(days=30)).once()
    assert await service.runtime.database.pool.fetchval("SELECT count(*) FROM signing_key") == 2
