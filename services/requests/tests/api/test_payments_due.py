# SPDX-License-Identifier: EUPL-1.2
"""Who is sent to pay, and how often the provider is asked, where much happens at once or all is over."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from other_clocks import paris_by
from payfip import Paying, Provider

from parvis_requests.domain.payment import PAGE_OPENS


async def test_nobody_is_sent_to_pay_for_what_has_ended(paying: Paying) -> None:
    town, citizen = paying.town, paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    with paris_by("Asia/Kathmandu"):  # no hour there is one of Paris
        page = (await paying.comes_back(begun)).text
    assert begun["redirect_url"].replace("&", "&amp;") in page
    opened_at = await paying.town.service.runtime.database.pool.fetchval("SELECT opened_at FROM payment")
    last = opened_at + PAGE_OPENS - timedelta(minutes=1)
    assert f"jusqu’à {last.astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}." in page
    assert (await town.act(citizen, request, "drop", '"1"')).status_code == 201
    again = await paying.start(citizen, request)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-pay")
    (listed,) = await paying.costs(request)
    for seen in (listed, await paying.read(citizen, begun)):
        assert (seen["state"]["code"], seen["redirect_url"], seen["redirect_ends_at"]) == ("open", None, None)
    assert begun["redirect_url"].replace("&", "&amp;") not in (await paying.comes_back(begun)).text


async def test_nobody_is_sent_to_pay_when_silence_has_decided(paying: Paying) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    ended = "UPDATE request SET legal_end_at = now() WHERE id = $1"
    await paying.pool.execute(ended, request["id"])
    assert (await paying.start(citizen, request)).status_code == 409
    assert (await paying.read(citizen, begun))["redirect_url"] is None


async def test_of_many_who_come_back_at_once_one_has_the_provider_asked(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    begun = await paying.started(citizen, await paying.filed(citizen))
    before = provider.asked
    await asyncio.gather(*(paying.comes_back(begun) for _ in range(5)))
    assert provider.asked == before + 1


async def test_a_request_has_twenty_payments_at_most(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    for _ in range(20):
        begun = await paying.started(citizen, request)
        provider.made()[0].end("R")
        await paying.comes_back(begun)
    more = await paying.start(citizen, request)
    assert (more.status_code, more.json()["code"]) == (409, "too-many-payments")
    assert len(await paying.costs(request)) == len(provider.made()) == 20
    elsewhere = await paying.start(citizen, await paying.filed(citizen))
    assert elsewhere.status_code == 201
