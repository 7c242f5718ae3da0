# SPDX-License-Identifier: EUPL-1.2
"""Requests of one moment share a round trip and a commit, and nothing else."""

import asyncio
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest
from requests_town import Town

from parvis_requests.service import submit_request

_TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM request"
_SIZES = "SELECT request_id::text FROM answer_key WHERE question = 'size'"


async def _gathered(town: Town, keys: list[str], **changes: object) -> list[httpx.Response]:
    """Submit one request for each key, all at once, by somebody who has filed before."""
    citizen = town.service.citizen()
    await town.submit(citizen)
    return list(await asyncio.gather(*(town.submit(citizen, key=key, **changes) for key in keys)))


async def test_each_is_stored_whole_and_they_share_commits(town: Town) -> None:
    answers = await _gathered(town, [f"k{number}" for number in range(16)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 16
    for table in ("request", "history_entry", "outbox", "idempotency_record"):
        assert await town.count(table) == 17
    assert await town.service.runtime.database.pool.fetchval(_TRANSACTIONS) < 12


async def test_one_that_cannot_be_stored_with_the_others_takes_none_of_them_along(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, numbers = (await town.submit(town.service.citizen())).json()["reference"], count()

    def drawn(*_: object) -> str:
        return taken if (number := next(numbers)) in {3, 7} else f"R-2026-{number:04}-001"

    monkeypatch.setattr(submit_request, "new_reference", drawn)
    answers = await _gathered(town, [f"k{number}" for number in range(12)])
    assert [answer.status_code for answer in answers] == [201] * 12
    assert taken not in {answer.json()["reference"] for answer in answers}
    assert await town.count("request") == await town.count("outbox") == 14


async def test_calls_with_one_key_in_one_moment_are_one_request(town: Town) -> None:
    answers = await _gathered(town, ["same", "a", "same", "b", "same", "c"])
    assert {answer.status_code for answer in answers} == {201}
    same = [
        answer for answer, key in zip(answers, ("same", "a", "same", "b", "same", "c"), strict=True) if key == "same"
    ]
    assert len({answer.content for answer in same}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in same) == 2
    assert await town.count("request") == await town.count("outbox") == 5


async def test_whose_kind_was_stored_before_the_connection_broke_are_told_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, texts = town.service.citizen(), list[str]()
    await town.publish("essai")
    measured: dict[str, Any] = {"request_type": "essai", "answers": {"size": 4}}
    execute = asyncpg.Connection.executemany

    async def breaking(self: Any, text: str, args: Any, **more: Any) -> Any:
        if len(set(texts)) > 1 and text == max(texts):
            raise OSError
        texts.append(text)
        return await execute(self, text, args, **more)

    monkeypatch.setattr(asyncpg.Connection, "executemany", breaking)
    assert (await town.submit(citizen)).status_code == 201
    assert (await town.submit(citizen, **measured)).status_code == 201
    answers = await asyncio.gather(
        *(town.submit(citizen, key=f"{number}", **(measured if number % 2 else {})) for number in range(8))
    )
    kinds = [{answer.status_code for answer in answers[start::2]} for start in range(2)]
    assert sorted(kinds, key=min) == [{201}, {503}]
    assert await town.count("request") == 2 + 4
    monkeypatch.undo()
    again = await asyncio.gather(
        *(town.submit(citizen, key=f"{number}", **(measured if number % 2 else {})) for number in range(8))
    )
    assert {answer.status_code for answer in again} == {201}
    assert await town.count("request") == 2 + 8


async def test_those_of_another_form_go_along_with_what_is_theirs(town: Town) -> None:
    citizen = town.service.citizen()
    await town.submit(citizen)
    await town.publish("essai")
    measured = {"request_type": "essai", "answers": {"size": 4}}
    answers = await asyncio.gather(
        *(town.submit(citizen, key=f"{number}", **(measured if number % 2 else {})) for number in range(8))
    )
    assert [answer.status_code for answer in answers] == [201] * 8
    ids = {answer.json()["id"] for number, answer in enumerate(answers) if number % 2}
    kept = await town.service.runtime.database.pool.fetch(
        "SELECT request_id::text FROM answer_key WHERE question = 'size'"
    )
    assert {row["request_id"] for row in kept} == ids
