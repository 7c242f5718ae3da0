# SPDX-License-Identifier: EUPL-1.2
"""What OVHcloud refuses of one message alone, and how long one is looked for there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from notifications_ovh import OvhProvider, ovh_provider
from notifications_texts import NUMBER

from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.sms import Sms, SmsRefusal, SmsRefusedError, SmsUnreachableError

SMS = Sms(NUMBER, "Ville de Paris : votre carte est prête.")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def ovh() -> Iterator[OvhProvider]:
    with ovh_provider("ovh") as one:
        yield one


@pytest.fixture
async def account(ovh: OvhProvider) -> AsyncIterator[Ovh]:
    made = Ovh(ovh.settings(), timeout=10)
    yield made
    await made.close()


async def test_one_that_is_refused_while_others_are_taken_is_for_another_provider(
    account: Ovh, ovh: OvhProvider
) -> None:
    assert ovh.service is not None
    refusals = []
    for ahead in (0, 0, 3_600):
        ovh.service.ahead = ahead
        with pytest.raises(SmsRefusedError) as refused:
            await account.submit(Sms(NUMBER, ""))
        refusals.append(refused.value.refusal)
        await account.submit(SMS)
    # Before any was taken, and where its clock was set, it may be the account's fault.
    assert refusals == [SmsRefusal.TROUBLE, SmsRefusal.ELSEWHERE, SmsRefusal.TROUBLE]


async def test_to_look_for_one_takes_no_longer_than_its_time_and_leaves_it_in_doubt(
    account: Ovh, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: Any) -> None:
        await asyncio.sleep(30)

    sent = await account.submit(SMS)
    monkeypatch.setattr(account._account, "one", slow)  # noqa: SLF001
    monkeypatch.setattr("parvis_notifications.outgoing.ovh._ASK_SECONDS", 0.5)
    with pytest.raises(SmsUnreachableError, match="too-slow"):
        await account.find(SMS, LONG_AGO, ())
    with pytest.raises(SmsUnreachableError, match="too-slow"):
        await account.report(sent.reference)
