# SPDX-License-Identifier: EUPL-1.2
"""Nothing of one collectivity is reached with a token of another: each object is made, read by its owner, then asked
for through every operation that the contracts name, by the same person and by peers, with tokens of another town."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from account_calls import HOME, LOGO, behalf_in, organisation_in
from account_imports import ACCOUNTS, import_in
from account_merges import merge_in
from answered_mails import contact_in
from appointment_calls import APPOINTMENT_READS, appointments_in
from documents import read_document
from letter_calls import LETTER_READS, letter_path, letters_in
from news_calls import NEWS_READS, browser, browser_in, news_in
from other_town import CALLS, DRAFT, IF_MATCH, OWN, VIEW
from participation_calls import DOCUMENT_QUERIES, PARTICIPATION_READS, participation_in
from poll_body import poll_body, published
from request_calls import DESK_READS, contested, desk_in
from running_stack import RunningStack
from template_calls import TEMPLATE_READS, templates_in

from parvis_local.demo.cast import Actor, Stage
from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.consultation import consultation_body
from parvis_local.demo.steps.report import PHOTO, REPORT

CONTRACTS = Path(__file__).parents[2] / "contracts" / "openapi"
TODAY = datetime.now(UTC).date()
_DAYS = f"?from={TODAY - timedelta(days=2)}&until={TODAY}"
# What an operation asks for in its query.
ASKED = dict.fromkeys(("exportDeliveryRecords", "readDeliveryFigures"), _DAYS) | DOCUMENT_QUERIES
METHODS = {"get", "post", "put", "patch", "delete"}


def token_operations() -> dict[str, tuple[str, str]]:
    """Method and path of each operation that takes an access token, by its name."""
    found = {}
    for file in sorted(CONTRACTS.glob("*.yaml")):
        for path, item in read_document(file)["paths"].items():
            for method in METHODS & item.keys():
                if item[method]["x-parvis-class"] == "token":
                    found[item[method]["operationId"]] = (method.upper(), path)
    return found


@dataclass
class Town:
    citizen: Actor
    neighbour: Actor
    agent: Actor
    system: Actor
    administrator: Actor


@dataclass
class Made:
    """What Paris holds; ``ids`` stand for the parameters of the paths."""

    ids: dict[str, str]
    paris: Town
    lutece: Town


def made_in(stage: Stage) -> Made:
    amelie, bruno = stage.citizen("amelie"), stage.citizen("bruno")
    paris = Town(amelie, bruno, stage.agent("camille"), stage.system(), stage.agent("sophie"))
    # The same citizen, by the other town's front-end: what she did in one town is not seen from the other.
    lutece = Town(
        stage.citizen("amelie", "lutece-portal"),
        stage.citizen("bruno", "lutece-portal"),
        stage.agent("lucie", "lutece-backoffice"),
        stage.system("lutece-roadworks"),
        stage.agent("lucie", "lutece-backoffice"),
    )
    photo = expect(paris.citizen.upload(PHOTO.read_bytes()), 201).json()["id"]
    request = expect(paris.citizen.post("/v1/requests", REPORT | {"attachments": [photo]}), 201).json()
    expect(paris.agent.post(f"/v1/requests/{request['id']}/messages", {"visibility": "public", "text": "Oui."}), 201)
    hook = {"url": "http://127.0.0.1:9/", "event_types": ["fr.parvis.requests.request-resolved.v1"]}
    subscription = expect(paris.system.post("/v1/webhook-subscriptions", hook), 201).json()["id"]
    view = expect(paris.agent.post("/v1/saved-views", VIEW), 201).json()["id"]
    # Of a version that never was: refused, so that the request stays as it is.
    many = {"action": "take", "requests": [{"id": request["id"], "version": 99}]}
    operation = expect(paris.agent.post("/v1/bulk-operations", many), 202).json()["id"]
    consultation = published(paris.agent, "/v1/consultations", consultation_body())
    draft = draft_in(paris.administrator)
    template = {"name": "Oui", "words": {"fr": "Oui.", "en": "Yes."}}
    begun = expect(paris.citizen.post("/v1/request-drafts", {"request_type": "cartons"}), 201).json()["id"]
    words = expect(paris.administrator.post("/v1/reply-templates", template), 201).json()["id"]
    poll = published(paris.administrator, "/v1/polls", poll_body())
    inbox = eventually(
        "a message",
        lambda: [m for m in _items(paris.citizen, "/v1/inbox-messages") if request["reference"] in m["subject"]],
    )
    ids = {
        "attachment_id": photo,
        "request_id": request["id"],
        "subscription_id": subscription,
        "consultation_id": consultation,
        "view_id": view,
        "operation_id": operation,
        "poll_id": poll,
        "message_id": inbox[0]["id"],
        "draft_id": draft,
        "address_id": expect(paris.citizen.post("/v1/me/addresses", HOME), 201).json()["id"],
        "link_id": expect(paris.citizen.get("/v1/me/identity-links"), 200).json()["items"][0]["id"],
        **appointments_in(paris.administrator, paris.citizen),
        **behalf_in(paris.citizen, paris.agent),
        **organisation_in(paris.citizen, paris.agent, stage),
        **merge_in(paris.agent, paris.administrator, stage.citizen("chloe")),
        "session_id": expect(paris.citizen.get("/v1/me/sessions"), 200).json()["items"][0]["id"],
        "agent_id": _items(paris.administrator, "/v1/agents")[0]["id"],
        "client_id": "demo-portal",
        "request_draft_id": begun,
        "template_id": words,
        "user_id": _items(paris.administrator, "/v1/agents")[0]["id"],
        "contact_id": contact_in(stage, paris.agent),
        "group_id": "0190a8d2-0000-7000-8000-000000000000",
        "code": "paris-only",
        **desk_in(paris.administrator, paris.agent, paris.citizen),
        "import_id": import_in(paris.administrator),
        **templates_in(paris.administrator),
        **news_in(paris.agent, paris.administrator, lutece.agent),
        **browser_in(paris.citizen),
        **letters_in(stage.bootstrap_servers, paris.administrator),
        **participation_in(paris.agent, paris.citizen, paris.neighbour, consultation),
    }
    return Made(ids, paris, lutece)


def draft_in(administrator: Actor) -> str:
    """A type that only Paris offers, and the draft of its next version."""
    body, path = DRAFT | {"code": "paris-only"}, "/v1/request-type-drafts"
    first = expect(administrator.post(path, body), 201).json()["id"]
    expect(administrator.post(f"{path}/{first}/publication", {}, **IF_MATCH), 201)
    made: str = expect(administrator.post(path, body), 201).json()["id"]
    return made


def _items(actor: Actor, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = expect(actor.get(f"{path}?limit=100"), 200).json()["items"]
    return items


@pytest.fixture(scope="module")
def made(stack: RunningStack) -> Iterator[Made]:
    with stack.stage() as stage:
        yield made_in(stage)


REFUSED = {403, 404}
# What these answer is no JSON.
TABLES = {"exportDeliveryRecords", "exportRegister", "exportWorkQueue"}


def test_every_operation_with_a_token_is_tried() -> None:
    assert set(CALLS) == set(token_operations())


@pytest.mark.parametrize("name", sorted(CALLS))
def test_another_town_reaches_nothing(made: Made, name: str) -> None:
    who, body, headers = CALLS[name]
    for kind in who.split():
        answer = _call(made, getattr(made.lutece, kind), name, body, headers)
        if name == "importAccounts":
            expect(answer, 202)
        elif name == "importBudgetArchive":  # of no object, and without its source
            expect(answer, 422)
        elif name in OWN:
            assert answer.status_code in {200, 201}, answer.text
            assert not [known for known in made.ids.values() if known in answer.text]
            assert name in TABLES or "paris" not in answer.json().get("collectivity", "")
        elif name in {"readOwnRegisterEntry", "leaveRegister"}:  # of oneself, whatever the order of these tests
            assert answer.status_code in {200, 204, 404}, answer.text
            assert not [known for known in made.ids.values() if known in answer.text]
        elif name == "confirmEmail":  # of one's own account, and nobody was sent this code
            assert answer.json()["code"] in {"wrong-code", "email-change-ended"}, answer.text
        elif name in {"askForPhoneCode", "confirmPhone"}:  # likewise, and the account has no number
            assert answer.json()["code"] in {"no-text-message", "phone-code-ended"}, answer.text
        elif name == "submitRequest":
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown-attachment")
        elif name == "startBulkOperation":
            path = expect(answer, 202).headers["location"]
            assert eventually("its end", partial(_refusals, made.lutece.agent, path)) == ["not-found"]
        else:
            assert answer.status_code in REFUSED, f"{kind}: {answer.status_code} {answer.text}"


# Who reads in their own town what was made there.
READS = [
    ("citizen", "/v1/attachments/{attachment_id}"),
    ("citizen", "/v1/requests/{request_id}"),
    ("agent", "/v1/requests/{request_id}"),
    ("agent", "/v1/requests/{request_id}/messages"),
    ("agent", "/v1/saved-views/{view_id}"),
    ("agent", "/v1/incoming-contacts/{contact_id}"),
    ("agent", "/v1/bulk-operations/{operation_id}"),
    ("citizen", "/v1/inbox"),
    ("citizen", "/v1/me/sessions"),
    ("citizen", "/v1/me/identity-links"),
    ("citizen", "/v1/me/mandates"),
    ("citizen", "/v1/me/children"),
    ("citizen", "/v1/me/addresses"),
    ("citizen", "/v1/me/organisations"),
    ("citizen", "/v1/organisations/{organisation_id}"),
    ("agent", "/v1/organisations/{organisation_id}/members"),
    ("administrator", "/v1/account-merges/{merge_id}"),
    ("citizen", "/v1/inbox-messages/{message_id}"),
    ("citizen", "/v1/inbox-messages/{message_id}/deliveries"),
    ("system", "/v1/webhook-subscriptions/{subscription_id}"),
    ("system", "/v1/webhook-subscriptions/{subscription_id}/deliveries"),
    ("agent", "/v1/consultations/{consultation_id}/results"),
    ("administrator", "/v1/request-type-drafts/{draft_id}"),
    ("administrator", "/v1/request-types/{code}/versions/1"),
    ("citizen", "/v1/request-drafts/{request_draft_id}"),
    ("administrator", "/v1/account-imports/{import_id}"),
    ("administrator", "/v1/agents/{agent_id}"),
    ("administrator", "/v1/clients/{client_id}"),
    *APPOINTMENT_READS,
    ("agent", "/v1/reply-templates"),
    *DESK_READS,
    *PARTICIPATION_READS,
    *LETTER_READS,
    *TEMPLATE_READS,
    *NEWS_READS,
]
# No operation reads these by their id: a code is shown once, an agent's visit is only ended; SCIM's groups are roles.
NOT_READ = {"mandate_code", "organisation_code", "assistance_id", "group_id", "entry_id", "mail_room_letter_id"} | {
    "text_stop_id"
}


@pytest.mark.parametrize(("kind", "path"), READS)
def test_their_owners_read_them(made: Made, kind: str, path: str) -> None:
    # Last in the file: what the other town tried has changed nothing of them.
    expect(getattr(made.paris, kind).get(path.format(**made.ids)), 200)


def test_each_object_is_read_by_somebody_of_its_town(made: Made) -> None:
    found = [
        path.format(**made.ids) + getattr(made.paris, kind).get(path.format(**made.ids)).text for kind, path in READS
    ]
    unread = {name for name, known in made.ids.items() if not any(known in text for text in found)}
    assert unread == NOT_READ


def test_what_another_town_tried_changed_nothing(made: Made) -> None:
    request = expect(made.paris.citizen.get(f"/v1/requests/{made.ids['request_id']}"), 200).json()
    assert request["status"]["code"] == "submitted"
    results = expect(made.paris.agent.get(f"/v1/consultations/{made.ids['consultation_id']}/results"), 200).json()
    assert (results["state"], results["total"]) == ("open", 0)
    chosen = expect(made.paris.citizen.get("/v1/notification-preferences"), 200)
    assert (chosen.headers["etag"], chosen.json()["topics"][0]["channels"]) == ('"0"', ["email"])


def _refusals(agent: Actor, path: str) -> list[str]:
    operation = expect(agent.get(path), 200).json()
    return [item["problem"] for item in operation["items"]] if operation["state"] == "finished" else []


def _call(made: Made, actor: Actor, name: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    method, path = token_operations()[name]
    path = contested(
        letter_path(path).replace("{number}", "1").replace("{recipient}", "1").replace("{thread}", "consultation")
    )
    if name == "uploadAttachment":
        return actor.upload(PHOTO.read_bytes())
    if name == "listNearbyRequests":
        # Where the request of Paris lies.
        longitude, latitude = REPORT["position"]["coordinates"]
        path += f"?longitude={longitude}&latitude={latitude}&radius=500"
    path += ASKED.get(name, "")
    if name in {"followInbox", "followEvents"}:
        with actor.stream(path, **headers) as answer:
            told = next(line for line in answer.iter_lines() if line.startswith(("data:", ":")))
            return httpx.Response(answer.status_code, json={"told": told})
    if name == "subscribeBrowser":
        body = browser(actor)
    content = b""
    own = {}
    if body is not None:
        text = json.dumps(body)
        for parameter, value in made.ids.items():
            text = text.replace(f"{{{parameter}}}", value)
        content = text.encode()
        own = {"Content-Type": "application/json", "Idempotency-Key": f"lutece-{name}"}
    if name == "importAccounts":
        content, own = ACCOUNTS, {"Content-Type": "text/csv", "Idempotency-Key": "lutece-accounts"}
    # In whatever order: another of these calls may just have changed it.
    if path in {"/v1/me", "/v1/collectivity", "/v1/collectivity/logo"} and method != "GET":
        own["If-Match"] = expect(actor.get(path.removesuffix("/logo")), 200).headers["etag"]
        content = LOGO if name == "putLogo" else content
    return actor.call(method, path.format(**{"collectivity": "lutece"} | made.ids), content, **(own | headers))
