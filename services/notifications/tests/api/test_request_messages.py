# SPDX-License-Identifier: EUPL-1.2
"""Agents learn whether the author of a request was told, and why not: no word, no address, and who asked is told."""

import json
from typing import Any
from uuid import uuid4

import httpx
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_post import Post

from parvis_testing import Caller

ADDRESS = "camille@example.org"


async def asked(post: Post, caller: Caller, request_id: object, query: str = "") -> httpx.Response:
    return await post.get(caller, f"/v1/request-messages/{request_id}{query}")


async def request_of(post: Post, reader: Caller) -> str:
    """That of which somebody was told last."""
    found = await post.pool.fetchval(
        "SELECT request_id FROM message WHERE person = $1 ORDER BY created_at DESC LIMIT 1", reader.subject
    )
    assert found is not None
    return str(found)


async def ways(post: Post, caller: Caller, request_id: str) -> dict[str, dict[str, Any]]:
    (item,) = (await asked(post, caller, request_id)).json()["items"]
    return {each["channel"]: each for each in item["ways"]}


async def test_an_agent_sees_that_a_mail_came_back_and_why_nothing_goes_there_any_more(post: Post) -> None:
    post.more["bounce_address"] = BOUNCES
    reader, agent = post.person(ADDRESS), post.service.agent()
    await post.told(reader, "taken")
    request_id = await request_of(post, reader)
    assert (await ways(post, agent, request_id))["email"]["state"] == "pending"
    await post.send_mails()
    async with bounce_intake(post) as courier:
        await courier.bring(post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
    answer = await asked(post, agent, request_id)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    (item,) = answer.json()["items"]
    assert (item["template"], item["topic"], item["person"]) == ("request-taken", "requests", reader.subject)
    found = {each["channel"]: each for each in item["ways"]}
    mail = found["email"]
    assert (mail["state"], mail["finality"], mail["fault"], mail["report_status"]) == (
        "bounced", "final", "permanent", "5.1.1",
    )  # fmt: skip
    await post.told(reader, "taken")
    again = (await ways(post, agent, await request_of(post, reader)))["email"]
    assert (again["outcome"], again["reason"], again["state"]) == ("withheld", "address-unreachable", None)


async def test_no_word_and_no_address_is_told(post: Post) -> None:
    reader, agent = post.person(ADDRESS), post.service.agent()
    await post.told(reader, "taken")
    inbox = (await post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
    answer = await asked(post, agent, await request_of(post, reader))
    for secret in (ADDRESS, "camille", inbox["subject"], inbox["body"]):
        assert secret not in answer.text
    assert set(answer.json()["items"][0]) == {"id", "person", "template", "topic", "created_at", "ways"}


async def test_whoever_was_told_is_told_which_agent_asked(post: Post) -> None:
    reader, agent = post.person(ADDRESS), post.service.agent()
    await post.told(reader, "taken")
    request_id = await request_of(post, reader)
    await asked(post, agent, request_id)
    rows = await post.pool.fetch("SELECT data FROM outbox WHERE type = 'fr.parvis.notifications.data-accessed.v1'")
    (told,) = [json.loads(row["data"]) for row in rows]
    assert (told["person"], told["agent"], told["category"]) == (reader.subject, agent.subject, "deliveries")


async def test_other_towns_other_people_and_what_is_no_request_show_nothing(post: Post) -> None:
    reader = post.person(ADDRESS)
    await post.told(reader, "taken")
    request_id = await request_of(post, reader)
    elsewhere = post.service.agent("lutece")
    assert (await asked(post, elsewhere, request_id)).status_code == 404
    assert (await asked(post, post.service.agent(), uuid4())).json() == {"items": []}
    assert (await asked(post, reader, request_id)).status_code == 403
    less = post.service.agent(scope="notifications.messages.read")
    assert (await asked(post, less, request_id)).status_code == 403
    assert (await asked(post, post.service.agent(), request_id, "?limit=0")).status_code == 422
    assert await post.pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%data-accessed%'") == 0


async def test_whoever_does_not_read_the_request_is_told_nothing_and_nobody_while_requests_is_away(post: Post) -> None:
    reader, outside = post.person(ADDRESS), post.service.agent()
    inside = post.service.agent(teams=("social", "état civil"), roles=["agent", "supervisor"])
    await post.told(reader, "taken")
    request_id = await request_of(post, reader)
    post.owners.circles[request_id] = {inside.subject}
    refused = await asked(post, outside, request_id)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert len((await asked(post, inside, request_id)).json()["items"]) == 1
    said = "collectivity=paris&roles=agent&roles=supervisor&teams=social&teams=%C3%A9tat+civil"
    assert post.owners.paths()[-1] == f"/internal/v1/requests/{request_id}/readers/{inside.subject}?{said}"
    post.owners.down = True
    away = await asked(post, inside, request_id)
    assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "service-unavailable", "5")
    assert await post.pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%data-accessed%'") == 1
