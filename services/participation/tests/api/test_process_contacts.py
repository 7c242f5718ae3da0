# SPDX-License-Identifier: EUPL-1.2
"""Whom people ask about a process."""

from typing import Any

import pytest
from participation_town import Town
from process_town import LIST, TEXT, post, process_body, published

OFFICE: dict[str, Any] = {
    "name": {"fr": "Direction des mobilités", "en": "Mobility department"},
    "email": "mobilites@paris.example",
    "phone": "+33140000000",
    "address": "4 rue de Lobau, 75004 Paris",
    "hours": {"fr": "Le lundi"},
}
SHOWN = OFFICE | {"name": "Mobility department", "hours": "Le lundi"}
NOBODY = {"email": None, "phone": None, "address": None, "hours": None}


async def test_everybody_reads_whom_to_ask_in_their_language_where_the_town_has_it(town: Town) -> None:
    role = {"name": {"fr": "La cheffe de projet"}}
    process = await published(town, contacts=[OFFICE, role])
    assert process["contacts"] == [OFFICE, NOBODY | role]
    citizen, agent = town.service.citizen().headers, town.service.agent().headers
    wanted = [SHOWN, NOBODY | {"name": "La cheffe de projet"}]
    for path, headers in ((LIST, {}), ("/v1/visible-processes", citizen)):
        english = headers | {"Accept-Language": "en"}
        one = await town.client.get(f"{path}/{process['id']}", headers=english)
        listed = await town.client.get(path, headers=english)
        assert one.json()["contacts"] == listed.json()["items"][0]["contacts"] == wanted, path
        assert one.headers["Content-Language"] == "en, fr"
    own = (await town.client.get(f"/v1/processes/{process['id']}", headers=agent)).json()
    assert own["contacts"] == [OFFICE, NOBODY | role]


async def test_who_is_no_longer_asked_is_no_longer_there(town: Town) -> None:
    process = await published(town, contacts=[OFFICE])
    agent = town.service.agent()
    headers = agent.headers | {"If-Match": f'"{process["version"]}"'}
    changed = await town.client.put(f"/v1/processes/{process['id']}", json=process_body(), headers=headers)
    assert (changed.status_code, changed.json()["contacts"]) == (200, [])
    assert (await town.client.get(f"{LIST}/{process['id']}")).json()["contacts"] == []
    kept = "SELECT contacts::text FROM process WHERE id = $1"
    assert await town.service.runtime.database.pool.fetchval(kept, process["id"]) == "[]"


@pytest.mark.parametrize(
    "changes",
    [
        {"contacts": [{"email": "mobilites@paris.example"}]},
        {"contacts": [OFFICE | {"email": "mobilites"}]},
        {"contacts": [OFFICE | {"phone": "01 40 00 00 00"}]},
        {"contacts": [OFFICE | {"fax": "+33140000000"}]},
        {"contacts": [OFFICE | {"name": {"en": "Mobility department"}}]},
        {"contacts": [OFFICE | {"hours": {"en": "On Mondays"}}]},
        {"contacts": [OFFICE] * 21},
        {"contacts": [OFFICE], "languages": ["fr"], "title": {"fr": "Plan"}, "description": {"fr": "Plan"}},
    ],
)
async def test_contacts_are_few_in_the_languages_of_the_process_and_reached_as_they_say(
    town: Town, changes: dict[str, Any]
) -> None:
    only_french = {"links": [], "phases": [process_body()["phases"][0] | {"title": {"fr": TEXT["fr"]}}]}
    body = process_body(**only_french | changes)
    assert (await post(town, town.service.agent(), "", body)).status_code == 422
    given = body | {"contacts": [{"name": {"fr": "La mairie"}}]}
    assert (await post(town, town.service.agent(), "", given)).status_code == 201
