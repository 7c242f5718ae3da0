# SPDX-License-Identifier: EUPL-1.2
import asyncio
from typing import Any

import pytest
from requests_town import Town, photo, type_definition
from team_calls import team_of
from workflows import DECISION, state

from parvis_requests.api.views import ACTIONS
from parvis_requests.domain.workflow_faults import RESERVED

SCHEMA: dict[str, Any] = type_definition()["form"]["schema"]
LEGAL = {"silence": "accepted", "months": 2, "action": "expire", "source": {"fr": "Article 1", "en": "Article 1"}}
COLOURED = {
    "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}, "why": {"type": "string"}},
    "required": ["colour", "why"],
}


def renamed(code: str) -> dict[str, Any]:
    workflow = type_definition()["workflow"]
    first, *others = workflow["transitions"]
    return {**workflow, "transitions": [{**first, "code": code}, *others]}


def form(**changes: Any) -> dict[str, Any]:
    return {"schema": {**SCHEMA, **changes}}


async def test_a_draft_is_seen_by_nobody_until_it_is_published(town: Town) -> None:
    administrator = town.administrator()
    started = await town.draft(administrator, "new-type")
    assert (started.status_code, started.json()["state"], started.json()["version"]) == (201, "draft", 1)
    assert started.headers["etag"] == '"1"'
    assert await town.offered("new-type") is None
    assert (await town.submit(town.service.citizen(), request_type="new-type")).json()["code"] == "unknown-request-type"
    listed = (await town.get(administrator, "/v1/request-type-drafts")).json()["items"]
    assert "new-type" in [draft["code"] for draft in listed]
    published = await town.offer(administrator, started.json()["id"])
    assert (published.status_code, published.json()["state"]) == (201, "published")
    assert (await town.get(administrator, started.headers["location"])).status_code == 404
    shown = await town.offered("new-type")
    assert shown is not None
    assert (shown["version"], shown["group"], shown["public"]) == (1, {"code": "tests", "label": "Essais"}, False)
    answer = await town.submit(town.service.citizen(), request_type="new-type", answers={"size": 3})
    assert answer.status_code == 201


async def test_a_running_request_keeps_the_version_that_it_was_filed_with(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    await town.publish("lasting-type")
    request = (await town.submit(citizen, request_type="lasting-type", answers={"size": 1})).json()
    other = {
        **DECISION,
        "initial": "arrived",
        "states": [state("arrived"), state("left", final=True)],
        "transitions": [{"code": "leave", "name": {"fr": "Partir", "en": "Leave"}, "from": ["arrived"], "to": "left",
                         "roles": ["agent"]}],
        "timers": [],
    }  # fmt: skip
    second = await town.publish("lasting-type", workflow=other, form=form(required=["colour"]))
    assert second["version"] == 2
    later = await town.submit(citizen, request_type="lasting-type", answers={"colour": "red"})
    assert later.json()["status"]["code"] == "arrived"
    refused = await town.submit(citizen, request_type="lasting-type", answers={"size": 1})
    assert refused.json()["code"] == "invalid-answers"
    assert (await town.act(agent, request, "study", '"1"')).json()["status"]["code"] == "studied"
    assert (await town.act(agent, later.json(), "leave", '"1"')).json()["status"]["label"] == "left"
    history = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [entry["status"]["label"] for entry in history] == ["submitted", "studied"]


async def test_drafts_are_changed_by_who_saw_the_last_revision_and_thrown_away(town: Town) -> None:
    administrator = town.administrator()
    draft = (await town.draft(administrator, "changing-type")).json()
    again = await town.draft(administrator, "changing-type")
    assert (again.status_code, again.json()["code"]) == (409, "draft-exists")
    changed = await town.change(administrator, draft["id"], '"1"', keywords=["essai"])
    assert (changed.headers["etag"], changed.json()["definition"]["keywords"]) == ('"2"', ["essai"])
    assert (await town.change(administrator, draft["id"], '"1"')).status_code == 412
    assert (await town.offer(administrator, draft["id"], '"1"')).status_code == 412
    path = f"/v1/request-type-drafts/{draft['id']}"
    assert (await town.client.delete(path, headers=administrator.headers)).status_code == 428
    gone = await town.client.delete(path, headers=administrator.headers | {"If-Match": '"2"'})
    assert gone.status_code == 204
    row = await town.service.runtime.database.pool.fetchval(
        "SELECT count(*) FROM request_type WHERE code = 'changing-type'"
    )
    assert row == 0


async def test_two_administrators_who_begin_at_once_make_one_draft(town: Town) -> None:
    answers = await asyncio.gather(*(town.draft(town.administrator(), "raced-type") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_type_is_retired_and_its_requests_go_on(town: Town) -> None:
    citizen, administrator = town.service.citizen(), town.administrator()
    await town.publish("passing-type")
    request = (await town.submit(citizen, request_type="passing-type", answers={})).json()
    path = "/v1/request-types/passing-type"
    stale = await town.client.delete(path, headers=administrator.headers | {"If-Match": '"2"'})
    assert stale.status_code == 412
    done = await town.client.delete(path, headers=administrator.headers | {"If-Match": '"1"'})
    assert done.status_code == 204
    assert await town.offered("passing-type") is None
    assert (await town.act(town.service.agent(), request, "study", '"1"')).status_code == 201
    assert (await town.client.delete(path, headers=administrator.headers | {"If-Match": '"1"'})).status_code == 404
    again = await town.publish("passing-type")
    assert (again["version"], (await town.offered("passing-type") or {})["version"]) == (2, 2)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"form": form(type="array")}, ("/definition/form/schema/type", "schema-not-object")),
        ({"form": form(additionalProperties=True)}, ("/definition/form/schema/additionalProperties", "schema-open")),
        ({"form": form(properties={"a": {"type": "strnig"}})}, ("/definition/form/schema", "schema-invalid")),
        (
            {"form": form(properties={"a": {"$ref": "http://10.0.0.1/x"}})},
            ("/definition/form/schema/properties/a/$ref", "reference-outside"),
        ),
        ({"form": form(**{"$schema": "http://json-schema.org/draft-07/schema#"})},
         ("/definition/form/schema/$schema", "other-dialect")),
        ({"form": form() | {"hints": {"shape": {}}}}, ("/definition/form/hints/shape", "unknown-question")),
        (
            {"form": form() | {"hints": {"size": {"when": {"question": "shape", "one_of": [1]}}}}},
            ("/definition/form/hints/size/when/question", "unknown-question"),
        ),
        (
            {"form": form() | {"steps": [{"title": {"fr": "a", "en": "a"}, "questions": ["size", "shape"]}]}},
            ("/definition/form/steps/0/questions/1", "unknown-question"),
        ),
        (
            {"documents": [{"code": "x", "name": {"fr": "a", "en": "a"}}] * 2},
            ("/definition/documents/1/code", "repeated-code"),
        ),
        (
            {"legal": LEGAL | {"paused_in": ["waiting", "granted"]}},
            ("/definition/legal/paused_in/1", "unknown-state"),
        ),
        (
            {"legal": LEGAL | {"paused_in": ["submitted"]}},
            ("/definition/legal/paused_in/0", "initial-state-paused"),
        ),
        (
            {"archiving": {"final_action": "destroy"}, "retention_months": None},
            ("/definition/archiving/final_action", "destroyed-without-retention"),
        ),
        ({"legal": LEGAL}, ("/definition/workflow/timers/0/action", "action-of-silence")),
        ({"legal": LEGAL | {"action": "vanish"}}, ("/definition/legal/action", "unknown-action")),
        ({"legal": LEGAL | {"action": "grant"}}, ("/definition/legal/action", "action-not-for-system")),
        ({"legal": LEGAL | {"action": "expire"}}, ("/definition/legal/action", "action-not-in-state")),
        *(
            ({"workflow": renamed(code)}, ("/definition/workflow/transitions/0/code", "reserved-code"))
            for code in sorted(RESERVED)
        ),
        ({"workflow": DECISION}, ("/definition/workflow/transitions/3/guards/0/field", "unknown-field")),
        (
            {"workflow": type_definition()["workflow"] | {"initial": "nowhere"}},
            ("/definition/workflow/initial", "unknown-state"),
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_published_says_why_and_where(
    town: Town, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    administrator = town.administrator()
    draft = (await town.draft(administrator, "faulty-type", **changes)).json()
    assert fault in [(told["pointer"], told["code"]) for told in draft["faults"]]
    answer = await town.offer(administrator, draft["id"])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-definition")
    assert fault in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert await town.offered("faulty-type") is None
    await town.client.delete(
        f"/v1/request-type-drafts/{draft['id']}", headers=administrator.headers | {"If-Match": '"1"'}
    )


def test_no_act_of_a_workflow_may_be_taken_for_one_that_the_history_names_otherwise() -> None:
    assert ACTIONS.keys() == RESERVED


async def test_what_has_a_legal_period_is_offered_by_a_town_alone_whose_receipts_can_say_how_to_reach_it(
    town: Town,
) -> None:
    workflow = type_definition()["workflow"]
    silent = {"code": "lapse", "name": {"fr": "Silence", "en": "Silence"}, "to": "granted", "roles": ["system"]}
    legal = {"legal": LEGAL | {"action": "lapse"}, "workflow": {
        **workflow, "transitions": [*workflow["transitions"], silent | {"from": ["submitted", "studied", "waiting"]}],
    }}  # fmt: skip
    for collectivity, status in (("lutece", 422), ("paris", 201)):
        administrator = town.administrator(collectivity)
        draft = (await town.draft(administrator, "legal-type", **legal)).json()
        assert draft["faults"] == []
        answer = await town.offer(administrator, draft["id"])
        assert answer.status_code == status, answer.text
        if status == 422:
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("/definition/legal", "contact-missing")
            headers = administrator.headers | {"If-Match": '"1"'}
            await town.client.delete(f"/v1/request-type-drafts/{draft['id']}", headers=headers)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"form": form(examples=[{"na\x00me": 1}])}, "/definition/form/schema"),
        ({"form": form(title="A\x00")}, "/definition/form/schema"),
        ({"name": {"fr": "\x00", "en": "A"}}, "/definition/name/fr"),
        ({"form": {"schema": SCHEMA, "hints": {"why": {"when": {"question": "colour", "one_of": ["\x00"]}}}}}, None),
        ({"routing": [{"team": "voirie", "areas": ["\x00"]}]}, "/definition/routing/0/areas/0"),
    ],
)
async def test_a_character_that_the_database_cannot_keep_is_refused(
    town: Town, changes: dict[str, Any], pointer: str | None
) -> None:
    refused = await town.draft(town.administrator(), "null-type", **changes)
    assert refused.status_code == 422
    assert pointer in (None, refused.json()["errors"][0]["pointer"])


async def test_only_administrators_of_the_town_touch_its_catalogue(town: Town) -> None:
    draft = (await town.draft(town.administrator(), "own-type")).json()
    for caller, status in (
        (town.service.citizen(), 403),
        (town.service.agent(), 403),
        (town.service.citizen(roles=["administrator"]), 403),
        (town.administrator("lutece"), 404),
    ):
        assert (await town.get(caller, f"/v1/request-type-drafts/{draft['id']}")).status_code == status
        assert (await town.offer(caller, draft["id"])).status_code == status
        assert (await town.change(caller, draft["id"], '"1"')).status_code == status
    theirs = (await town.get(town.administrator("lutece"), "/v1/request-type-drafts")).json()["items"]
    assert theirs == []
    assert (await town.draft(town.service.agent(), "other-type")).status_code == 403
    await town.client.delete(
        f"/v1/request-type-drafts/{draft['id']}", headers=town.administrator().headers | {"If-Match": '"1"'}
    )


async def test_conditions_documents_level_and_promise_hold_at_submission(town: Town) -> None:
    blue, team = {"question": "colour", "one_of": ["blue"]}, await team_of(town)
    await town.publish(
        "strict-type",
        form={"schema": {**SCHEMA, **COLOURED}, "hints": {"why": {"when": blue}}},
        documents=[{"code": "identity", "name": {"fr": "Pièce d'identité", "en": "Identity"}, "when": blue}],
        audience={"level": "eidas2"},
        service_level={"days": 3, "working": True},
        routing=[{"team": team}],
    )
    citizen = town.service.citizen(acr="eidas2")
    weak = await town.submit(town.service.citizen(acr="eidas1"), request_type="strict-type", answers={"colour": "red"})
    assert (weak.status_code, weak.json()["code"]) == (403, "identity-level-too-low")
    blank = await town.submit(citizen, request_type="strict-type", answers={"colour": "blue"})
    assert blank.json()["code"] == "invalid-answers"
    bare = await town.submit(citizen, request_type="strict-type", answers={"colour": "blue", "why": "Parce que"})
    assert [(e["pointer"], e["code"]) for e in bare.json()["errors"]] == [("/documents/identity", "missing")]
    uploaded = (await town.upload(citizen, photo())).json()["id"]
    wrong = await town.submit(
        citizen, request_type="strict-type", answers={"colour": "red"}, documents={"identity": [uploaded]}
    )
    assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [("/documents/identity", "not-asked")]
    filed = await town.submit(
        citizen,
        request_type="strict-type",
        answers={"colour": "blue", "why": "Parce que"},
        documents={"identity": [uploaded]},
    )
    body = filed.json()
    assert (filed.status_code, body["team"], body["due_at"] is not None) == (201, team, True)
    assert [(a["id"], a["document"]) for a in body["attachments"]] == [(uploaded, "identity")]
    assert (await town.get(citizen, f"/v1/requests/{body['id']}")).json() == body


async def test_a_type_that_is_not_asked_for_online_is_refused(town: Town) -> None:
    await town.publish("counter-type", channels=["counter", "phone"])
    answer = await town.submit(town.service.citizen(), request_type="counter-type", answers={})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-for-caller")


async def test_a_guard_on_a_document_looks_at_what_was_joined(town: Town) -> None:
    guarded = type_definition()["workflow"]
    study = {**guarded["transitions"][0], "guards": [{"kind": "document", "document": "plan"}]}
    await town.publish(
        "guarded-type",
        documents=[{"code": "plan", "name": {"fr": "Plan", "en": "Plan"}, "required": False}],
        workflow={**guarded, "transitions": [study, *guarded["transitions"][1:]]},
    )
    citizen, agent = town.service.citizen(), town.service.agent()
    uploaded = (await town.upload(citizen, photo())).json()["id"]
    bare = (await town.submit(citizen, request_type="guarded-type", answers={})).json()
    full = (await town.submit(citizen, request_type="guarded-type", answers={}, documents={"plan": [uploaded]})).json()
    answer = await town.act(agent, bare, "study", '"1"')
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/document/plan", "document-missing")]
    assert (await town.act(agent, full, "study", '"1"')).status_code == 201
