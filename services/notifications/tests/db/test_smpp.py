# SPDX-License-Identifier: EUPL-1.2
"""Text messages by SMPP: what an operator takes, tells and refuses; none goes twice, whatever breaks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_operator import NUMBER, SMS, Operator, operator_of
from notifications_post import Post
from notifications_texts import Texts

from parvis_local.smssink.faults import Fault
from parvis_notifications.domain.sms import length
from parvis_notifications.outgoing import smpp
from parvis_notifications.outgoing.smpp_text import reference_of
from parvis_notifications.outgoing.sms import (
    Sms,
    SmsFate,
    SmsRefusal,
    SmsRefusedError,
    SmsUnansweredError,
    SmsUnreachableError,
)
from parvis_notifications.sms_settings import SmsProviderSettings


@pytest.fixture
async def operator(post: Post) -> AsyncIterator[Operator]:
    async with operator_of(post) as made:
        yield made


async def test_a_message_is_taken_and_its_receipt_tells_that_it_arrived(operator: Operator) -> None:
    account = operator.account()
    taken = await account.submit(SMS)
    (text,) = operator.smsc.store.newest(None, 10)
    assert (text.to, text.sender, text.body) == (SMS.to, "Ville", SMS.text.replace("ê", "ê"))
    assert (taken.reference, taken.fate, taken.segments) == (text.sid, SmsFate.UNDER_WAY, 1)
    asked = await account.report(taken.reference)
    assert asked is not None
    assert (asked.fate, asked.status) == (SmsFate.UNDER_WAY, "enroute")
    await operator.receipts(1)
    told = await account.report(taken.reference)
    assert told is not None
    assert (told.fate, told.status) == (SmsFate.DELIVERED, "delivrd")
    assert await account.report("unknown") is None
    row = await operator.post.pool.fetchrow("SELECT * FROM sms_receipt")
    assert NUMBER[1:].encode() not in row["recipient"]


@pytest.mark.parametrize(
    ("words", "coding"),
    [("a{" * 100 + "€" * 20, 0), ("œuvre ê " * 30, 8), ("😀" * 80, 8), ("é" * 160, 0), ("ê" * 70, 8), ("@\n~\f|", 0)],
)
async def test_long_texts_go_in_segments_that_are_joined_again(operator: Operator, words: str, coding: int) -> None:
    taken = await operator.account().submit(Sms(NUMBER, words))
    parts = operator.smsc.submitted
    assert operator.smsc.store.newest(None, 1)[0].body == words
    assert {part.coding for part in parts} == {coding}
    assert taken.segments == len(parts) == length(words).segments
    assert all(len(part.content) <= 140 or (coding == 0 and len(part.content) <= 160) for part in parts)
    if len(parts) > 1:
        heads = [part.content[:6] for part in parts]
        assert {head[:3] for head in heads} == {b"\x05\x00\x03"}
        assert len({head[3] for head in heads}) == 1
        assert [(head[4], head[5]) for head in heads] == [(len(parts), number + 1) for number in range(len(parts))]


async def test_a_message_whose_answer_is_lost_is_found_by_its_receipt_and_not_sent_again(operator: Operator) -> None:
    account, since = operator.account(), datetime.now(UTC)
    operator.smsc.receipts = False
    operator.faults = [Fault.UNANSWERED]
    with pytest.raises(SmsUnansweredError):
        await account.submit(SMS)
    with pytest.raises(SmsUnreachableError, match="no-receipt"):
        await account.find(SMS, since, ())
    other = await account.submit(Sms(NUMBER, "Autre"))
    operator.smsc.receipts = True
    await operator.receipts(2)
    found = await account.find(SMS, since, {other.reference})
    assert found is not None
    assert (found.fate, found.reference != other.reference) == (SmsFate.DELIVERED, True)
    with pytest.raises(SmsUnreachableError):
        await account.find(SMS, since, {found.reference})
    with pytest.raises(SmsUnreachableError):
        await account.find(SMS, datetime.now(UTC) + timedelta(hours=1), ())
    assert operator.smsc.binds == 2, "bound again by itself"
    assert len(operator.smsc.submitted) == 2


async def test_receipts_come_to_whoever_is_bound_after_a_restart(operator: Operator) -> None:
    first = operator.account()
    taken = await first.submit(SMS)
    await first.close()
    second = operator.account()
    assert await second.report(taken.reference) is not None
    await operator.receipts(1)
    told = await second.report(taken.reference)
    assert told is not None
    assert told.fate is SmsFate.DELIVERED


async def test_what_is_throttled_goes_a_little_later_and_then_to_another_provider(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "_PAUSES", (0.01, 0.01))
    account = operator.account()
    operator.faults = [Fault.AWAY]
    assert (await account.submit(SMS)).fate is SmsFate.UNDER_WAY
    operator.faults = [Fault.AWAY] * 9
    with pytest.raises(SmsRefusedError) as refused:
        await account.submit(Sms(NUMBER, "b"))
    assert (refused.value.refusal, refused.value.reply) == (SmsRefusal.TROUBLE, "0x58")
    assert len(operator.smsc.submitted) == 1


async def test_refusals_say_of_what(operator: Operator) -> None:
    account = operator.account()
    operator.faults = [Fault.NO_NUMBER]
    with pytest.raises(SmsRefusedError) as refused:
        await account.submit(SMS)
    assert (refused.value.refusal, refused.value.surely) == (SmsRefusal.NUMBER, False)
    with pytest.raises(SmsRefusedError) as unknown:
        await operator.account(secret="wrong").submit(SMS)
    assert (unknown.value.refusal, unknown.value.reply) == (SmsRefusal.TROUBLE, "bind 0xd")
    operator.faults = [Fault.LOST]
    lost = await account.submit(SMS)
    await operator.receipts(1)
    told = await account.report(lost.reference)
    assert told is not None
    assert (told.fate, told.status) == (SmsFate.LOST, "undeliv")


async def test_a_part_that_is_out_is_not_sent_again_with_the_rest(operator: Operator) -> None:
    operator.faults = [None, Fault.NO_NUMBER]
    with pytest.raises(SmsUnansweredError, match="partly-taken"):
        await operator.account().submit(Sms(NUMBER, "a" * 300))
    assert len(operator.smsc.submitted) == 1


async def test_an_operator_that_is_silent_is_left_and_one_that_is_gone_took_nothing(operator: Operator) -> None:
    operator.faults = [Fault.SLOW]
    with pytest.raises(SmsUnansweredError):
        await operator.account(wait=3.0).submit(SMS)
    operator.server.close()
    operator.smsc.cut()
    with pytest.raises(SmsRefusedError) as refused:
        await operator.account().submit(SMS)
    assert refused.value.refusal is SmsRefusal.TROUBLE


async def test_many_at_a_time_keep_to_the_window(operator: Operator) -> None:
    account = operator.account(window=3)
    reports = await asyncio.gather(*(account.submit(Sms(NUMBER, f"n {number}")) for number in range(40)))
    assert len({report.reference for report in reports}) == 40
    assert operator.smsc.binds == 1


async def test_a_receipt_that_cannot_be_kept_comes_again(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    account = operator.account()
    book = account._receipts  # noqa: SLF001
    kept, tries = book.note, []

    async def once_away(provider: str, receipt: Any) -> None:
        tries.append(receipt)
        if len(tries) == 1:
            raise ConnectionError
        await kept(provider, receipt)

    monkeypatch.setattr(book, "note", once_away)
    await account.submit(SMS)
    await operator.receipts(1)
    assert len(tries) == 2


async def test_a_delivery_in_doubt_waits_for_its_receipt_and_never_goes_again(operator: Operator, texts: Texts) -> None:
    reader = texts.person()
    await texts.choose(reader, "email", "sms")
    texts.post.more["sms_providers"] = (operator.settings(segment_millicents=4_000),)
    await texts.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    operator.smsc.receipts = False
    operator.faults = [Fault.UNANSWERED]
    await texts.send()
    for _ in range(2):
        # The time in which a provider of HTTP would have shown what it has is over at once in these tests.
        await texts.ask()
        await texts.send()
    assert (await texts.explained(reader))["state"] == "unknown"
    operator.smsc.receipts = True
    await operator.receipts(1)
    await texts.ask()
    assert (await texts.explained(reader))["state"] == "sent"
    await texts.ask()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("delivered", "final", "delivrd")
    assert len(operator.smsc.submitted) == 1
    (row,) = await texts.post.pool.fetch("SELECT segments, cost_millicents FROM delivery WHERE channel = 'sms'")
    assert tuple(row) == (1, 4_000)


def test_the_reference_is_the_same_each_time() -> None:
    assert reference_of(SMS) == reference_of(Sms(SMS.to, SMS.text)) != reference_of(Sms(SMS.to, "b"))


@pytest.mark.parametrize(
    "wrong", [{"url": "https://x.example"}, {"account": "a" * 16}, {"secret": "123456789"}, {"url": "smpp://"}]
)
def test_settings_that_smpp_has_no_room_for_are_refused(wrong: dict[str, str]) -> None:
    values = {"name": "o", "kind": "smpp", "url": "smpps://smsc.example", "account": "a", "secret": "s", "sender": "V"}
    SmsProviderSettings.model_validate(values)
    with pytest.raises(ValueError, match=r"SMPP"):
        SmsProviderSettings.model_validate(values | wrong)
