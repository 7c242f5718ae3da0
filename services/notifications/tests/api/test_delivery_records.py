# SPDX-License-Identifier: EUPL-1.2
"""What became of what a town has sent, exported and counted: every delivery once, and nobody named."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from notifications_texts import NUMBER, Texts

from parvis_notifications.api.delivery_records import COLUMNS
from parvis_notifications.db import delivery_records
from parvis_notifications.domain.notice import CLOCK
from parvis_testing import Caller

# Days around the present one: midnight in Paris may fall between a message and the question.
FROM, UNTIL = ((datetime.now(CLOCK) + timedelta(days=days)).date().isoformat() for days in (-1, 1))


@pytest.fixture
def agent(texts: Texts) -> Caller:
    return texts.post.service.agent()


async def asked(texts: Texts, caller: Caller, what: str, **query: str) -> httpx.Response:
    given = {"from": FROM, "until": UNTIL} | query
    return await texts.post.client.get(f"/v1/delivery-{what}", params=given, headers=caller.headers)


async def records(texts: Texts, caller: Caller, **query: str) -> list[dict[str, Any]]:
    answer = await asked(texts, caller, "records", **query)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def sent(texts: Texts, times: int = 1) -> Caller:
    """Somebody who gets each message by mail and by text."""
    reader = texts.person()
    await texts.choose(reader, "email", "sms")
    for _ in range(times):
        await texts.post.told(reader, "taken")
    await texts.send()
    await texts.post.send_mails()
    return reader


async def test_each_delivery_is_told_with_its_end_and_its_cost_and_nobody_is_named(texts: Texts, agent: Caller) -> None:
    reader = await sent(texts)
    texts.first.settle()
    await texts.ask()
    answer = await asked(texts, agent, "records")
    for secret in (reader.subject, NUMBER, NUMBER.removeprefix("+"), "camille@example.org", "Camille"):
        assert secret not in answer.text
    mail, text = sorted(await records(texts, agent), key=lambda row: row["channel"])
    assert tuple(mail) == COLUMNS
    assert (mail["channel"], mail["state"], mail["finality"], mail["attempts"]) == ("email", "sent", "open", "1")
    assert (text["state"], text["finality"], text["provider"]) == ("delivered", "final", "first")
    assert (text["segments"], text["cost_millicents"], text["template"]) == ("1", "5500", "request-taken")
    assert datetime.fromisoformat(text["created_at"]).utcoffset() in {timedelta(hours=1), timedelta(hours=2)}


async def test_they_are_counted_by_channel_template_and_state(texts: Texts, agent: Caller) -> None:
    await sent(texts, times=2)
    items = (await asked(texts, agent, "figures")).json()["items"]
    assert [(each["channel"], each["deliveries"], each["cost_millicents"]) for each in items] == [
        ("email", 2, 0),
        ("sms", 2, 11_000),
    ]
    assert {each["finality"] for each in items} == {"open"}


async def test_every_delivery_comes_once_however_many_there_are(
    texts: Texts, agent: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent(texts, times=3)
    await texts.post.pool.execute("UPDATE delivery SET created_at = date_trunc('hour', created_at)")
    whole = await records(texts, agent)
    monkeypatch.setattr(delivery_records, "_PIECE", 2)
    pieces = await records(texts, agent)
    assert pieces == whole
    assert len({row["delivery_id"] for row in pieces}) == 6


async def test_a_day_is_a_day_by_the_town_s_clocks(
    texts: Texts, agent: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent(texts)
    # 00:30 in Paris on the day on which its clocks go forward, which UTC counts to the day before.
    await texts.post.pool.execute("UPDATE delivery SET created_at = '2026-03-28T23:30:00Z'")
    day = {"from": "2026-03-29", "until": "2026-03-29"}
    assert len(await records(texts, agent, **day)) == 2
    before = {"from": "2026-03-28", "until": "2026-03-28"}
    assert await records(texts, agent, **before) == []
    zones = texts.post.service.runtime.settings.time_zones
    monkeypatch.setitem(zones, "paris", "America/Martinique")
    assert await records(texts, agent, **day) == []
    assert [row["created_at"] for row in await records(texts, agent, **before)] == ["2026-03-28T19:30:00.000-04:00"] * 2
    monkeypatch.setitem(zones, "paris", "Indian/Reunion")
    assert [row["created_at"] for row in await records(texts, agent, **day)] == ["2026-03-29T03:30:00.000+04:00"] * 2


async def test_it_is_the_agents_of_the_town_who_know(texts: Texts, agent: Caller) -> None:
    reader = await sent(texts)
    for what in ("records", "figures"):
        assert (await asked(texts, reader, what)).status_code == 403
    elsewhere = texts.post.service.agent("lutece")
    assert await records(texts, elsewhere) == []
    assert (await asked(texts, elsewhere, "figures")).json() == {"items": []}
    refused = await asked(texts, agent, "records", until="2020-01-01")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/until")
    assert (await asked(texts, agent, "figures", **{"from": "2020-01-01"})).status_code == 422
    for first, last in (("9999-06-01", "9999-12-31"), ("0001-01-01", "0001-02-01"), ("0", "1970-01-02")):
        odd = await asked(texts, agent, "figures", **{"from": first, "until": last})
        assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (422, "#/query/from")
