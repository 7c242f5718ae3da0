# SPDX-License-Identifier: EUPL-1.2
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from poll_town import TEXT, PollTown, approve


async def test_publishing_freezes_a_poll_and_shows_it(polling: PollTown) -> None:
    agent = polling.service.agent()
    created = await polling.create(agent)
    assert (created.status_code, created.json()["state"]) == (201, "draft")
    path = created.headers["location"]
    assert (await polling.client.get(path)).status_code == 404
    published = await polling.publish(agent, created.json())
    assert (published.json()["state"], published.json()["digest"]) == ("scheduled", created.json()["digest"])
    assert (await polling.publish(agent, published.json())).status_code == 409
    assert (await polling.publish(agent, created.json())).status_code == 412
    shown = (await polling.client.get(path, headers={"Accept-Language": "en"})).json()
    assert (shown["title"], shown["root"], shown["board"]["threshold"]) == ("Text", None, 2)
    listed = (await polling.client.get("/v1/collectivities/paris/polls")).json()["items"]
    assert [item["id"] for item in listed] == [shown["id"]]


async def test_a_poll_that_has_opened_can_no_longer_be_published(polling: PollTown) -> None:
    agent = polling.service.agent()
    created = await polling.create(agent)
    polling.when("open")
    assert (await polling.publish(agent, created.json())).status_code == 409


TWIN = {"code": "park", "label": TEXT}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"closes_at": (datetime.now(UTC) - timedelta(days=9)).isoformat()}, "/closes_at"),
        ({"options": [TWIN, TWIN]}, "/options"),
        ({"options": [TWIN, {"code": "bench", "label": TEXT, "cost": "0"}]}, "/options"),
        ({"budgets": [{"area": "north", "amount": "1"}]}, "/budgets"),
        ({"budgets": [{"area": None, "amount": "1"}, {"area": None, "amount": "2"}]}, "/budgets"),
        ({"ballot": {"kind": "approval", "least": 3, "most": 2}}, "/ballot"),
        ({"ballot": {"kind": "approval", "least": 1, "most": 2, "points": 4}}, "/ballot"),
        ({"method": {"rule": "schulze"}}, "/method"),
        ({"board": {"key": "04" + "00" * 64, "members": 3, "threshold": 2}}, "/board/key"),
    ],
)
async def test_what_cannot_be_a_poll_is_pointed_at(polling: PollTown, changes: dict[str, Any], pointer: str) -> None:
    refused = await polling.create(polling.service.agent(), **changes)
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, [pointer])
    assert await polling.rows("poll") == 0


async def test_only_agents_of_the_collectivity_prepare_publish_and_count(polling: PollTown) -> None:
    for caller in (polling.service.citizen(), polling.service.system()):
        assert (await polling.create(caller)).status_code == 403
    poll = await polling.open()
    stranger = polling.service.agent("lutece")
    polling.when("after")
    assert (await polling.publish(stranger, poll)).status_code == 404
    assert (await polling.count(poll, agent=stranger)).status_code == 404
    signed_in = polling.voter(auth_time=int(time.time()))
    assert (await polling.count(poll, agent=signed_in)).status_code == 403
    assert (await polling.cast(polling.voter(collectivity="lutece"), poll, approve("park"))).status_code == 404
    assert (await polling.client.get(f"/v1/collectivities/lutece/polls/{poll['id']}")).status_code == 404
    assert (await polling.client.get("/v1/collectivities/lutece/polls")).json()["items"] == []
