# SPDX-License-Identifier: EUPL-1.2
"""A town's open data at one address: each dataset described as DCAT-AP 3 wants it, each file there, nobody in them."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from archive_town import published
from budget_town import BudgetTown
from elections import FILE
from participation_town import Town
from petition_town import admitted
from poll_town import PollTown, approve
from proposal_town import POSITION, propose, support, verified, withdraw
from survey_town import QUESTIONS, act, answer, form, keep_time, open_survey

from parvis_participation.service.data_dictionary import COLUMNS, Table
from parvis_participation.service.recount import recount

PATH: Final = "/v1/collectivities/paris"
LIVE: Final = ["paris-proposals", "paris-petitions", "paris-acts"]
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
# What DCAT-AP 3.0 has as mandatory or recommended, and our promise of more: the property, and how often it may stand.
CATALOG: Final = {
    "dct:title": (1, 9),
    "dct:description": (1, 9),
    "dct:publisher": (1, 1),
    "dct:license": (1, 1),
    "dct:language": (1, 9),
    "dcat:dataset": (1, 9_999),
}
DATASET: Final = {
    "dct:identifier": (1, 1),
    "dct:title": (1, 9),
    "dct:description": (1, 9),
    "dct:publisher": (1, 1),
    "dcat:theme": (1, 9),
    "dcat:keyword": (1, 9),
    "dct:accrualPeriodicity": (1, 1),
    "dct:accessRights": (1, 1),
    "dcat:landingPage": (1, 9),
    "dcat:distribution": (1, 99),
}
DISTRIBUTION: Final = {
    "dct:title": (1, 9),
    "dcat:accessURL": (1, 9),
    "dcat:downloadURL": (1, 9),
    "dct:license": (1, 1),
    "dct:format": (1, 1),
    "dcat:mediaType": (1, 1),
}
CODES: Final = {
    "dct:accrualPeriodicity": f"{AUTHORITY}frequency/",
    "dct:accessRights": f"{AUTHORITY}access-right/",
    "dct:format": f"{AUTHORITY}file-type/",
    "dct:license": f"{AUTHORITY}licence/",
    "dct:language": f"{AUTHORITY}language/",
    "dcat:theme": f"{AUTHORITY}data-theme/",
    "dcat:mediaType": "https://www.iana.org/assignments/media-types/",
}


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _faults(node: dict[str, Any], shape: dict[str, tuple[int, int]], kind: str) -> Iterator[str]:
    """What is wrong with a node by its shape: missing, too often, a text without language, a code of nowhere."""
    if node.get("@type") != kind:
        yield f"{node.get('@id')} is no {kind}"
    for name, (least, most) in shape.items():
        found = _all(node[name]) if name in node else []
        if not least <= len(found) <= most:
            yield f"{node.get('@id')} has {len(found)} {name}"
    yield from _values(node)


def _values(node: dict[str, Any]) -> Iterator[str]:
    for name in ("dct:title", "dct:description", "dcat:keyword"):
        if name in node and sorted(text["@language"] for text in node[name]) != ["en", "fr"]:
            yield f"{name} is not in both languages"
    for name, begins in CODES.items():
        for each in _all(node.get(name, [])):
            if not each["@id"].startswith(begins):
                yield f"{name} is {each['@id']}"
    for name in {"dcat:accessURL", "dcat:downloadURL", "dcat:landingPage"} & node.keys():
        if not re.fullmatch(r"https?://[^\s\"<>]+", node[name]["@id"]):
            yield f"{name} is no address"


def faults(found: dict[str, Any]) -> list[str]:
    told = list(_faults(found, CATALOG, "dcat:Catalog"))
    datasets = found["dcat:dataset"]
    for dataset in datasets:
        told += _faults(dataset, DATASET, "dcat:Dataset")
        if dataset["dct:publisher"]["@type"] != "foaf:Agent" or not dataset["dct:publisher"]["foaf:name"]:
            told.append("a publisher without a name")
        for each in dataset["dcat:distribution"]:
            told += _faults(each, DISTRIBUTION, "dcat:Distribution")
    names = [dataset["@id"] for dataset in datasets]
    return told + [name for name in names if names.count(name) > 1]


async def _catalogue(town: Town) -> dict[str, Any]:
    answer = await town.client.get(f"{PATH}/catalogue")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ld+json")
    found: dict[str, Any] = answer.json()
    return found


async def _read_all(town: Town, found: dict[str, Any]) -> None:
    """Each file is there, is what it is said to be, and each table has the columns that its dictionary explains."""
    base = found["@id"].removesuffix(f"{PATH}/catalogue")
    for each in (each for dataset in found["dcat:dataset"] for each in dataset["dcat:distribution"]):
        path = each["dcat:downloadURL"]["@id"].removeprefix(base)
        file = await town.client.get(path)
        assert file.status_code == 200, path
        kind = each["dcat:mediaType"]["@id"].removeprefix(CODES["dcat:mediaType"])
        assert file.headers["content-type"].partition(";")[0] == kind, path
        if "dct:conformsTo" in each:
            told = await town.client.get(each["dct:conformsTo"]["@id"].removeprefix(base))
            assert (told.status_code, told.headers["content-type"]) == (200, "application/csvm+json")
            columns = [column["name"] for column in told.json()["columns"]]
            assert next(csv.reader(io.StringIO(file.text))) == columns, path
            assert all(len(column["dc:description"]) == 2 for column in told.json()["columns"])


async def test_a_town_without_results_lists_what_goes_on_and_nothing_of_others(town: Town) -> None:
    found = await _catalogue(town)
    assert faults(found) == []
    assert [each["dct:identifier"] for each in found["dcat:dataset"]] == LIVE
    assert {each["dct:accrualPeriodicity"]["@id"].rpartition("/")[2] for each in found["dcat:dataset"]} == {
        "UPDATE_CONT"
    }
    await _read_all(town, found)
    assert {table.value for table in COLUMNS} == {table.value for table in Table}


async def test_a_counted_poll_a_closed_consultation_and_a_survey_are_listed_once_they_are_public(
    polling: PollTown, town: Town
) -> None:
    poll, agent = await polling.open(), town.service.agent()
    consultation = await town.opened()
    survey = await open_survey(town, form=form(QUESTIONS[0]))
    for _ in range(6):
        assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    early = {each["dct:identifier"] for each in (await _catalogue(town))["dcat:dataset"]}
    assert early.isdisjoint({poll["id"], consultation["id"], survey["id"]})
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    assert (await town.act(agent, consultation, "close")).status_code == 201
    current = (await town.client.get(f"/v1/surveys/{survey['id']}", headers=agent.headers)).json()
    assert (await act(town, agent, current, "close")).status_code == 201
    await keep_time(town, timedelta(hours=2))
    found = await _catalogue(town)
    assert faults(found) == []
    listed = {each["dct:identifier"]: each for each in found["dcat:dataset"]}
    assert {poll["id"], consultation["id"], survey["id"]} <= listed.keys()
    for each in (poll, consultation, survey):
        assert listed[each["id"]]["dct:accrualPeriodicity"] == {"@id": f"{AUTHORITY}frequency/NEVER"}
        assert "dcat:startDate" in listed[each["id"]]["dct:temporal"]
    await _read_all(town, found)
    # The catalogue says the same as the address of each.
    alone = (await town.client.get(f"{PATH}/polls/{poll['id']}/dataset")).json()
    assert listed[poll["id"]] == {name: value for name, value in alone.items() if name != "@context"}
    elsewhere = (await town.client.get("/v1/collectivities/lutece/catalogue")).json()
    assert [each["dct:identifier"].replace("lutece", "paris") for each in elsewhere["dcat:dataset"]] == LIVE


async def test_a_counted_budget_and_an_imported_vote_are_listed_with_their_ballots(
    budgeting: BudgetTown, town: Town
) -> None:
    budget = await budgeting.to_vote(("60000", None), ("30000", "north"))
    assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 201
    assert [each["dct:identifier"] for each in (await _catalogue(town))["dcat:dataset"]] == LIVE
    await budgeting.counted(budget)
    archive = await published(town, town.service.agent(), FILE)
    found = await _catalogue(town)
    # Of a file of elsewhere whose licence nobody told, none is made up.
    assert {each.partition(" has ")[2] for each in faults(found)} == {"0 dct:license"}
    listed = {each["dct:identifier"]: each for each in found["dcat:dataset"]}
    assert set(listed) == {*LIVE, budget["id"], archive["id"]}
    addresses = [each["dcat:downloadURL"]["@id"] for each in listed[budget["id"]]["dcat:distribution"]]
    assert sum("ballots.pb" in each for each in addresses) == len(budget["budgets"])
    assert listed[archive["id"]]["dct:source"]
    await _read_all(town, found)


async def test_proposals_and_petitions_are_told_without_people_small_numbers_and_what_is_gone(town: Town) -> None:
    author, least = verified(town), town.service.runtime.settings.smallest_number
    few = (await propose(town, author, title="=HYPERLINK(1)", position=None)).json()
    many = (await propose(town, author)).json()
    gone = (await propose(town, author, title="Repris")).json()
    assert (await withdraw(town, author, gone)).status_code == 204
    for proposal, number in ((few, least - 1), (many, least)):
        for _ in range(number):
            assert (await support(town, verified(town), proposal)).status_code == 200
    anew = "UPDATE proposal SET earlier_supports = $2 WHERE id::text = $1"
    await town.service.runtime.database.pool.execute(anew, many["id"], [12, least - 1])
    petition = await admitted(town, author)
    await recount(town.service.runtime.database)
    files = f"{PATH}/open-data"
    table = (await town.client.get(f"{files}/proposals.csv")).text
    lines = {line["id"]: line for line in csv.DictReader(io.StringIO(table))}
    assert lines.keys() == {few["id"], many["id"]}
    assert (lines[few["id"]]["supports"], lines[many["id"]]["supports"]) == ("", str(least))
    told = ("supported_anew", "earlier_supports", "takes_supports")
    assert [[lines[each["id"]][name] for name in told] for each in (many, few)] == [
        ["true", "12;", "true"], ["false", "", "true"],
    ]  # fmt: skip
    assert lines[few["id"]]["title"] == "'=HYPERLINK(1)"
    assert [lines[many["id"]][name] for name in ("longitude", "latitude")] == ["2.35", "48.86"]
    items = (await town.client.get(f"{files}/proposals.json")).json()["items"]
    assert [(each["id"], each["supports"]) for each in items] == [(many["id"], least), (few["id"], None)]
    assert [[each[name] for name in told] for each in items] == [[True, [12, None], True], [False, [], True]]
    columns = (await town.client.get("/v1/data-dictionaries/proposals")).json()["columns"]
    assert {each["name"]: each["separator"] for each in columns if "separator" in each} == {"earlier_supports": ";"}
    placed = (await town.client.get(f"{files}/proposals.geojson")).json()
    assert [(each["id"], each["geometry"]) for each in placed["features"]] == [(many["id"], POSITION)]
    asked = (await town.client.get(f"{files}/petitions.json")).json()["items"]
    assert [(each["id"], each["state"], each["signatures"], each["reached"]) for each in asked] == [
        (petition["id"], "open", 0, 0)
    ]
    names = ("proposals.csv", "proposals.json", "proposals.geojson", "petitions.csv", "petitions.json")
    everything = "".join([(await town.client.get(f"{files}/{name}")).text for name in names])
    secret = [author.subject, "Repris", *(each["author"] for each in (many, petition)), many["description"]]
    assert [each for each in secret if each in everything] == []
    assert (await town.client.get(f"{files}/people.csv")).status_code == 422
    await _read_all(town, await _catalogue(town))
