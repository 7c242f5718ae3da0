# SPDX-License-Identifier: EUPL-1.2
"""Compute conversations with red-dwarf: a program of its own, run beside the tests in an environment of its own.

Reads a list of lists of (participant, statement, opinion) in JSON from standard input, and writes what it computes of
each, by the numbers of participants, groups and statements.
"""

import json
import sys
from typing import Any

from reddwarf.implementations.base import run_pipeline


def computed(votes: list[list[int]]) -> dict[str, Any]:
    """What red-dwarf says of one conversation."""
    given = [
        {"participant_id": row, "statement_id": column, "vote": value, "modified": 0} for row, column, value in votes
    ]
    found = run_pipeline(votes=given, reducer="pca", random_state=0)
    tests = {
        name: [[int(group), int(each), float(row[name])] for (group, each), row in found.group_comment_stats.iterrows()]
        for name in ("pat", "pdt", "rat", "rdt")
    }
    return tests | {
        "positions": [[int(key), *map(float, place)] for key, place in found.participant_projections.items()],
        "groups": [[int(key), int(group)] for key, group in found.participants_df["cluster_id"].dropna().items()],
        "told": [[int(group), [each["tid"] for each in told]] for group, told in found.repness.items()],
        "aware": list(map(float, found.group_aware_consensus["agree"].values())),
        "extremity": list(map(float, found.statements_df["extremity"])),
        "priority": list(map(float, found.statements_df["priority"])),
    }


if __name__ == "__main__":
    json.dump([computed(votes) for votes in json.load(sys.stdin)], sys.stdout)
