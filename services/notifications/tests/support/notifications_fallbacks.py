# SPDX-License-Identifier: EUPL-1.2
"""People whose channels are tried one after the other, and the part of the worker that goes on to the next."""

from typing import Any

from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_post import Post
from notifications_texts import Texts

from parvis_notifications.service.fall_back import Fallbacks
from parvis_testing import Caller

REFUSED, FOR_NOW = "550 5.1.1 no such user", "450 4.2.1 busy"


def loop(post: Post) -> Fallbacks:
    """A worker's."""
    runtime = post.service.runtime
    return Fallbacks(runtime.database, runtime.persons, post._asking(), post.fingerprints, post.settings())  # noqa: SLF001


async def fall_back(post: Post) -> None:
    """Look after all that has failed, whatever was put off."""
    await post.pool.execute("UPDATE delivery SET fallback_at = now() WHERE fallback_at > now()")
    failed = loop(post)
    while await failed.round():
        pass


async def choose(
    post: Post,
    reader: Caller,
    *channels: str,
    mode: str = "first",
    version: int = 0,
    topic: str = "requests",
    quiet: dict[str, str] | None = None,
    **more: Any,
) -> None:
    topics = [{"topic": topic, "channels": list(channels), "mode": mode, **more}]
    body = {"language": None, "quiet_hours": quiet, "topics": topics}
    headers = reader.headers | {"If-Match": f'"{version}"'}
    answer = await post.client.put("/v1/notification-preferences", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def refused_mails(post: Post, reply: str = REFUSED) -> None:
    """Each mail that is due is refused so."""
    post.sink.recipient_replies = [reply] * 10
    await post.send_mails()
    post.sink.recipient_replies = []


async def come_back(post: Post) -> None:
    """The newest mail was taken, and comes back."""
    await post.send_mails(bounce_address=BOUNCES)
    back = post.sink.envelopes[-1][0]
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(("failed", "5.1.1"), to=back))


async def explained(post: Post, reader: Caller, at: int = 0) -> dict[str, Any]:
    """The whole answer about one of the newest messages; its items by channel."""
    newest = (await post.get(reader, "/v1/inbox-messages?limit=10")).json()["items"][at]
    answer = (await post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")).json()
    return {**answer, "items": {each["channel"]: each for each in answer["items"]}}


def said(item: dict[str, Any]) -> tuple[str, str, str | None]:
    """What was decided, why, and how far it has come."""
    return item["outcome"], item["reason"], item["state"]


async def waiting(texts: Texts, *channels: str) -> Caller:
    """Somebody who is to be told by the first of these that reaches them."""
    reader = texts.person()
    await choose(texts.post, reader, *channels)
    await texts.post.told(reader, "taken")
    return reader


async def count(post: Post, channel: str = "sms") -> int:
    return int(await post.pool.fetchval("SELECT count(*) FROM delivery WHERE channel = $1", channel))
