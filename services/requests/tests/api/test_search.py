# SPDX-License-Identifier: EUPL-1.2
"""What people write into a search box finds the type that they mean."""

import pytest
from requests_town import Town

HOLE = "chaussees-affaissement-trou-bosse-pave-arrache"


async def found(town: Town, asked: str) -> list[str]:
    answer = await town.client.get("/v1/collectivities/paris/request-types", params={"q": asked})
    assert answer.status_code == 200
    return [item["code"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("nid de poule", HOLE),
        ("nids de poules", HOLE),
        ("NID-DE-POULE", HOLE),
        ("il y a un trou dans la route", HOLE),
        ("pothole or hole in the roadway", HOLE),
        ("encombrant", "autres-objets-encombrants-abandonnes"),
        ("encombrants", "autres-objets-encombrants-abandonnes"),
        ("enconbrant", "autres-objets-encombrants-abandonnes"),
        ("vieux matela", "autres-objets-encombrants-abandonnes"),
        ("tag sur un mur", "graffitis-sur-mur-facade-sur-rue-pont"),
        ("grafiti", "graffitis-sur-mur-facade-sur-rue-pont"),
        ("crottes de chien", "dejections-canines"),
        ("déjection canine", "dejections-canines"),
        ("dejections", "dejections-canines"),
    ],
)
async def test_the_right_type_comes_first(town: Town, asked: str, code: str) -> None:
    assert (await found(town, asked))[:1] == [code]


async def test_words_that_mean_nothing_here_find_nothing(town: Town) -> None:
    assert await found(town, "zzzyx qwfp") == []
    assert await found(town, "le la les") == []
    assert len(await found(town, "objets abandonnés déchets rue")) <= 10


async def test_what_is_published_is_found_from_then_on_and_what_is_retired_no_more(town: Town) -> None:
    name = {"fr": "Prêt de barnums", "en": "Marquee loan"}
    await town.publish("marquee-loan", name=name, keywords=["chapiteau"])
    assert (await found(town, "barnum"))[0] == (await found(town, "chapitaux"))[0] == "marquee-loan"
    headers = town.administrator().headers | {"If-Match": '"1"'}
    await town.client.delete("/v1/request-types/marquee-loan", headers=headers)
    assert "marquee-loan" not in await found(town, "barnum")


async def test_a_search_answers_304_while_the_catalogue_stays_the_same(town: Town) -> None:
    path = "/v1/collectivities/paris/request-types?q=trou"
    first = await town.client.get(path)
    again = await town.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = await town.client.get("/v1/collectivities/paris/request-types?q=tag")
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("asked", ["' OR 1=1 --", "a & | ! ( :*", "%", "\\", "é" * 200])
async def test_any_words_may_be_asked(town: Town, asked: str) -> None:
    await found(town, asked)
