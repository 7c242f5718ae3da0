# SPDX-License-Identifier: EUPL-1.2
"""The urn of a large city under seal, opened and counted as the service does it: in a process apart."""

import asyncio
import os
import random
import time
from typing import Final
from uuid import UUID

from parvis_participation.domain.paper import commitment_of, fold
from parvis_participation.service.board_keys import make_board_key, restore
from parvis_participation.service.count_apart import SealedUrn, Vote, count_apart
from parvis_participation.service.envelope import public_key, seal

PROJECTS: Final = 200
_MOST: Final = 5
_SECONDS: Final = 600
_POLL: Final = UUID(int=1)


def secret_count(ballots: int) -> tuple[float, float]:
    """Seconds to open and count so many sealed ballots by equal shares, and to count the same in clear."""
    drawn = random.Random(1)  # noqa: S311 - the same city at each run
    public, shares = make_board_key(3, 2)
    key, envelopes = public_key(public), []
    for _ in range(ballots):
        names = sorted(str(n) for n in drawn.sample(range(PROJECTS), drawn.randint(1, _MOST)))
        content = fold(tuple((name, 1) for name in names), os.urandom(32), _MOST)
        envelopes.append((commitment_of(content), seal(content, _POLL, key)))
    vote = Vote(
        [{"code": str(n), "cost": str(drawn.randint(5, 200) * 1_000), "area": None} for n in range(PROJECTS)],
        [{"area": None, "amount": "5000000"}],
        {"kind": "approval", "least": 1, "most": _MOST, "points": None, "points_each": None},
        {"rule": "equal-shares", "utility": "cost", "completion": "greedy", "increment": "1"},
        b"seed",
        {},
    )
    urn = SealedUrn(_POLL, envelopes, restore(shares[:2], public, 2))
    begun = time.perf_counter()
    counted = asyncio.run(count_apart(vote, seconds=_SECONDS, urn=urn))
    opened = time.perf_counter()
    if sum(counted.ballots.values()) != ballots:
        raise RuntimeError(f"{ballots} ballots were cast, {sum(counted.ballots.values())} counted")
    clear = Vote(vote.options, vote.budgets, vote.rules, vote.method, vote.seed, counted.ballots)
    asyncio.run(count_apart(clear, seconds=_SECONDS))
    return opened - begun, time.perf_counter() - opened
