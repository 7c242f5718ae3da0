# SPDX-License-Identifier: EUPL-1.2
"""Surveys that people answer by a link, without an account."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from participation_town import Town
from process_town import join, published
from survey_town import LIST, QUESTIONS, act, answer, form, keep_time, open_survey, prepare, results


async def by_link(
    town: Town, survey: dict[str, Any], link: str | None = None, key: str | None = None, **answers: Any
) -> httpx.Response:
    path = f"{LIST}/{survey['id']}/responses"
    body = {"link": survey["link_token"] if link is None else link, "answers": answers}
    return await town.client.post(path, json=body, headers={"Idempotency-Key": key or str(uuid4())})


async def linked(town: Town, **changes: Any) -> dict[str, Any]:
    return await open_survey(town, **{"identification": "anonymous", "open_link": True} | changes)


async def told(town: Town, survey: dict[str, Any]) -> dict[str, Any]:
    """What the agent sees of the survey."""
    path = f"/v1/surveys/{survey['id']}"
    found: dict[str, Any] = (await town.client.get(path, headers=town.service.agent().headers)).json()
    return found


async def test_somebody_without_an_account_answers_by_the_link_and_nothing_is_kept_but_the_answers(town: Town) -> None:
    survey = await linked(town)
    shown = (await town.client.get(f"{LIST}/{survey['id']}")).json()
    assert shown["open_link"] is True
    assert "répondre plusieurs fois" in shown["notice"]
    assert survey["link_token"] not in str(shown)
    key = str(uuid4())
    sent = [await by_link(town, survey, key=key, way="car", why="Un mot.") for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201]
    assert sent[1].headers["Idempotency-Replayed"] == "true"
    assert sent[0].json() == {"survey_id": survey["id"], "answered": True}
    rows = await town.service.runtime.database.pool.fetch("SELECT * FROM survey_response")
    assert [(row["person"], row["answered_at"], row["id"].version, row["by_link"]) for row in rows] == [
        (None, None, 4, True)
    ]
    assert "Un mot" not in str(rows)
    assert not await town.service.runtime.database.pool.fetch("SELECT * FROM survey_roll")


@pytest.mark.parametrize("key", ["short", "a-key-of-19-letters"])
async def test_a_key_that_strangers_could_share_is_refused(town: Town, key: str) -> None:
    refused = await by_link(town, await linked(town), key=key, way="bus")
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency-key-missing")


async def test_no_other_link_answers_and_one_that_is_renewed_does_no_more(town: Town) -> None:
    survey, other, closed = await linked(town), await linked(town), await open_survey(town, identification="anonymous")
    for of, link in ((survey, other["link_token"]), (survey, "x"), (closed, survey["link_token"])):
        refused = await by_link(town, of, link, way="bus")
        assert (refused.status_code, refused.json()["code"]) == (403, "survey-link-refused")
    unknown = await town.client.post(
        f"/v1/collectivities/lutece/surveys/{survey['id']}/responses",
        json={"link": survey["link_token"], "answers": {"way": "bus"}},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert unknown.status_code == 404
    renewed = await act(town, town.service.agent(), survey, "renew-link")
    assert renewed.status_code == 201
    assert (await by_link(town, survey, way="bus")).json()["code"] == "survey-link-refused"
    assert (await by_link(town, renewed.json(), way="bus")).status_code == 201
    refused = await act(town, town.service.agent(), closed, "renew-link")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_a_link_is_no_way_around_those_for_whom_a_process_is(town: Town) -> None:
    for audience, status in ((None, 201), ({"residence": True}, 403)):
        survey, process = await linked(town), await published(town, audience=audience)
        assert (await join(town, process, "survey", survey)).status_code == 201
        assert (await by_link(town, survey, way="bus")).status_code == status, audience


async def test_only_an_anonymous_survey_has_a_link_which_stays_while_it_is_prepared(town: Town) -> None:
    agent = town.service.agent()
    refused = await prepare(town, agent, open_link=True)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/open_link")
    made = (await prepare(town, agent, open_link=True, identification="anonymous")).json()
    assert made["link_token"]
    path, body = f"/v1/surveys/{made['id']}", {name: made[name] for name in ("title", "description", "release")}
    body |= {"form": form(QUESTIONS[0]), "identification": "anonymous"}
    body |= {name: made[name] for name in ("opens_at", "closes_at")}
    for version, wanted in ((1, True), (2, False)):
        headers = agent.headers | {"If-Match": f'"{version}"'}
        changed = (await town.client.put(path, json=body | {"open_link": wanted}, headers=headers)).json()
        assert changed["open_link"] is wanted
        assert changed["link_token"] == (made["link_token"] if wanted else None)


async def test_figures_tell_answers_by_link_apart_where_they_are_not_few(town: Town) -> None:
    survey = await linked(town, form=form(QUESTIONS[0]))
    for _ in range(5):
        assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    for _ in range(7):
        assert (await by_link(town, survey, way="car")).status_code == 201
    await keep_time(town, timedelta(hours=2))
    figures = (await results(town, survey)).json()
    assert (figures["responses"], figures["by_link"]) == (12, 7)


async def test_figures_keep_back_how_many_answered_by_link_where_either_are_few(town: Town) -> None:
    few, none = await linked(town, form=form(QUESTIONS[0])), await linked(town)
    for _ in range(5):
        assert (await by_link(town, few, way="car")).status_code == 201
    assert (await answer(town, town.service.citizen(), few, way="bus")).status_code == 200
    await keep_time(town, timedelta(hours=2))
    assert [(await results(town, each)).json()["by_link"] for each in (few, none)] == [None, 0]


async def test_wrong_answers_full_quotas_and_closed_surveys_refuse_alike(town: Town) -> None:
    quotas = [{"question": "way", "option": "car", "most": 1}]
    survey = await linked(town, form=form(QUESTIONS[0]) | {"quotas": quotas})
    wrong = await by_link(town, survey, way="boat")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-answers")
    sent = await asyncio.gather(*(by_link(town, survey, way="car") for _ in range(4)))
    assert sorted(each.status_code for each in sent) == [201, 409, 409, 409]
    await act(town, town.service.agent(), survey, "close")
    late = await by_link(town, survey, way="bus")
    assert (late.status_code, late.json()["code"]) == (409, "survey-not-open")


async def test_no_more_answer_by_link_within_an_hour_than_may(town: Town) -> None:
    survey, pool = await linked(town, form=form(QUESTIONS[0])), town.service.runtime.database.pool
    await pool.execute(
        "INSERT INTO survey_link_hour (survey_id, collectivity, hour_at, number)"
        " VALUES ($1, 'paris', now() + interval '2 hours', 998)",
        UUID(survey["id"]),
    )
    sent = await asyncio.gather(*(by_link(town, survey, way="car") for _ in range(4)))
    assert sorted(each.status_code for each in sent) == [201, 201, 429, 429]
    refused = next(each for each in sent if each.status_code == 429)
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("too-many-link-answers", "600")
    assert (await told(town, survey))["responses"] == 2
    assert (await answer(town, town.service.citizen(), survey, way="car")).status_code == 200
    await pool.execute("UPDATE survey_link_hour SET hour_at = now() - interval '2 hours'")
    assert (await by_link(town, survey, way="car")).status_code == 201


async def test_agents_read_the_answers_by_link_apart_from_the_others_without_small_numbers(town: Town) -> None:
    survey, agent = await linked(town, form=form(QUESTIONS[0], QUESTIONS[3])), town.service.agent()
    for way, times in (("bus", 6), ("bike", 7)):
        for _ in range(times):
            assert (await by_link(town, survey, way=way)).status_code == 201
    for way, times in (("bus", 5), ("bike", 2), ("car", 6)):
        for _ in range(times):
            assert (await answer(town, town.service.citizen(), survey, way=way)).status_code == 200
    path = f"/v1/surveys/{survey['id']}/cross-tabulations"
    early = await town.client.get(f"{path}?question=way&by_link=true", headers=agent.headers)
    assert early.json()["code"] == "survey-results-later"
    await town.service.runtime.database.pool.execute(
        "UPDATE survey SET opens_at = now() - interval '2 hours', closes_at = now() - interval '1 hour',"
        " paper_closes_at = now() - interval '1 hour'"
    )
    crossed = (await town.client.get(f"{path}?question=way&by_link=true", headers=agent.headers)).json()
    # The two bikes, those of the link beside them, and company in both rows: no total brings them back.
    assert {(each["row"], each["code"]): each["count"] for each in crossed["figures"]} == {
        ("link", "bus"): None, ("link", "bike"): None, ("link", "car"): 0, ("link", ""): 0,
        ("otherwise", "bus"): None, ("otherwise", "bike"): None, ("otherwise", "car"): 6, ("otherwise", ""): 0,
    }  # fmt: skip
    assert crossed["by"] == ""
    for query in ("question=uses&by_link=true", "question=way&by=way&by_link=true", "question=way"):
        refused = await town.client.get(f"{path}?{query}", headers=agent.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed"), query
