# SPDX-License-Identifier: EUPL-1.2
"""What became of mails after the relay took them, as the person sees it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_post import Post, changed

from parvis_testing import Caller

OLD, NEW = "camille@example.org", "camille@neuf.example"
FAILED, DELAYED = ("failed", "5.1.1"), ("delayed", "4.4.1")


async def mailed(post: Post, reader: Caller, name: str = "taken") -> str:
    """Tell them something by mail; returns where its bounces go."""
    await post.told(reader, name)
    await post.send_mails(bounce_address=BOUNCES)
    return post.sink.envelopes[-1][0]


async def seen(post: Post, reader: Caller) -> dict[str, Any]:
    newest = (await post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
    (item,) = (await post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")).json()["items"]
    return dict(item)


async def test_each_mail_has_an_envelope_sender_of_its_own_and_the_reader_sees_none_of_it(post: Post) -> None:
    reader = post.person(OLD)
    first, second = await mailed(post, reader), await mailed(post, reader)
    assert first != second
    assert first.startswith("retours+")
    assert first.endswith("@retours.ville.example")
    assert [mail["From"].addresses[0].addr_spec for mail in post.sink.mails()] == ["ne-pas-repondre@ville.example"] * 2
    assert first.encode() not in post.sink.taken[0]


async def test_where_nobody_takes_bounces_mails_leave_as_before(post: Post) -> None:
    await post.told(post.person(OLD))
    await post.send_mails()
    assert [sender for sender, _ in post.sink.envelopes] == ["ne-pas-repondre@ville.example"]


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_a_mail_that_comes_back_is_not_sent_but_bounced(post: Post, protocol: str) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post, bounce_protocol=protocol) as courier:
        answers = await courier.bring(back.upper(), notification(FAILED, to=back))
        assert answers[-1].startswith("250")
        again = await courier.bring(back, notification(("failed", "5.7.1"), to=back))
        assert again[-1].startswith("250")
    item = await seen(post, reader)
    assert (item["state"], item["report_status"], item["sent_at"] is not None) == ("bounced", "5.1.1", True)
    assert item["bounced_at"] > item["sent_at"]


async def test_a_delay_is_told_and_final_in_nothing(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(DELAYED))
        item = await seen(post, reader)
        assert (item["state"], item["report_status"], item["bounced_at"]) == ("sent", "4.4.1", None)
        assert item["delayed_at"] is not None
        await courier.bring(back, notification(("failed", "4.4.7")))
        assert (await seen(post, reader))["state"] == "bounced"
        await courier.bring(back, notification(DELAYED))
    assert (await seen(post, reader))["report_status"] == "4.4.7"


async def test_to_an_address_that_does_not_exist_nothing_more_goes_until_there_is_another(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    await post.told(reader, "resolved")  # waits already
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(FAILED))
    await post.send_mails()
    item = await seen(post, reader)
    assert (item["outcome"], item["state"], item["last_reply"]) == ("sent", "failed", "address-unreachable")
    await post.told(reader, "taken")
    item = await seen(post, reader)
    assert (item["outcome"], item["reason"], item["state"]) == ("withheld", "address-unreachable", None)
    assert "n'existe pas" in item["explanation"]
    assert len(post.sink.taken) == 1
    (mark,) = await post.pool.fetch("SELECT * FROM unreachable_address")
    assert OLD.encode() not in mark["fingerprint"]
    post.owners.contacts[reader.subject]["email"] = NEW
    await post.told(reader, "taken")
    assert (await seen(post, reader))["outcome"] == "sent"
    await post.send_mails()
    assert [to for _, to in post.sink.envelopes] == [OLD, NEW]


async def test_what_the_law_has_sent_is_tried_once_all_the_same(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(FAILED))
        back = await mailed(post, reader, "submitted")
        assert (await seen(post, reader))["state"] == "sent"
        await courier.bring(back, notification(FAILED))
    await post.send_mails(bounce_address=BOUNCES)
    assert ((await seen(post, reader))["state"], len(post.sink.taken)) == ("bounced", 2)


async def test_an_address_that_was_confirmed_anew_is_tried_anew(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(FAILED))
    await post.hear(changed(reader, "email"))
    await post.told(reader)
    assert (await seen(post, reader))["outcome"] == "sent"


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.0.0", "4.4.7"])
async def test_a_mail_may_be_lost_without_a_word_about_its_address(post: Post, status: str) -> None:
    reader, neighbour = post.person(OLD), post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(("failed", status)))
    assert (await seen(post, reader))["state"] == "bounced"
    for person in (reader, neighbour):
        await post.told(person)
        assert (await seen(post, person))["outcome"] == "sent"


async def test_a_forged_bounce_is_refused_before_it_says_anything(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    local, _, domain = back.partition("@")
    other = "b" if local[-1] == "a" else "a"
    async with bounce_intake(post) as courier:
        for forged in (f"{local[:-1]}{other}@{domain}", f"autre{local[7:]}@{domain}", BOUNCES, f"{local}@x.example"):
            answers = await courier.bring(forged, notification(FAILED))
            assert answers[-1].startswith("550 5.1.1"), forged
        assert (await courier.bring(back, notification(FAILED), "mechant@x.example"))[-1].startswith("550 5.7.1")
    assert (await seen(post, reader))["state"] == "sent"


async def test_what_reports_nothing_changes_nothing(post: Post) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3_000))
    async with bounce_intake(post) as courier:
        for content in (b"Subject: Absent\r\n\r\nJe suis absent.", b"", deep, notification(("delivered", "2.0.0"))):
            assert (await courier.bring(back, content))[-1].startswith("250")
        huge = await courier.bring(back, b"x" * 78 + (b"\r\n" + b"x" * 78) * 15_000)
        assert huge[-1].startswith("552")
    item = await seen(post, reader)
    assert (item["state"], item["report_status"]) == ("sent", None)


async def test_a_bounce_of_a_mail_in_doubt_ends_the_doubt(post: Post) -> None:
    reader = post.person(OLD)
    await post.told(reader)
    post.sink.hold_answer = True
    await post.send_mails(bounce_address=BOUNCES, smtp_acceptance_seconds=3)
    assert await asyncio.to_thread(post.sink.holding.wait, 60)
    post.sink.hold_answer = False
    assert (await seen(post, reader))["state"] == "retry"
    async with bounce_intake(post) as courier:
        await courier.bring(post.sink.envelopes[0][0], notification(FAILED))
    await post.due_now("delivery")
    await post.send_mails(bounce_address=BOUNCES)
    assert len(post.sink.taken) == 1, "it had been taken: a second copy would bounce as well"
    assert (await seen(post, reader))["state"] == "bounced"


async def test_while_the_database_is_away_the_other_server_keeps_the_bounce(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    async with bounce_intake(post) as courier:
        with monkeypatch.context() as away:
            away.setattr(post.service.runtime.database, "unit_of_work", _away)
            assert (await courier.bring(back, notification(FAILED)))[-1].startswith("451")
        assert (await seen(post, reader))["state"] == "sent"
        assert (await courier.bring(back, notification(FAILED)))[-1].startswith("250")
    assert (await seen(post, reader))["state"] == "bounced"


def _away() -> None:
    raise OSError


async def test_no_address_of_a_bounce_is_in_the_logs(post: Post, logged: Callable[[], str]) -> None:
    reader = post.person(OLD)
    back = await mailed(post, reader)
    logged()
    async with bounce_intake(post) as courier:
        await courier.bring(back, notification(FAILED))
        await courier.bring("camille@example.org", notification(FAILED))
    said = logged()
    assert "mail_report" in said
    for personal in ("camille", "example.org", back):
        assert personal not in said
