# SPDX-License-Identifier: EUPL-1.2
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from open311_client import BASE, PARIS, REPORT, Client, client_of, tree_of
from requests_town import Town, photo

from parvis_requests.main import public_app


@pytest.fixture
async def client(town: Town) -> Client:
    return await client_of(town)


async def test_discovery_says_where_and_in_which_formats(client: Client) -> None:
    found = (await client.get("discovery.json")).json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"].endswith("/open311/v2/")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["type"] == "production"
    tree = tree_of((await client.get("discovery.xml")).content)
    assert (tree.tag, len(tree.findall("endpoints/endpoint/formats/format"))) == ("discovery", 2)
    assert tree.findtext("endpoints/endpoint/url") == endpoint["url"]


async def test_an_endpoint_where_people_try_says_that_it_is_one(town: Town) -> None:
    runtime = town.service.runtime
    trying = replace(runtime, settings=runtime.settings.model_copy(update={"open311_endpoint": "test"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(public_app(trying)), base_url="http://town") as other:
        found = (await other.get(f"{BASE}/discovery.json")).json()
    assert found["endpoints"][0]["type"] == "test"


async def test_services_and_their_attributes_fit_the_specification(client: Client) -> None:
    services = (await client.get("services.json")).json()
    for service in services:
        definition = (await client.get(f"services/{service['service_code']}.json")).json()
        assert service["metadata"] is bool(definition["attributes"])
    cartons = (await client.get("services/cartons.json")).json()["attributes"]
    assert [(a["code"], a["datatype"], a["required"], a["order"]) for a in cartons] == [
        ("quantity", "number", False, 1),
        ("blocks_pavement", "singlevaluelist", True, 2),
    ]
    assert cartons[1]["values"] == [{"key": "true", "name": "Oui"}, {"key": "false", "name": "Non"}]


async def test_xml_says_the_same_as_json(client: Client) -> None:
    answer = await client.get("services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    services = (await client.get("services.json")).json()
    tree = tree_of(answer.content)
    assert [s.findtext("service_name") for s in tree.findall("service")] == [s["service_name"] for s in services]
    assert {s.findtext("metadata") for s in tree.findall("service")} <= {"true", "false"}
    definition = tree_of((await client.get("services/cartons.xml")).content)
    assert [v.findtext("key") for v in definition.findall("attributes/attribute/values/value")] == ["true", "false"]


async def test_a_report_becomes_a_request_that_agents_handle(client: Client) -> None:
    town = client.town
    reference = await client.filed()
    agent = town.service.agent()
    (item,) = (await town.get(agent, "/v1/work-queue?answer=quantity:3")).json()["items"]
    assert (item["reference"], item["description"]) == (reference, REPORT["description"])
    assert (item["team"], item["area"]["code"]) == ("proprete-rive-droite", "7510401")
    read = (await town.get(agent, f"/v1/requests/{item['id']}")).json()
    assert read["answers"] == {"blocks_pavement": True, "quantity": 3}
    before = (await client.get(f"requests/{reference}.json")).json()[0]
    assert (before["status"], before["status_notes"]) == ("open", "Déposée")
    taken = await town.act(agent, read, "take", '"1"')
    await town.act(agent, read, "resolve", taken.headers["etag"])
    after = (await client.get(f"requests/{reference}.json", extensions="true")).json()[0]
    assert (after["status"], after["status_notes"]) == ("closed", "Résolue")
    assert [note["type"] for note in after["notes"]] == ["submit", "take", "resolve"]


async def test_nobody_is_named_to_the_public_and_the_text_is_for_the_client_that_brought_it(client: Client) -> None:
    reference = await client.filed(address_string="4 rue de Rivoli")
    other = await client_of(client.town)
    for format_ in ("json", "xml"):
        for query in ({}, {"api_key": other.key}):
            public = await client.get(f"requests/{reference}.{format_}", **query)
            assert not re.search("cartons mouillés|Rivoli|Amélie|amelie", public.text)
    (own,) = (await client.get(f"requests/{reference}.json", api_key=client.key)).json()
    assert (own["description"], own["address"]) == (REPORT["description"], "4 rue de Rivoli")
    row = await client.town.service.runtime.database.pool.fetchrow("SELECT * FROM reporter")
    assert "amelie" not in str(dict(row))


async def test_own_text_survives_in_xml(client: Client) -> None:
    reference = await client.filed(description="a < b & \x0b \x1b ]]> é")
    answer = await client.get(f"requests/{reference}.xml", api_key=client.key)
    assert tree_of(answer.content).findtext("request/description") == "a < b &   ]]> é"


async def test_photos_come_with_a_multipart_form(client: Client) -> None:
    town = client.town
    files = [("media", (f"{n}.jpg", photo(gps=True), "image/jpeg")) for n in range(2)]
    form = {"api_key": client.key, **REPORT}
    answer = await town.client.post(f"{BASE}/requests.json", data=form, files=files)
    assert answer.status_code == 200, answer.text
    agent = town.service.agent()
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    assert item["attachments"] == 2
    bad = await town.client.post(f"{BASE}/requests.json", data=form, files={"media": ("x.jpg", b"not a photo" * 9)})
    assert (bad.status_code, bad.json()[0]["code"]) == (400, 400)
    assert await town.count("request") == 1


async def test_a_good_photo_before_a_bad_one_leaves_nothing(client: Client) -> None:
    directory = client.town.service.runtime.settings.attachments_directory
    before = {path for path in directory.rglob("*") if path.is_file()}
    files = [("media", ("good.jpg", photo(), "image/jpeg")), ("media", ("bad.jpg", photo()[:500], "image/jpeg"))]
    form = {"api_key": client.key, **REPORT, "email": "camille@example.org"}
    answer = await client.town.client.post(f"{BASE}/requests.json", data=form, files=files)
    assert answer.status_code == 400
    assert {path for path in directory.rglob("*") if path.is_file()} == before
    for table in ("request", "attachment", "reporter"):
        assert await client.town.count(table) == 0


async def test_searches_by_service_status_time_and_page(client: Client) -> None:
    town = client.town
    made = [await client.filed() for _ in range(3)]
    place = {"lat": REPORT["lat"], "long": REPORT["long"], **PARIS}
    form = {"api_key": client.key, "service_code": "epave-de-velo", "attribute[blocks]": "pavement", **place}
    bike = (await town.client.post(f"{BASE}/requests.json", data=form)).json()[0]["service_request_id"]
    agent = town.service.agent()
    item = (await town.get(agent, "/v1/work-queue?sort=created_at")).json()["items"][0]
    taken = await town.act(agent, item, "take", '"1"')
    await town.act(agent, item, "resolve", taken.headers["etag"])

    async def found(**query: str) -> list[str]:
        return [r["service_request_id"] for r in (await client.get("requests.json", **query)).json()]

    assert await found() == [bike, *made[::-1]]
    assert await found(status="closed") == [made[0]]
    assert await found(status="open", service_code="cartons") == [made[2], made[1]]
    assert await found(service_code="cartons,epave-de-velo", page="2", page_size="3") == [made[0]]
    assert set(await found(service_request_id=f"{made[0]}, {bike}", status="open")) == {made[0], bike}
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert await found(start_date=soon) == []
    assert await found(start_date="2026-01-01T00:00:00Z", end_date="2026-01-02T00:00:00+01:00") == []
    assert await found(service_code="", status="", start_date="", page="") == await found()
    assert (await client.get(f"tokens/{bike}.json")).json() == [{"service_request_id": bike, "token": bike}]


async def test_instants_have_no_fractions(client: Client) -> None:
    reference = await client.filed()
    (shown,) = (await client.get(f"requests/{reference}.json")).json()
    for name in ("requested_datetime", "updated_datetime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown[name])


async def test_updates_tell_each_public_act_of_a_time(client: Client) -> None:
    town = client.town
    reference = await client.filed()
    agent = town.service.agent()
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    await town.write(agent, item, "internal", "Voir la voirie.")
    taken = await town.act(agent, item, "take", '"2"')
    await town.act(agent, item, "resolve", taken.headers["etag"])
    updates = (await client.get("servicerequestupdates.json")).json()
    assert [(u["update_id"], u["status"], u["external_status_code"]) for u in updates] == [
        (f"{reference}-3", "in_progress", "taken"),
        (f"{reference}-4", "fixed", "resolved"),
    ]
    tree = tree_of((await client.get("servicerequestupdates.xml")).content)
    assert (tree.tag, len(tree.findall("request_update"))) == ("service_request_updates", 2)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await client.get("servicerequestupdates.json", start_date=later)).json() == []
