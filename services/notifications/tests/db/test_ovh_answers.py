# SPDX-License-Identifier: EUPL-1.2
"""What people answer to a short number of OVHcloud's is fetched, and each answer is done once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_ovh import OvhProvider, ovh_provider
from notifications_replies import received
from notifications_texts import NUMBER, Texts

from parvis_notifications.db.inbound_looks import InboundLooks
from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.sms import Sms, SmsUnreachableError
from parvis_notifications.service.fetch_answers import AnswerFetcher
from parvis_notifications.service.receive_hooks import ReceiveHooks

SMS = Sms(NUMBER, "Ville de Paris : votre carte est prête.", "paris")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider() -> Iterator[OvhProvider]:
    with ovh_provider("ovh") as one:
        yield one


@pytest.fixture
def ovh(provider: OvhProvider) -> OvhProvider:
    provider.faults, provider.asked = [], 0
    provider.store.__init__()  # type: ignore[misc]
    assert provider.service is not None
    provider.service.answers, provider.service.ahead = [], 0
    return provider


class Fetching:
    """The loop that fetches what was answered to the town's account."""

    def __init__(self, texts: Texts, account: Ovh) -> None:
        self.post, self._account = texts.post, account

    async def look(self, fetcher: AnswerFetcher | None = None) -> None:
        await self.post.pool.execute("UPDATE inbound_look SET due_at = now()")
        await (fetcher or self.fetcher()).round()

    def fetcher(self) -> AnswerFetcher:
        runtime, settings = self.post.service.runtime, self.post.settings()
        receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, settings)
        return AnswerFetcher(InboundLooks(self.post.pool), receive, [self._account], settings)

    async def texts(self) -> set[str]:
        return {row["text"] for row in await received(self.post)}


async def test_answers_are_fetched_once_and_a_stop_is_one(texts: Texts, ovh: OvhProvider) -> None:
    assert ovh.service is not None
    account = Ovh(ovh.settings(answerable=True, collectivity="paris"), timeout=10)
    fetching = Fetching(texts, account)
    ovh.service.write(NUMBER, "Avant que le compte soit à la ville")
    ovh.service.answers[0]["creationDatetime"] = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    await fetching.look()
    ovh.service.write(NUMBER, "Où est-ce ?")
    ovh.service.write("0639980099", "STOP")
    ovh.service.write("", "personne")
    for _ in range(3):
        await fetching.look()
    assert await texts.post.pool.fetchval("SELECT count(*) FROM inbound_message") == 3, "the unreadable one is known"
    (kept,) = await received(texts.post)
    assert (kept["text"], kept["sender"], kept["way"]) == ("Où est-ce ?", NUMBER, "sms")
    assert await texts.post.pool.fetchval("SELECT count(*) FROM text_stop") == 1
    await account.close()
    broken = Ovh(ovh.settings(secret="wrong", collectivity="paris"), timeout=10)
    with pytest.raises(SmsUnreachableError):
        await broken.incoming(LONG_AGO, datetime.now(UTC))
    await broken.close()


async def _left(fetching: Fetching, column: str) -> datetime:
    at: datetime = await fetching.post.pool.fetchval(f"SELECT {column} FROM inbound_look")
    return at


@pytest.mark.parametrize("error", [SmsUnreachableError("HTTP 500"), ValueError()])
async def test_an_answer_that_cannot_be_taken_in_keeps_none_out_and_is_tried_again(
    texts: Texts, ovh: OvhProvider, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    assert ovh.service is not None
    account = Ovh(ovh.settings(answerable=True, collectivity="paris"), timeout=10)
    fetching = Fetching(texts, account)
    fetcher = fetching.fetcher()
    await fetching.look(fetcher)
    for words in ("un", "deux", "trois"):
        ovh.service.write(NUMBER, words)
    second, whole = ovh.service.answers[1]["id"], Ovh.answer

    async def failing(self: Ovh, number: int) -> dict[str, Any] | None:
        if number == second:
            raise error
        return await whole(self, number)

    with monkeypatch.context() as patched:
        patched.setattr(Ovh, "answer", failing)
        seen_at = await _left(fetching, "seen_at")
        await fetching.look(fetcher)
        assert await fetching.texts() == {"un", "trois"}
        assert await _left(fetching, "seen_at") == seen_at, "it may be wherever one looked"
        assert await _left(fetching, "due_at") < datetime.now(UTC) + timedelta(minutes=2)
    await fetching.look(fetcher)
    assert await fetching.texts() == {"un", "deux", "trois"}
    assert await _left(fetching, "seen_at") > seen_at
    await account.close()


async def test_one_is_given_up_when_others_were_read_a_day_later_and_never_where_none_can_be(
    texts: Texts, ovh: OvhProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ovh.service is not None
    account = Ovh(ovh.settings(answerable=True, collectivity="paris"), timeout=10)
    fetching = Fetching(texts, account)
    fetcher = fetching.fetcher()
    await fetching.look(fetcher)
    for each in range(8):
        ovh.service.write(NUMBER, str(each))
    lost, whole = {each["id"] for each in ovh.service.answers}, Ovh.answer

    async def failing(self: Ovh, number: int) -> dict[str, Any] | None:
        if number in lost:
            raise SmsUnreachableError("HTTP 500")
        return await whole(self, number)

    monkeypatch.setattr(Ovh, "answer", failing)
    monkeypatch.setattr("parvis_notifications.service.fetch_answers._GIVE_UP", timedelta(0))
    seen_at = await _left(fetching, "seen_at")
    for _ in range(3):
        await fetching.look(fetcher)
    assert await _left(fetching, "seen_at") == seen_at
    first = min(lost)
    lost = {first}
    for _ in range(2):
        await fetching.look(fetcher)
    assert await fetching.texts() == {str(each) for each in range(1, 8)}
    assert await _left(fetching, "seen_at") > seen_at
    lost = set()
    await fetching.look(fetcher)
    assert len(await fetching.texts()) == 7, "it is known as one of which nothing is kept"
    await account.close()


async def test_who_is_stopped_at_an_answer_leaves_no_claim(
    texts: Texts, ovh: OvhProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ovh.service is not None
    account = Ovh(ovh.settings(answerable=True, collectivity="paris"), timeout=10)
    fetching = Fetching(texts, account)
    await fetching.look()
    ovh.service.write(NUMBER, "Au secours")
    reached = asyncio.Event()

    async def never(_: Ovh, __: int) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(Ovh, "answer", never)
        look = asyncio.create_task(fetching.look())
        await reached.wait()
        assert datetime.now(UTC) < await _left(fetching, "due_at") < datetime.now(UTC) + timedelta(minutes=4)
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
    assert await texts.post.pool.fetchval("SELECT due_at <= now() FROM inbound_look")
    await account.close()


async def test_who_may_answer_has_a_short_number_in_the_place_of_a_name(ovh: OvhProvider) -> None:
    for town, sender in (("", "36xxx"), ("paris", "36xxx"), ("lyon", "Ville")):
        account = Ovh(ovh.settings(answerable=True, collectivity=town), timeout=10)
        await account.submit(SMS)
        assert ovh.texts()[0].sender == sender, "what is answered is the account's town's"
        await account.close()


async def test_each_message_is_of_its_town(texts: Texts, ovh: OvhProvider) -> None:
    texts.post.more["sms_providers"] = (ovh.settings(answerable=True, collectivity="lyon"),)
    reader = texts.person()
    await texts.choose(reader, "sms")
    await texts.post.told(reader, "taken")
    await texts.send()
    texts.post.more["sms_providers"] = (ovh.settings(answerable=True, collectivity="paris"),)
    await texts.post.told(reader, "taken")
    await texts.send()
    assert [text.sender for text in ovh.texts()] == ["36xxx", "Ville"]
