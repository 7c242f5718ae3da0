# SPDX-License-Identifier: EUPL-1.2
"""What is kept for people whose key was destroyed is gone within a day, though nobody told that they were erased."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications_browsers import Browsers, PushService
from notifications_gathering import gathering, published
from notifications_locks import held_up
from notifications_post import Post, erased
from notifications_town import EMERGENCY, HALL, NEWS, Town, place, wishes

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_notifications.service.forget_erased import forget_erased
from parvis_testing import Caller

_KEPT = ("subscriber", "place", "consent", "subscription", "push_subscription", "digest")


async def settle(town: Town, pushes: PushService) -> Caller:
    """Somebody for whom there is something of each kind."""
    reader = town.post.person()
    chosen = wishes(consents=[NEWS, EMERGENCY], places=[place(HALL)])
    assert (await town.choose(reader, chosen)).status_code == 200
    browsers = Browsers(town.post, pushes)
    await browsers.subscribe(reader, browsers.body(browsers.browser()))
    await town.post.pool.execute(
        "INSERT INTO digest (id, collectivity, person, work, due_at, look_at, created_at)"
        " VALUES ($1, 'paris', $2, false, now() + interval '1 h', now() + interval '1 h', now())",
        uuid4(),
        UUID(reader.subject),
    )
    return reader


async def kept(town: Town) -> dict[str, int]:
    pool = town.post.pool
    return {table: await pool.fetchval(f"SELECT count(*) FROM {table}") for table in _KEPT}


async def check(town: Town, persons: PersonKeys | None = None, **bounds: Any) -> int:
    runtime = town.post.service.runtime
    return await forget_erased(town.post.pool, persons or runtime.persons, pause_seconds=0, **bounds)


async def test_who_was_erased_elsewhere_is_told_of_by_identity_and_the_key_goes_here(town: Town) -> None:
    reader, other = town.post.person(), town.post.person()
    persons = town.post.service.runtime.persons
    both = {UUID(reader.subject), UUID(other.subject)}
    await persons.of_many(both, make=True)
    for _ in range(2):
        await town.post.hear(erased(reader))
    assert (await persons.of_many(both)).keys() == {UUID(other.subject)}
    with pytest.raises(KeyDestroyedError):
        await persons.of(UUID(reader.subject))


@pytest.mark.parametrize("batch", [1, 500])
async def test_all_that_is_kept_for_who_was_erased_goes_and_nothing_of_the_others(
    town: Town, pushes: PushService, batch: int
) -> None:
    people = [await settle(town, pushes) for _ in range(3)]
    before = await kept(town)
    assert all(count % 3 == 0 and count for count in before.values())
    assert await check(town, batch=batch) == 0
    erased = people[1]
    await town.post.service.runtime.persons.destroy(UUID(erased.subject))
    assert await check(town, batch=batch) == 3
    assert await kept(town) == {table: count // 3 * 2 for table, count in before.items()}
    gone = UUID(erased.subject)
    for table in ("subscriber", "push_subscription", "digest"):
        assert await town.post.pool.fetchval(f"SELECT count(*) FROM {table} WHERE person = $1", gone) == 0
    assert await check(town, batch=batch) == 0


async def test_a_key_store_that_knows_nobody_erases_nobody(town: Town, pushes: PushService) -> None:
    reader = await settle(town, pushes)
    before = await kept(town)
    runtime = town.post.service.runtime
    keys = runtime.persons._pool  # noqa: SLF001
    await keys.execute("DELETE FROM person_key WHERE person = $1", UUID(reader.subject))
    empty = PersonKeys(keys, runtime.master)
    assert await check(town, empty) == 0
    assert await kept(town) == before


async def test_who_was_taken_out_half_way_goes_as_well(town: Town) -> None:
    await town.subscribed("zoe@example.org", places=[place(HALL)])
    (row,) = await town.post.pool.fetch("SELECT id FROM subscriber")
    await town.post.service.runtime.persons.destroy(row["id"])
    assert await check(town) == 1
    assert (await kept(town))["place"] == 0


async def test_news_that_were_gathered_while_somebody_was_forgotten_wait_for_no_mail_either(post: Post) -> None:
    town = Town(post)
    assert (await town.topic()).status_code == 200
    reader = await gathering(town)
    for subject in ("Rue barrée", "Place fermée"):
        await published(town, subject)
    await town.send()
    pool, runtime = post.pool, post.service.runtime
    await pool.execute("UPDATE broadcast_delivery SET digest_id = NULL, state = 'sending'")
    digest = await pool.fetchval("SELECT id FROM digest")
    await runtime.persons.destroy(reader.person)
    async with pool.acquire() as other, other.transaction():
        await other.execute("UPDATE digest SET due_at = due_at")
        await other.execute("UPDATE broadcast_delivery SET digest_id = $1, state = 'gathered'", digest)
        forgetting = asyncio.create_task(forget_erased(pool, runtime.persons, pause_seconds=0))
        # It waits for what is being gathered.
        assert await held_up(pool, forgetting)
    await forgetting
    states = await pool.fetch("SELECT DISTINCT state FROM broadcast_delivery")
    assert ([row["state"] for row in states], await pool.fetchval("SELECT count(*) FROM digest")) == (["failed"], 0)
    await town.aclose()
