# SPDX-License-Identifier: EUPL-1.2
import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from participation_town import Town
from survey_town import PLACE, QUESTIONS, WAY, answer, form, keep_time, open_survey, question

from parvis_participation.db import survey_exports
from parvis_participation.service import export_survey
from parvis_testing import Caller

TEXTS = question("text", "text")


async def taken(town: Town, survey: dict[str, Any], *codes: str, agent: Caller | None = None) -> httpx.Response:
    path = f"/v1/surveys/{survey['id']}/answers-csv"
    return await town.client.get(path, params={"question": codes}, headers=(agent or town.service.agent()).headers)


def table(found: httpx.Response) -> list[list[str]]:
    assert found.status_code == 200, found.text
    return list(csv.reader(io.StringIO(found.text)))


async def test_answers_by_name_are_taken_out_without_who_gave_them_and_that_is_written_down(town: Town) -> None:
    survey = await open_survey(town)
    ada, bob = town.service.citizen(), town.service.citizen()
    given = {"way": "car", "why": "=1+1", "uses": ["work", "shop"], "areas": {"north": "bad"}, "age": 41}
    assert (await answer(town, ada, survey, **given)).status_code == 200
    assert (await answer(town, bob, survey, way="bus", since="2019-06-30")).status_code == 200
    agent = town.service.agent()
    found = await taken(town, survey, agent=agent)
    rows = table(found)
    assert rows[0] == [each["code"] for each in QUESTIONS]
    assert sorted(rows[1:]) == [
        ["bus", "", "", "", "", "", "", "", "2019-06-30", ""],
        ["car", "'=1+1", "", "work;shop", "north=bad", "", "", "41", "", ""],
    ]
    assert not any(who.subject in found.text for who in (ada, bob))
    assert table(await taken(town, survey, "age", "way", agent=agent))[0] == ["way", "age"]
    told = (await town.client.get(f"/v1/surveys/{survey['id']}/exports", headers=agent.headers)).json()["items"]
    assert [(each["agent"], each["questions"], each["rows"]) for each in told] == [
        (agent.subject, ["way", "age"], 2),
        (agent.subject, rows[0], 2),
    ]
    refused = await taken(town, survey, "boat")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/query/question")


async def test_what_each_person_answered_takes_a_right_of_its_own(town: Town) -> None:
    survey = await open_survey(town)
    reader = town.service.agent(scope="participation.surveys.read", roles=["reader"])
    path = f"/v1/surveys/{survey['id']}"
    assert (await town.client.get(f"{path}/results", headers=reader.headers)).status_code == 200
    for each in ("answers-csv", "words?question=why", f"files/{survey['id']}"):
        refused = await town.client.get(f"{path}/{each}", headers=reader.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope"), each


async def test_many_answers_by_name_come_in_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_survey, "PAGE", 2)
    survey = await open_survey(town, form=form(WAY))
    for _ in range(3):
        await answer(town, town.service.citizen(), survey, way="bus")
    first = await taken(town, survey)
    path = first.headers["link"].split(";")[0].strip("<>")
    rest = await town.client.get(path[path.index("/v1") :], headers=town.service.agent().headers)
    assert (len(table(first)), len(table(rest)), "link" in rest.headers) == (3, 2, False)


async def test_people_answer_while_answers_are_taken_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    survey, found = await open_survey(town, form=form(WAY)), survey_exports.responses

    async def meanwhile(*arguments: Any) -> Any:
        assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
        return await found(*arguments)

    monkeypatch.setattr(survey_exports, "responses", meanwhile)
    assert table(await taken(town, survey)) == [["way"], ["bus"]]


async def test_of_an_anonymous_survey_no_row_leads_to_few_and_no_two_tables_differ(town: Town) -> None:
    survey = await open_survey(town, identification="anonymous", form=form(WAY, TEXTS, PLACE))
    for way, times in (("bus", 6), ("bike", 7), ("car", 2)):
        for _ in range(times):
            await answer(town, town.service.citizen(), survey, way=way, text="Un mot.")
    early = await taken(town, survey, "way", "text")
    assert (early.status_code, early.json()["code"]) == (409, "survey-results-later")
    await keep_time(town, timedelta(hours=2))
    await town.service.runtime.database.pool.execute(
        "UPDATE survey SET opens_at = now() - interval '2 hours', closes_at = now() - interval '1 hour',"
        " paper_closes_at = now() - interval '1 hour'"
    )
    # The two cars, and the six buses: less than those would follow from how many there are.
    assert table(await taken(town, survey, "text", "way")) == [["way", "text"]] + [["bike", "given"]] * 7
    assert len(table(await taken(town, survey, "way", "text"))) == 8
    other = await taken(town, survey, "way")
    assert (other.status_code, other.json()["code"]) == (409, "survey-exported-otherwise")
    assert await town.count("survey_export") == 2


async def test_of_an_anonymous_survey_six_questions_are_told_together_at_most(town: Town) -> None:
    survey = await open_survey(town, identification="anonymous")
    await town.service.runtime.database.pool.execute(
        "UPDATE survey SET opens_at = now() - interval '2 hours', closes_at = now() - interval '1 hour',"
        " paper_closes_at = now() - interval '1 hour'"
    )
    assert (await taken(town, survey)).status_code == 422
    assert table(await taken(town, survey, *[each["code"] for each in QUESTIONS[:6]]))[1:] == []
