# SPDX-License-Identifier: EUPL-1.2
"""What keeps subscriptions without an account from being turned on others, and from being confirmed twice."""

import asyncio
import re

import pytest
from notifications_sink import form
from notifications_town import Town


async def test_a_town_takes_so_many_that_nobody_confirms_and_no_more(town: Town) -> None:
    most = town.post.service.runtime.settings.pending_per_hour
    await town.post.pool.execute(
        "INSERT INTO subscriber (id, collectivity, kind, state, key_person, language, version, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'paris', 'address', 'pending', gen_random_uuid(), 'fr', 1, now(), now()"
        " FROM generate_series(1, $1)",
        most,
    )
    answer = await town.ask(email="zoe@example.org")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-pending")


async def test_a_name_that_is_no_town_writes_to_nobody_and_an_address_is_asked_three_times_in_all_of_them(
    town: Town,
) -> None:
    nowhere = await town.ask("aa", email="zoe@example.org", topics=[])
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")
    others = [f"ville-{number}" for number in range(4)]
    await town.post.pool.executemany(
        "INSERT INTO news_topic SELECT $1, code, label, active, version, updated_at FROM news_topic"
        " WHERE collectivity = 'paris'",
        [(each,) for each in others],
    )
    for each in others:
        assert (await town.ask(each, email="Zoe@example.org")).status_code == 202
    await town.post.send_mails()
    assert len(town.post.sink.taken) == 3


@pytest.mark.parametrize(
    "phone", ["+33142763636", "+33899123456", "+8816312345678", "+2348031234567", "+2250701234567", "+33600"]
)
async def test_only_mobile_numbers_of_the_countries_that_a_town_writes_to_get_a_text(town: Town, phone: str) -> None:
    refused = await town.ask(phone=phone)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")
    assert await town.post.pool.fetch("SELECT 1 FROM subscriber") == []


@pytest.mark.parametrize(
    ("collectivity", "bound"), [("paris", "pending_texts_per_hour"), ("lyon", "pending_texts_of_all_per_hour")]
)
async def test_texts_that_nobody_confirms_have_bounds_of_their_own(town: Town, collectivity: str, bound: str) -> None:
    await town.post.pool.execute(
        "INSERT INTO subscriber (id, collectivity, kind, state, key_person, phone_mark, language, version, created_at,"
        " updated_at) SELECT gen_random_uuid(), $2, 'address', 'pending', gen_random_uuid(), 'x', 'fr', 1, now(), now()"
        " FROM generate_series(1, $1)",
        getattr(town.post.service.runtime.settings, bound),
        collectivity,
    )
    answer = await town.ask(phone="+33612345678")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-pending")
    assert (await town.ask(email="zoe@example.org")).status_code == 202


async def test_confirming_twice_is_confirming(town: Town) -> None:
    asked = (await town.ask(email="zoe@example.org")).json()
    link = await town.link()
    code = re.search(r"\b(\d{6})\b", form(town.post.sink.mails()[-1], "plain"))
    assert code
    for _ in range(2):
        assert "Travaux" in (await town.act(link, act="confirm")).text
    path = f"/v1/collectivities/paris/subscriptions/{asked['id']}/confirmations"
    assert (await town.client.post(path, json={"code": code[1]})).status_code == 204


async def test_two_of_one_address_that_are_confirmed_at_once_do_not_wait_for_each_other(town: Town) -> None:
    links = []
    for _ in range(2):
        await town.ask(email="zoe@example.org")
        links.append(await town.link())
    answers = await asyncio.gather(*(town.act(link, act="confirm") for link in links))
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert len(await town.post.pool.fetch("SELECT 1 FROM subscriber")) == 1
