# SPDX-License-Identifier: EUPL-1.2
import asyncio
import re
from typing import Any

import pytest
from requests_town import Town, photo

from parvis_requests.service import submit_request


async def test_a_report_gets_a_reference_an_area_and_the_team_of_its_category_there(town: Town) -> None:
    answer = await town.submit(town.service.citizen())
    assert answer.status_code == 201
    body = answer.json()
    assert re.fullmatch(r"R-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", body["reference"])
    assert body["area"]["code"] == "7510401"
    assert body["team"] == "proprete-rive-droite"
    assert body["request_type"] == {"code": "cartons", "label": "Cartons"}
    assert body["status"] == {"code": "submitted", "label": "Déposée"}
    assert answer.headers["location"] == f"/v1/requests/{body['id']}"
    assert answer.headers["etag"] == '"1-fr"'


async def test_what_was_answered_is_what_is_read_again(town: Town) -> None:
    citizen = town.service.citizen()
    uploaded = (await town.upload(citizen, photo())).json()
    created = await town.submit(citizen, attachments=[uploaded["id"]])
    read = await town.get(citizen, f"/v1/requests/{created.json()['id']}")
    assert read.json() == created.json()
    assert uploaded.pop("position") is None
    assert read.json()["attachments"] == [uploaded]


async def test_a_reference_that_is_taken_is_drawn_anew_and_a_request_has_one_of_its_own(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = (await town.submit(town.service.citizen())).json()["reference"]
    drawn = [taken, taken, "R-2026-0000-001"]
    monkeypatch.setattr(submit_request, "new_reference", lambda *_: drawn.pop(0))
    citizen = town.service.citizen()
    uploaded = (await town.upload(citizen, photo())).json()["id"]
    filed = await town.submit(citizen, attachments=[uploaded])
    assert (filed.status_code, filed.json()["reference"], drawn) == (201, "R-2026-0000-001", [])
    assert len((await town.get(citizen, filed.headers["location"])).json()["attachments"]) == 1
    assert await town.count("request") == await town.count("outbox") == 2


async def test_the_same_key_gets_the_first_answer_again(town: Town) -> None:
    citizen = town.service.citizen()
    first = await town.submit(citizen, key="k")
    again = await town.submit(citizen, key="k")
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    assert await town.count("request") == 1
    assert await town.count("outbox") == 1


async def test_the_same_key_of_somebody_else_is_another_key(town: Town) -> None:
    assert (await town.submit(town.service.citizen(), key="k")).status_code == 201
    other = await town.submit(town.service.citizen(), key="k")
    assert "idempotency-replayed" not in other.headers
    assert await town.count("request") == 2


async def test_fifty_at_once_with_one_key_store_one_request(town: Town) -> None:
    citizen = town.service.citizen()
    answers = await asyncio.gather(*(town.submit(citizen, key="k") for _ in range(50)))
    # A pool that is too busy says so, and has done nothing.
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert await town.count("request") == 1


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"request_type": "no-such-type"}, 422, "unknown-request-type", "/request_type"),
        ({"answers": {"quantity": 3}}, 422, "invalid-answers", "/answers/blocks_pavement"),
        ({"answers": {"blocks_pavement": True, "quantity": 0}}, 422, "invalid-answers", "/answers/quantity"),
        ({"answers": {"blocks_pavement": True, "x/y": 1}}, 422, "invalid-answers", "/answers/x~1y"),
        ({"position": None}, 422, "position-required", "/position"),
        (
            {"position": {"type": "Point", "coordinates": [4.8357, 45.764]}},
            422,
            "outside-territory",
            "/position",
        ),
        ({"position": {"type": "Point", "coordinates": [200, 0]}}, 422, "validation-failed", "/position/coordinates/0"),
        ({"description": "  "}, 422, "validation-failed", "/description"),
        ({"description": "nul \u0000 inside"}, 422, "validation-failed", "/description"),
        ({"surprise": 1}, 422, "validation-failed", "/surprise"),
        (
            {"attachments": ["00000000-0000-7000-8000-000000000000"]},
            422,
            "unknown-attachment",
            "/attachments",
        ),
    ],
)
async def test_bad_input_gets_its_own_problem_and_nothing_is_stored(
    town: Town, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await town.submit(town.service.citizen(), **changes)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert pointer in [error["pointer"] for error in problem["errors"]]
    for table in ("request", "history_entry", "outbox", "idempotency_record"):
        assert await town.count(table) == 0


async def test_a_used_key_with_another_body_is_refused_and_nothing_more_is_stored(town: Town) -> None:
    citizen = town.service.citizen()
    await town.submit(citizen, key="k")
    answer = await town.submit(citizen, key="k", description="Autre chose")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert await town.count("request") == 1


async def test_a_key_is_required(town: Town) -> None:
    citizen = town.service.citizen()
    answer = await town.client.post(
        "/v1/requests", json={"request_type": "cartons", "description": "x"}, headers=citizen.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_problems_speak_the_language_asked_for(town: Town) -> None:
    citizen = town.service.citizen()
    citizen.headers["Accept-Language"] = "en-GB, fr;q=0.5"
    answer = await town.submit(citizen, request_type="no-such-type")
    assert answer.headers["content-language"] == "en"
    assert answer.json()["title"] == "Unknown request type"


async def test_an_attachment_joins_one_request_only_and_only_its_owners(town: Town) -> None:
    owner, thief = town.service.citizen(), town.service.citizen()
    uploaded = (await town.upload(owner, photo())).json()["id"]
    assert (await town.submit(thief, attachments=[uploaded])).json()["code"] == "unknown-attachment"
    assert (await town.submit(owner, attachments=[uploaded])).status_code == 201
    assert (await town.submit(owner, attachments=[uploaded])).json()["code"] == "unknown-attachment"
    assert await town.count("request") == 1


async def test_answers_are_sealed_in_the_database(town: Town) -> None:
    await town.submit(town.service.citizen())
    row = await town.service.runtime.database.pool.fetchrow("SELECT answers FROM request")
    assert b"blocks_pavement" not in bytes(row["answers"])


async def test_the_event_says_what_happened_without_a_word_of_the_person(town: Town) -> None:
    citizen = town.service.citizen()
    created = (await town.submit(citizen, description="secret words")).json()
    row = await town.service.runtime.database.pool.fetchrow("SELECT * FROM outbox")
    assert row["type"] == "fr.parvis.requests.request-submitted.v1"
    assert row["sequence"] == 1
    assert str(row["aggregate_id"]) == created["id"]
    assert "secret words" not in str(dict(row))


async def test_an_agent_or_a_system_does_not_file_requests(town: Town) -> None:
    for caller in (town.service.agent(), town.service.system()):
        assert (await town.submit(caller)).status_code == 403
