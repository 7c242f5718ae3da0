# SPDX-License-Identifier: EUPL-1.2
"""A provider says that somebody has told this sender to stop: their news end, and nobody else's."""

from typing import Any

from notifications_texts import Texts, texts_provider
from notifications_town import NEWS, Town, wishes

from parvis_local.smssink.faults import Fault

PHONE, OTHER = "+33612345678", "+33612345679"


async def standing(town: Town) -> list[tuple[Any, ...]]:
    rows = await town.post.pool.fetch(
        "SELECT s.kind, s.news_at IS NOT NULL AS agreed, array(SELECT unnest(channels) FROM subscription n"
        " WHERE n.subscriber_id = s.id ORDER BY 1) AS channels FROM subscriber s ORDER BY s.kind, s.news_at IS NULL"
    )
    return [tuple(row) for row in rows]


async def test_a_number_that_has_stopped_us_gets_no_news_and_is_sent_none_again(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        topics = [{"topic": "works", "channels": ["sms"]}]
        await town.ask(phone=PHONE, topics=topics)
        await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now()")
        await town.publish()
        first.faults = [Fault.STOPPED]
        await town.send()
        failed = await town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery")
        assert [tuple(row) for row in failed] == [("failed", "400 21610")]
        assert await standing(town) == [("address", False, ["sms"])]
        kept = await town.post.pool.fetch("SELECT purpose, words, way FROM consent WHERE NOT given")
        assert [tuple(row) for row in kept] == [("news", "STOP", "stop")]
        asked = first.asked
        await town.publish()
        await town.send()
        assert (first.asked, second.asked) == (asked, 0)
        await texts.aclose()


async def test_an_account_keeps_its_news_by_mail_and_another_number_all_of_them(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        reader = texts.person()
        await town.choose(reader, wishes(topics=[{"topic": "works", "channels": ["email", "sms"]}], consents=[NEWS]))
        await town.publish()
        first.faults = [Fault.STOPPED]
        await town.send()
        assert await standing(town) == [("account", True, ["email"])]
        await town.ask(phone=OTHER, topics=[{"topic": "works", "channels": ["sms"]}])
        await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now()")
        await town.publish()
        await town.send()
        assert [text.to for text in first.texts()] == [OTHER]
        await texts.aclose()
