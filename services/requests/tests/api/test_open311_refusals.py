# SPDX-License-Identifier: EUPL-1.2
"""What Open311 refuses, in its own form, and that nothing is stored then."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from open311_client import BASE, Client, client_of, tree_of
from requests_town import Town

from parvis_requests.db import open311 as stored


@pytest.fixture
async def client(town: Town) -> Client:
    return await client_of(town)


@pytest.mark.parametrize(
    ("changes", "drop", "code", "says"),
    [
        ({}, "api_key", 403, "api_key"),
        ({"api_key": "guessed"}, "", 403, "api_key"),
        ({"service_code": "no-such"}, "", 404, "service_code"),
        ({}, "service_code", 400, "service_code"),
        ({"jurisdiction_id": "atlantis"}, "", 404, "jurisdiction_id"),
        ({"jurisdiction_id": ""}, "", 400, "jurisdiction_id"),
        ({"lat": "north"}, "", 400, "lat"),
        ({"lat": "nan"}, "", 400, "lat"),
        ({"lat": "1e400"}, "", 400, "lat"),
        ({}, "long", 400, "lat"),
        ({"lat": "", "long": ""}, "", 400, "lat"),
        ({"lat": "45.764", "long": "4.8357"}, "", 400, "position"),
        ({"attribute[quantity]": "many"}, "", 400, "attribute[quantity]"),
        ({"attribute[quantity]": "0"}, "", 400, "answers/quantity"),
        ({"attribute[surprise]": "1"}, "", 400, "attribute[surprise]"),
        ({}, "attribute[blocks_pavement]", 400, "answers"),
        ({"description": "x" * 4001}, "", 400, "description"),
        ({"description": "nul \x00"}, "", 400, "description"),
        ({f"f{n}": "" for n in range(250)}, "", 400, "fields"),
        ({"filler": "x" * 70_000}, "", 400, "bytes"),
    ],
)
async def test_what_is_wrong_is_told_in_the_form_of_open311_and_nothing_is_stored(
    client: Client, changes: dict[str, Any], drop: str, code: int, says: str
) -> None:
    answer = await client.post(drop=drop, **changes)
    assert answer.status_code == code
    (error,) = answer.json()
    assert error["code"] == code
    assert says in error["description"]
    tree = tree_of((await client.post("xml", drop=drop, **changes)).content)
    assert (tree.tag, tree.findtext("error/code")) == ("errors", str(code))
    for table in ("request", "outbox", "idempotency_record"):
        assert await client.town.count(table) == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe=1", "application/x-www-form-urlencoded"),
        (b"api_key=%ff%fe", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"<request/>", "text/xml"),
        (b"no parts at all", "multipart/form-data"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 70_000, "multipart/form-data; boundary=b"),
        (b"", ""),
    ],
)
async def test_a_body_that_is_no_form_is_refused(client: Client, content: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    answer = await client.town.client.post(f"{BASE}/requests.json", content=content, headers=headers)
    assert (answer.status_code, answer.json()[0]["code"]) in {(400, 400), (403, 403)}
    assert await client.town.count("request") == 0


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("requests.json", {"status": "lost"}, 400),
        ("requests.json", {"start_date": "yesterday"}, 400),
        ("requests.json", {"page": "0"}, 400),
        ("requests.json", {"page": "99999", "page_size": "1000"}, 400),
        ("requests.json", {"service_code": "no-such"}, 404),
        ("requests.json", {"api_key": "guessed"}, 403),
        ("requests/R-2026-0000-000.json", {}, 404),
        ("tokens/unknown.json", {}, 404),
        ("services/no-such.json", {}, 404),
        ("services.json", {"jurisdiction_id": "atlantis"}, 404),
        ("services.json", {"jurisdiction_id": "par\x00is"}, 404),
        ("services.json", {"jurisdiction_id": "p" * 9_000}, 404),
        ("services.json", {"jurisdiction_id": ""}, 400),
        ("servicerequestupdates.json", {"end_date": "x"}, 400),
    ],
)
async def test_a_question_that_has_no_answer_gets_an_error(
    client: Client, path: str, query: dict[str, str], code: int
) -> None:
    answer = await client.get(path, **query)
    assert (answer.status_code, answer.json()[0]["code"]) == (code, code)
    tree = tree_of((await client.get(path.replace(".json", ".xml"), **query)).content)
    assert tree.findtext("error/code") == str(code)


async def test_another_format_is_not_found(client: Client) -> None:
    answer = await client.get("services.yaml")
    assert (answer.status_code, tree_of(answer.content).tag) == (404, "errors")


async def test_a_key_opens_its_own_town_until_it_is_revoked(client: Client) -> None:
    stranger = await client_of(client.town, "lutece")
    assert (await client.post(api_key=stranger.key)).status_code == 403
    reference = await client.filed()
    elsewhere = await client.town.client.get(f"{BASE}/requests/{reference}.json", params={"jurisdiction_id": "lutece"})
    assert elsewhere.status_code == 404
    async with client.town.service.runtime.database.unit_of_work() as uow:
        assert await stored.revoke(uow.session, client.key_id, datetime.now(UTC))
        await uow.commit()
    assert (await client.post()).status_code == 403
    assert json.loads((await client.get("requests.json")).text) != []
