# SPDX-License-Identifier: EUPL-1.2
"""What an application is told of a text message that does not arrive: whether the number is to blame, and for good."""

from collections.abc import AsyncIterator

import pytest
from notifications_post import Post
from notifications_senders import Office
from notifications_texts import Texts, texts_provider

from parvis_local.smssink.faults import Fault

NUMBER = "+33612345678"


@pytest.fixture
async def texts(post: Post) -> AsyncIterator[Texts]:
    with texts_provider("first") as first, texts_provider("second") as second:
        made = Texts(post, first, second)
        yield made
        await made.aclose()


async def sent(texts: Texts) -> tuple[Office, str, str]:
    """The application's key, and its message, on its way."""
    office = Office(texts.post)
    template, key = await office.desk.published(), await office.key()
    answer = await office.send(key, template, channel="sms", to=NUMBER)
    assert answer.status_code == 201, answer.text
    return office, key, answer.json()["id"]


async def told(office: Office, key: str, message: str) -> str:
    """Its status, by which alone it is found among others."""
    status: str = (await office.read(key, f"/{message}")).json()["status"]
    every = ("permanent-failure", "temporary-failure", "technical-failure", "sent", "delivered", "cancelled")
    for each in every:
        found = (await office.read(key, f"?status={each}")).json()["items"]
        assert [one["id"] for one in found] == ([message] if each == status else []), each
    return status


@pytest.mark.parametrize("fault", [Fault.NO_NUMBER, Fault.STOPPED])
async def test_a_number_that_takes_none_has_failed_for_good(texts: Texts, fault: Fault) -> None:
    texts.first.faults = [fault]
    office, key, message = await sent(texts)
    await texts.send()
    assert await told(office, key, message) == "permanent-failure"


async def test_providers_in_trouble_say_nothing_of_the_number(texts: Texts) -> None:
    texts.first.faults, texts.second.faults = [Fault.AWAY], [Fault.AWAY]
    office, key, message = await sent(texts)
    await texts.send()
    assert await told(office, key, message) == "sending"
    texts.first.faults, texts.second.faults = [Fault.AWAY], [Fault.AWAY]
    await texts.post.pool.execute("UPDATE delivery SET due_at = now(), created_at = now() - interval '30 days'")
    await texts.send()
    assert await told(office, key, message) == "technical-failure"


async def test_a_telephone_that_is_off_may_be_on_again(texts: Texts) -> None:
    texts.first.faults = [Fault.LOST]
    office, key, message = await sent(texts)
    await texts.send()
    texts.first.settle()
    await texts.ask()
    assert await told(office, key, message) == "temporary-failure"
