# SPDX-License-Identifier: EUPL-1.2
"""A count's result as records keep it, in JSON: exact numbers as text, and of each project what decided on it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from parvis_participation.domain.counting.outcome import Outcome, Reason, Result


def result_record(area: str | None, result: Result) -> dict[str, Any]:
    """The result of one budget."""
    return {
        "area": area,
        "ballots": result.cast,
        "budget": str(result.budget),
        "spent": str(result.spent),
        "outcomes": [
            {
                "code": o.code,
                "chosen": o.chosen,
                "reason": o.reason,
                "score": o.score,
                "cost": str(o.cost),
                "available": _fraction(o.available),
                "price": _fraction(o.price),
                "supporters": o.supporters,
                "by": o.by,
                "round": o.round,
            }
            for o in result.outcomes
        ],
    }


def result_of(record: Mapping[str, Any]) -> Result:
    """The result that such a record keeps."""
    outcomes = (
        Outcome(
            told["code"],
            Fraction(told["cost"]),
            told["score"],
            Reason(told["reason"]),
            _amount(told["available"]),
            _amount(told["price"]),
            told["supporters"],
            told["by"],
            told["round"],
        )
        for told in record["outcomes"]
    )
    return Result(tuple(outcomes), Fraction(record["budget"]), record["ballots"])


def _amount(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _fraction(amount: object) -> str | None:
    return None if amount is None else str(amount)
