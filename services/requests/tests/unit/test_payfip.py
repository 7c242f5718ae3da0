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
    payfip, page = (
        PayFip(provider.url, 5.5),
        PageMade("a", CLIENT, PaymentMode.TEST, ORDER.reference, 100, datetime.now(UTC)),
    )
    provider.wrong = [Slow(3) for _ in range(16)]
    # Eight are answered at once, and eight after them; the last would wait longer than for an answer.
    found = await asyncio.gather(*(payfip.look(page, datetime.now(UTC)) for _ in range(17)), return_exceptions=True)
    assert [each for each in found[:16] if each != Look(Verdict.PENDING)] == []
    assert isinstance(found[16], ProviderDownError)
    assert provider.asked == 16
    assert await payfip.look(page, datetime.now(UTC)) == Look(Verdict.UNKNOWN), "it is asked at once"


@pytest.mark.parametrize(
    ("opened", "read", "told", "at"),
    [
        ("2026-10-25T00:20Z", "2026-10-25T00:40Z", "251020260230", "2026-10-25T00:30Z"),
        ("2026-10-25T01:20Z", "2026-10-25T01:40Z", "251020260230", "2026-10-25T01:30Z"),
        # It is asked for hours; the page was open for a quarter of one.
        ("2026-10-25T00:20Z", "2026-10-25T09:00Z", "251020260230", "2026-10-25T00:30Z"),
        # Opened before the clocks went back, paid after; and within the very minute of the page.
        ("2026-10-25T00:50Z", "2026-10-25T01:10Z", "251020260205", "2026-10-25T01:05Z"),
        ("2026-10-25T01:30:40Z", "2026-10-25T01:31Z", "251020260230", "2026-10-25T01:30Z"),
        # The hours beside it, and one that clocks told wrongly.
        ("2026-10-24T23:50Z", "2026-10-25T00:10Z", "251020260155", "2026-10-24T23:55Z"),
        ("2026-10-25T02:00Z", "2026-10-25T02:10Z", "251020260305", "2026-10-25T02:05Z"),
        ("2026-10-25T05:00Z", "2026-10-25T05:10Z", "251020260230", "2026-10-25T00:30Z"),
        ("2027-01-31T22:50Z", "2027-01-31T23:10Z", "010220270001", "2027-01-31T23:01Z"),
    ],
)
async def test_of_the_hour_that_comes_twice_the_possible_one_counts(
    provider: Provider, opened: str, read: str, told: str, at: str
) -> None:
    page = PageMade("a", CLIENT, PaymentMode.TEST, ORDER.reference, 100, datetime.fromisoformat(opened))
    members = {"refdet": ORDER.reference, "montant": "100", "numcli": CLIENT, "saisie": "T", "resultrans": "P"}
    members |= {"dattrans": told[:8], "heurtrans": told[8:]}
    written = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    name = "recupererDetailPaiementSecuriseResponse"
    provider.wrong = [Response(f"<a><{name}><return>{written}</return></{name}></a>", 200)]
    found = await PayFip(provider.url, 60).look(page, datetime.fromisoformat(read))
    assert (found.verdict, found.at) == (Verdict.PAID, datetime.fromisoformat(at))
