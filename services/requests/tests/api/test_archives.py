# SPDX-License-Identifier: EUPL-1.2
"""A closed request goes to a records system as a ZIP with its slip; nothing internal, nothing in quarantine."""

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from requests_town import Town, photo
from seda_rules import SEDA, faults

from parvis_requests.domain.calendar import day_of
from parvis_requests.service import archive_request
from parvis_requests.service.workflow_definition import shipped_workflows
from parvis_testing import Caller


async def export(town: Town, agent: Caller, request: dict[str, Any], query: str = "") -> httpx.Response:
    return await town.get(agent, f"/v1/requests/{request['id']}/archive{query}")


async def close(town: Town, agent: Caller, request: dict[str, Any]) -> None:
    tag = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    taken = await town.act(agent, request, "take", tag)
    resolved = await town.act(agent, request, "resolve", taken.headers["etag"])
    assert resolved.status_code == 201, resolved.text


def unpacked(answer: httpx.Response) -> tuple[ET.Element, dict[str, bytes]]:
    """The slip and the contents of a package, whose headers alone tell sizes, as a reader of a stream wants them."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.testzip() is None
        assert not any(entry.flag_bits & 0x08 for entry in package.infolist())
        contents = {entry.filename: package.read(entry) for entry in package.infolist()}
    # The slip is of our own making: nothing in it is expanded.
    return ET.fromstring(contents.pop("manifest.xml")), contents  # noqa: S314


def texts(root: ET.Element, name: str) -> list[str | None]:
    return [element.text for element in root.iter(f"{SEDA}{name}")]


async def test_a_closed_request_is_packed_with_its_slip(town: Town, monkeypatch: Any) -> None:
    monkeypatch.setattr(archive_request, "_PIECE", 2)
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    picture = (await town.upload(citizen, photo((300, 300)))).json()["id"]
    request = (await town.submit(citizen, attachments=[picture], description="Des cartons\u2028 & <b>là</b>")).json()
    for text in ("Un.", "Deux.", "Trois."):
        assert (await town.write(citizen, request, "public", text)).status_code == 201
    assert (await town.write(agent, request, "internal", "Déjà vu ici.")).status_code == 201
    await close(town, agent, request)
    answer = await export(town, agent, request)
    assert answer.headers["content-disposition"] == f'attachment; filename="{request["reference"]}.zip"'
    assert answer.headers["cache-control"] == "no-store"
    slip, contents = unpacked(answer)
    assert faults(slip) == []

    objects = {
        data.findtext(f"{SEDA}Uri"): (data.findtext(f"{SEDA}MessageDigest"), data.findtext(f"{SEDA}Size"))
        for data in slip.iter(f"{SEDA}BinaryDataObject")
    }
    assert objects == {
        path: (hashlib.sha512(content).hexdigest(), str(len(content))) for path, content in contents.items()
    }
    paths = ["001-demande.json", "002-echanges.json", "003-echanges.json", "004-piece.jpg"]
    assert list(contents) == [f"content/{path}" for path in paths]
    kept = (await town.get(agent, f"/v1/attachments/{picture}")).content
    assert contents["content/004-piece.jpg"] == kept

    record = json.loads(contents["content/001-demande.json"])
    assert record == record | {
        "author": citizen.subject,
        "reference": request["reference"],
        "description": request["description"],
        "answers": request["answers"],
    }
    assert record["status"]["code"] == "resolved"
    said = [json.loads(contents[f"content/{path}"]) for path in paths[1:3]]
    # Whoever resolves it says nothing of their own: three messages of the person's, in two pieces.
    assert [[message["text"] for message in piece] for piece in said] == [["Un.", "Deux."], ["Trois."]]
    assert "Déjà vu ici." not in b"".join(contents.values()).decode(errors="ignore")
    assert agent.subject.encode() not in contents["content/002-echanges.json"]

    public = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert texts(slip, "EventTypeCode") == [act["action"]["code"] for act in public]
    assert "note" not in texts(slip, "EventTypeCode")
    assert texts(slip, "FinalAction") == ["Keep"]
    assert texts(slip, "Rule") == ["P24M", "AR048"]
    assert texts(slip, "Identifier") == ["paris", "paris"]
    assert request["reference"] in texts(slip, "OriginatingSystemId")


async def test_the_slip_says_what_the_town_agreed_on_with_its_archives(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    archiving = {"final_action": "destroy", "access": "business"}
    workflow = shipped_workflows()["report"].model_dump(mode="json", by_alias=True)
    await town.publish("kept-lamp", workflow=workflow, retention_months=12, archiving=archiving)
    request = (await town.submit(citizen, request_type="kept-lamp", answers={})).json()
    await close(town, agent, request)
    query = "?archival_agreement=CONTRAT-7&archival_agency=FRAD075&originating_agency=DVD"
    slip, contents = unpacked(await export(town, agent, request, query))
    assert faults(slip) == []
    assert texts(slip, "ArchivalAgreement") == ["CONTRAT-7"]
    assert texts(slip, "Identifier") == ["FRAD075", "paris"]
    assert texts(slip, "OriginatingAgencyIdentifier") == ["DVD"]
    assert texts(slip, "Rule") == ["P12M", "AR039"]
    assert texts(slip, "FinalAction") == ["Destroy"]
    record = json.loads(contents["content/001-demande.json"])
    changed_on = day_of(datetime.fromisoformat(record["updated_at"]))
    assert [start.text for start in slip.findall(f".//{SEDA}AccessRule/{SEDA}StartDate")] == [changed_on.isoformat()]
    for spaces in ("CONTRAT%207", "", "%C3%A9", "A" * 101):
        refused = await export(town, agent, request, f"?archival_agreement={spaces}")
        assert refused.status_code == 422, spaces


async def test_each_export_is_told_to_the_person(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    request = (await town.submit(citizen)).json()
    await close(town, agent, request)
    seen = "SELECT count(*) FROM outbox WHERE type = 'fr.parvis.requests.data-accessed.v1'"
    before = await town.service.runtime.database.pool.fetchval(seen)
    slips = [unpacked(await export(town, agent, request))[0] for _ in range(2)]
    assert await town.service.runtime.database.pool.fetchval(seen) == before + 2
    first, second = (texts(slip, "MessageIdentifier") for slip in slips)
    assert first != second


async def test_what_goes_on_is_not_archived(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    request = (await town.submit(citizen)).json()
    answer = await export(town, agent, request)
    assert (answer.status_code, answer.json()["code"]) == (409, "request-not-ended")
    assert "close" in answer.json()["detail"]
    assert (
        await town.service.runtime.database.pool.fetchval(
            "SELECT count(*) FROM outbox WHERE type = 'fr.parvis.requests.data-accessed.v1'"
        )
        == 0
    )


async def test_nobody_else_exports_a_request(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    request = (await town.submit(citizen)).json()
    await close(town, agent, request)
    assert (await export(town, citizen, request)).status_code == 403
    assert (await export(town, town.service.agent("lutece", roles=["supervisor"]), request)).status_code == 404
    reading = town.service.agent(scope="requests.requests.read requests.requests.write")
    answer = await export(town, reading, request)
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient-scope")


async def test_what_an_antivirus_holds_back_stays_here(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent(roles=["supervisor"])
    good, bad = [(await town.upload(citizen, content)).json()["id"] for content in (photo((300, 300)), photo((200, 9)))]
    request = (await town.submit(citizen, attachments=[good, bad])).json()
    await close(town, agent, request)
    scanned = "UPDATE attachment SET scan = $2 WHERE id = $1"
    pool = town.service.runtime.database.pool
    await pool.execute(scanned, bad, "waiting")
    early = await export(town, agent, request)
    assert (early.status_code, early.json()["code"]) == (409, "file-not-checked-yet")
    await pool.execute(scanned, bad, "infected")
    slip, contents = unpacked(await export(town, agent, request))
    assert faults(slip) == []
    assert [path for path in contents if path.endswith("jpg")] == ["content/002-piece.jpg"]
    files = json.loads(contents["content/001-demande.json"])["attachments"]
    assert {file["id"]: file["scan"] for file in files} == {good: "unchecked", bad: "infected"}
