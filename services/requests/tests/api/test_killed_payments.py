# SPDX-License-Identifier: EUPL-1.2
"""Whatever is killed between two steps of a payment: it is paid once, and told once."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from payfip import Paying
from running_service import as_environment

from parvis_local.payfip.pages import Doing
from parvis_testing import Caller

PROCESS = Path(__file__).parents[1] / "support" / "mortal_payment.py"
# After each stored step and each call of the provider: before the next one nothing else has happened.
BEGINNING = ("commit-1-after", "create-1-after", "commit-2-after")
SETTLING = ("commit-1-after", "look-1-after", "commit-2-after")


async def killed(paying: Paying, process: str, where: str, request: dict[str, Any], citizen: Caller) -> None:
    """Let that process die there."""
    settings = as_environment("requests", paying.town.service.runtime.settings)
    settings["PARVIS_REQUESTS_PAYFIP_TIMEOUT_SECONDS"] = "30"
    child = await asyncio.create_subprocess_exec(
        sys.executable, PROCESS, process, where, request["id"], citizen.subject, env=os.environ | settings
    )
    assert await asyncio.wait_for(child.wait(), 120) == -signal.SIGKILL, where


async def paid_once(paying: Paying, request: dict[str, Any], where: str) -> None:
    costs = await paying.costs(request)
    assert [each["state"]["code"] for each in costs] == ["paid"], where
    assert await paying.events(request) == ["paid"], where
    history = await paying.town.get(paying.town.service.agent(), f"/v1/requests/{request['id']}/history")
    assert [each["action"]["code"] for each in history.json()["items"]] == ["submit", "payment-paid"], where


async def test_an_api_killed_while_a_payment_begins_leaves_one_that_goes_on(paying: Paying) -> None:
    citizen = paying.town.service.citizen()
    filed = [await paying.filed(citizen) for _ in BEGINNING]
    await asyncio.gather(
        *(killed(paying, "api", where, each, citizen) for where, each in zip(BEGINNING, filed, strict=True))
    )
    assert not [cost for each in filed for cost in await paying.costs(each) if cost["state"]["code"] != "open"]
    for where, request in zip(BEGINNING, filed, strict=True):
        begun = await paying.started(citizen, request)
        assert await paying.does(begun, Doing.CARD)
        await paying.is_due(begun)
        await paying.settle()
        await paid_once(paying, request, where)


async def test_a_worker_killed_while_it_asks_leaves_a_payment_that_is_asked_of_again(paying: Paying) -> None:
    citizen = paying.town.service.citizen()
    # Each finds the one that is due, and no other.
    for where in SETTLING:
        request = await paying.filed(citizen)
        begun = await paying.started(citizen, request)
        assert await paying.does(begun, Doing.CARD)
        await paying.is_due(begun)
        await killed(paying, "worker", where, request, citizen)
        # Until its claim has run out nobody else asks.
        await paying.settle(timedelta(minutes=3))
        await paying.settle(timedelta(minutes=6))
        await paid_once(paying, request, where)
