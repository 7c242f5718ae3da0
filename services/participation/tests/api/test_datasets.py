# SPDX-License-Identifier: EUPL-1.2
"""Results as open data: descriptions whose files are there, tables, and ballots that other programs count."""

import csv
from datetime import timedelta
from typing import Any

import httpx
import pytest
from elections import written_apart
from participation_town import Town
from poll_town import TEXT, PollTown, approve
from survey_town import QUESTIONS, act, answer, form, keep_time, open_survey

from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.service import vote_files

_IANA = "https://www.iana.org/assignments/media-types/"
PATH = "/v1/collectivities/paris"


async def files_of(client: httpx.AsyncClient, path: str, number: int) -> dict[str, Any]:
    """The description of what is at that path, each of whose files was found."""
    told = await client.get(f"{path}/dataset")
    assert (told.status_code, told.headers["content-type"]) == (200, "application/ld+json")
    described: dict[str, Any] = told.json()
    page = described["dcat:landingPage"]["@id"]
    assert page.endswith(path)
    base = page.removesuffix(path)
    assert (await client.get(path)).status_code == 200
    addresses = [each["dcat:downloadURL"]["@id"] for each in described["dcat:distribution"]]
    found = [await client.get(address.removeprefix(base)) for address in addresses]
    assert [each.status_code for each in found] == [200] * number, addresses
    said = [each.headers["content-type"].partition(";")[0] for each in found]
    assert [f"{_IANA}{each}" for each in said] == [
        each["dcat:mediaType"]["@id"] for each in described["dcat:distribution"]
    ]
    return described


async def test_a_poll_is_counted_again_from_its_published_ballots(
    polling: PollTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote_files, "write_pabulib", written_apart)
    options = [
        {"code": code, "label": TEXT | {"fr": f"={code}"}, "cost": cost, "area": area}
        for code, cost, area in (("park", "60000", None), ("bench", "50000", None), ("lamp", "30000.50", "north"))
    ]
    budgets = [{"area": None, "amount": "100000"}, {"area": "north", "amount": "40000"}]
    poll = await polling.open(options=options, budgets=budgets)
    for choice in [approve("park", "lamp")] * 3 + [approve("bench", "park")] * 2 + [approve("bench")]:
        assert (await polling.cast(polling.voter(), poll, choice)).status_code == 200
    polling.when("after")
    path = f"{PATH}/polls/{poll['id']}"
    for name in ("dataset", "files/result.csv", "files/ballots.pb"):
        early = await polling.client.get(f"{path}/{name}")
        assert (early.status_code, early.json()["code"]) == (409, "poll-not-counted")
    result = (await polling.count(poll)).json()
    described = await files_of(polling.client, path, 7)
    assert described["dct:identifier"] == poll["id"]
    for area, query in ((None, ""), ("north", "?area=north")):
        scrutiny = read_pabulib((await polling.file(poll, f"ballots.pb{query}")).text.splitlines())
        again = count(scrutiny.election(), Method(Rule.GREEDY), bytes.fromhex(poll["digest"]))
        (stored,) = (each for each in result["results"] if each["area"] == area)
        told = [(each["code"], each["score"], each["chosen"]) for each in stored["outcomes"]]
        assert [(each.code, each.score, each.chosen) for each in again.outcomes] == told
    assert (await polling.file(poll, "ballots.pb?area=south")).status_code == 404
    table = list(csv.DictReader((await polling.file(poll, "result.csv")).text.splitlines()))
    assert {line["code"]: (line["area"], line["chosen"], line["title"]) for line in table} == {
        "park": ("", "True", "'=park"), "bench": ("", "False", "'=bench"), "lamp": ("north", "True", "'=lamp"),
    }  # fmt: skip


async def test_the_figures_of_a_survey_are_described_once_they_are_public(town: Town) -> None:
    survey = await open_survey(town, form=form(QUESTIONS[0]))
    for _ in range(6):
        assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    path = f"{PATH}/surveys/{survey['id']}"
    early = await town.client.get(f"{path}/dataset")
    assert (early.status_code, early.json()["code"]) == (409, "survey-results-later")
    agent = town.service.agent()
    current = (await town.client.get(f"/v1/surveys/{survey['id']}", headers=agent.headers)).json()
    await act(town, agent, current, "close")
    await keep_time(town, timedelta(hours=2))
    await files_of(town.client, path, 2)
    assert (await town.client.get(f"{path.replace('paris', 'lutece')}/dataset")).status_code == 404


async def test_a_closed_consultation_is_a_table_and_described(town: Town) -> None:
    consultation = await town.opened(
        options=[{"code": "yes", "label": {"fr": "=Oui", "en": "Yes"}}, {"code": "no", "label": TEXT}]
    )
    assert (await town.answer(town.service.citizen(), consultation)).status_code == 201
    path = f"{PATH}/consultations/{consultation['id']}"
    for name in ("dataset", "results-csv"):
        early = await town.client.get(f"{path}/{name}")
        assert (early.status_code, early.json()["code"]) == (409, "results-not-yet-public")
    await town.act(town.service.agent(), consultation, "close")
    described = await files_of(town.client, path, 2)
    assert described["dct:publisher"]["foaf:name"] == "paris"
    assert (await town.client.get(f"{path}/results-csv")).text.splitlines() == [
        "answer,label,count", "yes,'=Oui,1", "no,Texte,0",
    ]  # fmt: skip
    assert (await town.client.get(f"{path.replace('paris', 'lutece')}/results-csv")).status_code == 404
