# SPDX-License-Identifier: EUPL-1.2
"""Requests that go to the administration that is competent for them."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from requests_town import Town, photo
from transferring import WHY, carry_out, publish, transfer

from parvis_kit.ids import uuid7
from parvis_requests.domain.calendar import PARIS
from parvis_requests.domain.legal import Clock, Regime, Silence
from parvis_requests.service.certify_answer import FACT
from parvis_testing import Caller


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


async def said(town: Town, caller: Caller, path: str) -> list[str]:
    found = (await town.get(caller, f"{path}/messages")).json()["items"]
    return [item["text"] for item in reversed(found)]


# What was read before the text said that it may go along.
FORMER = "Seuls le montant, son mois et l'organisme sont conservés, avec ma demande et aussi longtemps qu'elle."
ALONG = " Si une autre administration est compétente pour elle, ils lui sont transmis avec elle."


async def certified(town: Town, citizen: Caller, request: dict[str, Any], consent: str) -> None:
    runtime = town.service.runtime
    fact = (await runtime.persons.of(citizen.person)).seal(FACT, json.dumps([3, "CNAF", 2026, 11]))
    await runtime.database.pool.execute(
        "INSERT INTO certified_answer (id, collectivity, person, request_id, type_code, question, source, consent,"
        " state, fact, created_at, concluded_at)"
        " VALUES ($1, 'paris', $2, $3, $4, 'size', 'quotient-familial', $5, 'certified', $6, now(), now())",
        uuid7(), citizen.person, UUID(request["id"]), request["request_type"]["code"], consent, fact,
    )  # fmt: skip


async def test_what_was_certified_stays_so_at_its_receiver(town: Town, code: str) -> None:
    citizen, colleague = town.service.citizen(), town.service.agent("lutece")
    request = await filed(town, citizen, code)
    await certified(town, citizen, request, FORMER + ALONG)
    await transfer(town, request, collectivity="lutece", request_type=code)
    assert await carry_out(town) == 1
    there = town.service.citizen("lutece", sub=citizen.subject)
    (listed,) = (await town.get(there, "/v1/requests")).json()["items"]
    seen = (await town.get(colleague, f"/v1/requests/{listed['id']}")).json()["certified"]
    kept = (await town.get(town.service.agent(), f"/v1/requests/{request['id']}")).json()["certified"]
    assert (len(seen), seen[0]["question"], seen[0]["provider"]["code"]) == (1, "size", "CNAF")
    assert seen == kept, "the receiver knows that nobody has to prove it"


async def test_what_was_certified_for_the_first_town_alone_stays_there(town: Town, code: str) -> None:
    citizen, colleague = town.service.citizen(), town.service.agent("lutece")
    request = await filed(town, citizen, code)
    await certified(town, citizen, request, FORMER)
    await transfer(town, request, collectivity="lutece", request_type=code)
    assert await carry_out(town) == 1
    (listed,) = (await town.get(town.service.citizen("lutece", sub=citizen.subject), "/v1/requests")).json()["items"]
    seen = (await town.get(colleague, f"/v1/requests/{listed['id']}")).json()
    assert (seen["answers"], seen["certified"]) == ({"colour": "red"}, [])
    by_answer = await town.get(colleague, "/v1/work-queue?answer_from=size:3&answer_to=size:3")
    assert by_answer.json()["items"] == []
    kept = (await town.get(town.service.agent(), f"/v1/requests/{request['id']}")).json()
    assert kept["answers"] == {"colour": "red", "size": 3}


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
