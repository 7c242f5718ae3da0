# SPDX-License-Identifier: EUPL-1.2
"""Count rankings with pref-voting: a program of its own, run beside the tests in an environment of its own.

Reads a list of elections in JSON from standard input. Writes for Schulze the pairs (who, whom) of who beats whom, and
for instant run-off the winner.
"""

import json
import sys
from typing import Any

from pref_voting.iterative_methods import instant_runoff_for_truncated_linear_orders, instant_runoff_tb
from pref_voting.margin_based_methods import beat_path_defeat
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies


def counted(election: dict[str, Any]) -> Any:
    """What pref-voting says of one election."""
    codes = list(election["projects"])
    numbers = {code: number for number, code in enumerate(codes)}
    rankings = [[numbers[code] for code, _ in choice] for choice, _ in election["ballots"]]
    times = [times for _, times in election["ballots"]]
    complete = all(len(ranking) == len(codes) for ranking in rankings)
    if election["rule"] == "instant-runoff" and complete:
        # The first of its order is eliminated first, the last of ours.
        ties = sorted(numbers.values(), key=lambda number: election["ties"][codes[number]], reverse=True)
        return [codes[number] for number in instant_runoff_tb(Profile(rankings, times), tie_breaker=ties)]
    places = [{number: place for place, number in enumerate(ranking)} for ranking in rankings]
    profile = ProfileWithTies(places, times, candidates=list(numbers.values()))
    if election["rule"] == "instant-runoff":
        # All that are last are eliminated at once here: where that makes a difference, ask with complete rankings.
        return [codes[number] for number in instant_runoff_for_truncated_linear_orders(profile)]
    # What a ballot does not name comes after all that it names.
    profile.use_extended_strict_preference()
    defeat = beat_path_defeat(profile, strength_function=profile.support)
    return sorted([codes[winner], codes[loser]] for winner, loser in defeat.edges())


if __name__ == "__main__":
    json.dump([counted(election) for election in json.load(sys.stdin)], sys.stdout)
