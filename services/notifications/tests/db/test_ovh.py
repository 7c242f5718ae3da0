# SPDX-License-Identifier: EUPL-1.2
"""Text messages by OVHcloud's form: none goes twice, what is told of them is asked for, what is answered is fetched."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from notifications_ovh import RECEIPTS_KEY, OvhProvider, ovh_provider
from notifications_texts import NUMBER, Texts

from parvis_local.smssink.faults import Fault
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.sms import Sms, SmsFate, SmsRefusal, SmsRefusedError
from parvis_notifications.sms_settings import SmsProviderSettings

SMS = Sms(NUMBER, "Ville de Paris : votre carte est prête [4012] €")
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


@pytest.fixture
async def account(ovh: OvhProvider) -> AsyncIterator[Ovh]:
    made = Ovh(ovh.settings(), timeout=10)
    yield made
    await made.close()


async def waiting(texts: Texts, *providers: SmsProviderSettings) -> Any:
    """Somebody for whom a text message waits."""
    texts.post.more["sms_providers"] = providers
    reader = texts.person()
    await texts.choose(reader, "email", "sms")
    await texts.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    return reader


async def test_a_text_goes_and_is_told_of_with_what_it_cost(texts: Texts, ovh: OvhProvider) -> None:
    reader = await waiting(texts, ovh.settings())
    await texts.send()
    (text,) = ovh.texts()
    assert (text.to, text.sender) == (NUMBER, "Ville")
    assert "R-2026-7KQ4-XM7" in text.body
    assert (await texts.explained(reader))["state"] == "sent"
    ovh.settle()
    await texts.ask()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("delivered", "final", "dlr 1 ptt 4")
    (row,) = await texts.post.pool.fetch("SELECT segments, cost_millicents, ask_at FROM delivery WHERE channel = 'sms'")
    assert tuple(row) == (1, 6_000, None)


async def test_it_steps_in_for_another_and_another_for_it(texts: Texts, ovh: OvhProvider) -> None:
    texts.first.faults = [Fault.AWAY]
    await waiting(texts, texts.first.settings(), ovh.settings())
    await texts.send()
    assert (len(texts.first.texts()), len(ovh.texts())) == (0, 1)
    texts.post.more["sms_providers"] = (ovh.settings(secret="wrong"), texts.second.settings())
    for reader in [await _chooser(texts) for _ in range(FAILURES + 2)]:
        await texts.post.told(reader, "taken")
    await texts.send()
    assert len(texts.second.texts()) == FAILURES + 2
    replies = await texts.post.pool.fetch("SELECT reply FROM delivery_attempt WHERE provider = 'ovh'")
    assert [row["reply"] for row in replies].count("400") == FAILURES, "the breaker is open by then"


async def _chooser(texts: Texts) -> Any:
    reader = texts.person()
    await texts.choose(reader, "sms")
    return reader


async def test_no_refusal_but_of_a_number_is_final(account: Ovh, ovh: OvhProvider) -> None:
    for fault, refusal in ((Fault.AWAY, SmsRefusal.TROUBLE), (Fault.NO_NUMBER, SmsRefusal.NUMBER)):
        ovh.faults = [fault]
        with pytest.raises(SmsRefusedError) as refused:
            await account.submit(SMS)
        assert refused.value.refusal is refusal
        assert not (refusal is SmsRefusal.NUMBER and refused.value.surely)
    with pytest.raises(SmsRefusedError) as refused:
        await account.submit(Sms(NUMBER, ""))
    assert (refused.value.refusal, refused.value.reply) == (SmsRefusal.TROUBLE, "400")
    assert ovh.texts() == []


@pytest.mark.parametrize("age", [0.0, 10.0])
@pytest.mark.parametrize("fault", [Fault.UNANSWERED, Fault.SLOW])
async def test_a_text_whose_answer_was_lost_is_found_whether_it_waits_or_went(
    texts: Texts, ovh: OvhProvider, fault: Fault, age: float
) -> None:
    texts.post.more["sms_timeout_seconds"] = 3.0
    reader = await waiting(texts, ovh.settings())
    ovh.faults = [fault]
    await texts.send()
    assert (await texts.explained(reader))["state"] == "unknown"
    (text,) = ovh.texts()
    text.taken_at += 3_600 if not age else -age
    for _ in range(2):
        await texts.post.due_now("delivery")
        await texts.send()
        await texts.ask()
    item = await texts.explained(reader)
    assert item["state"] == ("delivered" if age else "sent")
    assert len(ovh.texts()) == 1


async def test_what_the_provider_never_had_goes_again_and_while_it_cannot_be_asked_nothing_goes(
    texts: Texts, ovh: OvhProvider
) -> None:
    reader = await waiting(texts, ovh.settings())
    ovh.faults = [Fault.UNANSWERED]
    await texts.send()
    ovh.texts()[0].tag = ""
    ovh.texts()[0].body += " (never taken)"
    texts.post.more["sms_providers"] = (ovh.settings(consumer_key="gone"),)
    await texts.ask()
    assert (await texts.explained(reader))["state"] == "unknown"
    texts.post.more["sms_providers"] = (ovh.settings(),)
    await texts.ask()
    await texts.send()
    assert (await texts.explained(reader))["state"] == "sent"
    assert len(ovh.texts()) == 2


async def test_of_two_alike_each_is_its_own(account: Ovh, ovh: OvhProvider) -> None:
    first = await account.submit(SMS)
    second = await account.submit(SMS)
    ovh.settle()
    found = await account.find(SMS, LONG_AGO, {first.reference})
    assert found is not None
    assert found.reference == second.reference != first.reference
    assert await account.find(SMS, LONG_AGO, {first.reference, second.reference}) is None
    assert await account.find(Sms(SMS.to, "Autre"), LONG_AGO, ()) is None


async def test_no_number_stands_in_an_address_nor_what_was_written(
    account: Ovh, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    whole = account._account._session.request  # noqa: SLF001

    def noting(method: str, url: str, **options: Any) -> Any:
        asked.append(url)
        return whole(method, url, **options)

    monkeypatch.setattr(account._account._session, "request", noting)  # noqa: SLF001
    sent = await account.submit(SMS)
    await account.find(SMS, LONG_AGO, ())
    await account.report(sent.reference)
    assert len(asked) >= 4
    assert not [url for url in asked if NUMBER.removeprefix("+33") in url or "carte" in url]


async def test_the_clock_of_the_provider_counts(account: Ovh, ovh: OvhProvider) -> None:
    assert ovh.service is not None
    ovh.service.ahead = 86_400
    assert (await account.submit(SMS)).fate is SmsFate.UNDER_WAY
    ovh.service.ahead = 0
    with pytest.raises(SmsRefusedError):
        await account.submit(SMS)
    assert (await account.submit(SMS)).fate is SmsFate.UNDER_WAY, "it was read anew"


@pytest.mark.parametrize(
    ("receipt", "code", "fate"),
    [
        (0, 0, SmsFate.UNDER_WAY),
        (1, 4, SmsFate.DELIVERED),
        (1, 6, SmsFate.UNDER_WAY),
        (2, 6, SmsFate.UNDER_WAY),
        (2, 8, SmsFate.EXPIRED),
        (2, 23, SmsFate.LOST),
        (2, 24, SmsFate.EXPIRED),
        (2, 28, SmsFate.REJECTED),
        (2, 999, SmsFate.REJECTED),
        (4, 1, SmsFate.UNDER_WAY),
        (8, 2, SmsFate.UNDER_WAY),
        (16, 5, SmsFate.REJECTED),
        (None, None, SmsFate.UNDER_WAY),
    ],
)
async def test_what_passes_is_never_taken_for_final(
    account: Ovh,
    ovh: OvhProvider,
    monkeypatch: pytest.MonkeyPatch,
    receipt: int | None,
    code: int | None,
    fate: SmsFate,
) -> None:
    sent = await account.submit(SMS)
    ovh.settle()
    monkeypatch.setattr("parvis_local.smssink.ovh._ENDS", {"delivered": (receipt, code)})
    report = await account.report(sent.reference)
    assert report is not None
    assert report.fate is fate


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("done", [False, True])
async def test_whenever_the_worker_dies_a_text_goes_once(
    texts: Texts, ovh: OvhProvider, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    reader = await waiting(texts, ovh.settings())
    whole = Ovh.submit

    async def dying(self: Ovh, sms: Sms) -> None:
        if done:
            await whole(self, sms)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Ovh, "submit", dying)
        with pytest.raises(Died):
            await texts.send()
    for _ in range(3):
        await texts.post.due_now("delivery")
        await texts.send()
        await texts.ask()
    assert len(ovh.texts()) == 1
    assert (await texts.explained(reader))["state"] == "sent"


async def test_a_receipt_has_its_provider_asked_and_nothing_of_it_is_believed(texts: Texts, ovh: OvhProvider) -> None:
    reader = await waiting(texts, ovh.settings())
    await texts.send()
    (text,) = ovh.texts()
    settings = texts.post.service.runtime.settings.__dict__
    before, settings["sms_providers"] = settings["sms_providers"], (ovh.settings(),)
    try:
        for key, status in (("x" * 32, 404), (RECEIPTS_KEY, 204)):
            await texts.post.pool.execute(
                "UPDATE delivery SET ask_at = now() + interval '1 hour' WHERE channel = 'sms'"
            )
            told = {"id": str(text.number), "ptt": "23", "date": "x", "description": "2", "descriptionDlr": "Failed"}
            answer = await texts.post.client.get(f"/v1/text-providers/ovh/receipts/{key}", params=told)
            assert answer.status_code == status
            due = await texts.post.pool.fetchval("SELECT ask_at <= now() FROM delivery WHERE channel = 'sms'")
            assert due is (status == 204)
        unknown = await texts.post.client.get(f"/v1/text-providers/ovh/receipts/{RECEIPTS_KEY}?id=1")
        assert unknown.status_code == 204
    finally:
        settings["sms_providers"] = before
    assert (await texts.explained(reader))["state"] == "sent"
    ovh.settle()
    _, asker = texts.worker()
    await asker.round()
    assert (await texts.explained(reader))["state"] == "delivered"


@pytest.mark.parametrize("wrong", [{"application_key": ""}, {"consumer_key": ""}, {"signing_secret": "short"}])
def test_settings_without_what_the_form_needs_are_refused(ovh: OvhProvider, wrong: dict[str, str]) -> None:
    values = ovh.settings().model_dump(exclude={"url"})
    assert SmsProviderSettings.model_validate(values).url == "https://eu.api.ovh.com"
    assert SmsProviderSettings.model_validate(values).signing is None
    with pytest.raises(ValueError, match=r"OVHcloud|receipts"):
        SmsProviderSettings.model_validate(values | wrong)
