# SPDX-License-Identifier: EUPL-1.2
"""Postal addresses of one's own account: a home and a few others, sealed, each at the version that was seen."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from counter import Caller, at_the_desk, by_franceconnect, merged
from identity_town import Town
from profile_people import ADDRESSES as PATH
from profile_people import HOME, added, trail

OTHER = {"kind": "other", "street": "Le Bourg", "postcode": "20167", "city": "Ajaccio", "city_code": "2A004"}


async def change(caller: Caller, path: str, body: Any, tag: str, method: str = "PUT") -> httpx.Response:
    return await caller.call(method, path, body, **{"if-match": tag})


async def test_a_home_is_kept_in_the_parts_of_the_national_base(town: Town) -> None:
    angela = await by_franceconnect(town)
    answer = await added(angela)
    home = answer.json()
    assert home.items() >= HOME.items()
    assert (home["label"], home["version"]) == ("12 bis Rue de la Paix 75002 Paris", 1)
    again = await angela.get(answer.headers["location"])
    assert (again.json(), again.headers["etag"]) == (home, answer.headers["etag"])
    assert (await angela.get(answer.headers["location"], **{"if-none-match": '"1"'})).status_code == 304
    other = (await added(angela, OTHER)).json()
    assert (other["house_number"], other["complement"], other["position"]) == (None, None, None)
    assert (await angela.get(PATH)).json()["items"] == [home, other]


async def test_it_is_sealed_with_its_person_s_key(town: Town) -> None:
    angela = await by_franceconnect(town)
    await added(angela)
    (row,) = await town.rows("SELECT * FROM postal_address")
    assert not any(part in row["content"] for part in (b"Paix", b"75002", b"48.869"))
    await town.runtime.persons.destroy(UUID(await angela.id()))
    answer = await angela.get(PATH)
    assert (answer.status_code, "Paix" in answer.text) == (404, False)


async def test_it_is_changed_and_removed_at_the_version_that_was_seen(town: Town) -> None:
    angela = await by_franceconnect(town)
    path = (await added(angela)).headers["location"]
    moved = await change(angela, path, HOME | {"house_number": "14"}, '"1"')
    assert (moved.status_code, moved.json()["house_number"], moved.headers["etag"]) == (200, "14", '"2"')
    assert (await change(angela, path, HOME, '"1"')).status_code == 412
    assert (await change(angela, path, None, '"1"', "DELETE")).status_code == 412
    assert (await angela.call("DELETE", path)).status_code == 428
    assert (await change(angela, path, None, '"2"', "DELETE")).status_code == 204
    assert (await angela.get(path)).status_code == 404
    kinds = ("address-added", "address-changed", "address-removed")
    assert await trail(town, *kinds) == [(kind, {}) for kind in kinds]


async def test_an_address_is_its_person_s_alone(town: Town) -> None:
    angela, bruno = await by_franceconnect(town), await by_franceconnect(town, sub="b" * 64 + "v1")
    path = (await added(angela)).headers["location"]
    answers = [
        await bruno.get(path), await change(bruno, path, HOME, '"1"'), await change(bruno, path, None, '"1"', "DELETE"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await bruno.get(PATH)).json() == {"items": []}


async def test_nobody_has_two_homes_whoever_asks_at_once(town: Town) -> None:
    angela = await by_franceconnect(town)
    answers = await asyncio.gather(*(angela.post(PATH, HOME) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    assert {answer.json().get("code") for answer in answers} == {None, "home-known"}
    other = (await added(angela, OTHER)).headers["location"]
    assert (await change(angela, other, HOME, '"1"')).json()["code"] == "home-known"


async def test_five_addresses_are_enough(town: Town) -> None:
    angela = await by_franceconnect(town)
    answers = await asyncio.gather(*(angela.post(PATH, OTHER) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 3


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "work"},
        {"street": ""},
        {"street": "Rue\nNoire"},
        {"street": None},
        {"postcode": "7500"},
        {"city_code": "2C004"},
        {"position": {"type": "Point", "coordinates": [181, 0]}},
        {"position": {"type": "Point", "coordinates": ["2.3", 48.8]}},
        {"label": "12 Rue de la Paix"},
    ],
)
async def test_what_is_no_address_is_refused(town: Town, changed: Any) -> None:
    assert (await (await by_franceconnect(town)).post(PATH, HOME | changed)).status_code == 422


async def test_addresses_go_along_with_a_merged_account(town: Town) -> None:
    kept, absorbed = await by_franceconnect(town), await by_franceconnect(town, sub="b" * 64 + "v1")
    ids = await kept.id(), await absorbed.id()
    await added(kept)
    await added(absorbed, HOME | {"street": "Rue Noire"})
    desk = await at_the_desk(town)
    done = await merged(town, desk, *ids)
    assert done.status_code == 200, done.text
    items = (await kept.get(PATH)).json()["items"]
    assert [(item["kind"], item["street"]) for item in items] == [("home", "Rue de la Paix"), ("other", "Rue Noire")]
