# SPDX-License-Identifier: EUPL-1.2
"""A mail that waits goes to the address that its person has when it goes; the next message is in their language."""

from datetime import timedelta
from uuid import uuid4

from notifications_post import Post, changed

from parvis_notifications.db.deliveries import Deliveries, attempt_at
from parvis_notifications.domain.topic import Channel

OLD, NEW = "camille@example.org", "camille@neuf.example"


async def states(post: Post) -> list[tuple[str, str | None]]:
    return [(row["state"], row["last_reply"]) for row in await post.rows("delivery")]


def recipients(post: Post) -> list[str]:
    return [to for _, to in post.sink.envelopes]


async def test_a_waiting_mail_goes_to_the_new_address(post: Post) -> None:
    reader, other = post.person(OLD), post.person("autre@example.org")
    await post.told(reader)
    await post.told(other)
    post.owners.contacts[reader.subject]["email"] = NEW
    await post.hear(changed(reader, "email", "language"))
    post.owners.calls.clear()
    await post.send_mails()
    assert sorted(recipients(post)) == ["autre@example.org", NEW]
    assert [path.split("?")[0] for path in post.owners.paths()] == [f"/internal/v1/people/{reader.subject}/contact"]
    assert not any(NEW.encode() in row["address"] for row in await post.rows("delivery"))


async def test_until_the_owner_answers_the_mail_goes_nowhere(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    post.owners.contacts[reader.subject]["email"] = NEW
    await post.hear(changed(reader, "email"))
    post.owners.down = True
    await post.send_mails()
    assert (recipients(post), await states(post)) == ([], [("retry", "owner-unreachable")])
    post.owners.down = False
    await post.due_now("delivery")
    await post.send_mails()
    assert recipients(post) == [NEW]


async def test_a_mail_in_hand_is_withdrawn_when_its_address_changes(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    deliveries, claim = Deliveries(post.service.runtime.database, Channel.EMAIL), uuid4()
    lease = timedelta(seconds=30)
    (mail,) = await deliveries.claim(claim, 10, lease=lease)
    await post.hear(changed(reader, "email"))
    assert not await deliveries.hand_over(attempt_at(mail, claim, "smtp"), lease=lease)
    await post.due_now("delivery")
    second = uuid4()
    (mail,) = await deliveries.claim(second, 10, lease=lease)
    await post.hear(changed(reader, "email"))
    assert not await deliveries.readdress(mail, second, b"of the change before"), "it changed once more meanwhile"


async def test_who_has_no_address_any_more_gets_no_mail(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    post.owners.contacts[reader.subject]["email"] = None
    await post.hear(changed(reader, "email"))
    await post.send_mails()
    assert (recipients(post), await states(post)) == ([], [("failed", "no-address")])


async def test_what_has_gone_is_left_alone_and_so_is_what_no_mail_depends_on(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    await post.send_mails()
    await post.told(reader)
    await post.hear(changed(reader, "phone", "preferred_name"))
    assert [row["address_doubts"] for row in await post.rows("delivery")] == [0, 0]
    await post.hear(changed(reader, "email"))
    assert [row["address_doubts"] for row in await post.rows("delivery")] == [0, 1]


async def test_the_next_message_is_in_the_new_language(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    post.owners.contacts[reader.subject]["language"] = "en"
    await post.hear(changed(reader, "language"))
    await post.told(reader)
    assert [row["language"] for row in await post.rows("message")] == ["fr", "en"]
