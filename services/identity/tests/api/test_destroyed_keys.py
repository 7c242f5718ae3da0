# SPDX-License-Identifier: EUPL-1.2
"""What a back-up brings back of people who were erased goes again, and so does who was erased by hand."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from counter import by_franceconnect, token_in
from erased_people import told
from identity_town import Town
from local_people import registered

from parvis_identity.service.follow_destroyed_keys import FollowDestroyedKeys


async def followed(town: Town, batch: int = 500) -> int:
    follow = FollowDestroyedKeys(town.runtime.database, town.runtime.persons)
    return await follow.round(datetime.now(UTC), batch)


@pytest.mark.parametrize("batch", [1, 500])
async def test_an_account_whose_key_is_no_more_is_emptied_and_told_of_and_no_other(town: Town, batch: int) -> None:
    browser = await registered(town)
    person, other = await (await token_in(town, browser)).id(), await by_franceconnect(town)
    assert await followed(town, batch) == 0
    await town.runtime.persons.destroy(UUID(person))
    assert await followed(town, batch) == 1
    assert [str(event["person"]) for event in await told(town)] == [person]
    assert (await browser.get("/account/profile")).status_code == 401
    assert (await other.get("/v1/me")).status_code == 200
    assert await followed(town, batch) == 0, "once"
    anew = await token_in(town, await registered(town))
    assert await anew.id() != person, "its address is free again"


async def test_a_key_store_that_knows_nobody_erases_nobody(town: Town) -> None:
    await by_franceconnect(town)
    await town.runtime.persons._pool.execute("DELETE FROM person_key")  # noqa: SLF001 - the key store itself
    town.runtime.persons._cache.clear()  # noqa: SLF001 - as after a restart
    assert await followed(town) == 0
    (row,) = await town.rows("SELECT erased_at FROM person")
    assert row["erased_at"] is None
