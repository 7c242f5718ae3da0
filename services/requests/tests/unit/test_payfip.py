# SPDX-License-Identifier: EUPL-1.2
"""The adapter of PayFiP: what it makes of answers that are none, and of refusals."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from payfip import CLIENT, PAYER, Provider, Slow
from starlette.responses import Response

from parvis_requests.domain.payment import PaymentMode, Verdict
from parvis_requests.domain.payment_errors import PaymentRefusedError, ProviderDownError
from parvis_requests.outgoing.payfip import Look, Order, PageMade, PayFip

ORDER = Order(
    CLIENT, PaymentMode.TEST, "R20267KQ4XM9001", "Essai", 100, PAYER, "https://a.example", "https://b.example"
)


@pytest.mark.parametrize(
    "content",
    [b"<html>Maintenance</html>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"\xff\xfe", b"<", b"x" * 100_000],
    ids=["no answer", "declarations", "no text", "no end", "too long"],
)
async def test_what_cannot_be_read_is_no_answer(provider: Provider, content: bytes) -> None:
    provider.wrong = [Response(content, 200)]
    with pytest.raises(ProviderDownError):
        await PayFip(provider.url, 60).create(ORDER, datetime.now(UTC))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_number": "9"}, "T1"),
        ({"reference": "ABCD"}, "R3"),
        ({"cents": 99}, "M3"),
        ({"email": "a@b"}, "A2"),
        ({"notify_url": "nowhere"}, "N1"),
    ],
)
async def test_what_the_provider_refuses_is_told_by_its_code(
    provider: Provider, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(PaymentRefusedError) as caught:
        await PayFip(provider.url, 60).create(replace(ORDER, **change), datetime.now(UTC))
    assert caught.value.code == code


async def test_who_waits_for_others_of_ours_does_not_take_the_provider_for_down(provider: Provider) -> None:
    payfip, page = PayFip(provider.url, 5.5), PageMade("a", CLIENT, PaymentMode.TEST, ORDER.reference, 100)
    provider.wrong = [Slow(3) for _ in range(16)]
    # Eight are answered at once, and eight after them; the last would wait longer than for an answer.
    found = await asyncio.gather(*(payfip.look(page) for _ in range(17)), return_exceptions=True)
    assert [each for each in found[:16] if each != Look(Verdict.PENDING)] == []
    assert isinstance(found[16], ProviderDownError)
    assert provider.asked == 16
    assert await payfip.look(page) == Look(Verdict.UNKNOWN), "it is asked at once"
