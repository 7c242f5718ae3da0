# SPDX-License-Identifier: EUPL-1.2
"""An open survey, as agents of a town prepare one, and what others may try with it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from poll_body import published

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
TEXT = {"fr": "Vos trajets", "en": "Your journeys"}
PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
ANSWERS: dict[str, dict[str, Any]] = {"answers": {"way": "bus"}}
SHEET = {"reference": "A-1"} | ANSWERS


def survey_body() -> dict[str, Any]:
    """A survey of one question that opens as soon as it is published."""
    now = datetime.now(UTC)
    options = [{"code": code, "label": TEXT} for code in ("bus", "car")]
    questions = [
        {"code": "way", "kind": "single", "label": TEXT, "options": options},
        {"code": "plan", "kind": "file", "label": TEXT, "kinds": ["pdf"]},
    ]
    return {
        "title": TEXT,
        "description": TEXT,
        "form": {"sections": [{"title": TEXT, "questions": questions}]},
        "identification": "named",
        "opens_at": (now - timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(days=7)).isoformat(),
    }


def survey_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """A survey that a citizen has answered."""
    survey = published(agent, "/v1/surveys", survey_body())
    own = {"Content-Type": "application/pdf", "Idempotency-Key": f"plan-{survey}"}
    file = expect(citizen.call("POST", f"/v1/surveys/{survey}/files?question=plan", PDF, **own), 201).json()["id"]
    path, answers = f"/v1/surveys/{survey}/responses/mine", ANSWERS["answers"] | {"plan": [file]}
    content = json.dumps({"answers": answers}).encode()
    expect(citizen.call("PUT", path, content, **{"Content-Type": "application/json"}), 200)
    sheet = expect(agent.post(f"/v1/surveys/{survey}/sheets", SHEET), 201).json()["id"]
    return {"survey_id": survey, "sheet_id": sheet, "file_id": file}


# Who calls each operation, with which body and headers.
SURVEY_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createSurvey": ("agent", survey_body(), {}),
    "listOwnSurveys": ("agent", None, {}),
    "readOwnSurvey": ("agent", None, {}),
    "changeSurvey": ("agent", survey_body(), IF_MATCH),
    "actOnSurvey": ("agent", {"action": "close"}, IF_MATCH),
    "answerSurvey": ("citizen", ANSWERS, {}),
    "readResponseReceipt": ("citizen", None, {}),
    "readLiveSurveyResults": ("agent", None, {}),
    "crossSurveyQuestions": ("agent", None, {}),
    "listSurveyWords": ("agent", None, {}),
    "exportSurveyAnswers": ("agent", None, {}),
    "sendSurveyFile": ("citizen", None, {"Idempotency-Key": "lutece-sendSurveyFile"}),
    "readSurveyFile": ("agent", None, {}),
    "listSurveyExports": ("agent", None, {}),
    "saveSurveyDraft": ("citizen", ANSWERS, {}),
    "readSurveyDraft": ("citizen", None, {}),
    "discardSurveyDraft": ("citizen", None, {}),
    "enterSheet": ("agent", SHEET, {}),
    "listSheets": ("agent", None, {}),
    "confirmSheet": ("agent", ANSWERS, {}),
    "withdrawSheet": ("agent", None, {}),
}
