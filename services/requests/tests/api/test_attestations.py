# SPDX-License-Identifier: EUPL-1.2
"""The attestation of a grant by silence names the person and what it is about; as data and as a PDF."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from certifiers import Certified
from pypdf import PdfReader
from workflows import state, transition

from parvis_requests.outgoing import attestation_pdf
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

NOT_READERS = "requests.requests.read requests.requests.write"
WORKFLOW: dict[str, Any] = {
    "initial": "submitted",
    "states": [state("submitted"), state("granted", final=True)],
    "transitions": [transition("grant", ["submitted"], "granted", "system")],
}
LEGAL: dict[str, Any] = {
    "silence": "accepted",
    "months": 2,
    "action": "grant",
    "source": {"fr": "Article *R423-23* du code", "en": "Article *R423-23* of the code"},
}


async def new_type(certified: Certified) -> str:
    code = f"granted-{uuid4().hex[:8]}"
    name = {"fr": "Autorisation de #décor", "en": "Leave to decorate"}
    channels = ["online", "letter"]
    audience = {"anonymous": True}
    await certified.town.publish(code, name=name, workflow=WORKFLOW, legal=LEGAL, channels=channels, audience=audience)
    return code


async def granted(certified: Certified, request: dict[str, Any]) -> str:
    runtime, late = certified.town.service.runtime, datetime.now(UTC) + timedelta(days=70)
    await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, late)
    return f"/v1/requests/{request['id']}/attestation"


async def filed(certified: Certified, citizen: Caller) -> dict[str, Any]:
    answer = await certified.town.submit(citizen, request_type=await new_type(certified), answers={})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def looks(certified: Certified) -> list[dict[str, Any]]:
    seen = "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.data-accessed.v1' ORDER BY id"
    return [json.loads(row["data"]) for row in await certified.pool.fetch(seen)]


def words(pdf: bytes) -> str:
    """What a reader of the PDF sees, in one line."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_it_says_of_whom_about_what_since_when_and_by_which_text(certified: Certified) -> None:
    citizen = certified.account(certified.town.service.citizen())
    request = await filed(certified, citizen)
    path = await granted(certified, request)
    shown = (await certified.town.get(citizen, path)).json()
    assert (shown["person"], shown["request_type"]["label"]) == ("Amélie DURAND", "Autorisation de #décor")
    assert f"{request['reference']} (Autorisation de #décor) présentée par Amélie DURAND" in shown["statement"]
    english = (await certified.town.get(citizen, path, **{"Accept-Language": "en"})).json()
    assert "(Leave to decorate) made by Amélie DURAND, received on" in english["statement"]
    printed = await certified.town.get(citizen, f"{path}/document")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.headers["content-disposition"] == f'attachment; filename="attestation-{request["reference"]}.pdf"'
    assert printed.headers["cache-control"] == "no-store"
    told = words(printed.content)
    for part in ("Amélie DURAND", "Autorisation de #décor", "Article *R423-23* du code", request["reference"]):
        assert part in told, part
    catalog: Any = PdfReader(io.BytesIO(printed.content)).trailer["/Root"]
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("fr", True)
    in_english = await certified.town.get(citizen, f"{path}/document", **{"Accept-Language": "en"})
    assert "Attestation of an implicit grant" in words(in_english.content)
    assert await looks(certified) == [], "one looks at what is one's own"


async def test_an_agent_who_may_know_who_filed_gets_it_and_the_look_is_recorded(certified: Certified) -> None:
    service = certified.town.service
    citizen, agent = certified.account(service.citizen()), service.agent()
    path = await granted(certified, await filed(certified, citizen))
    assert (await certified.town.get(agent, path)).json()["person"] == "Amélie DURAND"
    assert (await certified.town.get(agent, f"{path}/document")).status_code == 200
    assert [(look["person"], look["agent"]) for look in await looks(certified)] == [
        (citizen.subject, agent.subject)
    ] * 2
    other = service.agent(scope=NOT_READERS)
    unnamed = (await certified.town.get(other, path)).json()
    assert (unnamed["person"], "présentée par" in unnamed["statement"]) == (None, False)
    assert (await certified.town.get(other, f"{path}/document")).status_code == 403
    assert len(await looks(certified)) == 2


async def test_nobody_else_gets_it_and_nothing_is_attested_before_silence_decides(certified: Certified) -> None:
    service = certified.town.service
    citizen = certified.account(service.citizen())
    request = await filed(certified, citizen)
    document = f"/v1/requests/{request['id']}/attestation/document"
    early = await certified.town.get(citizen, document)
    assert (early.status_code, early.json()["code"]) == (409, "no-implicit-decision")
    await granted(certified, request)
    for stranger in (service.citizen(), service.agent("lutece")):
        assert (await certified.town.get(stranger, document)).status_code == 404
    assert certified.asked.read == []


async def test_while_identity_is_silent_nothing_is_printed(certified: Certified) -> None:
    citizen = certified.account(certified.town.service.citizen())
    path = await granted(certified, await filed(certified, citizen))
    certified.asked.identity_down = True
    assert (await certified.town.get(citizen, path)).json()["person"] is None
    refused = await certified.town.get(citizen, f"{path}/document")
    assert (refused.status_code, "retry-after" in refused.headers) == (503, True)


async def test_who_has_no_account_is_named_as_their_contact_says(certified: Certified) -> None:
    town, agent = certified.town, certified.town.service.agent()
    body: dict[str, Any] = {"request_type": await new_type(certified), "description": "Un décor", "channel": "letter"}
    body |= {"contact": {"first_name": "Rose", "last_name": "BLANC"}}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    request = (await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)).json()
    path = await granted(certified, request)
    assert (await town.get(agent, path)).json()["person"] == "Rose BLANC"
    assert "Rose BLANC" in words((await town.get(agent, f"{path}/document")).content)
    assert certified.asked.read == [], "identity does not know them"


async def test_by_the_tracking_token_it_is_printed_too(certified: Certified) -> None:
    town = certified.town
    body = {"request_type": await new_type(certified), "description": "Un décor"}
    headers = {"Idempotency-Key": str(uuid4())}
    filed_ = await town.client.post("/v1/collectivities/paris/requests", json=body, headers=headers)
    assert filed_.status_code == 201, filed_.text
    await granted(certified, filed_.json())
    token = {"Tracking-Token": filed_.json()["tracking_token"]}
    printed = await town.client.get("/v1/tracked-request/attestation/document", headers=token)
    assert printed.status_code == 200, printed.text
    assert filed_.json()["reference"] in words(printed.content)
    assert "présentée par" not in words(printed.content), "they left no name"


async def test_where_the_program_cannot_be_confined_nothing_is_printed(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = certified.account(certified.town.service.citizen())
    path = await granted(certified, await filed(certified, citizen))
    monkeypatch.setattr(attestation_pdf, "_PROGRAM", ("-c", "import sys; sys.exit(3)"))
    assert (await certified.town.get(citizen, f"{path}/document")).status_code == 503


async def test_a_name_whose_signs_no_font_has_is_printed_with_others_in_their_place() -> None:
    facts = [{"name": "Demandeur", "value": "Zoé 李 ЖУК \x07😀\U0001f468\u200d\U0001f469\ufe0f\ue000"}]
    pdf = await attestation_pdf.attestation_pdf(
        attestation_pdf.AttestationWords(
            ["Ville"], "R-1\x01", "le 1er mai", "Titre 李", "Reçue\nde 李.", facts, "Délivrée.", "fr"
        )
    )
    told = words(pdf)
    assert "Zoé \ufffd ЖУК \ufffd\ufffd\ufffd" in told
    assert "Reçue" in told
    assert "Délivrée." in told
