# SPDX-License-Identifier: EUPL-1.2
"""Accounts that are joined or erased, and what their people asked of the register."""

from uuid import UUID

import pytest
from notifications_alerts import Alerts
from own_register import ENTRIES, asked, entered, mine, person, say

from parvis_notifications.service.follow_merge import follow_merge
from parvis_notifications.service.forget_erased import forget_erased
from parvis_testing import Caller


@pytest.mark.parametrize("taken", [False, True])
async def test_an_account_that_is_joined_to_another_takes_its_entry_along(alerts: Alerts, taken: bool) -> None:
    runtime = alerts.town.post.service.runtime
    gone, stays, asking = person(alerts), person(alerts), person(alerts)
    entry = await entered(alerts, gone)
    own = await entered(alerts, stays) if taken else entry
    await say(alerts, asking, given_names="Zoé")
    for absorbed in (gone, asking):
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, UUID(absorbed.subject), UUID(stays.subject), "paris")
            await uow.commit()
    assert (await mine(alerts, gone)).status_code == 404
    found = await alerts.town.post.pool.fetchval("SELECT id FROM register_entry WHERE person = $1", UUID(stays.subject))
    assert str(found) == own
    assert await asked(alerts) == [], "they have an entry, and correct that"
    assert (await mine(alerts, stays)).json()["content"]["given_names"] == "Odette"


async def test_what_was_asked_by_either_of_two_accounts_goes_where_there_is_an_entry_and_else_stays(
    alerts: Alerts,
) -> None:
    runtime = alerts.town.post.service.runtime
    gone, stays, asking = person(alerts), person(alerts), person(alerts)
    await entered(alerts, gone)
    await say(alerts, asking, given_names="Zoé")

    async def joined(absorbed: Caller) -> None:
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, UUID(absorbed.subject), UUID(stays.subject), "paris")
            await uow.commit()

    await joined(asking)
    (request,) = await asked(alerts)
    assert (request["person"], request["content"]["given_names"]) == (stays.subject, "Zoé")
    await joined(gone)
    assert await asked(alerts) == []
    assert (await mine(alerts, stays)).json()["content"]["given_names"] == "Odette"


async def test_whose_account_is_erased_stays_in_the_register_and_what_they_asked_goes(alerts: Alerts) -> None:
    runtime, pool = alerts.town.post.service.runtime, alerts.town.post.pool
    odette, other = person(alerts), person(alerts)
    entry = await entered(alerts, odette)
    await say(alerts, other)
    for each in (odette, other):
        await runtime.persons.destroy(UUID(each.subject))
    assert await asked(alerts) == []
    await forget_erased(pool, runtime.persons, pause_seconds=0)
    assert await pool.fetch("SELECT 1 FROM register_request") == []
    kept = await alerts.read(f"{ENTRIES}/{entry}")
    assert (kept["person"], kept["content"]["given_names"]) == (None, "Odette")
