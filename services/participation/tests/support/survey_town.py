# SPDX-License-Identifier: EUPL-1.2
"""A short way to ask and answer surveys over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_participation.service.figure_survey import publish_figures
from parvis_participation.service.tell_surveys import tell_surveys
from parvis_testing import Caller

TEXT = {"fr": "Texte", "en": "Text"}
LIST = "/v1/collectivities/paris/surveys"
THRESHOLD = 5
_keys = itertools.count()


def choices(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": {"fr": code.title(), "en": code.upper()}} for code in codes]


def question(code: str, kind: str, **settings: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "label": TEXT, **settings}


WAY = question("way", "single", options=choices("bus", "bike", "car"), required=True)
WHY = question("why", "text", show_if=[{"question": "way", "any_of": ["car"]}], required=True)
PLACE = question("place", "point", within=[2.2, 48.8, 2.5, 49.0])
QUESTIONS = [
    WAY,
    WHY,
    PLACE,
    question("uses", "multiple", options=choices("shop", "school", "work"), at_most=2),
    question("areas", "matrix", rows=choices("north", "south"), columns=choices("good", "bad")),
    question("mark", "scale", minimum=1, maximum=5),
    question("order", "ranking", options=choices("trees", "lamps", "paving")),
    question("age", "number", minimum=0, maximum=100, whole=True),
    question("since", "date", earliest_on="1900-01-01"),
    question("route", "drawing"),
]


def form(*questions: dict[str, Any], **of_section: Any) -> dict[str, Any]:
    return {"sections": [{"title": TEXT, "questions": list(questions or QUESTIONS), **of_section}]}


def survey_body(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    times = {
        "opens_at": (now - timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(hours=1)).isoformat(),
    }
    body = {"title": TEXT, "description": TEXT, "form": form(), "identification": "named", **times}
    return body | changes


async def prepare(town: Town, agent: Caller, **changes: Any) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": f"survey-{next(_keys)}"}
    return await town.client.post("/v1/surveys", json=survey_body(**changes), headers=headers)


async def act(town: Town, agent: Caller, survey: dict[str, Any], action: str) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": f"survey-{next(_keys)}", "If-Match": f'"{survey["version"]}"'}
    path = f"/v1/surveys/{survey['id']}/transitions"
    return await town.client.post(path, json={"action": action}, headers=headers)


async def open_survey(town: Town, **changes: Any) -> dict[str, Any]:
    agent = town.service.agent()
    made = await prepare(town, agent, **changes)
    assert made.status_code == 201, made.text
    published: dict[str, Any] = (await act(town, agent, made.json(), "publish")).json()
    return published


async def answer(town: Town, who: Caller, survey: dict[str, Any], **answers: Any) -> httpx.Response:
    path = f"/v1/surveys/{survey['id']}/responses/mine"
    return await town.client.put(path, json={"answers": answers}, headers=who.headers)


async def answered(town: Town, who: Caller, survey: dict[str, Any]) -> bool:
    path = f"/v1/surveys/{survey['id']}/responses/mine"
    found: bool = (await town.client.get(path, headers=who.headers)).json()["answered"]
    return found


async def results(town: Town, survey: dict[str, Any]) -> httpx.Response:
    return await town.client.get(f"{LIST}/{survey['id']}/results")


async def figures(town: Town, survey: dict[str, Any], code: str) -> dict[str, Any]:
    """The counts of a question as agents see them, by answer, or by row and answer of a matrix."""
    path = f"/v1/surveys/{survey['id']}/results"
    told = (await town.client.get(path, headers=town.service.agent().headers)).json()["questions"]
    cells = next(each["figures"] for each in told if each["code"] == code)
    return {"/".join(filter(None, (cell["row"], cell["code"]))): cell["count"] for cell in cells}


async def keep_time(town: Town, after: timedelta = timedelta(0)) -> None:
    """What the worker does, that much later."""
    database, now = town.service.runtime.database, datetime.now(UTC) + after
    await tell_surveys(database, now)
    await publish_figures(database, THRESHOLD, now)


async def enter(
    town: Town, agent: Caller, survey: dict[str, Any], reference: str = "A-1", **answers: Any
) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": f"sheet-{next(_keys)}"}
    body = {"reference": reference, "answers": answers}
    return await town.client.post(f"/v1/surveys/{survey['id']}/sheets", json=body, headers=headers)


async def confirm(town: Town, agent: Caller, sheet: dict[str, Any], **answers: Any) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": f"sheet-{next(_keys)}"}
    path = f"/v1/surveys/{sheet['survey_id']}/sheets/{sheet['id']}/confirmations"
    return await town.client.post(path, json={"answers": answers}, headers=headers)
