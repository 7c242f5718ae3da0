# SPDX-License-Identifier: EUPL-1.2
"""Choose again from opened ballots, by every rule of Parvis but the plain greedy one, which ``check_poll.py`` redoes.

Needs Python alone. Each rule is written as it is defined, one step after the other, with exact fractions: slower than
what the town runs, and nothing of that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any

Choice = tuple[tuple[str, int], ...]
Ballots = Mapping[Choice, int]


def chosen(definition: Mapping[str, Any], seed: bytes, ballots: Ballots, area: str | None) -> set[str]:
    """The codes that the money of an area, or of the whole city, goes to; ``seed`` draws the order of even options."""
    costs = {o["code"]: Fraction(o["cost"]) for o in definition["options"] if o["area"] == area}
    budget = next(Fraction(money["amount"]) for money in definition["budgets"] if money["area"] == area)
    # Of each ballot what it says of these options; who says nothing of them has no part in the money.
    parts: Counter[Choice] = Counter()
    for choice, times in ballots.items():
        if part := tuple(item for item in choice if item[0] in costs):
            parts[part] += times
    drawn = sorted(costs, key=lambda code: (sha256(seed + b"\0" + code.encode()).digest(), code))
    method, scores = definition["method"], _scores(parts)
    match method["rule"]:
        case "greedy" | "greedy-stop":
            ordered = sorted(drawn, key=lambda code: -scores[code])
            return _filled(ordered, costs, scores, budget, stop=method["rule"] == "greedy-stop")
        case "equal-shares":
            return _equal_shares(parts, costs, budget, drawn, method)
        case "schulze":
            return _filled(_schulze(parts, drawn), costs, _scores(parts, ranked=True), budget)
        case "schulze-winner":
            return set(_schulze(parts, drawn)[:1])
        case "instant-runoff":
            return _instant_runoff(parts, drawn)
    raise ValueError(method["rule"])


def _scores(parts: Ballots, *, ranked: bool = False) -> Counter[str]:
    found: Counter[str] = Counter()
    for choice, times in parts.items():
        for code, points in choice:
            found[code] += times * (1 if ranked else points)
    return found


def _filled(
    ordered: Iterable[str], costs: Mapping[str, Fraction], scores: Mapping[str, int], left: Fraction, *,
    stop: bool = False,
) -> set[str]:  # fmt: skip
    """In that order, as long as the money lasts."""
    found: set[str] = set()
    for code in ordered:
        if not scores[code]:
            continue
        if costs[code] <= left:
            left -= costs[code]
            found.add(code)
        elif stop:
            break
    return found


def _equal_shares(
    parts: Ballots, costs: Mapping[str, Fraction], budget: Fraction, drawn: Sequence[str], method: Mapping[str, Any]
) -> set[str]:
    """Peters, Pierczyński, Skowron 2021, with what the method does of money that nobody can spend together."""
    if not parts:
        return set()
    share, scores = budget / sum(parts.values()), _scores(parts)
    completion, per_cost = method.get("completion", "greedy"), method.get("utility", "cost") == "cost"
    bought = _bought(parts, costs, share, drawn, per_cost=per_cost)

    def left(of: set[str]) -> Fraction:
        return budget - sum((costs[code] for code in of), Fraction())

    if completion in {"increment", "increment-only"}:
        while any(scores[code] and code not in bought and costs[code] <= left(bought) for code in drawn):
            share += Fraction(method.get("increment", "1"))
            more = _bought(parts, costs, share, drawn, per_cost=per_cost)
            if left(more) < 0:
                break
            bought = more
    if completion in {"none", "increment-only"}:
        return bought
    rest = sorted((code for code in drawn if code not in bought), key=lambda code: -scores[code])
    return bought | _filled(rest, costs, scores, left(bought))


def _bought(
    parts: Ballots, costs: Mapping[str, Fraction], share: Fraction, drawn: Sequence[str], *, per_cost: bool
) -> set[str]:
    """What supporters buy together, the cheapest for each unit of what they gain first."""
    purses, found = dict.fromkeys(parts, share), set[str]()
    while True:
        rates = {code: _rate(code, parts, purses, costs, per_cost=per_cost) for code in drawn if code not in found}
        within = {code: rate for code, rate in rates.items() if rate is not None}
        if not within:
            return found
        # The first of even ones in the order drawn: min keeps the first that it meets.
        code = min(within, key=lambda each: within[each])
        found.add(code)
        for choice in parts:
            gain = _gain(choice, code, costs, per_cost=per_cost)
            purses[choice] -= min(purses[choice], within[code] * gain)


def _rate(
    code: str, parts: Ballots, purses: Mapping[Choice, Fraction], costs: Mapping[str, Fraction], *, per_cost: bool
) -> Fraction | None:
    """What each supporter pays for a unit of gain, or all that they have, to pay the cost; None: too little."""
    gains = [(purses[choice], _gain(choice, code, costs, per_cost=per_cost), parts[choice]) for choice in parts]
    supporters = sorted((each for each in gains if each[1]), key=lambda each: each[0] / each[1])
    left, units = costs[code], sum((gain * times for _, gain, times in supporters), Fraction())
    for purse, gain, times in supporters:
        if left / units <= purse / gain:
            return left / units
        left -= purse * times
        units -= gain * times
    return None


def _gain(choice: Choice, code: str, costs: Mapping[str, Fraction], *, per_cost: bool) -> Fraction:
    points = next((given for named, given in choice if named == code), 0)
    return points * (costs[code] if per_cost else Fraction(1))


def _schulze(parts: Ballots, drawn: Sequence[str]) -> list[str]:
    """Schulze 2011, the strength of a victory being the number of its votes; what is not named comes last, even."""
    prefer: Counter[tuple[str, str]] = Counter()
    for choice, times in parts.items():
        named = [code for code, _ in choice]
        for place, code in enumerate(named):
            for other in (each for each in drawn if each not in named[: place + 1]):
                prefer[code, other] += times
    paths = {(a, b): prefer[a, b] * (prefer[a, b] > prefer[b, a]) for a in drawn for b in drawn if a != b}
    for via in drawn:
        for a, b in list(paths):
            if via not in {a, b}:
                paths[a, b] = max(paths[a, b], min(paths[a, via], paths[via, b]))
    order, left = list[str](), list(drawn)
    while left:
        order.append(next(a for a in left if all(paths[a, b] >= paths[b, a] for b in left if b != a)))
        left.remove(order[-1])
    return order


def _instant_runoff(parts: Ballots, drawn: Sequence[str]) -> set[str]:
    """The last is eliminated, the last of even ones in the order drawn, until one has more than half."""
    standing = list(drawn)
    while True:
        firsts = Counter(dict.fromkeys(standing, 0))
        for choice, times in parts.items():
            if first := next((code for code, _ in choice if code in standing), None):
                firsts[first] += times
        ahead = max(standing, key=lambda code: firsts[code])
        if 2 * firsts[ahead] > sum(firsts.values()) or len(standing) == 1 or not firsts[ahead]:
            return {ahead} if firsts[ahead] else set()
        standing.remove(min(reversed(standing), key=lambda code: firsts[code]))
