# SPDX-License-Identifier: EUPL-1.2
"""Text messages that a provider could not bring are looked up in its list, and each is here once."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_post import Post, kept_receipts
from notifications_replies import received
from notifications_texts import ACCOUNT, Provider, texts_provider
from notifications_town import NEWS, Town, wishes

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.store import ReceivedText
from parvis_notifications.db.inbound_looks import InboundLooks
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.inbound import InboundText
from parvis_notifications.outgoing import twilio
from parvis_notifications.service.catch_up_texts import TextCatchUp, text_catch_ups
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.sms_routes import Routes, sms_routes

PHONE, HALL = "+33612345678", "+33199001234"


class Missed:
    """A town, its number and the provider that has the list of what came to it."""

    def __init__(self, post: Post, provider: Provider) -> None:
        self.post, self.provider = post, provider
        self.routes: list[Routes] = []

    def write(self, body: str, ago: timedelta = timedelta(minutes=10)) -> ReceivedText:
        """Somebody wrote so long ago, and the town did not answer."""
        text = ReceivedText(ACCOUNT, HALL, PHONE, body, taken_at=(datetime.now(UTC) - ago).timestamp())
        self.provider.store.receive(text)
        return text

    def worker(self, *more: Provider, town: str = "paris", **changes: Any) -> TextCatchUp:
        """A new one, whose breakers know nothing."""
        runtime = self.post.service.runtime
        providers = tuple(each.settings() for each in (self.provider, *more))
        settings = self.post.settings(sms_providers=providers, inbound_numbers={HALL: town}, **changes)
        routes = sms_routes(settings, kept_receipts(self.post), Paces(self.post.pool))
        self.routes.append(routes)
        receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, settings)
        return TextCatchUp(InboundLooks(self.post.pool), receive, routes, settings)

    async def since(self, ago: timedelta = timedelta(hours=3)) -> None:
        """The town has had the number since then, and was last looked at then."""
        await self.worker().round()
        await self.due(ago)

    async def due(self, ago: timedelta) -> None:
        times = "begun_at = now() - $1::interval, seen_at = now() - $1::interval, due_at = now()"
        await self.post.pool.execute(f"UPDATE inbound_look SET {times}", ago)

    async def look(self, *more: Provider, **changes: Any) -> None:
        await self.post.pool.execute("UPDATE inbound_look SET due_at = now()")
        await self.worker(*more, **changes).round()

    async def said(self) -> list[str]:
        return [each["text"] for each in await received(self.post)]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with texts_provider("first") as one:
        yield one


@pytest.fixture
async def missed(post: Post, provider: Provider) -> AsyncIterator[Missed]:
    provider.faults, provider.asked = [], 0
    provider.store.__init__()  # type: ignore[misc]
    office = Missed(post, provider)
    yield office
    for each in office.routes:
        await each.close()


async def test_what_was_not_brought_is_taken_in_once_with_the_oldest_first(missed: Missed) -> None:
    await missed.since()
    missed.write("Deux", timedelta(minutes=20))
    missed.write("Un", timedelta(hours=2))
    for _ in range(3):
        await missed.look()
    assert await missed.said() == ["Un", "Deux"]


async def test_what_was_not_brought_was_received_when_it_came_in(missed: Missed) -> None:
    await missed.since()
    text = missed.write("Il y a deux heures", timedelta(hours=2))
    await missed.look()
    (found,) = await received(missed.post)
    came_in = datetime.fromtimestamp(text.taken_at, UTC)
    assert abs(datetime.fromisoformat(found["received_at"]) - came_in) < timedelta(seconds=2)


async def test_what_is_brought_and_listed_is_one_message(missed: Missed) -> None:
    await missed.since()
    text = missed.write("Le lampadaire est éteint.")
    receive = missed.worker()._receive  # noqa: SLF001
    await receive.text("paris", f"first {text.sid}", brought(text))
    await missed.look()
    await receive.text("paris", f"first {text.sid}", brought(text))
    assert len(await missed.said()) == 1


async def test_an_account_by_two_names_has_each_message_once(missed: Missed) -> None:
    second = Provider("second", store=missed.provider.store, url=missed.provider.url)
    await missed.worker(second).round()
    await missed.due(timedelta(hours=3))
    missed.write("Bonjour")
    await missed.look(second)
    assert await missed.said() == ["Bonjour"]


async def test_what_came_just_now_is_left_to_be_brought_and_what_came_before_is_not_ours(missed: Missed) -> None:
    await missed.since(timedelta(minutes=30))
    missed.write("Avant", timedelta(minutes=40))
    missed.write("À l’instant", timedelta(seconds=5))
    missed.write("Entre", timedelta(minutes=5))
    await missed.look()
    assert await missed.said() == ["Entre"]


@pytest.mark.parametrize(("asked", "left"), [(timedelta(hours=1), 0), (timedelta(minutes=5), 1)])
async def test_stop_that_was_not_brought_ends_the_news_that_were_asked_for_by_then(
    missed: Missed, asked: timedelta, left: int
) -> None:
    town = Town(missed.post)
    assert (await town.topic()).status_code == 200
    wish: dict[str, Any] = {"topics": [{"topic": "works", "channels": ["sms"]}], "consents": [NEWS]}
    assert (await town.ask(phone=PHONE, **wish)).status_code == 202
    await missed.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now() - $1::interval", asked)
    await missed.since()
    missed.write("STOP")
    await missed.look()
    assert await missed.post.pool.fetchval("SELECT count(news_at) FROM subscriber") == left
    assert await missed.post.pool.fetchval("SELECT count(*) FROM subscriber") == 1
    assert await missed.said() == []
    await town.aclose()


async def test_stop_that_was_not_brought_ends_those_of_an_account_whatever_else_it_changed_since(
    missed: Missed,
) -> None:
    town = Town(missed.post)
    assert (await town.topic()).status_code == 200
    reader = missed.post.person()
    missed.post.owners.contacts[reader.subject]["phone"] = PHONE
    wish = wishes(topics=[{"topic": "works", "channels": ["email", "sms"]}], consents=[NEWS])
    assert (await town.choose(reader, wish)).status_code == 200
    await missed.post.pool.execute("UPDATE subscriber SET news_at = now() - interval '1 hour', updated_at = now()")
    await missed.since()
    missed.write("STOP")
    await missed.look()
    rows = await missed.post.pool.fetch("SELECT channels FROM subscription")
    assert [row["channels"] for row in rows] == [["email"]]
    await town.aclose()


async def test_a_town_takes_no_more_than_it_may_in_an_hour_and_the_others_later(missed: Missed) -> None:
    await missed.since()
    for number in range(4):
        missed.write(f"Message {number}", timedelta(minutes=150 - number))
    await missed.look(inbound_per_hour=2)
    assert await missed.said() == ["Message 0", "Message 1"]
    await missed.look()
    assert await missed.said() == [f"Message {number}" for number in range(4)]


async def test_what_a_town_takes_later_keeps_no_stop_and_no_answer_out(
    missed: Missed, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    text = ReceiveHooks.text

    async def heard(receive: ReceiveHooks, collectivity: str, hook_id: str, told: InboundText) -> None:
        await text(receive, collectivity, hook_id, told)
        taken.append(told.text)

    monkeypatch.setattr(ReceiveHooks, "text", heard)
    await missed.since()
    for number, body in enumerate(["Message 0", "Message 1", "Message 2", "STOP", "Message 3"]):
        missed.write(body, timedelta(minutes=150 - number))
    await missed.look(inbound_per_hour=2)
    assert taken == ["Message 0", "Message 1", "STOP"]
    await missed.look()
    assert await missed.said() == [f"Message {number}" for number in range(4)]


async def test_a_provider_that_is_away_is_asked_again_and_nothing_is_left_out(missed: Missed) -> None:
    await missed.since()
    missed.write("Bonjour")
    missed.provider.faults = [Fault.AWAY]
    await missed.look()
    assert await missed.said() == []
    waits = await missed.post.pool.fetchval("SELECT due_at - now() FROM inbound_look")
    assert timedelta() < waits <= timedelta(minutes=10)
    await missed.look()
    assert await missed.said() == ["Bonjour"]


async def test_one_worker_looks_at_a_time_and_a_provider_in_lasting_trouble_is_left_alone(missed: Missed) -> None:
    await missed.since()
    missed.provider.asked, missed.provider.faults = 0, [Fault.AWAY] * 20
    worker = missed.worker()
    for _ in range(7):
        await missed.post.pool.execute("UPDATE inbound_look SET due_at = now()")
        await worker.round()
    assert missed.provider.asked == 5
    missed.provider.asked = 0
    await missed.post.pool.execute("UPDATE inbound_look SET due_at = now() + interval '1 minute'")
    await missed.worker().round()
    assert missed.provider.asked == 0


async def test_the_list_is_read_page_by_page_as_far_as_that_goes(
    missed: Missed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "_LISTED_PAGE", 2)
    await missed.since()
    for number in range(5):
        missed.write(f"Message {number}", timedelta(minutes=20 - number))
    monkeypatch.setattr(twilio, "_LISTED_PAGES", 2)
    await missed.look()
    assert len(await missed.said()) >= 4
    monkeypatch.setattr(twilio, "_LISTED_PAGES", 3)
    await missed.look()
    assert sorted(await missed.said()) == [f"Message {number}" for number in range(5)]


async def test_a_number_that_has_become_another_towns_begins_anew(missed: Missed) -> None:
    await missed.since()
    missed.write("À Paris")
    await missed.look(town="lyon")
    assert await missed.said() == []


async def test_nobody_is_asked_where_no_town_has_a_number(missed: Missed) -> None:
    runtime = missed.post.service.runtime
    missed.worker()
    assert text_catch_ups(runtime, missed.routes[0]) == ()


def brought(text: ReceivedText) -> InboundText:
    """As the provider brings it."""
    return InboundText(text.sender, text.body, (), recipient=text.to)
