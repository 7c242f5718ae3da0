# SPDX-License-Identifier: EUPL-1.2
"""How what a request costs is written down."""

from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt
from pydantic_core import PydanticCustomError

from parvis_kit.locale import Text
from parvis_requests.domain.payment import LEAST_CENTS, MOST_CENTS, Fee, PaymentMode, Tariff
from parvis_requests.service.workflow_definition import Code, Name, Part, Scalar


def _payable(cents: int) -> int:
    if 0 < cents < LEAST_CENTS:
        french = {"fr": "PayFiP encaisse à partir d'un euro : 0, ou 100 centimes au moins."}
        raise PydanticCustomError("cents", "PayFiP takes one euro at least: 0, or 100 cents or more", french)
    return cents


Cents = Annotated[StrictInt, Field(ge=0, le=MOST_CENTS), AfterValidator(_payable)]


class TariffLineDefinition(Part):
    """What it costs with one of these answers."""

    one_of: list[Scalar] = Field(min_length=1, max_length=50)
    cents: Cents


class TariffDefinition(Part):
    """What it costs by the answer to a question; the first line that names the answer counts."""

    question: Name
    lines: list[TariffLineDefinition] = Field(min_length=1, max_length=50)


class FeeDefinition(Part):
    """A sum in euros that a request costs, which its author pays online."""

    code: Code
    name: Text = Field(description="What is paid for; in French on the accountant's list.")
    cents: Cents = Field(description="What it costs, in cents, unless the tariff says otherwise; 0 is free.")
    tariff: TariffDefinition | None = None
    times: Name | None = Field(
        default=None, description="A question of type `integer` of which the answer says how many are paid for."
    )
    states: list[Code] = Field(min_length=1, max_length=60, description="States in which it may be paid.")
    client_number: str = Field(pattern=r"^[0-9]{6}$", description="Of the town's *régie* at PayFiP.")
    mode: PaymentMode = Field(
        description="In a test no money moves, and what is paid counts; said by whoever publishes, never supposed."
    )

    def domain(self) -> Fee:
        """In the domain's words."""
        lines = self.tariff.lines if self.tariff else []
        tariff = (
            Tariff(self.tariff.question, tuple((tuple(each.one_of), each.cents) for each in lines))
            if self.tariff
            else None
        )
        return Fee(self.code, frozenset(self.states), self.cents, tariff, self.times)
