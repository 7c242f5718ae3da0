# SPDX-License-Identifier: EUPL-1.2
"""Open an urn and count, from the standard input: a program of its own, which can do nothing else.

Its argument is how many seconds of a processor it has. It reads a line of JSON, as :mod:`count_apart` writes it, and
after it the envelopes of a secret vote; it writes one object of JSON: what the ballots say, and the results.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, BinaryIO, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from parvis_files.confined import confined
from parvis_participation.db.rules import ballot_rules, envelopes_of, method_of, projects_of
from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import count_each
from parvis_participation.domain.counting.election import Choice, Project
from parvis_participation.domain.errors import BallotError
from parvis_participation.domain.paper import unfold
from parvis_participation.service.envelope import unseal
from parvis_participation.service.result_record import result_record

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes, of addresses: what is in memory is less."""
COMMITMENT: Final = 32
LENGTH: Final = 4
"""Bytes of an envelope's length, which follows its commitment, before the envelope."""


def main() -> None:
    """Give up all else, then read."""
    confined(MEMORY, int(sys.argv[1]))
    sys.stdout.write(said(sys.stdin.buffer))


def said(given: BinaryIO) -> str:
    """What is written: as :func:`told`, or that it takes more memory than there is."""
    try:
        return json.dumps(told(given))
    except MemoryError:
        return json.dumps({"fault": "memory"})


def told(given: BinaryIO) -> dict[str, Any]:
    """The ``ballots`` with the number of those who cast each, how many are ``spoiled``, and the ``results``.

    Raises EOFError where the envelopes end before the last.
    """
    asked = json.loads(given.readline())
    projects, budgets = projects_of(asked["options"]), envelopes_of(asked["budgets"])
    ballots: dict[Choice, int] = {}
    for said_by, times in asked["ballots"]:
        _add(ballots, tuple((code, points) for code, points in said_by), times)
    spoiled = _open(asked, projects, budgets, given, ballots) if asked["urn"] else 0
    results = count_each(projects, budgets, ballots, method_of(asked["method"]), bytes.fromhex(asked["seed"]))
    return {
        "ballots": list(ballots.items()) if asked["urn"] else [],
        "spoiled": spoiled,
        "results": [result_record(area, result) for area, result in results.items()],
    }


def _open(
    asked: Mapping[str, Any],
    projects: tuple[Project, ...],
    budgets: Mapping[str | None, Fraction],
    given: BinaryIO,
    ballots: dict[Choice, int],
) -> int:
    """Add what the envelopes hold to the ballots; how many say nothing allowed."""
    urn, rules, spoiled = asked["urn"], ballot_rules(asked["rules"], budgets), 0
    poll, key = UUID(urn["poll"]), derive_private_key(int(urn["key"], 16), SECP256R1())
    costs = {project.code: project.cost for project in projects}
    for commitment, sealed in _envelopes(given, urn["envelopes"]):
        try:
            choice = unfold(unseal(sealed, poll, commitment, key))
            rules.check(choice, costs)
        except BallotError:
            spoiled += 1
            continue
        _add(ballots, choice if rules.kind is Kind.RANKING else tuple(sorted(choice)), 1)
    return spoiled


def _envelopes(given: BinaryIO, number: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(number):
        head = given.read(COMMITMENT + LENGTH)
        length = int.from_bytes(head[COMMITMENT:])
        sealed = given.read(length)
        if len(head) < COMMITMENT + LENGTH or len(sealed) < length:
            raise EOFError
        yield head[:COMMITMENT], sealed


def _add(ballots: dict[Choice, int], choice: Choice, times: int) -> None:
    ballots[choice] = ballots.get(choice, 0) + times


if __name__ == "__main__":
    main()
