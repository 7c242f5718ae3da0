# SPDX-License-Identifier: EUPL-1.2
"""Accounts that are joined or erased, and what their people asked of the register."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from own_register import CORRECTED, ENTRIES, ODETTE, accept, asked, by_an_agent, entered, mine, person, say

from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_notifications.service.follow_merge import follow_merge
from parvis_notifications.service.forget_erased import forget_erased
from parvis_notifications.service.settle_register_requests import accept as settle_accepted
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


async def test_what_an_agent_accepts_as_accounts_are_joined_is_of_the_one_that_stays(alerts: Alerts) -> None:
    runtime, pool = alerts.town.post.service.runtime, alerts.town.post.pool
    gone, stays = person(alerts), person(alerts)
    await say(alerts, gone)
    (request,) = await asked(alerts)
    agent = Principal(PrincipalKind.AGENT, alerts.second.subject, "paris", "backoffice", frozenset())

    async def joined() -> None:
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, UUID(gone.subject), UUID(stays.subject), "paris")
            await uow.commit()

    waiting = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    async with runtime.database.unit_of_work() as uow, asyncio.timeout(30):
        at = datetime.now(UTC)
        await settle_accepted(
            uow.session,
            runtime.persons,
            runtime.blind_index,
            agent,
            UUID(request["id"]),
            None,
            version=request["version"],
            now=at,
        )
        joining = asyncio.create_task(joined())
        while not joining.done() and not await pool.fetchval(waiting):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
        await uow.commit()
    await joining
    assert [row["person"] for row in await pool.fetch("SELECT person FROM register_entry")] == [UUID(stays.subject)]
    assert (await mine(alerts, stays)).json()["state"] == "entered"


async def test_an_entry_and_its_log_name_no_account_that_was_erased_or_joined(alerts: Alerts) -> None:
    runtime, pool = alerts.town.post.service.runtime, alerts.town.post.pool
    gone, stays = person(alerts), person(alerts)
    await entered(alerts, gone)
    assert (await say(alerts, gone, **CORRECTED | {"given_names": "Zoé"})).status_code == 200
    named = """SELECT agent FROM register_access WHERE act LIKE 'own-%'
        UNION SELECT agent FROM register_change WHERE own"""
    async with runtime.database.unit_of_work() as uow:
        await follow_merge(uow.session, runtime.persons, UUID(gone.subject), UUID(stays.subject), "paris")
        await uow.commit()
    assert [row["agent"] for row in await pool.fetch(named)] == [UUID(stays.subject)]
    agents = "SELECT count(*) FROM register_access WHERE agent = $1"
    before = await pool.fetchval(agents, UUID(alerts.second.subject))
    await runtime.persons.destroy(UUID(stays.subject))
    await forget_erased(pool, runtime.persons, pause_seconds=0)
    assert [row["agent"] for row in await pool.fetch(named)] == [UUID(int=0)]
    assert await pool.fetchval(agents, UUID(alerts.second.subject)) == before > 0


async def test_who_is_linked_has_agreed_by_their_own_words_and_who_is_not_any_more_has_not(alerts: Alerts) -> None:
    pool, agreed = alerts.town.post.pool, "SELECT way, words FROM consent ORDER BY id"
    entry, odette = await by_an_agent(alerts), person(alerts)
    await say(alerts, odette, words="De moi-même.")
    (request,) = await asked(alerts)
    assert (await accept(alerts, request, entry)).status_code == 201
    desk = ("desk", ODETTE["words"])
    assert [tuple(row) for row in await pool.fetch(agreed)] == [desk, ("account", "De moi-même.")]
    at = await pool.fetchval("SELECT created_at FROM consent WHERE way = 'account'")
    assert at.isoformat().replace("+00:00", "Z") == request["asked_at"]
    headers = alerts.second.headers | {"If-Match": '"2"'}
    assert (await alerts.town.client.post(f"{ENTRIES}/{entry}/unlinkings", headers=headers)).status_code == 204
    assert [tuple(row) for row in await pool.fetch(agreed)] == [desk]


async def test_an_entry_keeps_what_it_was_made_by_though_a_link_of_before_kept_no_consent(alerts: Alerts) -> None:
    pool, client = alerts.town.post.pool, alerts.town.client
    odette, second = person(alerts), person(alerts)
    entry = await entered(alerts, odette)
    path = f"{ENTRIES}/{entry}/unlinkings"
    assert (await client.post(path, headers=alerts.second.headers | {"If-Match": '"1"'})).status_code == 204
    await say(alerts, second)
    (request,) = await asked(alerts)
    assert (await accept(alerts, request, entry)).status_code == 201
    await pool.execute("DELETE FROM consent WHERE id = (SELECT id FROM consent ORDER BY id DESC LIMIT 1)")
    assert (await client.post(path, headers=alerts.second.headers | {"If-Match": '"3"'})).status_code == 204
    assert await pool.fetchval("SELECT way FROM consent") == "account"


async def test_who_was_killed_while_leaving_may_ask_again(alerts: Alerts) -> None:
    odette, runtime = person(alerts), alerts.town.post.service.runtime
    entry = await entered(alerts, odette)
    await runtime.persons.destroy(UUID(entry))  # and the process died before the commit
    assert (await mine(alerts, odette)).status_code == 404
    assert (await say(alerts, odette)).json()["state"] == "asked"
    assert await alerts.town.post.pool.fetch("SELECT 1 FROM register_entry") == []
    assert (await accept(alerts, (await asked(alerts))[0])).status_code == 201
