# SPDX-License-Identifier: EUPL-1.2
"""A report of the citizen: refused where it is wrong, then taken."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

from parvis_local.demo.expecting import expect, same
from parvis_local.demo.story import Story

PHOTO: Final = Path(__file__).parent.parent / "data" / "photo.jpg"
_HERE: Final = {"type": "Point", "coordinates": [2.3522, 48.8566]}
_LYON: Final = {"type": "Point", "coordinates": [4.8357, 45.764]}
REPORT: Final[dict[str, Any]] = {
    "request_type": "cartons",
    "description": "Des cartons encombrent le trottoir devant le numéro 4.",
    "answers": {"blocks_pavement": True, "quantity": 3},
    "position": _HERE,
}
_WRONG: Final = (
    ("answers that do not fit the form", {"answers": {"quantity": 0}}, 422, "invalid-answers"),
    ("a position outside the town", {"position": _LYON}, 422, "outside-territory"),
    ("a type that there is not", {"request_type": "licornes"}, 422, "unknown-request-type"),
)


def report_wrongly(story: Story) -> Iterator[str]:
    """Each mistake has a problem of its own."""
    citizen = story.citizen
    before = _reports(story)
    for told, changes, status, code in _WRONG:
        answer = expect(citizen.post("/v1/requests", REPORT | changes), status, code)
        yield _problem(told, answer)
    huge = PHOTO.read_bytes() + b"\0" * 30_000_000
    yield _problem("a photo of 30 MB", expect(citizen.upload(huge), 413, "body-too-large"))
    text = expect(citizen.upload(b"Ceci n'est pas une photo."), 415, "unknown-file-kind")
    yield _problem("a text that is said to be a photo", text)
    same("what is stored of all that", _reports(story), before)
    yield "nothing is stored"


def report(story: Story) -> Iterator[str]:
    """The photo first, then the report; the same key again gives the same answer, and no second report."""
    citizen, key = story.citizen, secrets.token_urlsafe(16)
    photo = expect(citizen.upload(PHOTO.read_bytes()), 201).json()
    kept = expect(citizen.get(f"/v1/attachments/{photo['id']}"), 200).content
    same("a place of shooting in the photo", b"Demo camera" in kept or b"Exif" in kept, wanted=False)
    yield f"photo of {photo['width']} × {photo['height']} taken; where and with what it was shot is cut out"
    body = REPORT | {"attachments": [photo["id"]]}
    story.request = expect(citizen.post("/v1/requests", body, key), 201).json()
    request = story.request
    yield f"reference {request['reference']}, {request['area']['label']}, team {request['team']}"
    same("the team of that category and place", request["team"], "proprete-rive-droite")
    again = expect(citizen.post("/v1/requests", body, key), 201)
    same("the answer to the same key", again.json()["id"], request["id"])
    other = expect(citizen.post("/v1/requests", body | {"description": "Autre"}, key), 422, "idempotency-key-reused")
    yield _problem("the same key with another body", other)
    path = f"/v1/requests/{request['id']}"
    expect(story.neighbour.get(path), 404, "not-found")
    expect(story.stranger.get(path), 404, "not-found")
    expect(story.agent.get(path), 200)
    yield "neither the neighbour nor the agent of another town sees it; the town's own agent does"


def _reports(story: Story) -> list[str]:
    found = expect(story.citizen.get("/v1/requests?limit=100"), 200).json()["items"]
    return [request["id"] for request in found]


def _problem(told: str, answer: httpx.Response) -> str:
    problem = answer.json()
    places = ", ".join(error["pointer"] for error in problem.get("errors", ()))
    return f"{told}: {problem['status']} {problem['code']} « {problem['title']} » {places}".rstrip()
