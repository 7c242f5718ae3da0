# SPDX-License-Identifier: EUPL-1.2
"""Payments of which the provider tells late, or something else than before."""

import asyncio
from datetime import timedelta
from typing import Any

from payfip import Paying, Provider, Slow

from parvis_local.payfip.pages import Doing
from parvis_testing import Caller

SOON = timedelta(seconds=31)


async def test_what_is_abandoned_is_watched_and_still_counts_when_it_is_paid(
    paying: Paying, provider: Provider
) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    assert "PayFiP" in await paying.does(begun, Doing.LEAVE)
    await paying.ages(begun, timedelta(minutes=25))
    assert await paying.settle() == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "abandoned"
    assert await paying.next_look(begun) is not None
    provider.made()[0].end("P")
    assert await paying.settle(timedelta(hours=1)) == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"
    assert await paying.events(request) == ["abandoned", "paid"]

    other = await paying.filed(citizen)
    left = await paying.started(citizen, other)
    await paying.ages(left, timedelta(hours=25))
    assert await paying.settle() == 1
    # The provider knows of it no more: nobody will have paid.
    assert (await paying.read(citizen, left))["state"]["code"] == "abandoned"
    assert await paying.next_look(left) is None


async def cancelled(paying: Paying, citizen: Caller) -> tuple[dict[str, Any], dict[str, Any]]:
    """A request, and its payment: who paid gave up on the page, and it lives no more."""
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    await paying.does(begun, Doing.CANCEL)
    await paying.ages(begun, timedelta(minutes=21))
    assert await paying.settle() == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "cancelled"
    return request, begun


async def test_what_was_paid_counts_whatever_was_told_before_or_comes_after(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request, begun = await cancelled(paying, citizen)
    assert await paying.settle(timedelta(minutes=10)) == 0, "less and less often"
    provider.made()[0].end("P")
    assert await paying.settle(timedelta(minutes=25)) == 1
    provider.made()[0].end("R")
    assert await paying.told(begun) == 204
    assert await paying.settle(timedelta(days=1)) == 0, "what is paid is not asked again"
    assert await paying.events(request) == ["cancelled", "paid"]
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"


async def test_who_paid_after_giving_up_is_not_let_pay_again(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request, begun = await cancelled(paying, citizen)
    provider.made()[0].end("P")
    await paying.ages(begun, timedelta(seconds=3))
    again = await paying.start(citizen, request)
    assert (again.status_code, again.json()["code"]) == (409, "already-paid")
    assert len(provider.made()) == 1


async def test_a_notification_counts_that_comes_while_the_provider_is_asked(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    _, begun = await cancelled(paying, citizen)
    slow = Slow(60)
    provider.wrong = [slow]
    asking = asyncio.create_task(paying.settle(timedelta(minutes=25)))
    assert await asyncio.to_thread(slow.asked.wait, 60)
    provider.made()[0].end("P")
    assert await paying.told(begun) == 204
    assert not asking.done()
    slow.go.set()
    assert await asking == 1
    assert await paying.settle(timedelta(minutes=25, seconds=3)) == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"


async def test_what_another_payment_has_paid_is_paid_on_no_page(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request, first = await cancelled(paying, citizen)
    await paying.ages(first, timedelta(seconds=3))
    second = await paying.started(citizen, request)
    provider.made()[1].end("P")
    assert await paying.told(first) == 204
    await paying.settle(timedelta(seconds=3))
    assert (await paying.read(citizen, first))["state"]["code"] == "paid"
    found = await paying.read(citizen, second)
    assert (found["state"]["code"], found["redirect_url"]) == ("open", None)
    assert second["redirect_url"].replace("&", "&amp;") not in (await paying.comes_back(second)).text


async def test_a_notification_has_any_payment_looked_at_that_is_not_paid(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    _, begun = await cancelled(paying, citizen)
    await paying.ages(begun, timedelta(days=4))
    assert await paying.settle() == 1
    assert await paying.next_look(begun) is None
    assert await paying.settle(timedelta(days=4)) == 0
    provider.made()[0].end("P")
    assert await paying.told(begun) == 204
    assert await paying.settle(SOON) == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"

    other = await paying.filed(citizen)
    refused = await paying.started(citizen, other)
    await paying.does(refused, Doing.REFUSE)
    assert await paying.settle(SOON) == 1
    assert await paying.told(refused) == 204
    assert await paying.settle(SOON * 2) == 1
    assert await paying.next_look(refused) is None
    assert await paying.events(other) == ["refused"], "told once"


async def test_what_the_provider_says_late_is_waited_for(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    begun = await paying.started(citizen, await paying.filed(citizen))
    await paying.does(begun, Doing.LATE)
    page = (await paying.comes_back(begun)).text
    assert "pas encore confirmé" in page
    assert await paying.settle(SOON) == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "open"
    provider.made()[0].known_at = 0
    assert await paying.settle(timedelta(minutes=2)) == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"
