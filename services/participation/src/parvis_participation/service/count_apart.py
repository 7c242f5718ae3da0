# SPDX-License-Identifier: EUPL-1.2
"""Urns are opened and votes counted in a process of their own, with bounds on its processor, memory and time.

Neither the loop that answers everybody nor a transaction waits for it, and it ends with the bound, whatever it counts.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from prometheus_client import Counter

from parvis_files.apart import MODULE, run_apart
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.poll_count import CountFailedError
from parvis_participation.service.count_program import COMMITMENT, LENGTH
from parvis_participation.service.result_record import result_of

_PROGRAM: Final = "parvis_participation.service.count_program"
COUNTS: Final = Counter("parvis_counts_total", "Counts of votes, by kind and outcome", ["kind", "outcome"])


@dataclass(frozen=True, slots=True)
class Vote:
    """What is counted: projects, money, rules and method as rows keep them, the seed of ties, and ballots in clear."""

    options: Sequence[Mapping[str, Any]]
    budgets: Sequence[Mapping[str, Any]]
    rules: Mapping[str, Any]
    method: Mapping[str, Any]
    seed: bytes
    ballots: Mapping[Choice, int]


@dataclass(frozen=True, slots=True)
class SealedUrn:
    """Envelopes with their commitments, of a poll, and the board's key, which the process alone uses."""

    poll: UUID
    envelopes: Sequence[tuple[bytes, bytes]]
    key: EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Counted:
    """The results; of an urn also all ballots, those in clear included, and how many say nothing allowed."""

    ballots: Mapping[Choice, int]
    spoiled: int
    results: Mapping[str | None, Result]


async def count_apart(vote: Vote, *, seconds: float, urn: SealedUrn | None = None) -> Counted:
    """Count within so many seconds, of a processor and by the clock; raises CountFailedError."""
    content = await asyncio.to_thread(content_of, vote, urn)
    try:
        status, written = await run_apart([*MODULE, _PROGRAM, ceil(seconds)], content, seconds)
    except TimeoutError as error:
        raise CountFailedError("time") from error
    if status:  # below zero: the signal that ends who takes too long
        raise CountFailedError(f"status {status}")
    counted = await asyncio.to_thread(counted_from, written)
    if counted is None:
        raise CountFailedError("memory")
    return counted


def content_of(vote: Vote, urn: SealedUrn | None) -> bytes:
    """What the process reads; raises CountFailedError for a commitment of another length."""
    told = {
        "options": list(vote.options),
        "budgets": list(vote.budgets),
        "rules": dict(vote.rules),
        "method": dict(vote.method),
        "seed": vote.seed.hex(),
        "ballots": list(vote.ballots.items()),
        "urn": None,
    }
    if urn is None:
        return json.dumps(told).encode() + b"\n"
    number = urn.key.private_numbers().private_value
    told["urn"] = {"poll": str(urn.poll), "key": f"{number:x}", "envelopes": len(urn.envelopes)}
    content = bytearray(json.dumps(told).encode() + b"\n")
    for commitment, sealed in urn.envelopes:
        if len(commitment) != COMMITMENT:
            raise CountFailedError("commitment")
        content += commitment + len(sealed).to_bytes(LENGTH) + sealed
    return bytes(content)


def counted_from(written: bytes) -> Counted | None:
    """What it wrote; None where it had too little memory."""
    told = json.loads(written)
    if "fault" in told:
        return None
    ballots = {tuple((code, points) for code, points in choice): times for choice, times in told["ballots"]}
    results = {record["area"]: result_of(record) for record in told["results"]}
    return Counted(ballots, told["spoiled"], results)
