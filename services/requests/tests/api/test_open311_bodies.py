# SPDX-License-Identifier: EUPL-1.2
"""Administrators say which bodies handle what, and how they are reached."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from forwarding import Forwarded, body_of, forwarded
from open311_client import PARIS, REPORT, client_of
from open311_endpoint import KEY, Open311Endpoint

from parvis_requests.settings import Settings
from parvis_testing import Harness


@pytest.fixture
async def town(service: Harness, requests_settings: Settings) -> AsyncIterator[Forwarded]:
    async with forwarded(service, requests_settings) as running:
        yield running


async def test_a_body_is_kept_with_a_key_that_nobody_is_shown(town: Forwarded, endpoint: Open311Endpoint) -> None:
    administrator, code = town.administrator(), await town.kind()
    body = body_of(endpoint, code, updates=True)
    assert (await town.add_body(body, town.service.agent())).status_code == 403
    made = await town.add_body(body)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert KEY not in made.text
    stored = await town.service.runtime.database.pool.fetchval("SELECT api_key FROM open311_body")
    assert KEY.encode() not in stored
    path, tag = made.headers["location"], {"If-Match": '"1"'}
    again = {name: value for name, value in body.items() if name != "api_key"} | {"updates": False}
    changed = await town.client.put(path, json=again, headers=administrator.headers | tag)
    assert (changed.status_code, changed.json()["has_api_key"]) == (200, True)  # the former one stays
    assert (await town.client.put(path, json=again, headers=administrator.headers | tag)).status_code == 412
    (listed,) = (await town.get(town.service.agent(), "/v1/open311-bodies")).json()["items"]
    assert listed == changed.json() == (await town.get(administrator, path)).json()

    request = await town.filed(town.service.citizen(), code)
    await town.forward()
    assert endpoint.posted[0]["api_key"] == [KEY]
    drop = {"If-Match": '"2"'}
    in_use = await town.client.delete(path, headers=administrator.headers | drop)
    assert (in_use.status_code, in_use.json()["code"]) == (409, "receiving-body-in-use")
    endpoint.state("101", "closed")
    await town.follow_up()
    assert (await town.client.delete(path, headers=administrator.headers | drop)).status_code == 204
    assert (await town.get(town.service.agent(), f"/v1/requests/{request['id']}/forwarding")).status_code == 404


async def test_a_type_goes_to_one_body_alone(town: Forwarded, endpoint: Open311Endpoint) -> None:
    code = await town.kind()
    await town.body(endpoint, code)
    second = await town.add_body(body_of(endpoint, code))
    assert (second.status_code, second.json()["code"]) == (409, "forwarded-elsewhere")
    assert second.json()["errors"][0]["pointer"] == "/services/0/request_type"
    assert len((await town.get(town.service.agent(), "/v1/open311-bodies")).json()["items"]) == 1


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"endpoint": "ftp://metropole.example/"}, "/endpoint", "https-required"),
    ({"endpoint": "https://10.0.0.1/open311/v2/"}, "/endpoint", "address-refused"),
    ({"endpoint": "https://[::ffff:10.0.0.1]/"}, "/endpoint", "address-refused"),
    ({"endpoint": "https://user@metropole.example/"}, "/endpoint", "user-or-fragment"),
    ({"endpoint": "https://metropole.example/?x=1"}, "/endpoint", "has-a-query"),
    ({"endpoint": "https:///open311"}, "/endpoint", "not-a-url"),
    ({"attributes": {"smell": "ODEUR"}}, "/services/0/attributes/smell", "unknown-question"),
    ({"acts": {"fixed": "withdraw"}}, "/services/0/acts/fixed", "not-an-act-of-the-service"),
]


async def test_what_fits_neither_the_catalogue_nor_the_network_is_refused(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    code = await town.kind()
    for wrong, pointer, fault in WRONG:
        elsewhere = {name: value for name, value in wrong.items() if name == "endpoint"}
        rule = {name: value for name, value in wrong.items() if name != "endpoint"}
        answer = await town.add_body(body_of(endpoint, code, **rule) | elsewhere)
        assert answer.status_code == 422, answer.text
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, fault)]
    assert await town.count("open311_body") == 0


async def test_our_own_endpoint_files_once_by_a_key(town: Forwarded) -> None:
    client = await client_of(town)
    form, path = {"api_key": client.key, **REPORT}, "/open311/v2/requests.json"
    keyed = {"Idempotency-Key": "01a21893-6578-76bb-8f55-d99ba3a27656"}
    first, again = [await town.client.post(path, data=form, headers=keyed) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (200, again.json())
    other = await town.client.post(path, data=form | {"description": "Autre chose"}, headers=keyed)
    assert other.status_code == 400
    assert (await town.count("request"), await town.count("reporter")) == (1, 1)
    assert (await town.client.post(path, data=form, headers={"Idempotency-Key": "x" * 201})).status_code == 400
    assert (await town.client.post(path, data=form)).json() != first.json()
    assert len((await client.get("requests.json", **PARIS)).json()) == 2
