# SPDX-License-Identifier: EUPL-1.2
"""What Open311 tells beyond the least: older versions, what changed, extensions, and updates that are never cut off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from open311_client import BASE, PARIS, Client, client_of, tree_of
from public_doors import decide
from requests_town import Town, photo, type_definition
from workflows import state, transition

PUBLIC: dict[str, Any] = {"public": True, "audience": {"anonymous": True}}


def mended(initial: str, final: str) -> dict[str, Any]:
    return {
        "initial": initial,
        "states": [state(initial), state(final, final=True)],
        "transitions": [
            transition("mend", [initial], final),
            transition("withdraw", [initial], final, "author"),
        ],
    }


@pytest.fixture
async def client(town: Town) -> Client:
    return await client_of(town)


async def items(town: Town) -> dict[str, dict[str, Any]]:
    found = (await town.get(town.service.agent(), "/v1/work-queue")).json()["items"]
    return {item["reference"]: item for item in found}


async def filed(client: Client, code: str) -> str:
    form = {"api_key": client.key, "service_code": code, "lat": "48.8566", "long": "2.3522", **PARIS}
    answer = await client.town.client.post(f"{BASE}/requests.json", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["service_request_id"])


async def retire(town: Town, code: str, tag: str) -> None:
    headers = town.administrator().headers | {"If-Match": tag}
    assert (await town.client.delete(f"/v1/request-types/{code}", headers=headers)).status_code == 204


async def found(client: Client, **query: str) -> list[str]:
    return [r["service_request_id"] for r in (await client.get("requests.json", **query)).json()]


async def test_a_status_is_that_of_the_version_with_which_a_request_was_filed(client: Client) -> None:
    town, code = client.town, "mended-lamp"
    await town.publish(code, **PUBLIC, workflow=mended("broken", "done"))
    old = [await filed(client, code) for _ in range(2)]
    await town.act(town.service.agent(), (await items(town))[old[0]], "mend", '"1"')
    # What was the end of a request is its beginning in the next version.
    await town.publish(code, **PUBLIC, workflow=mended("done", "mended"))
    new = await filed(client, code)
    assert await found(client, service_code=code, status="closed") == [old[0]]
    assert await found(client, service_code=code, status="open") == [new, old[1]]
    told = {r["service_request_id"]: r["status"] for r in (await client.get("requests.json")).json()}
    assert told == {old[0]: "closed", old[1]: "open", new: "open"}


async def test_what_was_filed_as_a_type_that_is_offered_no_more_is_still_told(client: Client) -> None:
    town, code = client.town, "passing-lamp"
    await town.publish(code, **PUBLIC, workflow=mended("broken", "done"))
    reference = await filed(client, code)
    await retire(town, code, '"1"')
    assert code not in [service["service_code"] for service in (await client.get("services.json")).json()]
    assert (await client.get(f"services/{code}.json")).status_code == 404
    assert (await client.post(service_code=code)).status_code == 404
    (told,) = (await client.get(f"requests/{reference}.json")).json()
    assert (told["service_code"], told["status"], told["status_notes"]) == (code, "open", "broken")
    await town.act(town.service.agent(), (await items(town))[reference], "mend", '"1"')
    assert await found(client, service_code=code, status="closed") == [reference]
    assert (await client.get(f"tokens/{reference}.json")).status_code == 200
    (update,) = (await client.get("servicerequestupdates.json")).json()
    assert update["external_status_code"] == "done"


async def test_a_type_that_became_private_before_it_was_retired_is_told_of_to_its_client_alone(client: Client) -> None:
    town, code = client.town, "hidden-lamp"
    await town.publish(code, **PUBLIC, workflow=mended("broken", "done"))
    reference = await filed(client, code)
    await town.publish(code, **PUBLIC | {"public": False}, workflow=mended("broken", "done"))
    await retire(town, code, '"2"')
    assert (await client.get(f"requests/{reference}.json")).status_code == 404
    assert await found(client) == []
    assert await found(client, api_key=client.key, status="open") == [reference]
    assert await found(client, api_key=client.key, status="closed") == []
    assert (await client.get("servicerequestupdates.json")).json() == []


async def test_what_changed_since_is_found(client: Client) -> None:
    town = client.town
    made = [await client.filed() for _ in range(2)]
    await town.service.runtime.database.pool.execute(
        "UPDATE request SET updated_at = updated_at - interval '3 hours' WHERE reference = $1", made[0]
    )
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert await found(client, updated_after=since) == [made[1]]
    assert await found(client, updated_before=since) == [made[0]]
    assert await found(client, updated_after=since, updated_before=since) == []
    assert await found(client, updated_after="") == made[::-1]
    assert (await client.get("requests.json", updated_after="lately")).status_code == 400


async def test_extensions_tell_public_photos_to_all_and_the_answers_to_the_client_that_gave_them(
    client: Client,
) -> None:
    town = client.town
    reference = await client.filed()
    citizen = town.service.citizen()
    sent = (await town.upload(citizen, photo((60, 40)))).json()["id"]
    request = (await town.submit(citizen, attachments=[sent])).json()
    assert (await decide(town, request, '"0"', photos=[sent])).status_code == 200
    other = await client_of(town)
    for query in ({}, {"api_key": other.key}):
        told = (await client.get("requests.json", extensions="true", **query)).json()
        assert [r["attributes"] for r in told] == [[], []]
        (shown,) = told[0]["extended_attributes"]["photos"]
        assert (shown["width"], shown["height"], shown["media_url"]) == (60, 40, told[0]["media_url"])
        assert told[1]["extended_attributes"]["photos"] == []
    path = f"requests/{reference}"
    (own,) = (await client.get(f"{path}.json", extensions="true", api_key=client.key)).json()
    assert [(a["code"], a["value"], a["name"]) for a in own["attributes"]] == [
        ("quantity", "3", "3"),
        ("blocks_pavement", "true", "Oui"),
    ]
    tree = tree_of((await client.get(f"{path}.xml", extensions="true", api_key=client.key)).content)
    assert [a.findtext("code") for a in tree.findall("request/attributes/attribute")] == ["quantity", "blocks_pavement"]
    assert [n.findtext("type") for n in tree.findall("request/notes/note")] == ["submit"]
    tree = tree_of((await client.get("requests.xml", extensions="true")).content)
    assert len(tree.findall("request/extended_attributes/photos/photo")) == 1


async def test_updates_tell_a_merged_request_as_a_duplicate_until_it_goes_its_own_way(client: Client) -> None:
    town, agent = client.town, client.town.service.agent()
    references = [await client.filed() for _ in range(2)]
    parent, child = [(await items(town))[reference] for reference in references]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
    path = f"/v1/requests/{child['id']}"
    merged = await town.client.post(f"{path}/merge", json={"parent": parent["id"]}, headers=headers)
    assert merged.status_code == 201

    async def told() -> list[tuple[str, str]]:
        updates = (await client.get("servicerequestupdates.json")).json()
        return [(u["update_id"].rpartition("-")[2], u["status"]) for u in updates if of(u) == child["reference"]]

    def of(update: dict[str, Any]) -> str:
        return str(update["service_request_id"])

    # The act and the words by which the reporter is told.
    assert await told() == [("2", "duplicate"), ("3", "duplicate")]
    headers |= {"Idempotency-Key": town.key(), "If-Match": merged.headers["etag"]}
    assert (await town.client.post(f"{path}/unmerge", headers=headers)).status_code == 201
    assert (await told())[0] == ("2", "duplicate")
    assert {status for _, status in (await told())[2:]} == {"open"}


async def test_a_merged_request_is_listed_for_who_filed_it_or_names_it_alone(client: Client) -> None:
    town, agent, other = client.town, client.town.service.agent(), await client_of(client.town)
    first, second = [await client.filed() for _ in range(2)]
    parent, child = [(await items(town))[reference] for reference in (first, second)]

    async def listed(asking: Client | None = None, **query: str) -> list[str]:
        keyed = query | ({"api_key": asking.key} if asking else {})
        found = (await client.get("requests.json", **keyed)).json()
        return [str(each["service_request_id"]) for each in found]

    assert await listed() == [second, first]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
    path = f"/v1/requests/{child['id']}"
    merged = await town.client.post(f"{path}/merge", json={"parent": parent["id"]}, headers=headers)
    assert merged.status_code == 201
    assert await listed() == await listed(other) == await listed(status="open") == [first]
    assert await listed(client) == [second, first]
    assert await listed(service_request_id=second) == [second]
    assert [each["service_request_id"] for each in (await client.get(f"requests/{second}.json")).json()] == [second]
    headers |= {"Idempotency-Key": town.key(), "If-Match": merged.headers["etag"]}
    assert (await town.client.post(f"{path}/unmerge", headers=headers)).status_code == 201
    assert await listed() == [second, first]


async def test_updates_tell_that_somebody_withdrew_what_they_had_filed(client: Client) -> None:
    town, code = client.town, "withdrawn-lamp"
    await town.publish(code, **PUBLIC, workflow=mended("broken", "done"))
    citizen = town.service.citizen()
    request = (await town.submit(citizen, request_type=code, answers={})).json()
    await town.act(citizen, request, "withdraw", '"1"')
    (update,) = (await client.get("servicerequestupdates.json")).json()
    assert (update["service_request_id"], update["status"]) == (request["reference"], "cancelled")


async def test_updates_come_page_by_page_and_none_is_left_out(client: Client) -> None:
    town, agent = client.town, client.town.service.agent()
    for reference in [await client.filed() for _ in range(2)]:
        taken = await town.act(agent, (await items(town))[reference], "take", '"1"')
        await town.act(agent, (await items(town))[reference], "resolve", taken.headers["etag"])
    whole = await client.get("servicerequestupdates.json")
    assert "link" not in whole.headers
    seen, link = [], f"?jurisdiction_id={PARIS['jurisdiction_id']}&page_size=3"
    while link:
        answer = await town.client.get(f"{BASE}/servicerequestupdates.json{link}")
        seen.append([update["update_id"] for update in answer.json()])
        link = answer.links.get("next", {}).get("url", "")
    assert [len(page) for page in seen] == [3, 1]
    assert sum(seen, []) == [update["update_id"] for update in whole.json()]  # noqa: RUF017 - two short lists
    assert (await client.get("servicerequestupdates.json", page="0")).status_code == 400


async def test_updates_that_one_answer_does_not_hold_are_asked_for_by_page_instead_of_cut(client: Client) -> None:
    reference = await client.filed()
    await client.town.service.runtime.database.pool.execute(
        """
        INSERT INTO history_entry
            (request_id, sequence, collectivity, action, by_agent, actor, status, visibility, at)
        SELECT id, n, collectivity, 'reply', true, author, status, 'public', now()
        FROM request, generate_series(2, 5002) AS n WHERE reference = $1""",
        reference,
    )
    (error,) = (await client.get("servicerequestupdates.json")).json()
    assert error["code"] == 400
    assert "page" in error["description"]
    first = await client.get("servicerequestupdates.json", page="1")
    assert (len(first.json()), "next" in first.links) == (5000, True)
    second = await client.get("servicerequestupdates.json", page="2")
    assert (len(second.json()), "next" in second.links) == (1, False)


async def test_choices_come_as_brackets_or_as_fields_of_one_name_and_an_empty_choice_is_none(client: Client) -> None:
    town, code = client.town, "many-colours"
    schema = {
        "type": "object",
        "properties": {
            "colours": {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": ["red", "blue"]}},
            "size": {"type": "integer"},
        },
        "additionalProperties": False,
    }
    await town.publish(code, **PUBLIC, form={"schema": schema}, workflow=type_definition()["workflow"])
    attributes = (await client.get(f"services/{code}.json")).json()["attributes"]
    (asked,) = [attribute for attribute in attributes if attribute["code"] == "colours"]
    assert (asked["datatype"], [v["key"] for v in asked["values"]]) == ("multivaluelist", ["red", "blue"])
    form = {"api_key": client.key, "service_code": code, "lat": "48.8566", "long": "2.3522", **PARIS}
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"attribute[colours][]": ["blue", "red"]}, {"colours": ["blue", "red"]}),
        ({"attribute[colours]": ["red", "blue"]}, {"colours": ["red", "blue"]}),
        ({"attribute[colours]": ["red"], "attribute[colours][]": ["blue"]}, {"colours": ["red", "blue"]}),
        ({"attribute[colours][]": ["", "red"], "attribute[size]": " "}, {"colours": ["red"]}),
        ({"attribute[colours][]": [""]}, {}),
        ({"attribute[colours]": [""], "attribute[size]": ["4"]}, {"size": 4}),
    ]
    for fields, answers in cases:
        for files in (None, {"media": ("1.jpg", photo())}):
            answer = await town.client.post(f"{BASE}/requests.json", data=form | fields, files=files)
            assert answer.status_code == 200, answer.text
            item = (await items(town))[answer.json()[0]["service_request_id"]]
            read = await town.get(town.service.agent(), f"/v1/requests/{item['id']}")
            assert read.json()["answers"] == answers
    twice = await town.client.post(f"{BASE}/requests.json", data=form | {"attribute[size]": ["1", "2"]})
    assert (twice.status_code, "attribute[size]" in twice.text) == (400, True)
    wrong = await town.client.post(f"{BASE}/requests.json", data=form | {"attribute[colours][]": ["green"]})
    assert (wrong.status_code, "colours" in wrong.text) == (400, True)
