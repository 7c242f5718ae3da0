# SPDX-License-Identifier: EUPL-1.2
"""What one account has in its inbox is the other's, once the two were found to be one person's."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_post import Post, merged

from parvis_notifications.db.deliveries import Deliveries, attempt_at
from parvis_notifications.db.notices import Notices
from parvis_notifications.domain.topic import Channel
from parvis_testing import Caller

OLD, NEW = "camille@example.org", "camille@neuf.example"


async def inbox(post: Post, reader: Caller) -> list[str]:
    """The references in it, the newest first."""
    items = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
    return re.findall(r"R-[A-Z0-9-]+", " ".join(item["subject"] for item in items))


async def test_the_inbox_moves_and_is_read_under_the_other_account_alone(post: Post) -> None:
    absorbed, kept = post.person(OLD), post.person(NEW)
    await post.told(absorbed, reference="R-2026-AAAA-AA1")
    await post.told(kept, reference="R-2026-BBBB-BB2")
    told = merged(absorbed, kept)
    for _ in range(2):  # the second changes nothing
        await post.hear(told)
        assert await inbox(post, kept) == ["R-2026-BBBB-BB2", "R-2026-AAAA-AA1"]
        assert await inbox(post, absorbed) == []
    assert sorted(row["position"] for row in await post.rows("message")) == [1, 2]


async def test_a_waiting_mail_goes_once_to_the_address_of_the_account_that_stays(post: Post) -> None:
    absorbed, kept = post.person(OLD), post.person(NEW)
    await post.told(absorbed)
    deliveries, claim = Deliveries(post.service.runtime.database, Channel.EMAIL), uuid4()
    lease = timedelta(seconds=30)
    (mail,) = await deliveries.claim(claim, 10, lease=lease)
    await post.hear(merged(absorbed, kept))
    assert not await deliveries.hand_over(attempt_at(mail, claim, "smtp"), lease=lease), (
        "withdrawn from who had it in hand"
    )
    assert not await deliveries.readdress(mail, claim, b"sealed with the former key")
    await post.due_now("delivery")
    await post.send_mails()
    assert [to for _, to in post.sink.envelopes] == [NEW]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_what_is_told_of_the_absorbed_account_later_comes_to_the_other(
    post: Post, order: tuple[int, int]
) -> None:
    absorbed, between, kept = post.person(OLD), post.person(OLD), post.person(NEW)
    await post.told(absorbed, reference="R-2026-BBBB-BB2")
    chain = [merged(absorbed, between), merged(between, kept)]
    for place in order:
        await post.hear(chain[place])
    await post.told(absorbed, reference="R-2026-CCCC-CC3")
    assert await inbox(post, kept) == ["R-2026-CCCC-CC3", "R-2026-BBBB-BB2"]


async def test_a_notice_in_hand_is_composed_for_the_account_that_stays(post: Post) -> None:
    absorbed, kept = post.person(OLD), post.person(NEW)
    post.owners.down = True
    await post.told(absorbed)
    post.owners.down = False
    await post.due_now("notice")
    claim = uuid4()
    (notice,) = await Notices(post.pool).claim(claim, 10, lease=timedelta(seconds=30))
    await post.hear(merged(absorbed, kept))
    (row,) = await post.rows("notice")
    assert (row["id"], row["claim"], str(row["person"])) == (notice.id, None, kept.subject)
    await post.compose()
    assert len(await inbox(post, kept)) == 1


async def test_the_choice_under_the_account_that_stays_holds(post: Post) -> None:
    absorbed, kept, other = post.person(OLD), post.person(NEW), post.person(NEW)
    for who, language in ((absorbed, "en"), (kept, "fr")):
        body: dict[str, Any] = {"language": language, "quiet_hours": None, "topics": []}
        headers = who.headers | {"If-Match": '"0"'}
        answer = await post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    await post.hear(merged(absorbed, kept))
    await post.hear(merged(kept, other))
    chosen = (await post.get(other, "/v1/notification-preferences")).json()
    assert chosen["language"] == "fr"
    assert len(await post.pool.fetch("SELECT 1 FROM preference")) == 1


async def test_how_choices_came_to_be_and_what_is_known_of_addresses_moves_too(post: Post) -> None:
    absorbed, kept = post.person(OLD), post.person(OLD)
    body: dict[str, Any] = {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": []}]}
    headers = absorbed.headers | {"If-Match": '"0"'}
    assert (await post.client.put("/v1/notification-preferences", json=body, headers=headers)).status_code == 200
    await post.told(absorbed)  # by law, whatever was chosen
    await post.send_mails(bounce_address=BOUNCES)
    async with bounce_intake(post) as courier:
        await courier.bring(post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
    for _ in range(2):
        await post.hear(merged(absorbed, kept))
    (change,) = (await post.get(kept, "/v1/notification-preference-changes")).json()["items"]
    assert (change["way"], change["channels"]) == ("account", [])
    assert (await post.get(absorbed, "/v1/notification-preference-changes")).json()["items"] == []
    await post.told(kept, "taken")
    newest = (await post.get(kept, "/v1/inbox-messages?limit=1")).json()["items"][0]
    (item,) = (await post.get(kept, f"/v1/inbox-messages/{newest['id']}/deliveries")).json()["items"]
    assert (item["outcome"], item["reason"]) == ("withheld", "address-unreachable")


async def test_what_is_known_of_each_kind_of_address_moves_by_itself(post: Post) -> None:
    absorbed, kept = post.person(OLD), post.person(NEW)
    known = "INSERT INTO unreachable_address VALUES ($1, 'paris', $2, $3, '5.1.1', now())"
    for who, channel, mark in (
        (kept, "email", b"new"), (absorbed, "email", b"old"), (absorbed, "letter", b"home")
    ):  # fmt: skip
        await post.pool.execute(known, who.subject, channel, mark)
    await post.hear(merged(absorbed, kept))
    rows = await post.pool.fetch("SELECT person, channel, fingerprint FROM unreachable_address ORDER BY channel")
    assert [(str(row["person"]), row["channel"], row["fingerprint"]) for row in rows] == [
        (kept.subject, "email", b"new"), (kept.subject, "letter", b"home")
    ]  # fmt: skip
