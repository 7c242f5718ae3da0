# SPDX-License-Identifier: EUPL-1.2
"""Requests that go to the administration that is competent for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from open311_client import client_of
from requests_town import Town, photo
from workflows import state, transition

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.calendar import PARIS
from parvis_requests.domain.legal import Clock, Regime, Silence
from parvis_requests.service.carry_out_transfers import Transfers, carry_out_transfers
from parvis_requests.service.catalogue import Catalogues
from parvis_testing import Caller

WHY = "Cette rue est de Lutèce."
SENT_ON: dict[str, Any] = {
    "initial": "filed",
    "states": [state("filed"), state("taken"), state("sent-on", final=True), state("done", final=True)],
    "transitions": [
        transition("take", ["filed"], "taken", "agent"),
        transition("send-on", ["filed", "taken"], "sent-on", "agent"),
        transition("end", ["filed", "taken"], "done", "agent", "system"),
    ],
}


async def publish(town: Town, collectivity: str, code: str, **changes: Any) -> None:
    administrator = town.administrator(collectivity)
    draft = (await town.draft(administrator, code, workflow=SENT_ON, **changes)).json()
    offered = await town.offer(administrator, draft["id"])
    assert offered.status_code == 201, offered.text


@pytest.fixture
async def code(town: Town) -> str:
    """A type that both towns offer."""
    name = f"sent-on-{town.key()}"
    for collectivity in ("paris", "lutece"):
        await publish(town, collectivity, name)
    return name


async def filed(town: Town, citizen: Caller, code: str, **changes: Any) -> dict[str, Any]:
    asked = {"answers": {"colour": "red", "size": 3}, **changes}
    answer = await town.submit(citizen, request_type=code, **asked)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def transfer(
    town: Town, request: dict[str, Any], *, version: int | None = None, agent: Caller | None = None, **body: Any
) -> httpx.Response:
    agent = agent or town.service.agent()
    if version is None:
        version = (await town.get(agent, f"/v1/requests/{request['id']}")).json()["version"]
    headers = agent.headers | {"If-Match": f'"{version}"', "Idempotency-Key": town.key()}
    said = {"action": "send-on", "reason": WHY, **body}
    return await town.client.post(f"/v1/requests/{request['id']}/transfer", json=said, headers=headers)


async def carry_out(town: Town, later: timedelta = timedelta(hours=2)) -> int:
    runtime = town.service.runtime
    blobs, catalogues = FileBlobs(runtime.settings.attachments_directory), Catalogues(runtime.database, 10)
    parts = Transfers(runtime.database, catalogues, runtime.persons, blobs, runtime.blind_index)
    return await carry_out_transfers(parts, datetime.now(UTC) + later)


async def said(town: Town, caller: Caller, path: str) -> list[str]:
    found = (await town.get(caller, f"{path}/messages")).json()["items"]
    return [item["text"] for item in reversed(found)]


async def test_a_request_goes_to_another_collectivity_with_its_files_and_its_conversation(
    town: Town, code: str
) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    there = town.service.citizen("lutece", sub=citizen.subject)
    uploaded = (await town.upload(citizen, photo((300, 300)))).json()
    request = await filed(town, citizen, code, attachments=[uploaded["id"]])
    path = f"/v1/requests/{request['id']}"
    await town.write(citizen, request, "public", "Le tas grandit")
    await town.write(agent, request, "internal", "Entre nous")
    asked = await transfer(town, request, collectivity="lutece", request_type=code)
    assert asked.status_code == 201, asked.text
    assert (asked.json()["collectivity"], asked.json()["done_at"], asked.json()["reference"]) == ("lutece", None, None)
    # Nobody is told before it goes.
    assert await carry_out(town, timedelta(minutes=50)) == 0
    assert (await town.get(citizen, f"{path}/transfer")).status_code == 404
    assert WHY not in str(await said(town, citizen, path))

    assert await carry_out(town) == 1
    assert await carry_out(town) == 0
    gone = (await town.get(citizen, f"{path}/transfer")).json()
    assert (gone["incoming"], gone["collectivity"]) == (False, "lutece")
    assert (await town.get(citizen, path)).json()["status"]["code"] == "sent-on"
    told = (await said(town, citizen, path))[-1]
    assert f"la référence {gone['reference']}" in told
    assert told.endswith(WHY)
    assert "L114-2" in told

    (listed,) = (await town.get(there, "/v1/requests")).json()["items"]
    assert (listed["reference"], listed["status"]["code"]) == (gone["reference"], "filed")
    new = f"/v1/requests/{listed['id']}"
    colleague = town.service.agent("lutece")
    seen = (await town.get(colleague, new)).json()
    assert (seen["answers"], seen["description"]) == ({"colour": "red", "size": 3}, request["description"])
    by_answer = (await town.get(colleague, "/v1/work-queue?answer_from=size:3&answer_to=size:3")).json()["items"]
    assert [item["id"] for item in by_answer] == [listed["id"]]
    assert await said(town, colleague, new) == ["Le tas grandit"]
    (file,) = seen["attachments"]
    kept, copied = [
        await town.get(caller, f"/v1/attachments/{id_}")
        for caller, id_ in ((agent, uploaded["id"]), (colleague, file["id"]))
    ]
    assert (copied.status_code, copied.content) == (200, kept.content)
    small = await town.get(colleague, f"/v1/attachments/{file['id']}/thumbnail")
    assert small.status_code == 200
    came = (await town.get(colleague, f"{new}/transfer")).json()
    assert (came["incoming"], came["collectivity"], came["reference"]) == (True, "paris", request["reference"])
    # Each town sees its own alone.
    assert (await town.get(agent, new)).status_code == (await town.get(colleague, path)).status_code == 404
    assert (await transfer(town, request, body="Métropole")).json()["code"] == "transition-not-allowed"


async def test_what_has_not_gone_is_taken_back(town: Town, code: str) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen, code)
    path = f"/v1/requests/{request['id']}"
    assert (await transfer(town, request, collectivity="lutece", request_type=code)).status_code == 201
    again = await transfer(town, request, body="Métropole")
    assert (again.status_code, again.json()["code"]) == (409, "not-to-transfer")
    stale = await town.client.delete(f"{path}/transfer", headers=agent.headers | {"If-Match": '"1"'})
    assert stale.status_code == 412
    back = await town.client.delete(f"{path}/transfer", headers=agent.headers | {"If-Match": '"2"'})
    assert back.status_code == 204
    assert await carry_out(town) == 0
    assert (await town.get(citizen, path)).json()["status"]["code"] == "filed"
    assert (await transfer(town, request, body="Métropole")).status_code == 201
    assert await carry_out(town) == 1
    version = (await town.get(agent, path)).json()["version"]
    late = await town.client.delete(f"{path}/transfer", headers=agent.headers | {"If-Match": f'"{version}"'})
    assert (late.status_code, late.json()["code"]) == (409, "not-to-transfer")


async def test_what_another_body_is_competent_for_is_told_and_ends_here(town: Town, code: str) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen, code)
    path = f"/v1/requests/{request['id']}"
    await transfer(town, request, body="Préfecture de police", reason="Elle seule règle cela.")
    assert await carry_out(town) == 1
    (told,) = await said(town, citizen, path)
    assert "relève de Préfecture de police" in told
    assert told.endswith("Elle seule règle cela.")
    assert (await town.get(citizen, path)).json()["status"]["code"] == "sent-on"
    gone = (await town.get(citizen, f"{path}/transfer")).json()
    assert (gone["body"], gone["collectivity"], gone["reference"]) == ("Préfecture de police", None, None)
    assert await town.count("request") == 1


@pytest.mark.parametrize("silence", ["rejected", "accepted"])
async def test_silence_counts_as_the_law_says(town: Town, silence: str) -> None:
    """Where it refuses, from the first administration's receipt; where it grants, from the competent one's (L114-3)."""
    law = {"silence": silence, "months": 2, "action": "end", "source": {"fr": "Article", "en": "Article"}}
    name = f"sent-on-{town.key()}"
    await publish(town, "lutece", name)
    await publish(town, "paris", name, legal=law)
    citizen, agent = town.service.citizen("lutece"), town.service.agent("lutece")
    request = await filed(town, citizen, name)
    earlier = "UPDATE request SET created_at = created_at - interval '10 days'"
    await town.service.runtime.database.pool.execute(earlier)
    await transfer(town, request, agent=agent, collectivity="paris", request_type=name)
    assert await carry_out(town) == 1
    there = town.service.citizen(sub=citizen.subject)
    (listed,) = (await town.get(there, "/v1/requests")).json()["items"]
    first = (await town.get(agent, f"/v1/requests/{request['id']}")).json()
    began = datetime.fromisoformat((first if silence == "rejected" else listed)["created_at"]).astimezone(PARIS).date()
    end = Clock(began).end(Regime(Silence(silence), months=2, days=0, action="end"))
    assert datetime.fromisoformat(listed["legal"]["ends_at"]) == end


async def test_what_somebody_goes_on_with_does_not_go(town: Town, code: str) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await filed(town, citizen, code)
    path = f"/v1/requests/{request['id']}"
    await transfer(town, request, collectivity="lutece", request_type=code)
    tag = (await town.get(agent, path)).headers["etag"]
    assert (await town.act(agent, request, "end", tag)).status_code == 201
    assert await carry_out(town) == 0
    assert (await town.get(agent, f"{path}/transfer")).json()["failed_at"] is not None
    assert (await said(town, agent, path))[-1].startswith("La transmission n'a pas eu lieu")
    assert await town.count("request") == 1


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"collectivity": "paris"}, 409, "not-to-transfer"),
    ({"collectivity": "atlantis"}, 409, "not-to-transfer"),
    ({"collectivity": "lutece", "request_type": "unheard-of"}, 422, "unknown-request-type"),
    ({"collectivity": "lutece", "request_type": "cartons"}, 422, "invalid-answers"),
    ({"collectivity": "lutece", "action": "take"}, 409, "not-to-transfer"),
    ({"collectivity": "lutece", "body": "Métropole"}, 422, "validation-failed"),
]


async def test_what_fits_nobody_is_refused(town: Town, code: str) -> None:
    citizen = town.service.citizen()
    request = await filed(town, citizen, code)
    for body, status, problem in WRONG:
        answer = await transfer(town, request, **{"request_type": code, **body})
        assert (answer.status_code, answer.json()["code"]) == (status, problem), answer.text
    assert (await transfer(town, request, version=7, body="Métropole")).status_code == 412
    assert (await transfer(town, request, version=1, agent=citizen, body="Métropole")).status_code == 403
    assert await town.count("transfer") == 0


async def test_who_filed_without_an_account_stays_where_they_left_their_contact(town: Town) -> None:
    client, agent = await client_of(town), town.service.agent()
    reference = await client.filed()
    (request,) = (await town.get(agent, f"/v1/work-queue?q={reference}")).json()["items"]
    tag = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    assert (await town.act(agent, request, "take", tag)).status_code == 201
    answer = await transfer(town, request, action="resolve", collectivity="lutece", request_type="cartons")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-to-transfer")
