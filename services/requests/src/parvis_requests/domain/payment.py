# SPDX-License-Identifier: EUPL-1.2
"""What a request costs, and what becomes of a payment that its author makes at the provider's.

The provider answers in its own time, or never: what is not known for sure is asked for again, less and less often, and
while a page may still be paid on there is no second one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

# PayFiP lets a page be opened for fifteen minutes after it was made; this is how long it is handed out.
PAGE_OPENS: Final = timedelta(minutes=14)
# After that long nobody pays on it any more, unless they are at their bank just then.
PAGE_LIVES: Final = timedelta(minutes=20)
# One that is neither paid nor refused is watched for as long: whoever gave up may have paid after all, and banks answer
# late. By then the provider has forgotten pages that nobody paid on.
WATCHED: Final = timedelta(days=3)
_SOONEST: Final = timedelta(seconds=30)
_SELDOM: Final = timedelta(hours=12)
# Payments of one request, whatever became of them: the provider is asked of those before another begins.
MOST_PAYMENTS: Final = 20
LEAST_CENTS: Final = 100
MOST_CENTS: Final = 9_999_999


class PaymentState(StrEnum):
    """How a payment stands; of ``abandoned`` ones the provider says nothing.

    Those, and cancelled ones, may still turn out paid.
    """

    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


class PaymentMeans(StrEnum):
    """By what somebody paid."""

    CARD = "card"
    DIRECT_DEBIT = "direct-debit"


class PaymentMode(StrEnum):
    """Whether money moves: nothing in a test, a first real payment for the activation."""

    TEST = "test"
    ACTIVATION = "activation"
    PRODUCTION = "production"


class Verdict(StrEnum):
    """What the provider says of a payment; ``unknown`` where it knows of no such page, or no longer."""

    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tariff:
    """What it costs by the answer to a question: the first line that names the answer counts."""

    question: str
    lines: tuple[tuple[tuple[Any, ...], int], ...]

    def cents(self, answers: Mapping[str, Any]) -> int | None:
        """In cents; None where no line names the answer."""
        given = answers.get(self.question)
        return next((cents for names, cents in self.lines if any(_same(given, name) for name in names)), None)


@dataclass(frozen=True, slots=True)
class Fee:
    """A sum that a request costs in some of its states, in cents of a euro."""

    code: str
    states: frozenset[str]
    cents: int
    tariff: Tariff | None = None
    times: str | None = None

    def amount(self, answers: Mapping[str, Any]) -> int | None:
        """What is to be paid with these answers; 0 where nothing is, None where they do not say how many."""
        told = self.tariff.cents(answers) if self.tariff else None
        each = self.cents if told is None else told
        if self.times is None:
            return each
        count = _counted(answers.get(self.times))
        return None if count is None else each * count

    def can_be_paid(self, answers: Mapping[str, Any]) -> bool:
        """Whether the provider takes that sum."""
        cents = self.amount(answers)
        return cents is not None and LEAST_CENTS <= cents <= MOST_CENTS


@dataclass(frozen=True, slots=True)
class Concluded:
    """A payment of which it is known what became of it."""

    id: UUID
    fee: str
    state: PaymentState
    cents: int
    mode: PaymentMode


def state_after(verdict: Verdict, age: timedelta) -> PaymentState:
    """How a payment stands whose page is that old: while it lives, who cancelled may still think again."""
    if verdict in {Verdict.PAID, Verdict.REFUSED}:
        return PaymentState(verdict)
    if age < PAGE_LIVES:
        return PaymentState.OPEN
    return PaymentState.CANCELLED if verdict is Verdict.CANCELLED else PaymentState.ABANDONED


def asked_again_after(verdict: Verdict, age: timedelta) -> timedelta | None:
    """After how long the provider is asked again; None where its answer is the last."""
    if verdict in {Verdict.PAID, Verdict.REFUSED}:
        return None
    if age < PAGE_LIVES:
        return min(max(_SOONEST, age), max(PAGE_LIVES - age, timedelta(seconds=1)))
    # A page of which it knows nothing when it lives no more was never paid on.
    return later(age) if verdict is not Verdict.UNKNOWN and age < WATCHED else None


def later(age: timedelta) -> timedelta:
    """After how long somebody is asked again who has not answered."""
    return min(max(_SOONEST, age), _SELDOM)


def _counted(given: Any) -> int | None:
    # To JSON Schema 3.0 is an integer, and true is none.
    whole = isinstance(given, int | float) and not isinstance(given, bool) and given >= 0 and given % 1 == 0
    return int(given) if whole else None


def _same(given: Any, wanted: Any) -> bool:
    # In JSON, true is not 1.
    return given == wanted and isinstance(given, bool) is isinstance(wanted, bool)
