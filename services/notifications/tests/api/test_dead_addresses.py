# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which nothing arrives: what goes there no more, who is told, and what has them tried again."""

from typing import Any

import pytest
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_post import Post, changed
from notifications_senders import Office
from notifications_texts import Texts, texts_provider
from notifications_town import NEWS, Town, wishes

from parvis_local.smssink.faults import Fault
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.subscribe_alone import address_mark
from parvis_testing import Caller

OLD, NEW, PHONE = "camille@example.org", "camille@example.net", "+33612345678"
GONE, OTHER = ("failed", "5.1.1"), ("failed", "5.2.0")


async def back(post: Post, report: tuple[str, str]) -> None:
    """What went out last comes back."""
    async with bounce_intake(post) as courier:
        assert (await courier.bring(post.sink.envelopes[-1][0], notification(report)))[-1].startswith("250")


async def news(town: Town) -> str:
    item: str = (await town.publish()).json()["id"]
    await town.send(bounce_address=BOUNCES)
    return item


async def states(town: Town) -> list[tuple[Any, ...]]:
    rows = await town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery ORDER BY recipient")
    return [(row["state"], row["last_reply"] if row["state"] == "skipped" else None) for row in rows]


async def dead(post: Post, reader: Caller) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await post.get(reader, "/v1/dead-addresses")).json()["items"]
    return items


async def figures(town: Town) -> list[tuple[int, ...]]:
    items = (await town.post.get(town.agent, "/v1/dead-address-figures")).json()["items"]
    return [(each["addresses"], each["subscribers"], each["alone"]) for each in items]


async def test_news_go_to_no_address_that_does_not_exist_until_it_is_confirmed_anew(town: Town) -> None:
    reader = town.post.person(OLD)
    await town.choose(reader, wishes())
    await news(town)
    await back(town.post, GONE)
    await back(town.post, GONE)
    item = await news(town)
    assert await states(town) == [("bounced", None), ("skipped", "address-dead")]
    told = (await town.post.get(reader, f"/v1/broadcast-explanations/{item}")).json()["parts"]
    assert [(each["channel"], each["reason"]) for each in told] == [("email", "address-dead")]
    (way,) = await dead(town.post, reader)
    assert (way["channel"], way["status"], way["everything"]) == ("email", "5.1.1", True)
    assert "confirmez" in way["explanation"]
    assert await dead(town.post, town.post.person("autre@example.org")) == []
    assert await figures(town) == [(1, 1, 1), (0, 0, 0)]
    kept = str([dict(row) for row in await town.post.pool.fetch("SELECT * FROM dead_address")])
    assert OLD not in kept
    await town.post.hear(changed(reader, "email"))
    assert (await dead(town.post, reader), await figures(town)) == ([], [(0, 0, 0)] * 2)
    await town.refresh()
    await news(town)
    assert (await states(town))[-1] == ("sent", None)


async def test_what_went_to_the_former_address_says_nothing_of_the_one_that_they_have_now(town: Town) -> None:
    reader = town.post.person(OLD)
    await town.choose(reader, wishes())
    await news(town)
    town.post.owners.contacts[reader.subject]["email"] = NEW
    await town.post.hear(changed(reader, "email"))
    await town.refresh()
    await back(town.post, GONE)
    assert (await dead(town.post, reader), await figures(town)) == ([], [(0, 0, 0)] * 2)
    await news(town)
    assert await states(town) == [("bounced", None), ("sent", None)]
    await back(town.post, GONE)
    assert len(await dead(town.post, reader)) == 1


@pytest.mark.parametrize("told", ["subscriber", "message", "nobody"])
async def test_an_address_that_somebody_has_confirmed_is_tried_whoever_had_it_before(town: Town, told: str) -> None:
    office, former = Office(town.post), town.post.person(NEW)
    template, key = await office.desk.published(), await office.key()
    await town.choose(former, wishes())
    await news(town)
    await back(town.post, GONE)
    reader = town.post.person(OLD)
    if told == "subscriber":
        await town.choose(reader, wishes())
    elif told == "message":
        await town.post.told(reader, "taken")
    town.post.owners.contacts[reader.subject]["email"] = NEW
    await town.post.hear(changed(reader, "email"))
    await town.refresh()
    await town.post.send_mails()
    assert await town.post.pool.fetch("SELECT 1 FROM dead_address") == []
    sent = (await office.send(key, template, to=NEW)).json()["id"]
    await town.post.send_mails()
    assert (await office.read(key, f"/{sent}")).json()["status"] != "permanent-failure"


async def test_a_number_that_somebody_has_confirmed_is_tried_once_identity_says_which_it_is(town: Town) -> None:
    reader, mark = town.post.person(None), address_mark(town.post.service.runtime.blind_index, Channel.SMS, PHONE)
    await town.post.pool.execute(
        "INSERT INTO dead_address SELECT $1, 'lyon', 'sms', 1, '21211', now(), now() + interval '1 day'", mark
    )
    town.post.owners.contacts[reader.subject]["phone"] = PHONE
    town.post.owners.down = True
    await town.post.hear(changed(reader, "phone"))
    await town.refresh()
    assert len(await town.post.pool.fetch("SELECT 1 FROM dead_address")) == 1
    town.post.owners.down = False
    await town.refresh()
    assert len(await town.post.pool.fetch("SELECT 1 FROM dead_address")) == 1, "another worker may be asking"
    await town.post.pool.execute("UPDATE confirmed_address SET due_at = now()")
    await town.refresh()
    assert await town.post.pool.fetch("SELECT 1 FROM dead_address") == []
    assert await town.post.pool.fetch("SELECT 1 FROM confirmed_address") == []


async def test_asking_again_for_an_address_that_has_not_changed_revives_nothing(town: Town) -> None:
    reader = town.post.person(OLD)
    await town.choose(reader, wishes())
    await news(town)
    await back(town.post, GONE)
    await town.post.pool.execute("UPDATE subscriber SET contact_due_at = now()")
    await town.refresh()
    assert len(await dead(town.post, reader)) == 1


async def test_other_failures_count_thrice_and_are_forgotten_after_a_while(town: Town) -> None:
    reader = town.post.person(OLD)
    await town.choose(reader, wishes())
    for count in range(3):
        assert await dead(town.post, reader) == []
        await news(town)
        await back(town.post, OTHER)
        if count == 0:
            await town.post.pool.execute("UPDATE dead_address SET told_at = told_at - interval '91 days'")
            await news(town)
            await back(town.post, OTHER)
    (way,) = await dead(town.post, reader)
    assert (way["status"], way["everything"], way["tried_after"] is not None) == ("5.2.0", False, True)
    await news(town)
    assert (await states(town))[-1] == ("skipped", "address-dead")
    await town.post.pool.execute("UPDATE dead_address SET dead_until = now()")
    await news(town)
    assert (await states(town))[-1] == ("sent", None)


@pytest.mark.parametrize("status", ["4.4.7", "5.2.2", "5.7.1", ""])
async def test_what_says_nothing_of_the_address_counts_for_nothing(town: Town, status: str) -> None:
    await town.choose(town.post.person(OLD), wishes())
    for _ in range(3):
        await news(town)
        await back(town.post, ("failed", status))
    assert await town.post.pool.fetch("SELECT 1 FROM dead_address") == []


async def test_who_has_no_account_confirms_anew_by_subscribing(town: Town) -> None:
    await town.ask(email=OLD, consents=[NEWS])
    await town.act(await town.link(), act="confirm")
    await news(town)
    await back(town.post, GONE)
    await news(town)
    assert (await states(town))[-1] == ("skipped", "address-dead")
    await town.ask(email=OLD, consents=[NEWS])
    await town.act(await town.link(), act="confirm")
    await news(town)
    assert (await states(town))[-1][0] == "sent"


async def test_what_came_back_to_one_is_known_for_news_as_well(town: Town) -> None:
    reader = town.post.person(OLD)
    await town.choose(reader, wishes())
    await town.post.told(reader, "taken")
    await town.post.send_mails(bounce_address=BOUNCES)
    await back(town.post, GONE)
    await news(town)
    assert await states(town) == [("skipped", "address-dead")]


@pytest.mark.parametrize("many", [True, False])
async def test_no_number_that_does_not_exist_gets_news_or_texts_of_applications(town: Town, many: bool) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts, office = Texts(town.post, first, second), Office(town.post)
        template, key = await office.desk.published(), await office.key()
        await town.ask(phone=PHONE, topics=[{"topic": "works", "channels": ["sms"]}], consents=[NEWS])
        await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now()")
        await town.post.pool.execute("DELETE FROM message")  # the code that they asked for
        first.faults = [Fault.NO_NUMBER]
        if many:
            await news(town)
        else:
            await office.send(key, template, channel="sms", to=PHONE)
            await texts.send()
        sent = (await office.send(key, template, channel="sms", to=PHONE)).json()["id"]
        await texts.send()
        await news(town)
        assert (await office.read(key, f"/{sent}")).json()["status"] == "permanent-failure"
        assert ((await states(town))[-1], first.asked) == (("skipped", "address-dead"), 1)
        await town.post.pool.execute("UPDATE dead_address SET dead_until = now()")
        await office.send(key, template, channel="sms", to=PHONE)
        await texts.send()
        assert len(first.texts()) == 1
        await texts.aclose()
