# SPDX-License-Identifier: EUPL-1.2
"""A mention that is taken back is told no more by whatever way still waits, and each way says why."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from notifications_gathering import maker
from notifications_post import Post, event, example
from notifications_sink import form

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers import people
from parvis_notifications.service.bundle_alerts import Windows

TAKEN_BACK = ("withheld", "taken-back", None)


class Mentions:
    """Notes that name an agent, and take it back."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.agent = post.service.agent()
        post.owners.contacts[self.agent.subject] = {"email": "agent@ville.example", "language": "fr"}

    def mentioned(self, reference: str = "R-2026-7KQ4-XM7") -> Event:
        return self._event("agent-mentioned", uuid4(), reference=reference)

    def withdrawn(self, mention: Event, *, still: bool = False) -> Event:
        return replace(self._event("mention-withdrawn", mention.key, still_mentioned=still), sequence=2)

    def _event(self, name: str, key: UUID, **more: Any) -> Event:
        type_ = f"fr.parvis.requests.{name}.v1"
        data = example(type_) | {"mention_id": str(key), "agent": self.agent.subject} | more
        told: dict[str, Any] = {"subject": str(key), "key": key, "topic": "parvis.requests.mention.v1", "data": data}
        return replace(event("submitted"), id=uuid4(), type=type_, **told)

    async def choose(self, **how: Any) -> None:
        topic = {"topic": "work", "channels": ["email"]} | ({"digest": "daily"} if how.pop("digest", False) else {})
        body = {"language": None, "quiet_hours": None, "topics": [topic]} | how
        headers = self.agent.headers | {"If-Match": '"0"'}
        answer = await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def explained(self) -> tuple[str, str, str | None]:
        (message,) = (await self.post.get(self.agent, "/v1/inbox-messages")).json()["items"]
        path = f"/v1/inbox-messages/{message['id']}/deliveries"
        items = (await self.post.get(self.agent, path)).json()["items"]
        (mail,) = [item for item in items if item["channel"] == "email"]
        return mail["outcome"], mail["reason"], mail["state"]


@pytest.fixture
def mentions(post: Post) -> Mentions:
    return Mentions(post)


def quiet_now() -> dict[str, str]:
    begins, ends = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=hours) for hours in (-2, 2))
    return {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "Europe/Paris"}


async def test_what_was_not_composed_yet_is_told_to_nobody(mentions: Mentions) -> None:
    post, (first, second) = mentions.post, (mentions.mentioned(), mentions.mentioned("R-2026-7KQ4-XM9"))
    for happened in (first, second, mentions.withdrawn(first)):
        await post.hear(happened)
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert "XM9" in mail["Subject"]
    assert "XM7" not in form(mail, "plain")
    assert await post.rows("notice") == []


async def test_what_is_gathered_for_a_message_about_several_is_left_out_of_it(mentions: Mentions) -> None:
    post, told = mentions.post, [mentions.mentioned(f"R-2026-7KQ4-X{number}A") for number in range(4)]
    hearing = people.handlers(post.service.runtime.persons, Windows(timedelta(minutes=10), timedelta(minutes=15)))
    for happened in told[:1], told[1:], [mentions.withdrawn(told[2])]:
        for each in happened:
            async with post.service.runtime.database.unit_of_work() as uow:
                await hearing[each.type](each, uow.session)
                await uow.commit()
        await post.compose()
    await post.due_now("notice")
    await post.compose()
    await post.send_mails()
    (mail,) = [form(each, "plain") for each in post.sink.mails() if "2 dossiers" in str(each["Subject"])]
    assert [f"X{number}A" in mail for number in range(4)] == [False, True, False, True]


@pytest.mark.parametrize("before", [True, False])
async def test_what_a_digest_was_to_tell_is_left_out_until_that_is_made(mentions: Mentions, before: bool) -> None:
    post, mention = mentions.post, mentions.mentioned()
    await mentions.choose(digest=True)
    await post.hear(mention)
    await post.compose()
    for happened in (mentions.withdrawn(mention), None) if before else (None, mentions.withdrawn(mention)):
        if happened is not None:
            await post.hear(happened)
            continue
        await post.pool.execute("UPDATE digest SET look_at = now()")
        while await maker(post).round():
            pass
        await post.send_mails()
    assert (len(post.sink.mails()), await mentions.explained()) == (
        (0, TAKEN_BACK) if before else (1, ("gathered", "digest", "sent"))
    )


@pytest.mark.parametrize("still", [False, True])
async def test_what_waits_for_the_end_of_quiet_hours_does_not_go_unless_another_note_names_them(
    mentions: Mentions, still: bool
) -> None:
    post, mention = mentions.post, mentions.mentioned()
    await mentions.choose(quiet_hours=quiet_now())
    await post.hear(mention)
    await post.compose()
    for _ in range(2):
        await post.hear(mentions.withdrawn(mention, still=still))
    await post.due_now("delivery")
    await post.send_mails()
    assert (len(post.sink.mails()), await mentions.explained()) == (
        (1, ("deferred", "quiet-hours", "sent")) if still else (0, TAKEN_BACK)
    )


async def test_what_held_for_another_note_does_not_go_once_that_names_them_no_more_either(mentions: Mentions) -> None:
    post, first, second = mentions.post, mentions.mentioned(), mentions.mentioned()
    await mentions.choose(quiet_hours=quiet_now())
    for happened in (first, second):
        await post.hear(happened)
        await post.compose()
    again = replace(mentions.withdrawn(first), sequence=3)
    for happened in (mentions.withdrawn(first, still=True), mentions.withdrawn(second), again):
        await post.hear(happened)
    await post.due_now("delivery")
    await post.send_mails()
    assert post.sink.mails() == []


async def test_what_the_relay_has_refused_for_now_is_not_tried_again_and_its_attempt_is_kept(
    mentions: Mentions,
) -> None:
    post, mention = mentions.post, mentions.mentioned()
    await post.hear(mention)
    await post.compose()
    post.sink.content_replies = ["451 4.3.0 later"]
    await post.send_mails()
    await post.hear(mentions.withdrawn(mention))
    await post.pool.execute("UPDATE delivery SET due_at = now()")
    await post.send_mails()
    assert post.sink.taken == []
    assert await mentions.explained() == ("withheld", "taken-back", "failed")
    assert await post.pool.fetchval("SELECT count(*) FROM delivery_attempt") == 1


async def test_what_has_gone_stays_so(mentions: Mentions) -> None:
    post, mention = mentions.post, mentions.mentioned()
    await post.hear(mention)
    await post.compose()
    await post.send_mails()
    await post.hear(mentions.withdrawn(mention))
    outcome, reason, state = await mentions.explained()
    assert (outcome, reason != "taken-back", state) == ("sent", True, "sent")


async def test_a_withdrawal_waits_for_the_digest_that_is_just_made(mentions: Mentions) -> None:
    """Whoever closes a mail has read what is in it: what it tells of is not said to be withheld."""
    post, mention = mentions.post, mentions.mentioned()
    await mentions.choose(digest=True)
    await post.hear(mention)
    await post.compose()
    async with post.pool.acquire() as closing:
        transaction = closing.transaction()
        await transaction.start()
        await closing.execute("SELECT id FROM digest FOR UPDATE")
        heard = asyncio.create_task(post.hear(mentions.withdrawn(mention)))
        done, _ = await asyncio.wait({heard}, timeout=0.3)
        assert not done
        await closing.execute("UPDATE digest SET closed_at = now()")
        await transaction.commit()
    await heard
    assert (await mentions.explained())[:2] == ("gathered", "digest")
