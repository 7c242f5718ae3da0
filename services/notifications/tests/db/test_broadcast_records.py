# SPDX-License-Identifier: EUPL-1.2
"""What became of news and alerts with each recipient, exported: everybody once by each channel, and nobody named."""

import csv
import io

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place, wishes

from parvis_notifications.api.broadcast_records import COLUMNS
from parvis_notifications.db import delivery_records
from parvis_notifications.domain.broadcast import PartState, part_finality
from parvis_testing import Caller


async def asked(town: Town, item: str, caller: Caller | None = None) -> httpx.Response:
    return await town.post.get(caller or town.agent, f"/v1/broadcasts/{item}/delivery-records")


async def records(town: Town, item: str) -> list[dict[str, str]]:
    answer = await asked(town, item)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_each_recipient_is_a_line_by_each_channel_with_answer_end_and_cost(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        town.post.more["bounce_address"] = BOUNCES
        reader = texts.person("+33639980001", "zoe@example.org")
        for each in (reader, town.post.person(None)):
            await town.choose(each, {"consents": [EMERGENCY], "places": [place(HALL)]})
        alert = await alerts.issue(channels=["email", "sms"])
        await town.send()
        async with bounce_intake(town.post) as courier:
            await courier.bring(town.post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
        answer = await asked(town, alert)
        for secret in (reader.subject, "639980001", "zoe", "example.org"):
            assert secret not in answer.text
        rows = sorted(await records(town, alert), key=lambda row: row["channel"])
        assert tuple(rows[0]) == COLUMNS
        told = [(row["channel"], row["state"], row["finality"], row["last_reply"]) for row in rows]
        assert told == [
            ("", "", "", ""),
            ("email", "bounced", "final", "250 2.0.0"),
            ("sms", "sent", "open", "queued"),
        ]
        nobody, mail, text = rows
        assert (mail["recipient"], mail["report_status"]) == (text["recipient"], "5.1.1")
        assert nobody["recipient"] not in {mail["recipient"], ""}, "whom no channel reached"
        # Of one segment with the link to answer by.
        assert (text["provider"], int(text["cost_millicents"]) % 5_500) == ("first", 0)
        assert int(text["cost_millicents"]) == 5_500 * int(text["segments"]) > 0
        await texts.aclose()


async def test_everybody_comes_once_however_many_there_are(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        assert (await town.choose(town.post.person(f"p{number}@example.org"), wishes())).status_code == 200
    item, other = [(await town.publish()).json()["id"] for _ in range(2)]
    await town.send()
    whole = await records(town, item)
    monkeypatch.setattr(delivery_records, "_PIECE", 2)
    assert await records(town, item) == whole
    assert len({row["recipient"] for row in whole}) == len(whole) == 5
    assert not {row["recipient"] for row in whole} & {row["recipient"] for row in await records(town, other)}


async def test_it_is_the_agents_of_the_town_with_that_right_who_know(town: Town) -> None:
    item = (await town.publish()).json()["id"]
    service = town.post.service
    callers = (
        (service.agent("lutece"), 404),
        (town.post.person(), 403),
        (service.agent(scope="notifications.news.write"), 403),
    )
    for caller, status in callers:
        assert (await asked(town, item, caller)).status_code == status
    assert await records(town, item) == [], "its audience is not settled yet"


@pytest.mark.parametrize("state", PartState)
def test_what_may_still_change_is_not_final(state: PartState) -> None:
    settled = state in {PartState.DELIVERED, PartState.BOUNCED, PartState.FAILED, PartState.SKIPPED}
    assert (part_finality(state) == "final") is settled
    assert (part_finality(state) == "unknown") is (state is PartState.UNKNOWN)
