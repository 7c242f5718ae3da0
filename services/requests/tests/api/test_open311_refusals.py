# SPDX-License-Identifier: EUPL-1.2
"""What Open311 refuses, in its own form, and that nothing is stored then."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from open311_client import BASE, PARIS, REPORT, Client, client_of, tree_of
from open311_schemas import check
from requests_town import Town, photo

from parvis_requests.api.context import Parts
from parvis_requests.db import open311 as stored
from parvis_requests.domain.files import Scan


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
        ({"lat": "", "long": "", "address_string": "4 rue de Rivoli"}, "", 400, "lat and long: required"),
        ({"lat": "", "long": "", "address_id": "75104_8249"}, "", 400, "lat and long, or address_string"),
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
    for table in ("request", "outbox", "idempotency_record", "reporter"):
        assert await client.town.count(table) == 0


async def test_an_address_is_enough_where_the_service_needs_no_position(client: Client) -> None:
    code = "anywhere-lamp"
    await client.town.publish(code, public=True, audience={"anonymous": True})
    form = {"api_key": client.key, "service_code": code, "address_string": "4 rue de Rivoli", **PARIS}
    answer = await client.town.client.post(f"{BASE}/requests.json", data=form)
    assert answer.status_code == 200, answer.text
    path = f"requests/{answer.json()[0]['service_request_id']}.json"
    (told,) = (await client.get(path, api_key=client.key)).json()
    assert (told["address"], told["lat"], told["long"]) == ("4 rue de Rivoli", None, None)
    del form["address_string"]
    refused = await client.town.client.post(f"{BASE}/requests.json", data=form | {"address_id": "75104_8249"})
    assert (refused.status_code, "address_string" in refused.json()[0]["description"]) == (400, True)


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


def parts(*more: bytes, key: str = "") -> bytes:
    """A form as multipart with a good key and a good photo, then what is given as it is."""
    fields = {"api_key": key, **REPORT}
    head = [f'Content-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    image = b'Content-Disposition: form-data; name="media"; filename="1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return b"--b\r\n" + b"--b\r\n".join([*head, image + photo() + b"\r\n"]) + b"".join(more)


_MEDIA = b'--b\r\nContent-Disposition: form-data; name="media"; filename="2.jpg"\r\n\r\n'
_TEXT = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize(
    "end",
    [
        _MEDIA + photo()[:200] + b"\r\n--b--\r\n",
        _MEDIA + b"MZ no photo at all" * 9 + b"\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--b--\r\n",
        b"--b\r\nNo header at all\r\n\r\nx\r\n--b--\r\n",
        b"",
        _MEDIA + photo()[:200],
        b"--b",
        b"--bother\r\n",
        _TEXT % (b"note", b"x" * 70_000),
        _TEXT % (b"attribute[surprise]", b"1"),
        _TEXT % (b"attribute[quantity]", b"4"),
        (_MEDIA + photo() + b"\r\n") * 5 + b"--b--\r\n",
        (_TEXT % (b"f", b"")).removesuffix(b"--b--\r\n") * 250 + b"--b--\r\n",
    ],
)
async def test_parts_that_break_after_a_good_key_and_a_good_photo_leave_nothing(client: Client, end: bytes) -> None:
    await refused(client, parts(end, key=client.key))


@pytest.mark.parametrize("lost", ["outside the town", "stopped by the antivirus"])
async def test_a_good_photo_goes_again_when_its_report_is_refused_at_last(
    client: Client, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = parts(b"--b--\r\n", key=client.key)
    if lost == "outside the town":
        body = body.replace(REPORT["lat"].encode(), b"45.764").replace(REPORT["long"].encode(), b"4.8357")
    else:
        # Its check ends between the upload and the request.
        monkeypatch.setattr(Parts, "first_scan", Scan.INFECTED)
    await refused(client, body)
    assert await client.town.count("destruction") == 1  # of the key by which the contact was sealed


async def refused(client: Client, body: bytes) -> None:
    directory = client.town.service.runtime.settings.attachments_directory
    before = {path for path in directory.rglob("*") if path.is_file()}
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.town.client.post(f"{BASE}/requests.json", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    check(answer)
    for table in ("request", "attachment", "reporter", "outbox"):
        assert await client.town.count(table) == 0, table
    assert {path for path in directory.rglob("*") if path.is_file()} == before


async def test_whole_parts_become_a_request(client: Client) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = parts(b"--b--\r\n", key=client.key)
    answer = await client.town.client.post(f"{BASE}/requests.json", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert (await client.town.count("attachment"), await client.town.count("reporter")) == (1, 1)


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
