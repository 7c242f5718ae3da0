# SPDX-License-Identifier: EUPL-1.2
import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from merged_accounts import hear, merged
from participation_town import Town
from sqlalchemy.ext.asyncio import AsyncSession
from survey_town import (
    LIST,
    QUESTIONS,
    act,
    answer,
    answered,
    confirm,
    enter,
    figures,
    form,
    keep_time,
    open_survey,
    prepare,
    results,
)

from parvis_participation.db import survey_responses
from parvis_participation.service.enter_sheets import forget_respondents
from parvis_testing import Caller


async def draft(town: Town, who: Caller, survey: dict[str, Any]) -> Any:
    return await town.client.get(f"/v1/surveys/{survey['id']}/drafts/mine", headers=who.headers)


async def save(town: Town, who: Caller, survey: dict[str, Any], **answers: Any) -> Any:
    path = f"/v1/surveys/{survey['id']}/drafts/mine"
    return await town.client.put(path, json={"answers": answers}, headers=who.headers)


async def words(town: Town, survey: dict[str, Any], question: str) -> list[Any]:
    path = f"/v1/surveys/{survey['id']}/words?question={question}"
    items = (await town.client.get(path, headers=town.service.agent().headers)).json()["items"]
    return sorted((each["answer"] for each in items), key=str)


async def test_what_is_begun_is_saved_sealed_and_gone_once_it_is_given(town: Town) -> None:
    survey, ada = await open_survey(town, identification="anonymous"), town.service.citizen()
    assert (await draft(town, ada, survey)).status_code == 404
    assert (await save(town, ada, survey, why="Un secret.")).status_code == 200
    assert (await save(town, ada, survey, why="Un autre secret.", way="car")).status_code == 200
    assert (await draft(town, ada, survey)).json()["answers"] == {"why": "Un autre secret.", "way": "car"}
    refused = await save(town, ada, survey, nothing="x")
    assert refused.json()["errors"][0]["code"] == "unknown-question"
    assert not await answered(town, ada, survey)
    kept = await town.service.runtime.database.pool.fetchval("SELECT string_agg(d::text, ' ') FROM survey_draft d")
    assert "secret" not in kept
    assert (await answer(town, ada, survey, way="bus")).status_code == 200
    assert (await draft(town, ada, survey)).status_code == 404


async def test_a_draft_goes_with_a_merged_account_and_with_the_close(town: Town) -> None:
    survey, absorbed, kept = await open_survey(town), town.service.citizen(), town.service.citizen()
    await save(town, absorbed, survey, way="car")
    await hear(town.service, merged(absorbed, kept))
    assert (await draft(town, kept, survey)).json()["answers"] == {"way": "car"}
    await keep_time(town, timedelta(hours=2))
    await keep_time(town, timedelta(hours=2))
    assert await town.count("survey_draft") == 0


async def test_a_sheet_counts_once_two_agents_have_read_the_same_on_it(town: Town) -> None:
    survey = await open_survey(town)
    first, second = town.service.agent(), town.service.agent()
    entered = await enter(town, first, survey, way="car", why="Écrit à la main.")
    sheet = entered.json()
    assert (entered.status_code, sheet["confirmed_by"]) == (201, None)
    assert await town.count("survey_response") == 0
    again = await enter(town, second, survey, way="bus")
    assert (again.status_code, again.json()["code"]) == (409, "sheet-entered")
    alone = await confirm(town, first, sheet, way="car", why="Écrit à la main.")
    assert (alone.status_code, alone.json()["code"]) == (409, "second-agent-needed")
    unlike = await confirm(town, second, sheet, way="car", why="Ecrit à la main.")
    assert (unlike.status_code, unlike.json()["code"]) == (409, "sheet-differs")
    assert [each["pointer"] for each in unlike.json()["errors"]] == ["/answers/why"]
    stranger = town.service.agent("lutece")
    assert (await confirm(town, stranger, sheet, way="car", why="Écrit à la main.")).status_code == 404
    tried = await asyncio.gather(
        *(confirm(town, town.service.agent(), sheet, way="car", why="Écrit à la main.") for _ in range(4))
    )
    assert sorted(each.status_code for each in tried) == [201, 409, 409, 409]
    assert await words(town, survey, "why") == ["Écrit à la main."]
    path, headers = f"/v1/surveys/{survey['id']}/sheets", first.headers
    assert [each["reference"] for each in (await town.client.get(path, headers=headers)).json()["items"]] == ["A-1"]
    assert (await town.client.get(f"{path}?waiting=true", headers=headers)).json()["items"] == []
    assert (await town.client.post(f"{path}/{sheet['id']}/withdrawals", headers=headers)).json()[
        "code"
    ] == "sheet-entered"
    wrong = (await enter(town, first, survey, "A-2", way="bus")).json()
    assert (await town.client.post(f"{path}/{wrong['id']}/withdrawals", headers=second.headers)).status_code == 204
    assert (await enter(town, second, survey, "A-2", way="bike")).status_code == 201
    kept = await town.service.runtime.database.pool.fetchval("SELECT string_agg(p::text, ' ') FROM survey_paper p")
    assert "bike" not in kept


async def test_paper_is_entered_after_the_close_as_long_as_was_said(town: Town) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    survey, agent = await open_survey(town, paper_closes_at=later), town.service.agent()
    await act(town, agent, survey, "close")
    assert (await enter(town, agent, survey, way="bus")).status_code == 201
    await town.service.runtime.database.pool.execute("UPDATE survey SET paper_closes_at = closes_at")
    late = await enter(town, agent, survey, "A-2", way="bus")
    assert (late.status_code, late.json()["code"]) == (409, "survey-not-open")


async def test_nothing_joins_a_numbered_sheet_with_what_stands_on_it(town: Town) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    survey = await open_survey(town, identification="anonymous", paper_closes_at=later.isoformat())
    first, second = town.service.agent(), town.service.agent()
    await act(town, first, survey, "close")
    await keep_time(town)
    body = {"way": "car", "why": "Un mot."}
    sheet = (await enter(town, first, survey, **body)).json()
    assert (await confirm(town, second, sheet, **body)).status_code == 201
    path = f"/v1/surveys/{survey['id']}/results"
    early = await town.client.get(path, headers=first.headers)
    assert (early.status_code, early.json()["code"]) == (409, "survey-results-later")
    pool = town.service.runtime.database.pool
    joined = "SELECT count(*) FROM survey_paper p JOIN survey_response r ON p.xmin = r.xmin"
    assert await pool.fetchval(joined) == 1
    before = await pool.fetch("SELECT id, choices, words FROM survey_response ORDER BY id")
    await keep_time(town, timedelta(days=3))
    assert await pool.fetchval(joined) == 0
    assert await pool.fetch("SELECT id, choices, words FROM survey_response ORDER BY ctid") == before
    kept = {row["body_hash"] for row in await pool.fetch("SELECT body_hash FROM idempotency_record")}
    sent = (
        town.client.build_request("POST", "/", json=each).content
        for each in ({"reference": "A-1", "answers": body}, {"answers": body})
    )
    assert not kept & {sha256(each).digest() for each in sent}


async def test_a_survey_whose_figures_cannot_be_had_keeps_no_other_from_its_own(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = await open_survey(town), await open_survey(town)
    told = survey_responses.tallies

    async def tallies(session: AsyncSession, survey_id: UUID) -> Any:
        if str(survey_id) == broken["id"]:
            raise TimeoutError
        return await told(session, survey_id)

    monkeypatch.setattr(survey_responses, "tallies", tallies)
    for _ in range(2):
        await keep_time(town, timedelta(hours=2))
    assert (await results(town, broken)).status_code == 409
    assert (await results(town, whole)).status_code == 200
    monkeypatch.undo()
    await keep_time(town, timedelta(hours=2))
    assert (await results(town, broken)).status_code == 200


async def test_no_more_people_are_taken_of_a_kind_than_are_wanted(town: Town) -> None:
    quotas = [{"question": "way", "option": "car", "most": 2}]
    survey = await open_survey(town, form=form(QUESTIONS[0]) | {"quotas": quotas})
    sent = await asyncio.gather(*(answer(town, town.service.citizen(), survey, way="car") for _ in range(6)))
    assert sorted(each.status_code for each in sent) == [200, 200, 409, 409, 409, 409]
    refused = next(each for each in sent if each.status_code == 409).json()
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("quota-full", "/answers/way")
    assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    shown = (await town.client.get(f"{LIST}/{survey['id']}")).json()
    assert shown["full"] == [{"question": "way", "option": "car"}]
    for quota in ({"question": "uses", "option": "shop"}, {"question": "way", "option": "boat"}):
        body = form() | {"quotas": [quota | {"most": 2}]}
        made = await prepare(town, town.service.agent(), form=body)
        assert made.json()["errors"][0]["pointer"].startswith("/form/quotas/0/")


async def test_of_several_kinds_of_people_each_is_full_by_itself(town: Town) -> None:
    wanted = {"bike": 2, "bus": 1, "car": 1}
    quotas = [{"question": "way", "option": option, "most": most} for option, most in wanted.items()]
    survey = await open_survey(town, form=form(QUESTIONS[0]) | {"quotas": quotas})
    full = []
    for way in ("bike", "car", "bike"):
        assert (await answer(town, town.service.citizen(), survey, way=way)).status_code == 200
        shown = (await town.client.get(f"{LIST}/{survey['id']}")).json()["full"]
        full.append([each["option"] for each in shown])
    assert full == [[], ["car"], ["bike", "car"]]


async def test_published_figures_are_a_table_in_which_no_cell_is_a_formula(town: Town) -> None:
    way = QUESTIONS[0] | {"label": {"fr": "=cmd|' /C calc'!A0", "en": "x"}}
    survey = await open_survey(town, form=form(way))
    path = f"{LIST}/{survey['id']}/results-csv"
    assert (await town.client.get(path)).status_code == 409
    for _ in range(2):
        await keep_time(town, timedelta(hours=2))
    rows = list(csv.reader(io.StringIO((await town.client.get(path)).text)))
    assert rows[0] == ["question", "question_label", "row", "answer", "label", "count"]
    assert rows[1] == ["way", "'=cmd|' /C calc'!A0", "", "bus", "Bus", "0"]


async def test_who_answered_and_wrote_what_is_forgotten_and_the_figures_stay(town: Town) -> None:
    named, hidden = await open_survey(town), await open_survey(town, identification="anonymous")
    for _ in range(6):
        for survey in (named, hidden):
            await answer(town, town.service.citizen(), survey, way="car", why="Un mot.")
    database, now = town.service.runtime.database, datetime.now(UTC)
    for _ in range(2):
        await keep_time(town, timedelta(hours=2))
    assert await forget_respondents(database, 30, now + timedelta(days=30)) == 0
    assert await words(town, named, "why") == ["Un mot."] * 6
    assert await forget_respondents(database, 30, now + timedelta(days=31)) == 2
    left = await database.pool.fetchval(
        "SELECT count(*) FROM survey_response WHERE person IS NOT NULL OR words IS NOT NULL OR answered_at IS NOT NULL"
    )
    assert (left, await town.count("survey_roll"), await words(town, named, "why")) == (0, 0, [])
    assert (await figures(town, named, "way"))["car"] == 6
    assert (await results(town, hidden)).json()["responses"] == 6
