# SPDX-License-Identifier: EUPL-1.2
"""A process with a part and a follower, and what others may try with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from poll_body import PERSON, published

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
TEXT = {"fr": "Oui.", "en": "Yes."}
PART = {"kind": "survey", "id": "{survey_id}"}
NEWS = {"title": TEXT, "text": TEXT}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def process_body() -> dict[str, Any]:
    """A process whose one phase lets people answer surveys."""
    now = datetime.now(UTC)
    phase = {
        "code": "listen",
        "title": TEXT,
        "begins_at": (now - timedelta(days=1)).isoformat(),
        "acts": ["answer-survey"],
    }
    ends_at = (now + timedelta(days=30)).isoformat()
    return {"title": TEXT, "description": TEXT, "phases": [phase], "ends_at": ends_at}


def process_in(agent: Actor, citizen: Actor, survey: str) -> dict[str, str]:
    """A process to which that survey belongs."""
    process = published(agent, "/v1/processes", process_body())
    expect(agent.post(f"/v1/processes/{process}/parts", PART | {"id": survey}), 201)
    expect(citizen.call("PUT", f"/v1/processes/{process}/followers/mine"), 200)
    told, own = "?title=Oui&language=fr", {"Content-Type": "application/pdf", "Idempotency-Key": f"document-{process}"}
    sent = agent.call("POST", f"/v1/processes/{process}/documents{told}", PDF, **own)
    return {"process_id": process, "part_id": survey, "document_id": expect(sent, 201).json()["id"]}


# Who calls each operation, with which body and headers.
PROCESS_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createProcess": ("agent", process_body(), {}),
    "listOwnProcesses": ("agent", None, {}),
    "readOwnProcess": ("agent", None, {}),
    "changeProcess": ("agent", process_body(), IF_MATCH),
    "actOnProcess": ("agent", {"action": "publish"}, IF_MATCH),
    "addProcessPart": ("agent", PART, {}),
    "removeProcessPart": ("agent", None, {}),
    "importProcessRoll": ("agent", {"people": [PERSON]}, {}),
    "readOwnProcessEntry": ("citizen", None, {}),
    "readProcessRoll": ("citizen", None, {}),
    "tellProcessNews": ("agent", NEWS, {}),
    "sendProcessDocument": ("agent", None, {"Idempotency-Key": "lutece-sendProcessDocument"}),
    "replaceProcessDocument": ("agent", None, IF_MATCH | {"Idempotency-Key": "lutece-replaceProcessDocument"}),
    "withdrawProcessDocument": ("agent", None, IF_MATCH),
    "listOwnProcessDocuments": ("agent", None, {}),
    "readOwnProcessDocument": ("agent", None, {}),
    "listVisibleProcessDocuments": ("citizen", None, {}),
    "readVisibleProcessDocument": ("citizen", None, {}),
    "listVisibleProcesses": ("citizen", None, {}),
    "readVisibleProcess": ("citizen", None, {}),
    "listVisibleProcessNews": ("citizen", None, {}),
    "readFollow": ("citizen", None, {}),
    "followProcess": ("citizen", None, {}),
    "followProcessNoMore": ("citizen", None, {}),
}
