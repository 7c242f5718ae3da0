# SPDX-License-Identifier: EUPL-1.2
"""What people answer to a short number of OVHcloud's is fetched, and each answer is done once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from notifications_ovh import OvhProvider, ovh_provider
from notifications_replies import received
from notifications_texts import NUMBER, Texts

from parvis_notifications.db.inbound_looks import InboundLooks
from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.sms import Sms, SmsUnreachableError
from parvis_notifications.service.fetch_answers import AnswerFetcher
from parvis_notifications.service.receive_hooks import ReceiveHooks

SMS = Sms(NUMBER, "Ville de Paris : votre carte est prête.")
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

    async def look(self) -> None:
        runtime, settings = self.post.service.runtime, self.post.settings()
        receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, settings)
        await self.post.pool.execute("UPDATE inbound_look SET due_at = now()")
        await AnswerFetcher(InboundLooks(self.post.pool), receive, [self._account], settings).round()


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
    (kept,) = await received(texts.post)
    assert (kept["text"], kept["sender"], kept["way"]) == ("Où est-ce ?", NUMBER, "sms")
    assert await texts.post.pool.fetchval("SELECT count(*) FROM text_stop") == 1
    await account.close()
    broken = Ovh(ovh.settings(secret="wrong", collectivity="paris"), timeout=10)
    with pytest.raises(SmsUnreachableError):
        await broken.incoming(LONG_AGO, datetime.now(UTC))
    await broken.close()


async def test_who_may_answer_has_a_short_number_in_the_place_of_a_name(ovh: OvhProvider) -> None:
    account = Ovh(ovh.settings(answerable=True), timeout=10)
    await account.submit(SMS)
    assert ovh.texts()[0].sender == "36xxx"
    await account.close()
