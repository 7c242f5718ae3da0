# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import httpx
import pytest
from requests_town import Town

from parvis_testing import Caller

WORDS = {
    "fr": "Bonjour, votre demande {{reference}} ({{ request_type }}) est : {{status}}.",
    "en": "Hello, your request {{reference}} ({{request_type}}) is: {{status}}.",
}


async def save(town: Town, caller: Caller, **changes: Any) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": town.key()}
    body = {"name": "Où en est-on", "words": WORDS, **changes}
    return await town.client.post("/v1/reply-templates", json=body, headers=headers)


async def test_an_agent_begins_a_reply_with_a_template_filled_in_for_the_request(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    kept = await save(town, town.administrator())
    assert kept.status_code == 201
    await save(town, town.administrator(), name="Bicyclettes", request_types=["epave-de-velo"])
    request = (await town.submit(citizen)).json()
    path = f"/v1/requests/{request['id']}/reply-templates"
    (french,) = (await town.get(agent, path)).json()["items"]
    assert french["text"] == f"Bonjour, votre demande {request['reference']} (Cartons) est : Déposée."
    (english,) = (await town.get(agent, path, **{"Accept-Language": "en"})).json()["items"]
    assert english["text"].endswith("is: Submitted.")
    assert (await town.get(citizen, path)).status_code == 403
    assert (await town.get(town.service.agent("lutece"), path)).status_code == 404


@pytest.mark.parametrize(
    ("words", "variable"),
    [("Bonjour {{prenom}}", "prenom"), ("Bonjour {{reference", "{{"), ("{{ }}", ""), ("{{reference}} }}", "}}")],
)
async def test_a_variable_that_is_none_is_refused_when_it_is_saved(town: Town, words: str, variable: str) -> None:
    answer = await save(town, town.administrator(), words=WORDS | {"en": words})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-template")
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "/words/en"
    assert f"« {variable} »" in fault["detail"]
    assert await town.count("reply_template") == 0


async def test_administrators_change_templates_and_others_do_not(town: Town) -> None:
    administrator, agent = town.administrator(), town.service.agent()
    assert (await save(town, agent)).status_code == 403
    kept = await save(town, administrator)
    path, body = kept.headers["location"], {"name": "Autre", "words": WORDS}
    for caller, tag, status in (
        (agent, '"1"', 403), (town.administrator("lutece"), '"1"', 404), (administrator, '"7"', 412),
        (administrator, '"1"', 200),
    ):  # fmt: skip
        answer = await town.client.put(path, json=body, headers=caller.headers | {"If-Match": tag})
        assert answer.status_code == status
    assert [t["name"] for t in (await town.get(agent, "/v1/reply-templates")).json()["items"]] == ["Autre"]
    assert (await town.get(town.service.agent("lutece"), "/v1/reply-templates")).json()["items"] == []
    gone = await town.client.delete(path, headers=administrator.headers | {"If-Match": '"2"'})
    assert gone.status_code == 204
    assert (await town.get(agent, "/v1/reply-templates")).json()["items"] == []
