# SPDX-License-Identifier: EUPL-1.2
"""A process that dies in the midst of a payment, as by ``kill -9``: ``mortal_payment.py api|worker WHERE REQUEST …``.

WHERE is ``commit-1-before``, ``create-1-after`` and so on: which call of what, and on which side of it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from parvis_kit.db.database import UnitOfWork
from parvis_kit.runtime import open_runtime
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.payfip import PayFip
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.payments import Payments, begin_payment, open_page
from parvis_requests.service.settle_payments import settle_fee, settle_payments
from parvis_requests.settings import MIGRATIONS, Settings

PAYER = "camille@example.org"


def mortal(cls: type, name: str, where: str) -> None:
    """Have the process die before or after a call of that method."""
    what, number, side = where.split("-")
    if what != name:
        return
    method: Callable[..., Any] = getattr(cls, name)
    calls = 0

    @wraps(method)
    async def dying(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if (calls, side) == (int(number), "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = await method(*args)
        if (calls, side) == (int(number), "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(cls, name, dying)


async def main(process: str, where: str, request: UUID, person: UUID) -> None:
    mortal(UnitOfWork, "commit", where)
    mortal(PayFip, "create", where)
    mortal(PayFip, "look", where)
    settings, now = Settings(), datetime.now(UTC)
    async with open_runtime("requests", process, settings, MIGRATIONS) as runtime:
        catalogues = Catalogues(runtime.database, 10)
        provider = PayFip(settings.payfip_url, 60)
        parts = Payments(runtime.database, catalogues, runtime.persons, provider, settings.public_url)
        if process == "worker":
            await settle_payments(parts, now)
            return
        actor = Actor(person, "paris", is_agent=False)
        await settle_fee(parts, actor, request, "permit", now)
        async with runtime.database.unit_of_work() as uow:
            begun = await begin_payment(uow.session, actor, request, "permit", parts=parts, now=now)
            await uow.session.flush()
            await uow.commit()
        await open_page(parts, actor, begun.id, PAYER, now)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], UUID(sys.argv[3]), UUID(sys.argv[4])))
