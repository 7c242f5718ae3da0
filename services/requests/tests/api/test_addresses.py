# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from address_base import AddressBaseSimulator, address_base
from open311_client import client_of
from requests_town import TOWN_HALL, Town, clean

from parvis_requests.main import SCOPES, internal_app, public_app
from parvis_requests.outgoing import address_base as adapter
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import Harness, open_harness

HERE = "/v1/collectivities/paris"


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[AddressBaseSimulator]:
    monkeypatch.setattr(adapter, "_SECONDS", 60.0)
    with address_base() as simulator:
        yield simulator


@pytest.fixture
async def town(service: Harness, requests_settings: Settings, base: AddressBaseSimulator) -> AsyncIterator[Town]:
    settings = requests_settings.model_copy(update={"address_base_url": base.url})
    async with open_harness(
        "requests",
        settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=" ".join(code for code, _ in SCOPES),
        beside=service,
    ) as harness:
        yield Town(harness)
        await clean(harness)


async def search(town: Town, text: str, **more: Any) -> httpx.Response:
    return await town.client.post(f"{HERE}/address-searches", json={"text": text, **more})


async def nearest(town: Town, place: list[float], **more: Any) -> httpx.Response:
    body = {"position": {"type": "Point", "coordinates": place}, **more}
    return await town.client.post(f"{HERE}/nearest-addresses", json=body)


async def test_what_is_typed_gives_addresses_of_the_territory_alone(town: Town, base: AddressBaseSimulator) -> None:
    answer = await search(town, "place de l'hotel de ville")
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["label"] for item in items] == [
        "4 Place de l'Hôtel de Ville 75004 Paris", "Place de l'Hôtel de Ville 75004 Paris",
    ]  # fmt: skip
    assert items[0] == {
        "label": "4 Place de l'Hôtel de Ville 75004 Paris",
        "kind": "housenumber",
        "position": {"type": "Point", "coordinates": [2.351828, 48.856578]},
        "area": {"code": "7510401", "name": "Saint-Merri"},
        "score": 0.95,
        "distance": None,
    }
    ((path, query),) = base.asked
    assert (path, query["q"]) == ("/geocodage/search", "place de l'hotel de ville")
    # Streets of the town come before those of the same name elsewhere.
    assert (float(query["lon"]), float(query["lat"])) == pytest.approx((2.347, 48.859), abs=0.01)
    assert len((await search(town, "place de l'hotel de ville", limit=1)).json()["items"]) == 1


async def test_an_address_found_is_where_a_report_lies(town: Town, base: AddressBaseSimulator) -> None:
    assert base.url
    (found,) = (await search(town, "4 place hotel", limit=1)).json()["items"]
    filed = await town.submit(town.service.citizen(), address=found["label"], position=found["position"])
    assert filed.status_code == 201
    assert filed.json()["area"]["code"] == found["area"]["code"]


async def test_where_one_stands_has_a_nearest_address(town: Town, base: AddressBaseSimulator) -> None:
    (item,) = (await nearest(town, TOWN_HALL)).json()["items"]
    assert (item["label"], item["distance"]) == ("4 Place de l'Hôtel de Ville 75004 Paris", 27)
    outside = await nearest(town, [2.4967, 48.9389])
    assert (outside.status_code, outside.json()["code"]) == (422, "outside-territory")
    # Where somebody outside stands is nobody else's business.
    assert [path for path, _ in base.asked] == ["/geocodage/reverse"]


async def test_words_that_name_nothing_give_an_empty_list(town: Town, base: AddressBaseSimulator) -> None:
    for words in ("xyzzyx", "???", "Aulnay"):
        answer = await search(town, words)
        assert (answer.status_code, answer.json()) == (200, {"items": []})
    assert len(base.asked) == 3


async def test_after_a_refusal_it_is_left_in_peace_for_as_long_as_it_wants(
    town: Town, base: AddressBaseSimulator, logged: Callable[[], str]
) -> None:
    base.says, base.headers = 429, {"Retry-After": "37"}
    for _ in range(3):
        answer = await search(town, "rue de rivoli")
        assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
        assert 0 < int(answer.headers["Retry-After"]) <= 38
    assert len(base.asked) == 1
    assert "rivoli" not in logged()


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"features": [{}]}', b'{"features": 4}', b"{" + b" " * (1024 * 1024)]
)
async def test_what_is_no_answer_of_an_address_base_is_none(
    town: Town, base: AddressBaseSimulator, body: bytes
) -> None:
    base.body = body
    answer = await search(town, "rue de rivoli")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


async def test_one_that_stalls_is_waited_for_three_seconds_at_most(
    town: Town, base: AddressBaseSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_SECONDS", 0.5)
    base.stalls.clear()
    assert (await search(town, "rue de rivoli")).status_code == 503
    base.stalls.set()


async def test_after_its_rest_it_is_asked_again(
    town: Town, base: AddressBaseSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_REST_SECONDS", 0)
    base.says = 500
    assert (await search(town, "rue de rivoli")).status_code == 503
    base.says = None
    (found,) = (await search(town, "rue de rivoli")).json()["items"]
    assert found["label"] == "Rue de Rivoli 75001 Paris"


async def test_a_report_over_open311_is_placed_by_its_address(town: Town, base: AddressBaseSimulator) -> None:
    client = await client_of(town)
    reference = await client.filed(lat="", long="", address_string="4 place de l'Hôtel de Ville")
    (told,) = (await client.get(f"requests/{reference}.json", api_key=client.key)).json()
    assert (told["lat"], told["long"]) == pytest.approx((48.856578, 2.351828), abs=1e-3)
    base.score = 0.6
    for unsure in ("Aulnay", "rue de Rivoli"):
        refused = await client.post(lat="", long="", address_string=unsure)
        assert (refused.status_code, "send lat and long" in refused.json()[0]["description"]) == (400, True)
    base.says = 500
    down = await client.post(lat="", long="", address_string="rue de Rivoli")
    assert (down.status_code, down.headers["Retry-After"]) == (503, "5")
    assert await town.count("request") == await town.count("reporter") == 1


async def test_an_installation_without_one_says_so(town: Town, service: Harness) -> None:
    without = Town(service)
    for answer in (await search(without, "rue de rivoli"), await nearest(without, TOWN_HALL)):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-address-base")
    unknown = await town.client.post("/v1/collectivities/nowhere/address-searches", json={"text": "rue de rivoli"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("body", [{"text": "ab"}, {"text": "x" * 201}, {"text": "abc", "limit": 21}, {}])
async def test_too_short_too_long_or_too_many_is_refused(town: Town, body: dict[str, Any]) -> None:
    answer = await town.client.post(f"{HERE}/address-searches", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
