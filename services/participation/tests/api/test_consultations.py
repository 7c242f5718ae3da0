# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

from participation_town import Town

from parvis_participation.service.tell_times import tell_times


async def test_a_draft_is_seen_by_nobody_until_it_is_published(town: Town) -> None:
    agent = town.service.agent()
    created = await town.create(agent)
    assert (created.status_code, created.json()["state"]) == (201, "draft")
    path = created.headers["location"]
    assert (await town.client.get(path)).status_code == 404
    await town.act(agent, created.json(), "publish")
    shown = await town.client.get(path, headers={"Accept-Language": "en"})
    assert (shown.json()["state"], shown.json()["title"]) == ("open", "Text")
    assert (
        await town.client.get(path, headers={"If-None-Match": shown.headers["etag"], "Accept-Language": "en"})
    ).status_code == 304
    listed = await town.client.get("/v1/collectivities/paris/consultations", params={"state": "open"})
    assert [item["id"] for item in listed.json()["items"]] == [created.json()["id"]]
    assert (await town.client.get("/v1/collectivities/paris/consultations?state=closed")).json()["items"] == []


async def test_only_agents_prepare_consultations(town: Town) -> None:
    for caller in (town.service.citizen(), town.service.system()):
        assert (await town.create(caller)).status_code == 403


async def test_another_collectivity_sees_and_touches_nothing(town: Town) -> None:
    consultation = await town.opened()
    foreign_agent, foreign_citizen = town.service.agent("lutece"), town.service.citizen("lutece")
    assert (await town.act(foreign_agent, consultation, "close")).status_code == 404
    assert (await town.answer(foreign_citizen, consultation)).status_code == 404
    path = f"/v1/consultations/{consultation['id']}/results"
    assert (await town.client.get(path, headers=foreign_agent.headers)).status_code == 404
    assert (await town.client.get(f"/v1/collectivities/lutece/consultations/{consultation['id']}")).status_code == 404
    assert (await town.client.get("/v1/collectivities/lutece/consultations")).json()["items"] == []


async def test_a_wrong_period_or_twin_options_are_pointed_at(town: Town) -> None:
    agent, now = town.service.agent(), datetime.now(UTC)
    wrong = await town.create(agent, closes_at=(now - timedelta(hours=2)).isoformat())
    assert [e["pointer"] for e in wrong.json()["errors"]] == ["/closes_at"]
    twin = {"code": "yes", "label": {"fr": "Oui", "en": "Yes"}}
    twins = await town.create(agent, options=[twin, twin])
    assert [e["pointer"] for e in twins.json()["errors"]] == ["/options"]
    assert await town.count("consultation") == 0


async def test_an_agent_acts_on_the_version_that_was_seen(town: Town) -> None:
    consultation, agent = await town.opened(), town.service.agent()
    assert (await town.act(agent, consultation | {"version": 1}, "close")).status_code == 412
    assert (await town.act(agent, consultation, "publish")).status_code == 409


async def test_opening_and_closing_are_told_once_each_in_order_even_late(town: Town) -> None:
    consultation, database = await town.opened(), town.service.runtime.database
    now = datetime.now(UTC)
    assert await tell_times(database, now) == 1
    assert await tell_times(database, now) == 0
    assert await tell_times(database, now + timedelta(days=2)) == 1
    rows = await database.pool.fetch("SELECT type, sequence FROM outbox ORDER BY sequence")
    assert [(row["type"].split(".")[3], row["sequence"]) for row in rows] == [
        ("consultation-opened", 3), ("consultation-closed", 4),
    ]  # fmt: skip
    late = await town.opened()
    assert await tell_times(database, now + timedelta(days=2)) == 2
    told = "SELECT type FROM outbox WHERE aggregate_id = $1::uuid ORDER BY sequence"
    types = [row["type"].split(".")[3] for row in await database.pool.fetch(told, late["id"])]
    assert types == ["consultation-opened", "consultation-closed"]
    assert consultation["id"] != late["id"]
