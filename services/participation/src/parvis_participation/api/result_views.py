# SPDX-License-Identifier: EUPL-1.2
"""The results that records keep, as the API explains them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from parvis_kit.locale import Language
from parvis_participation.api.poll_schemas import AreaResultView, PollOutcomeView
from parvis_participation.domain.counting.outcome import Outcome, Reason
from parvis_participation.service.explain import explain


def area_results(
    record: Mapping[str, Any], options: Sequence[Mapping[str, Any]], language: Language
) -> list[AreaResultView]:
    """The result of each budget, explained option by option."""
    labels = {option["code"]: option["label"][language] for option in options}
    return [
        AreaResultView(
            area=result["area"],
            ballots=result["ballots"],
            budget=result["budget"],
            spent=result["spent"],
            outcomes=[_outcome_view(told, labels, language) for told in result["outcomes"]],
        )
        for result in record["results"]
    ]


def _outcome_view(told: dict[str, Any], labels: dict[str, str], language: Language) -> PollOutcomeView:
    available, price = (None if told[name] is None else Fraction(told[name]) for name in ("available", "price"))
    reason = Reason(told["reason"])
    by = labels.get(told["by"])
    outcome = Outcome(
        told["code"], Fraction(told["cost"]), told["score"], reason, available, price, told["supporters"], by,
        told["round"],
    )  # fmt: skip
    return PollOutcomeView(
        code=outcome.code,
        label=labels[outcome.code],
        chosen=outcome.chosen,
        reason=reason,
        score=outcome.score,
        explanation=explain(outcome, language),
    )
