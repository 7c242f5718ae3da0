# SPDX-License-Identifier: EUPL-1.2
"""What a ``.pb`` file says of how its vote was counted, where that is a parameter of a count.

Its key ``rule`` is one of http://pabulib.org/format, which tells of equal shares how they were completed, and never
what a supporter gains: that is assumed, as whatever else neither the file nor who sends it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parvis_participation.domain.counting.count import Method, Rule
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.errors import MethodError
from parvis_participation.domain.pabulib.numbers import amount

_COMPARED: Final = "-comparison"
_COMPLETIONS: Final = {"equalshares": Completion.NONE, "equalshares/add1": Completion.INCREMENT_ONLY}
_THRESHOLD: Final = "min_project_score_threshold"


class MethodParameter(StrEnum):
    """What equal shares are counted by, besides the rule."""

    UTILITY = "utility"
    COMPLETION = "completion"
    INCREMENT = "increment"


class PublishedStep(StrEnum):
    """A step of a file's own count: the better liked of its outcome and the greedy one, or a least number of votes."""

    COMPARISON = "comparison"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class PublishedMethod:
    """How a file is counted; ``assumed`` what nobody says, ``left_out`` what it says and is not done."""

    method: Method
    assumed: tuple[MethodParameter, ...]
    left_out: tuple[PublishedStep, ...]


def check_parameters(rule: Rule, given: Mapping[str, str]) -> None:
    """Raise MethodError for parameters of a rule that has none, or an increment of nothing."""
    if given and (rule is not Rule.EQUAL_SHARES or not amount(given.get(MethodParameter.INCREMENT, "1"))):
        raise MethodError


def published_method(meta: Mapping[str, str], rule: Rule, given: Mapping[str, str]) -> PublishedMethod:
    """By that rule: with the parameters given, then those of the file, then those of a poll that does not say any.

    Raises MethodError as :func:`check_parameters`.
    """
    check_parameters(rule, given)
    threshold = [PublishedStep.THRESHOLD] if meta.get(_THRESHOLD, "0").strip("0.,") else []
    if rule is not Rule.EQUAL_SHARES:
        return PublishedMethod(Method(rule), (), tuple(threshold))
    name = meta.get("rule", "").strip().lower()
    told: dict[str, str] = {**_told(name.removesuffix(_COMPARED)), **given}
    method = Method(
        rule,
        Utility(told.get(MethodParameter.UTILITY, Utility.COST)),
        Completion(told.get(MethodParameter.COMPLETION, Completion.GREEDY)),
        amount(told.get(MethodParameter.INCREMENT, "1")),
    )
    stepped = method.completion in {Completion.INCREMENT, Completion.INCREMENT_ONLY}
    assumed = [
        each for each in MethodParameter if each not in told and (stepped or each is not MethodParameter.INCREMENT)
    ]
    compared = name.endswith(_COMPARED) and name.removesuffix(_COMPARED) in _COMPLETIONS
    return PublishedMethod(method, tuple(assumed), ((PublishedStep.COMPARISON,) if compared else ()) + tuple(threshold))


def _told(name: str) -> dict[str, str]:
    """The parameters that a rule of the format stands for: add1 gives each voter one unit of money more at a time."""
    completion = _COMPLETIONS.get(name)
    if completion is None:
        return {}
    told: dict[str, str] = {MethodParameter.COMPLETION: completion}
    return {**told, MethodParameter.INCREMENT: "1"} if completion is Completion.INCREMENT_ONLY else told
