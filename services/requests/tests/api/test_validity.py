# SPDX-License-Identifier: EUPL-1.2
"""Until when holds what was granted: agents say it after the end, the person reads it, and it is told."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from requests_town import Town

from parvis_requests.domain.calendar import PARIS
from parvis_testing import Caller


def ahead(**days: int) -> str:
    return (datetime.now(PARIS).date() + timedelta(**days)).isoformat()


async def ended(town: Town, citizen: Caller, agent: Caller) -> tuple[dict[str, Any], str]:
    request = (await town.submit(citizen)).json()
    taken = await town.act(agent, request, "take", '"1"')
    resolved = await town.act(agent, request, "resolve", taken.headers["etag"])
    assert resolved.status_code == 201, resolved.text
    return request, resolved.headers["etag"]


async def say(town: Town, caller: Caller, request: dict[str, Any], tag: str, **body: Any) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    return await town.client.post(f"/v1/requests/{request['id']}/validity", json=body, headers=headers)


async def told(town: Town) -> list[tuple[str | None, str | None]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.request-validity-set.v1' ORDER BY sequence"
    )
    said = [json.loads(row["data"]) for row in rows]
    return [(each["valid_until_on"], each["remind_at"]) for each in said]


async def test_the_person_reads_until_when_it_holds_and_whoever_reminds_them_is_told(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request, tag = await ended(town, citizen, agent)
    last = ahead(days=365)
    said = await say(town, agent, request, tag, until_on=last)
    assert said.status_code == 201, said.text
    shown = (await town.get(citizen, f"/v1/requests/{request['id']}")).json()
    assert shown["valid_until_on"] == last
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert acts[-1]["action"] == {"code": "validity", "label": "Durée de validité"}
    ((until, remind_at),) = await told(town)
    morning = datetime.fromisoformat(str(remind_at)).astimezone(PARIS)
    assert (until, morning.date(), morning.hour) == (last, date.fromisoformat(last) - timedelta(days=60), 9)


async def test_it_is_corrected_and_taken_back_in_the_version_that_the_agent_saw(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request, tag = await ended(town, citizen, agent)
    said = await say(town, agent, request, tag, until_on=ahead(days=400))
    assert (await say(town, agent, request, tag, until_on=ahead(days=10))).status_code == 412
    soon = await say(town, agent, request, said.headers["etag"], until_on=ahead(days=10), reminder_days=30)
    gone = await say(town, agent, request, soon.headers["etag"], until_on=None)
    assert (gone.status_code, gone.json()["valid_until_on"]) == (201, None)
    assert [(until, at is None) for until, at in await told(town)] == [
        (ahead(days=400), False), (ahead(days=10), True), (None, True)
    ], "a reminder that would be past is none"  # fmt: skip


@pytest.mark.parametrize("days", [-1, 36_600])
async def test_a_day_that_is_over_or_too_far_away_is_refused_where_it_stands(town: Town, days: int) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request, tag = await ended(town, citizen, agent)
    refused = await say(town, agent, request, tag, until_on=ahead(days=days))
    assert (refused.status_code, refused.json()["code"]) == (422, "validity-day")
    assert refused.json()["errors"][0]["pointer"] == "/until_on"
    assert (await say(town, agent, request, tag, until_on=ahead(days=0))).status_code == 201, "today is not over"


async def test_nothing_holds_before_the_end_and_no_citizen_says_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    early = await say(town, agent, request, '"1"', until_on=ahead(days=30))
    assert (early.status_code, early.json()["code"]) == (409, "transition-not-allowed")
    ended_one, tag = await ended(town, citizen, agent)
    assert (await say(town, citizen, ended_one, tag, until_on=ahead(days=30))).status_code == 403
    assert await told(town) == []


async def test_the_service_that_reminds_asks_what_was_granted_and_until_when(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request, tag = await ended(town, citizen, agent)
    system = town.service.system()
    path = f"/internal/v1/requests/{request['id']}/validity?collectivity="
    internal = town.service.internal
    assert (await internal.get(f"{path}paris", headers=system.headers)).status_code == 404, "no day was said"
    await say(town, agent, request, tag, until_on=ahead(days=30))
    found = await internal.get(f"{path}paris", headers=system.headers | {"Accept-Language": "en"})
    assert (found.status_code, found.json()["valid_until_on"]) == (200, ahead(days=30))
    assert found.json()["request_type"]["label"] == "Cardboard boxes"
    assert (await internal.get(f"{path}lyon", headers=system.headers)).status_code == 404
    assert (await internal.get(f"{path}paris", headers=citizen.headers)).status_code == 403
    await town.service.runtime.database.pool.execute("UPDATE request SET valid_until_on = current_date - 2")
    assert (await internal.get(f"{path}paris", headers=system.headers)).status_code == 404, "it has ended"
