# SPDX-License-Identifier: EUPL-1.2
"""Payments of which the provider tells late, or something else than before."""

from datetime import timedelta

from payfip import Paying, Provider

from parvis_local.payfip.pages import Doing

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


async def test_what_was_paid_counts_whatever_was_told_before_or_comes_after(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    await paying.ages(begun, timedelta(minutes=21))
    for result in ("A", "P", "R"):
        provider.made()[0].end(result)
        await paying.is_due(begun)
        await paying.settle()
    assert await paying.events(request) == ["cancelled", "paid"]
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"


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
