# SPDX-License-Identifier: EUPL-1.2
"""The conversation of the demo town: whoever starts Parvis sees groups at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conversation_town import LIST, result, say, shown, upcoming, work
from participation_town import Town
from pydantic import ValidationError

from parvis_participation.service.seed_consultations import SeedFile, read_seed
from parvis_participation.service.seed_conversations import seed_conversations

FILE = Path(__file__).parents[4] / "deploy/local/src/parvis_local/demo/participation.yaml"


async def load(town: Town) -> dict[str, str]:
    async with town.service.runtime.database.unit_of_work() as uow:
        await seed_conversations(uow.session, read_seed(FILE).conversations, datetime.now(UTC))
        await uow.commit()
    (made,) = (await town.client.get(LIST)).json()["items"]
    return {"id": made["id"], "title": made["title"], "state": made["state"]}


async def test_groups_show_at_the_first_round_of_the_worker_and_one_takes_part(town: Town) -> None:
    made = await load(town)
    assert (made["title"], made["state"]) == ("La place du marché demain", "open")
    await work(town)
    told = (await result(town, made)).json()
    assert [each["members"] for each in told["groups"]] == [45, 35, 25]
    assert all(group["statements"] for group in told["groups"])
    assert told["consensus"]
    assert told["map"]
    ada = town.service.citizen()
    assert (await upcoming(town, ada, made))["left"] == 12
    assert (await say(town, ada, (await shown(town, made))[0], "agree")).status_code == 200


async def test_it_is_loaded_once(town: Town) -> None:
    made = await load(town)
    pool = town.service.runtime.database.pool
    opinions = await pool.fetchval("SELECT count(*) FROM conversation_opinion")
    await pool.execute("UPDATE conversation SET title = jsonb_set(title, '{fr}', '\"Autre\"')")
    assert await load(town) == made | {"title": "Autre"}
    assert await pool.fetchval("SELECT count(*) FROM conversation_opinion") == opinions > 900


def test_a_group_has_one_opinion_a_statement() -> None:
    raw = read_seed(FILE).model_dump(mode="json")
    raw["conversations"][0]["groups"][1]["opinions"] += "+"
    with pytest.raises(ValidationError, match="one opinion a statement"):
        SeedFile.model_validate(raw)
