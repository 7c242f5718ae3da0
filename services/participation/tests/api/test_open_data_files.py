# SPDX-License-Identifier: EUPL-1.2
"""Files about whole towns: made once for all who ask, of one moment, by stretches, and soon without what is gone."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from moderation_town import REMOVE, ModerationTown
from participation_town import Town
from proposal_town import propose, verified
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.api import catalogue
from parvis_participation.db import proposal_list
from parvis_participation.service import prepared_files
from parvis_participation.service.prepared_files import (
    FRESH,
    OLDEST,
    STRETCH,
    FilesBusyError,
    Piece,
    Preparing,
    content_of,
    forget_made,
    make,
)
from parvis_participation.service.town_data import TownFile, town_file

FILES: Final = "/v1/collectivities/paris/open-data"
_MANY: Final = """
INSERT INTO proposal (id, collectivity, person, title, description, state, version, created_at, changed_at)
SELECT gen_random_uuid(), $2, gen_random_uuid(), repeat('Une parmi beaucoup ', 15) || n, repeat('mot ', 250),
    'published', 1, now() - n * interval '1 minute', now()
FROM generate_series(1, $1) n
"""


async def read(town: Town, name: str = "proposals.csv", tag: str | None = None) -> httpx.Response:
    headers = {} if tag is None else {"If-None-Match": tag}
    return await town.client.get(f"{FILES}/{name}", headers=headers)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    at = datetime.now(UTC) + by
    monkeypatch.setattr(catalogue, "now", lambda: at)


async def many(town: Town, number: int, collectivity: str = "paris") -> None:
    await town.service.runtime.database.pool.execute(_MANY, number, collectivity)


def pieces(*texts: str) -> Any:
    async def write(_: AsyncSession) -> AsyncIterator[Piece]:
        for text in texts:
            yield Piece(text, 1)

    return write


async def test_a_file_is_known_by_its_tag_and_made_anew_only_when_its_time_comes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(town, verified(town))
    first = await read(town)
    tag, kept = first.headers["etag"], first.headers["cache-control"]
    assert (first.status_code, first.headers["content-length"]) == (200, str(len(first.content)))
    assert kept.startswith("public, max-age=")
    assert 0 < int(kept.rpartition("=")[2]) <= 300

    def never(*_: object, **__: object) -> None:
        pytest.fail("made anew")

    with monkeypatch.context() as patch:
        patch.setattr(prepared_files, "make", never)
        known = await read(town, tag=tag)
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        assert (await read(town)).content == first.content
        later(patch, FRESH - timedelta(seconds=30))
        assert int((await read(town)).headers["cache-control"].rpartition("=")[2]) <= 30
    later(monkeypatch, FRESH)
    same = await read(town)
    assert (same.headers["etag"], same.content) == (tag, first.content)
    await propose(town, verified(town), title="Un autre banc")
    assert "Un autre banc" not in (await read(town)).text
    later(monkeypatch, FRESH * 2)
    changed = await read(town, tag=tag)
    assert (changed.status_code, "Un autre banc" in changed.text) == (200, True)
    assert changed.headers["etag"] != tag


async def test_what_is_removed_is_in_no_file_ten_minutes_later(
    town: Town, moderating: ModerationTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = (await propose(town, verified(town), title="Une insulte")).json()
    await propose(town, verified(town), title="Un banc")
    names = ("proposals.csv", "proposals.json", "proposals.geojson")
    assert all(["Une insulte" in (await read(town, name)).text for name in names])
    case = await moderating.opened(proposal, kind="proposal")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201

    async def busy(*_: object) -> None:
        raise FilesBusyError

    later(monkeypatch, OLDEST)
    with monkeypatch.context() as patch:
        patch.setattr(Preparing, "_once", busy)
        refused = await read(town)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    for name in names:
        assert "Une insulte" not in (await read(town, name)).text
        assert "Un banc" in (await read(town, name)).text
    # Nor is it kept for long where nobody sees it.
    database = town.service.runtime.database
    stretches = "SELECT count(*) FROM open_data_part WHERE position('Une insulte'::bytea IN content) > 0"
    assert await database.pool.fetchval(stretches) == 3
    await forget_made(database, datetime.now(UTC) + timedelta(minutes=21))
    assert await database.pool.fetchval(stretches) == 0


async def test_while_it_cannot_be_made_the_one_of_before_is_answered_and_nobody_keeps_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(town, verified(town))
    first = await read(town)

    async def slow(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(prepared_files, "make", slow)
    later(monkeypatch, OLDEST - timedelta(seconds=30))
    again = await read(town)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["cache-control"] == "public, max-age=0"


async def test_a_large_town_is_written_and_read_by_stretches_in_little_memory(town: Town) -> None:
    rows, database = 20_000, town.service.runtime.database
    await many(town, rows)
    write = partial(town_file, collectivity="paris", file=TownFile.PROPOSALS_JSON, smallest=5, public_url="https://a.b")
    tracemalloc.start(1)
    try:
        made = await make(database, ("paris", "proposals.json"), write, datetime.now(UTC))
        size = 0
        async for content in content_of(database, made):
            assert len(content) <= STRETCH
            size += len(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == made.size
    assert size > 40 * STRETCH
    assert peak < size / 2, f"{peak / 2**20:.1f} of {size / 2**20:.1f} MiB"
    items = json.loads(b"".join([each async for each in content_of(database, made)]))["items"]
    assert len(items) == len({each["id"] for each in items}) == rows


async def test_a_file_is_of_one_moment(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await many(town, 1_001)
    whole, turned = proposal_list.told, 0

    async def page(*arguments: Any, **more: Any) -> Any:
        nonlocal turned
        turned += 1
        if turned == 2:
            await town.service.runtime.database.pool.execute(
                "UPDATE proposal SET title = 'Changé', state = 'withdrawn'"
            )
        return await whole(*arguments, **more)

    monkeypatch.setattr(proposal_list, "told", page)
    items = (await read(town, "proposals.json")).json()["items"]
    assert (turned, len(items)) == (2, 1_001)
    assert "Changé" not in {each["title"] for each in items}


async def test_whoever_asks_meanwhile_waits_for_the_same_file_and_too_many_are_refused(town: Town) -> None:
    database, at, made = town.service.runtime.database, datetime.now(UTC), list[str]()
    begun, go_on = asyncio.Event(), asyncio.Event()
    for name in ("paris", "lutece", *(f"town{n}" for n in range(15))):
        await many(town, 1, name)

    async def write(_: AsyncSession) -> AsyncIterator[Piece]:
        made.append("begun")
        begun.set()
        await go_on.wait()
        yield Piece("text", 1)

    preparing = Preparing()
    first = asyncio.create_task(preparing.file(database, ("paris", "a"), write, at))
    await begun.wait()
    first.cancel()  # whoever asked first leaves
    others = [asyncio.create_task(preparing.file(database, ("paris", "a"), write, at)) for _ in range(3)]
    waiting = [asyncio.create_task(preparing.file(database, (f"town{n}", "a"), write, at)) for n in range(15)]
    while len(preparing._making) < 16:  # noqa: ASYNC110, SLF001 - nothing else tells that they wait
        await asyncio.sleep(0.01)
    with pytest.raises(FilesBusyError):
        await preparing.file(database, ("lutece", "a"), write, at)
    nothing = await preparing.file(database, ("nowhere", "a"), pieces(), at)
    assert nothing.content == b"", "a name that is no town's needs no place"
    assert len(made) <= 2
    go_on.set()
    assert len({each.making for each in await asyncio.gather(*others)}) == 1
    assert len({each.making for each in await asyncio.gather(*waiting)}) == 15
    assert preparing._making == {}  # noqa: SLF001
    assert len(made) == 16


async def test_towns_are_apart_and_nothing_is_kept_of_one_that_is_none(town: Town) -> None:
    await propose(town, verified(town))
    await many(town, 2, "lutece")
    ours, theirs = await read(town), await town.client.get("/v1/collectivities/lutece/open-data/proposals.csv")
    assert "Des bancs" in ours.text
    assert "Des bancs" not in theirs.text
    assert (len(ours.text.splitlines()), len(theirs.text.splitlines())) == (2, 3)
    assert ours.headers["etag"] != theirs.headers["etag"]
    nowhere = await town.client.get("/v1/collectivities/nowhere/open-data/proposals.csv")
    assert len(nowhere.text.splitlines()) == 1
    assert (await town.client.get("/v1/collectivities/nowhere/catalogue")).status_code == 200
    kept = "SELECT collectivity FROM open_data_part UNION SELECT collectivity FROM open_data_file"
    assert {row["collectivity"] for row in await town.service.runtime.database.pool.fetch(kept)} == {"paris", "lutece"}


async def test_the_catalogue_tells_the_size_and_the_change_of_files_that_were_made(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(town, verified(town))
    file = await read(town)
    later(monkeypatch, FRESH)
    assert (await read(town)).headers["etag"] == file.headers["etag"]
    answer = await town.client.get("/v1/collectivities/paris/catalogue")
    proposals, petitions, _ = answer.json()["dcat:dataset"]
    table, others = proposals["dcat:distribution"][0], proposals["dcat:distribution"][1:]
    assert table["dcat:byteSize"]["@value"] == str(len(file.content))
    since = datetime.fromisoformat(table["dct:modified"]["@value"])
    assert since <= datetime.now(UTC) + timedelta(minutes=1)  # not since it was made again
    assert proposals["dct:modified"] == table["dct:modified"]
    assert [each for each in others if "dcat:byteSize" in each] == []
    assert "dct:modified" not in petitions
    known = await town.client.get(
        "/v1/collectivities/paris/catalogue", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert known.status_code == 304


async def test_bytes_are_put_together_again_and_the_later_making_stands(town: Town) -> None:
    database, at = town.service.runtime.database, datetime.now(UTC)
    texts = ["é" * (STRETCH // 2), "x" * 7, "é" * STRETCH, "end"]
    made = await make(database, ("paris", "a"), pieces(*texts), at)
    assert b"".join([each async for each in content_of(database, made)]) == "".join(texts).encode()
    exact = await make(database, ("paris", "b"), pieces("x" * STRETCH), at)
    assert b"".join([each async for each in content_of(database, exact)]) == b"x" * STRETCH
    late = await make(database, ("paris", "a"), pieces("of before"), at - timedelta(seconds=1))
    assert late.making == made.making
    assert isinstance(late.making, UUID)


async def test_what_says_the_same_is_not_kept_twice_and_lives_as_long_as_it_is_said(town: Town) -> None:
    database, at, which = town.service.runtime.database, datetime.now(UTC), ("paris", "a")
    texts = ["x" * STRETCH, "end"]
    first = await make(database, which, pieces(*texts), at)
    again = await make(database, which, pieces(*texts), at + FRESH)
    assert (again.making, again.made_at) == (first.making, at + FRESH)
    assert await town.count("open_data_part") == 2
    await forget_made(database, at + FRESH + timedelta(minutes=19))
    assert b"".join([each async for each in content_of(database, again)]) == "".join(texts).encode()
    await forget_made(database, at + FRESH + timedelta(minutes=21))
    assert await town.count("open_data_part") == 0
    anew = await make(database, which, pieces(*texts), at + FRESH * 6)
    assert anew.making != first.making
    assert b"".join([each async for each in content_of(database, anew)]) == "".join(texts).encode()
    empty = await make(database, which, pieces(), at + FRESH * 7)
    sizes = "SELECT size, made_at FROM open_data_file"
    assert (empty.size, tuple(await database.pool.fetchrow(sizes))) == (0, (0, at + FRESH * 7))
