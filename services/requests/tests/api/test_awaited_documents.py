# SPDX-License-Identifier: EUPL-1.2
"""Of documents that were asked for their author is reminded in time, and the agents learn that they did not come."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from conversing import ask, messages, send, studied, upload
from files import pdf
from requests_town import Town, photo

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_requests.settings import MIGRATIONS
from parvis_testing import Caller

BEFORE, AFTER = timedelta(days=21, hours=-1), timedelta(days=28)


async def ring(town: Town, later: timedelta) -> None:
    runtime = town.service.runtime
    await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, datetime.now(UTC) + later)


async def alerts(town: Town, request: dict[str, Any]) -> list[str]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data->>'alert' AS alert FROM outbox WHERE type = $1 AND data->>'request_id' = $2 ORDER BY id",
        "fr.parvis.requests.agent-alerted.v1",
        request["id"],
    )
    return [row["alert"] for row in rows]


async def acts(town: Town, caller: Caller, request: dict[str, Any]) -> list[str]:
    items = (await town.get(caller, f"/v1/requests/{request['id']}/history")).json()["items"]
    return [entry["action"]["code"] for entry in items]


async def waiting(town: Town, citizen: Caller, agent: Caller) -> dict[str, Any]:
    request = await studied(town, citizen, agent)
    answer = await ask(town, agent, request, '"2"', ["identity", "lease"])
    assert answer.status_code == 201, answer.text
    return request


async def test_a_person_is_reminded_of_what_lacks_and_the_agents_learn_that_it_did_not_come(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await waiting(town, citizen, agent)
    where = f"/v1/requests/{request['id']}"
    given = {"documents": {"identity": [await upload(town, citizen, photo())]}}
    assert (await send(town, citizen, f"{where}/documents", given)).status_code == 201
    for _ in range(2):
        await ring(town, BEFORE)
    (reminder,) = [each for each in await messages(town, citizen, request) if each["by"] == "system"]
    (asked,) = (await town.get(citizen, f"{where}/document-requests")).json()["items"]
    day = datetime.fromisoformat(asked["due_on"])
    assert f"jusqu'au {day:%d/%m/%Y} inclus : Bail. " in reminder["text"]
    assert (asked["overdue"], "documents-missed" in await alerts(town, request)) == (False, False)

    for _ in range(2):
        await ring(town, AFTER)
    assert (await alerts(town, request)).count("documents-missed") == 1
    shown = (await town.get(citizen, where)).json()
    assert shown["status"]["code"] == "waiting", "nothing is closed by that"
    assert "documents-missed" not in await acts(town, citizen, request)
    assert (await acts(town, agent, request)).count("documents-missed") == 1
    await town.service.runtime.database.pool.execute("UPDATE document_request SET due_on = due_on - 22")
    (asked,) = (await town.get(citizen, f"{where}/document-requests")).json()["items"]
    assert asked["overdue"] is True


async def test_who_has_given_all_or_is_waited_for_no_more_hears_nothing(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    whole, moved = await waiting(town, citizen, agent), await waiting(town, citizen, agent)
    documents = {
        "identity": [await upload(town, citizen, photo())],
        "lease": [await upload(town, citizen, pdf())],
    }
    assert (await send(town, citizen, f"/v1/requests/{whole['id']}/documents", {"documents": documents})).is_success
    assert (await town.act(agent, moved, "complete", '"4"')).status_code == 201
    await ring(town, BEFORE)
    await ring(town, AFTER)
    for request in (whole, moved):
        assert [each for each in await messages(town, citizen, request) if each["by"] == "system"] == []
        assert "documents-missed" not in await alerts(town, request)


async def test_what_was_asked_before_it_had_timers_is_given_them_once(town: Town) -> None:
    path = MIGRATIONS / "versions" / "0058_timers_of_asked_documents.py"
    (arm,) = re.findall(r'ARM = """(.*?)"""', path.read_text("utf-8"), re.DOTALL)
    citizen, agent, pool = town.service.citizen(), town.service.agent(), town.service.runtime.database.pool
    request = await waiting(town, citizen, agent)
    timers = "SELECT kind, code, collectivity FROM request_timer WHERE kind LIKE 'documents-%' ORDER BY kind"
    made = await pool.fetch(timers)
    await pool.execute("DELETE FROM request_timer WHERE kind LIKE 'documents-%'")
    for _ in range(2):
        await pool.execute(arm)
    assert (len(made), await pool.fetch(timers)) == (2, made)
    early = "SELECT 1 FROM request_timer WHERE kind LIKE 'documents-%' AND (next_at <= now() OR next_at <> due_at)"
    assert await pool.fetch(early) == []
    for later in (BEFORE, AFTER, AFTER):
        await ring(town, later)
    (reminder,) = [each for each in await messages(town, citizen, request) if each["by"] == "system"]
    assert "Nous attendons encore de vous" in reminder["text"]
    assert (await alerts(town, request)).count("documents-missed") == 1
