# SPDX-License-Identifier: EUPL-1.2
"""The payments, as PayFiP knows them; the oldest go when there are too many."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

_MOST: Final = 2_000
# For so long a page opens; what nobody used is swept the night after, here after a day.
OPENS_SECONDS: Final = 15 * 60
_SWEPT_SECONDS: Final = 24 * 3_600
_AUTHORISED: Final = frozenset("PV")


@dataclass(slots=True)
class Payment:
    """One; ``result`` is its *resultrans*, known to others from ``known_at`` on."""

    order: dict[str, str]
    idop: str = field(default_factory=lambda: str(uuid4()))
    made_at: float = field(default_factory=time.time)
    result: str = ""
    done_at: float = 0.0
    known_at: float = 0.0

    @property
    def authorisation(self) -> str:
        """The *numauto* of what was paid."""
        return f"{self.idop[:6].upper()}-tip" if self.result in _AUTHORISED else ""

    @property
    def known(self) -> bool:
        """Whether the service tells its result by now."""
        return bool(self.result) and time.time() >= self.known_at

    @property
    def opens(self) -> str | None:
        """Why its page does not open, as a code; None where it does. Who gave up may think again."""
        if time.time() - self.made_at > OPENS_SECONDS:
            return "P4"
        return "P3" if self.result not in {"", "A"} else None

    def end(self, result: str, *, known_after: float = 0.0) -> None:
        """Somebody has paid, was refused, or gave up."""
        self.result, self.done_at = result, time.time()
        self.known_at = self.done_at + known_after


class PaymentStore:
    """All of them, for as long as this process lives."""

    def __init__(self) -> None:
        self._payments: OrderedDict[str, Payment] = OrderedDict()

    def add(self, order: dict[str, str]) -> Payment:
        """Make one."""
        payment = Payment(order)
        self._payments[payment.idop] = payment
        while len(self._payments) > _MOST:
            self._payments.popitem(last=False)
        return payment

    def get(self, idop: str) -> Payment | None:
        """One of them; none that was swept."""
        payment = self._payments.get(idop)
        swept = payment and not payment.result and time.time() - payment.made_at > _SWEPT_SECONDS
        return None if swept else payment

    def newest(self) -> list[Payment]:
        """All, the newest first."""
        return list(reversed(self._payments.values()))
