# SPDX-License-Identifier: EUPL-1.2
"""Anybody can check a counted poll: the checker finds each thing that a town could have done to the ballots."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from budget_replay import renamed
from checked_poll import CHECKER, FILES, Published
from elections import toulouse
from poll_replay import replayed_in_secret, votes_in_the_urn
from poll_town import TEXT, PollTown, approve, sealed_ballot

from parvis_participation.service.seals import Seals
from parvis_participation.service.sign_roots import LEAST, sign_roots


@pytest.fixture
async def published(polling: PollTown, tmp_path: Path) -> Published:
    poll = await polling.open()
    seals = Seals(polling.service.runtime.master)
    path = f"/v1/collectivities/paris/polls/{poll['id']}"
    mine = await polling.cast(polling.voter(), poll, sealed_ballot(poll, approve("park", "lamp")))
    (tmp_path / "receipt.json").write_bytes(mine.content)
    choices = [approve("park"), approve("bench", "lamp")] * (LEAST // 2)
    await asyncio.gather(*(polling.cast(polling.voter(), poll, choice) for choice in choices))
    await sign_roots(polling.service.runtime.database, seals, polling.now)
    root = (await polling.client.get(path)).json()["root"]
    (tmp_path / "root.json").write_text(json.dumps(root), "utf-8")
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    for name in FILES:
        (tmp_path / name).write_text((await polling.file(poll, name)).text, "utf-8")
    return Published(tmp_path, poll, seals)


def more_money(text: str) -> str:
    record = json.loads(text)
    record["results"][0]["budget"] = str(float(record["results"][0]["budget"]) + 0.5)
    return json.dumps(record)


async def test_what_was_published_is_right(published: Published) -> None:
    code, told = published.check("receipt.json", "root.json")
    assert (code, told) == (0, "Right: 52 ballots, 0 spoiled. Chosen: park, lamp.\n")
    assert len(CHECKER.read_text("utf-8").splitlines()) < 200


@pytest.mark.parametrize("signed_anew", [False, True], ids=["by-others", "by-the-town"])
@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("urn.csv", lambda text: text.replace("26;park:1\n", "25;park:1\n"), id="a-ballot-removed"),
        pytest.param("urn.csv", lambda text: text.replace("26;park:1\n", "27;park:1\n"), id="a-ballot-added"),
        pytest.param(
            "urn.csv",
            lambda text: text.replace("26;park:1\n", "25;park:1\n").replace("25;bench", "26;bench"),
            id="a-ballot-changed",
        ),
        pytest.param("urn.csv", lambda text: text.replace("26;park:1\n", "25;park:1\n1;park:1\n"), id="in-two-lines"),
        pytest.param("urn.csv", lambda text: text + "0;bench:1\n", id="less-than-once"),
        pytest.param("record.json", more_money, id="more-money"),
        pytest.param("commitments.txt", lambda text: text[65:], id="a-commitment-removed"),
        pytest.param("commitments.txt", lambda text: text + "ab" * 32 + "\n", id="a-commitment-added"),
        pytest.param("commitments.txt", lambda text: "ab" * 32 + text[64:], id="a-commitment-changed"),
        pytest.param("record.json", lambda text: text.replace('"score":27', '"score":28', 1), id="a-score-changed"),
        pytest.param("acts.jsonl", lambda text: text.split("\n", 1)[1], id="an-act-removed"),
        pytest.param("acts.jsonl", lambda text: text + text.splitlines()[-1] + "\n", id="an-act-added"),
        pytest.param("acts.jsonl", lambda text: text.replace("created", "altered"), id="an-act-changed"),
        pytest.param("record.json", lambda text: text.replace('"roll":52', '"roll":51'), id="the-roll-changed"),
    ],
)
async def test_the_checker_finds_what_was_done_to_the_ballots(
    published: Published, name: str, change: Callable[[str], str], signed_anew: bool
) -> None:
    published.change(name, change)
    if signed_anew:
        published.sign_anew()
    code, told = published.check()
    assert (code, told.startswith("WRONG: ")) == (1, True), told


async def test_a_receipt_or_a_root_kept_shows_what_the_town_hides(published: Published) -> None:
    receipt = json.loads((published.folder / "receipt.json").read_text("utf-8"))
    published.change("commitments.txt", lambda text: text.replace(receipt["commitment"], "cd" * 32))
    _, told = published.check("receipt.json", "root.json")
    assert f"the ballot of the receipt {receipt['commitment'][:8]}… is missing" in told
    assert "the first 51 commitments are not those of the root signed over them" in told


async def test_a_forged_receipt_accuses_nobody(published: Published) -> None:
    published.change("receipt.json", lambda text: text.replace(json.loads(text)["commitment"], "cd" * 32))
    _, told = published.check("receipt.json")
    assert told == "WRONG: the receipt cdcdcdcd… is not signed by the town's key\n"


@pytest.mark.parametrize(
    ("ballot", "rule"),
    [
        ({"kind": "approval", "least": 1, "most": 3}, "equal-shares"),
        ({"kind": "ranking", "least": 1, "most": 3}, "schulze"),
        ({"kind": "ranking", "least": 1, "most": 3}, "instant-runoff"),
    ],
)
async def test_the_checker_chooses_again_by_every_rule(
    polling: PollTown, tmp_path: Path, ballot: dict[str, Any], rule: str
) -> None:
    options = [{"code": code, "label": TEXT, "cost": "60000"} for code in ("park", "bench", "lamp")]
    poll = await polling.open(options=options, ballot=ballot, method={"rule": rule})
    for choice in (approve("park", "lamp"), approve("park"), approve("bench", "park")):
        assert (await polling.cast(polling.voter(), poll, choice)).status_code == 200
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    for name in FILES:
        (tmp_path / name).write_text((await polling.file(poll, name)).text, "utf-8")
    published = Published(tmp_path, poll, Seals(polling.service.runtime.master))
    assert published.check() == (0, "Right: 3 ballots, 0 spoiled. Chosen: park.\n")
    record = json.loads((tmp_path / "record.json").read_text("utf-8"))
    for outcome in record["results"][0]["outcomes"]:
        outcome["chosen"] = outcome["code"] == "bench"
    published.change("record.json", lambda _: json.dumps(record))
    published.sign_anew()
    assert published.check() == (1, "WRONG: the ballots choose park, and the result others\n")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM poll_urn WHERE commitment = $1", "52 people have voted by sealed ballot, but there are 51"),
        (
            (
                "INSERT INTO poll_urn (id, collectivity, poll_id, commitment, sealed) SELECT gen_random_uuid(),"
                " collectivity, poll_id, sha256(commitment), sealed FROM poll_urn WHERE commitment = $1"
            ),
            "52 people have voted by sealed ballot, but there are 53",
        ),
        (
            "UPDATE poll_urn SET commitment = sha256(commitment) WHERE commitment = $1",
            "commitments are not those of the root signed over them",
        ),
    ],
    ids=["removed", "added", "changed"],
)
async def test_the_checker_finds_what_was_done_to_the_urn_itself(
    polling: PollTown, tmp_path: Path, statement: str, told: str
) -> None:
    poll, seals = await polling.open(), Seals(polling.service.runtime.master)
    ballots = [sealed_ballot(poll, approve("park")) for _ in range(LEAST + 2)]
    await asyncio.gather(*(polling.cast(polling.voter(), poll, ballot) for ballot in ballots))
    await sign_roots(polling.service.runtime.database, seals, polling.now)
    # Somebody who may write all of the database, between a signed root and the count.
    connection = await asyncpg.connect(polling.service.superuser_url)
    try:
        await connection.execute(statement, bytes.fromhex(ballots[0]["commitment"]))
    finally:
        await connection.close()
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    for name in FILES:
        (tmp_path / name).write_text((await polling.file(poll, name)).text, "utf-8")
    code, said = Published(tmp_path, poll, seals).check()
    assert (code, told in said) == (1, True), said


async def test_ballots_of_toulouse_cast_in_secret_are_counted_as_the_file_says_and_found_right(
    polling: PollTown, tmp_path: Path
) -> None:
    scrutiny = toulouse(2019)
    sample = scrutiny.choices[::16]
    method = {"rule": "equal-shares", "completion": "increment", "increment": "2000"}
    _, published = await replayed_in_secret(polling, scrutiny, sample, tmp_path, method=method)
    names = renamed(scrutiny)
    assert votes_in_the_urn(tmp_path) == Counter(names[code] for choice in sample for code, _ in choice)
    code, told = published.check("receipt.json", "root.json")
    assert (code, told.split(". ")[0]) == (0, f"Right: {len(sample)} ballots, 0 spoiled")
