# SPDX-License-Identifier: EUPL-1.2
"""A published vote, given again as a secret poll: sealed as browsers do, counted by its board, checked by anybody."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from budget_replay import renamed
from checked_poll import FILES, Published
from poll_town import TEXT, PollTown, sealed_ballot

from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.pabulib.numbers import written
from parvis_participation.domain.pabulib.scrutiny import Scrutiny
from parvis_participation.service.seals import Seals
from parvis_participation.service.sign_roots import sign_roots

AT_ONCE = 32
"""Votes of one moment share a question to identity and a commit."""


async def replayed_in_secret(
    polling: PollTown, scrutiny: Scrutiny, choices: Iterable[Choice], folder: Path, **changes: Any
) -> tuple[dict[str, Any], Published]:
    """A poll with the file's projects and rules in which these ballots were cast and which two of three counted.

    Its published files are in the folder, with the receipt of the last voter and a root signed before the close.
    """
    rules, names = scrutiny.rules, renamed(scrutiny)
    costs = {names[entry.project.code]: written(entry.project.cost) for entry in scrutiny.listed}
    poll = await polling.open(
        **{
            "options": [{"code": code, "label": TEXT, "cost": cost} for code, cost in costs.items()],
            "budgets": [{"area": None, "amount": written(scrutiny.budget)}],
            "ballot": {
                "kind": rules.kind,
                "least": rules.least,
                "most": rules.most,
                "points": rules.points,
                "points_each": rules.points_each,
            },
            **changes,
        }
    )
    left = [tuple((names[code], points) for code, points in choice) for choice in choices]

    async def residents() -> None:
        while left:
            answer = await polling.cast(polling.voter(), poll, sealed_ballot(poll, left.pop()))
            assert answer.status_code == 200, answer.text
            (folder / "receipt.json").write_bytes(answer.content)

    await asyncio.gather(*(residents() for _ in range(AT_ONCE)))
    seals, path = Seals(polling.service.runtime.master), f"/v1/collectivities/paris/polls/{poll['id']}"
    await sign_roots(polling.service.runtime.database, seals, polling.now)
    root = (await polling.client.get(path)).json()["root"]
    (folder / "root.json").write_text(json.dumps(root), "utf-8")
    polling.when("after")
    counted = await polling.count(poll, 1, 3)
    assert counted.status_code == 201, counted.text
    for name in FILES:
        (folder / name).write_text((await polling.file(poll, name)).text, "utf-8")
    return poll, Published(folder, poll, seals)


def votes_in_the_urn(folder: Path) -> Counter[str]:
    """How many ballots name each option, read from the published urn and from nothing of ours."""
    votes = Counter[str]()
    for line in (folder / "urn.csv").read_text("utf-8").splitlines():
        times, *said = line.split(";")
        for item in said:
            votes[item.split(":")[0]] += int(times)
    return votes
