# SPDX-License-Identifier: EUPL-1.2
"""Answers to surveys of people whose accounts turn out to be one."""

from merged_accounts import hear, merged
from participation_town import Town
from survey_town import (
    act,
    answer,
    open_survey,
)


async def test_who_turns_out_to_have_two_accounts_answers_once(town: Town) -> None:
    named, alone = await open_survey(town), await open_survey(town)
    hidden = await open_survey(town, identification="anonymous")
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await answer(town, absorbed, named, way="car", why="Le premier.")
    await answer(town, kept, named, way="bus")
    await answer(town, absorbed, alone, way="car", why="Seul.")
    await answer(town, absorbed, hidden, way="bike")
    await hear(town.service, merged(absorbed, kept), merged(absorbed, kept))
    pool, runtime = town.service.runtime.database.pool, town.service.runtime
    rows = await pool.fetch("SELECT survey_id, person, words FROM survey_response WHERE person IS NOT NULL")
    assert {row["person"] for row in rows} == {kept.person}
    key = await runtime.persons.of(kept.person)
    opened = {str(row["survey_id"]): key.open("survey_response.words", row["words"]) for row in rows}
    assert opened == {named["id"]: '{"why":"Le premier."}', alone["id"]: '{"why":"Seul."}'}
    for survey in (named, alone, hidden):
        for account in (absorbed, kept):
            assert (await answer(town, account, survey, way="bus")).json()["code"] == "survey-answered"
    assert await town.count("survey_response") == 3


async def test_what_an_erased_account_answered_keeps_no_merge_from_being_followed(town: Town) -> None:
    named, hidden = await open_survey(town), await open_survey(town, identification="anonymous")
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await answer(town, absorbed, named, way="car", why="Le premier.")
    await answer(town, absorbed, hidden, way="bike")
    await town.service.runtime.persons.destroy(absorbed.person)
    await hear(town.service, merged(absorbed, kept))
    row = await town.service.runtime.database.pool.fetchrow(
        "SELECT person, words FROM survey_response WHERE person IS NOT NULL"
    )
    assert (row["person"], row["words"]) == (kept.person, None)
    assert (await answer(town, kept, hidden, way="bus")).json()["code"] == "survey-answered"


async def test_what_a_closed_survey_counted_stays_when_accounts_turn_out_to_be_one(town: Town) -> None:
    survey = await open_survey(town)
    absorbed, kept = town.service.citizen(), town.service.citizen()
    for account in (absorbed, kept):
        await answer(town, account, survey, way="bus")
    await act(town, town.service.agent(), survey, "close")
    await hear(town.service, merged(absorbed, kept))
    assert await town.count("survey_response") == 2
