# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conversing import PROOFS, ask, messages, send, studied, upload
from files import odt, pdf
from requests_town import Town, photo
from workflows import DECISION

from parvis_requests.domain.calendar import day_of
from parvis_requests.service.workflow_definition import shipped_workflows
from parvis_testing import Caller


async def told(town: Town) -> list[str]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT type FROM outbox WHERE topic = 'parvis.requests.request.v1' ORDER BY sequence"
    )
    return [row["type"].split(".")[3] for row in rows]


async def test_the_person_and_the_agents_write_to_each_other_with_files(town: Town) -> None:
    citizen, agent, colleague = town.service.citizen(), town.service.agent(), town.service.agent()
    request = (await town.submit(citizen)).json()
    where = f"/v1/requests/{request['id']}/messages"
    mine = await upload(town, citizen, photo())
    asked = await send(
        town, citizen, where, {"visibility": "public", "text": "Voici une photo.", "attachments": [mine]}
    )
    assert (asked.status_code, asked.json()["by"], asked.json()["agent"]) == (201, "author", None)
    theirs = await upload(town, agent, pdf(), request)
    assert (await town.get(citizen, f"/v1/attachments/{theirs}")).status_code == 404
    await send(town, agent, where, {"visibility": "public", "text": "Voici le plan.", "attachments": [theirs]})
    seen = await messages(town, citizen, request)
    assert [(m["by"], m["text"], [a["id"] for a in m["attachments"]]) for m in seen] == [
        ("agent", "Voici le plan.", [theirs]), ("author", "Voici une photo.", [mine]),
    ]  # fmt: skip
    for caller in (citizen, agent, colleague):
        assert (await town.get(caller, f"/v1/attachments/{theirs}")).content == pdf()
        assert (await town.get(caller, f"/v1/attachments/{mine}")).status_code == 200
    assert (await town.get(town.service.citizen(), f"/v1/attachments/{theirs}")).status_code == 404
    assert await told(town) == ["request-submitted", "request-supplemented", "request-replied"]


async def test_what_agents_join_to_a_note_is_for_agents_and_erased_with_the_person(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    note = await upload(town, agent, odt(), request)
    await send(
        town,
        agent,
        f"/v1/requests/{request['id']}/messages",
        {"visibility": "internal", "text": "Voir le rapport.", "attachments": [note]},
    )
    assert (await town.get(citizen, f"/v1/attachments/{note}")).status_code == 404
    assert (await town.get(citizen, f"/v1/requests/{request['id']}")).json()["attachments"] == []
    read = (await town.get(agent, f"/v1/requests/{request['id']}")).json()
    assert [a["id"] for a in read["attachments"]] == [note]
    owner = await town.service.runtime.database.pool.fetchval("SELECT owner::text FROM attachment")
    assert owner == citizen.subject


async def test_nobody_joins_what_is_not_theirs_nor_what_is_joined_already(town: Town) -> None:
    citizen, other, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    where = f"/v1/requests/{request['id']}/messages"
    body = {"visibility": "public", "text": "Voici."}
    joined = await upload(town, citizen, photo())
    assert (await send(town, citizen, where, body | {"attachments": [joined]})).status_code == 201
    for caller, id_ in (
        (citizen, joined),
        (citizen, await upload(town, other, photo())),
        (citizen, await upload(town, agent, photo(), request)),
        (agent, await upload(town, agent, photo())),
    ):
        answer = await send(town, caller, where, body | {"attachments": [id_]})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-attachment")
    assert (await send(town, other, where, body)).status_code == 404
    assert len(await messages(town, citizen, request)) == 1


async def test_an_agent_asks_for_documents_and_the_person_completes_the_file(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await studied(town, citizen, agent)
    asked = await ask(town, agent, request, '"2"', ["identity", "lease"])
    assert (asked.status_code, asked.json()["status"]["code"]) == (201, "waiting")
    assert (await messages(town, citizen, request))[0]["text"] == "Il manque des pièces."
    where = f"/v1/requests/{request['id']}"
    (open_,) = (await town.get(citizen, f"{where}/document-requests")).json()["items"]
    assert [document["label"] for document in open_["documents"]] == ["Identité", "Bail"]
    assert (open_["due_on"], open_["completed_at"]) == (str(day_of(datetime.now(UTC)) + timedelta(days=21)), None)

    first = {"documents": {"identity": [await upload(town, citizen, photo())]}}
    given = await send(town, citizen, f"{where}/documents", first)
    assert (given.status_code, given.json()["status"]["code"]) == (201, "waiting")
    assert (await town.get(citizen, f"{where}/document-requests")).json()["items"][0]["completed_at"] is None

    wrong = {"documents": {"lease": [await upload(town, citizen, photo())]}, "action": "complete"}
    refused = await send(town, citizen, f"{where}/documents", wrong)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "wrong-kind")
    strange = {"documents": {"other": [await upload(town, citizen, photo())]}}
    unknown = await send(town, citizen, f"{where}/documents", strange)
    assert unknown.json()["errors"][0]["pointer"] == "/documents/other"

    last = {"documents": {"lease": [await upload(town, citizen, pdf())]}, "action": "complete"}
    done = await send(town, citizen, f"{where}/documents", last)
    assert done.json()["status"]["code"] == "studied"
    assert sorted(a["document"] for a in done.json()["attachments"]) == ["identity", "lease"]
    assert (await town.get(agent, f"{where}/document-requests")).json()["items"][0]["completed_at"] is not None
    history = (await town.get(citizen, f"{where}/history")).json()["items"]
    assert [entry["action"]["code"] for entry in history] == [
        "submit", "study", "ask", "reply", "documents", "documents", "complete",
    ]  # fmt: skip


async def test_whether_the_legal_period_runs_on_meanwhile_is_for_the_workflow(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    legal = {
        "silence": "rejected", "months": 2, "action": "expire-legally", "paused_in": ["waiting"],
        "source": {"fr": "Article L231-4 du CRPA", "en": "Article L231-4 of the CRPA"},
    }  # fmt: skip
    workflow = DECISION | {
        "transitions": [
            *[t for t in DECISION["transitions"] if t["code"] != "grant"],
            {
                "code": "expire-legally", "name": {"fr": "Refus", "en": "Refusal"}, "roles": ["system"],
                "from": ["submitted", "studied", "waiting"], "to": "refused",
            },
            {
                "code": "grant", "name": {"fr": "Accord", "en": "Grant"}, "roles": ["agent"],
                "from": ["studied"], "to": "granted",
            },
            {
                "code": "remind", "name": {"fr": "Rappel", "en": "Reminder"}, "roles": ["agent"],
                "from": ["submitted", "studied"], "to": "studied",
            },
        ],
    }  # fmt: skip
    await town.publish("paused", documents=PROOFS, workflow=workflow, legal=legal)
    request = (await town.submit(citizen, request_type="paused", answers={}, position=None)).json()
    where = f"/v1/requests/{request['id']}/document-requests"
    body = {"action": "remind", "documents": ["identity"], "days": 5, "text": "Sans attendre, il manque une pièce."}
    running = (await send(town, agent, where, body, **{"If-Match": '"1"'})).json()
    assert (running["legal"]["paused"], running["legal"]["ends_at"]) == (False, request["legal"]["ends_at"])
    stopped = (await ask(town, agent, request, f'"{running["version"]}"', ["lease"])).json()
    assert (stopped["legal"]["paused"], stopped["legal"]["ends_at"]) == (True, None)
    documents = {"lease": [await upload(town, citizen, pdf())]}
    given = await send(
        town, citizen, f"/v1/requests/{request['id']}/documents", {"documents": documents, "action": "complete"}
    )
    assert given.json()["legal"]["paused"] is False


async def test_only_agents_ask_and_only_for_documents_of_the_type(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = await studied(town, citizen, agent)
    assert (await ask(town, citizen, request, '"2"', ["identity"])).status_code == 403
    answer = await ask(town, agent, request, '"2"', ["horoscope"])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-documents")
    assert (await town.get(agent, f"/v1/requests/{request['id']}")).json()["status"]["code"] == "studied"
    assert (await ask(town, agent, request, '"1"', ["identity"])).status_code == 412


async def ended(town: Town, citizen: Caller, agent: Caller, **submitted: Any) -> dict[str, Any]:
    request: dict[str, Any] = (await town.submit(citizen, **submitted)).json()
    await town.act(agent, request, "take", '"1"')
    answer: dict[str, Any] = (await town.act(agent, request, "resolve", '"2"')).json()
    return answer


async def test_the_author_says_once_how_they_were_served(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    where, opinion = f"/v1/requests/{request['id']}/satisfaction", {"score": 2, "comment": "Trop long."}
    early = await send(town, citizen, where, opinion)
    assert (early.status_code, early.json()["code"]) == (409, "transition-not-allowed")
    await town.act(agent, request, "take", '"1"')
    await town.act(agent, request, "resolve", '"2"')
    assert (await town.get(agent, where)).status_code == 404
    assert (await send(town, agent, where, opinion)).status_code == 403
    assert (await send(town, citizen, where, opinion)).status_code == 201
    again = await send(town, citizen, where, {"score": 5})
    assert (again.status_code, again.json()["code"]) == (409, "already-rated")
    assert (await town.get(agent, where)).json()["comment"] == "Trop long."
    assert (await town.get(town.service.citizen(), where)).status_code == 404
    assert b"long" not in await town.service.runtime.database.pool.fetchval("SELECT comment FROM satisfaction")


async def test_a_request_that_is_not_over_is_opened_again_within_its_window(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    await town.publish("lamp", workflow=_report(), reopening={"days": 30, "to": "taken"})
    request = await ended(town, citizen, agent, request_type="lamp", answers={}, position=None)
    where, body = f"/v1/requests/{request['id']}/reopening", {"reason": "Le lampadaire ne marche toujours pas."}
    assert (await send(town, citizen, where, body, **{"If-Match": '"1"'})).status_code == 412
    assert (await send(town, town.service.citizen(), where, body, **{"If-Match": '"3"'})).status_code == 404
    opened = await send(town, citizen, where, body, **{"If-Match": '"3"'})
    assert (opened.status_code, opened.json()["status"]["code"]) == (201, "taken")
    assert (await messages(town, agent, request))[0]["by"] == "author"
    assert (await told(town))[-2:] == ["request-status-changed", "request-supplemented"]
    twice = await send(town, citizen, where, body, **{"If-Match": opened.headers["etag"]})
    assert (twice.status_code, twice.json()["code"]) == (409, "transition-not-allowed")


async def test_after_its_window_or_without_one_an_end_is_an_end(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    body = {"reason": "Ce n'est pas fini."}
    await town.publish("lamp", workflow=_report(), reopening={"days": 30, "to": "taken"})
    late = await ended(town, citizen, agent, request_type="lamp", answers={}, position=None)
    await town.service.runtime.database.pool.execute("UPDATE history_entry SET at = at - interval '31 days'")
    await town.publish("post", workflow=_report())
    never = await ended(town, citizen, agent, request_type="post", answers={}, position=None)
    for request in (late, never):
        answer = await send(town, citizen, f"/v1/requests/{request['id']}/reopening", body, **{"If-Match": '"3"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "reopening-not-allowed")


@pytest.mark.parametrize("to", ["nowhere", "resolved"])
async def test_a_type_that_would_reopen_into_no_open_state_is_not_published(town: Town, to: str) -> None:
    administrator = town.administrator()
    draft = (
        await town.draft(administrator, f"reopened-{to}", workflow=_report(), reopening={"days": 30, "to": to})
    ).json()
    assert [fault["pointer"] for fault in draft["faults"]] == ["/definition/reopening/to"]


def _report() -> dict[str, Any]:
    return shipped_workflows()["report"].model_dump(mode="json", by_alias=True)
