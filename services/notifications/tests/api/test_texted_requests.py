# SPDX-License-Identifier: EUPL-1.2
"""A text message that answers nothing by itself: which request it is suggested for."""

from typing import Any
from uuid import uuid4

import pytest
from notifications_post import Post, changed
from notifications_replies import received
from notifications_texts import NUMBER, Texts

from parvis_notifications.domain.inbound import InboundText
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_testing import Caller

OTHER = "+33639980098"


async def write(post: Post, text: str = "Oui, demain", sender: str = NUMBER) -> dict[str, Any]:
    runtime = post.service.runtime
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)
    await receive.text("paris", str(uuid4()), InboundText(sender, text, recipient="36105"))
    return dict((await received(post))[-1])


async def texted(texts: Texts, reader: Caller, name: str = "taken", **what: Any) -> str:
    """Told of a request by text message; returns its id."""
    happened = await texts.post.told(reader, name, **what)
    await texts.send()
    request: str = happened.data["request_id"]
    return request


@pytest.fixture
async def reader(texts: Texts) -> Caller:
    made = texts.person()
    await texts.choose(made, "sms")
    return made


async def test_it_is_suggested_for_the_request_that_the_last_text_to_that_number_was_about(
    texts: Texts, reader: Caller
) -> None:
    first, second = await texted(texts, reader), await texted(texts, reader)
    kept = await write(texts.post)
    assert (kept["request_id"], kept["held"], kept["person"], kept["text"]) == (second, "direct", None, "Oui, demain")
    await texts.post.told(reader, "taken", request_id=first, sequence=2)
    await texts.send()
    assert (await write(texts.post))["request_id"] == first
    assert (await write(texts.post, sender=OTHER))["request_id"] is None


async def test_what_did_not_go_by_text_or_is_long_ago_or_was_about_no_request_is_answered_by_none(
    texts: Texts, reader: Caller
) -> None:
    await texted(texts, reader)
    await texts.post.pool.execute("UPDATE delivery SET sent_at = NULL")
    assert (await write(texts.post))["request_id"] is None
    await texts.post.pool.execute("UPDATE delivery SET sent_at = now()")
    await texts.post.pool.execute("UPDATE message SET created_at = now() - interval '31 days'")
    assert (await write(texts.post))["request_id"] is None
    await texts.post.pool.execute("UPDATE message SET created_at = now(), request_id = NULL")
    assert (await write(texts.post))["request_id"] is None


async def test_whose_number_it_is_no_more_answers_nothing(texts: Texts, reader: Caller) -> None:
    await texted(texts, reader)
    texts.post.owners.contacts[reader.subject]["phone"] = OTHER
    await texts.post.hear(changed(reader, "phone"))
    assert (await write(texts.post))["request_id"] is None
