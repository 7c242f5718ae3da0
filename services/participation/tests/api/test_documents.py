# SPDX-License-Identifier: EUPL-1.2
"""Documents of processes and assemblies: known by their content, in versions, gone with what they said."""

import io
import itertools
import json
import zipfile
from hashlib import sha256
from typing import Any

import httpx
import pytest
from assembly_town import assembly_body
from assembly_town import post as post_plainly
from participation_town import Town
from PIL import Image
from process_town import phase, post, process_body, published

from parvis_participation.domain import document
from parvis_participation.service import documents as use_case
from parvis_participation.service.seals import canonical
from parvis_testing import Caller

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TOLD = {"title": "Plan du square", "language": "fr", "alternative": "Décrit en texte à la page du square."}
_keys = itertools.count()


def ods() -> bytes:
    """An office document that is not among those that are kept."""
    return _archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


def odt() -> bytes:
    return _archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})


def _archive(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # the same bytes at every time
    return buffer.getvalue()


def jpeg() -> bytes:
    """With what a camera writes."""
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Appareil de Camille"
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


async def send(
    town: Town,
    agent: Caller,
    path: str,
    content: bytes = PDF,
    told: dict[str, str] | None = None,
    more: dict[str, str] | None = None,
) -> httpx.Response:
    own = {"Idempotency-Key": f"document-{next(_keys)}", "Content-Type": "application/octet-stream"}
    headers = agent.headers | own | (more or {})
    return await town.client.post(path, content=content, params=TOLD | (told or {}), headers=headers)


async def listed(town: Town, path: str) -> list[dict[str, Any]]:
    answer = await town.client.get(f"/v1/collectivities/paris{path}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_document_of_a_draft_is_public_with_its_process_and_its_versions_stay(town: Town) -> None:
    agent = town.service.agent()
    process = (await post(town, agent, "", process_body(phase("listen", 1)))).json()
    path = f"/processes/{process['id']}/documents"
    made = await send(town, agent, f"/v1{path}")
    assert made.status_code == 201, made.text
    own = await town.client.get(f"/v1{path}", headers=agent.headers)
    assert own.json()["items"] == [made.json()]
    first = made.json()["versions"][0]
    assert (await town.client.get(f"/v1/collectivities/paris{path}")).status_code == 404
    assert (await town.client.get(first["path"])).status_code == 404
    bytes_ = f"/v1{path}/{made.json()['id']}/versions/1"
    read = await town.client.get(bytes_, headers=agent.headers)
    assert (read.status_code, read.content, read.headers["cache-control"]) == (200, PDF, "no-store")
    assert read.headers["content-disposition"] == "attachment"
    assert (await town.client.get(bytes_, headers=town.service.agent("lutece").headers)).status_code == 404
    assert (await town.client.get(bytes_, headers=town.service.citizen().headers)).status_code == 403
    move = f"/{process['id']}/transitions"
    done = await post(town, agent, move, {"action": "publish"}, **{"If-Match": f'"{process["version"]}"'})
    assert done.status_code == 201
    versions = f"/v1{path}/{made.json()['id']}/versions"
    stale = await send(town, agent, versions, odt(), more={"If-Match": '"9"'})
    assert stale.status_code == 412
    newer = await send(town, agent, versions, odt(), told={"title": "Plan, revu"}, more={"If-Match": '"1"'})
    assert (newer.status_code, newer.headers["etag"]) == (201, '"2"')
    (found,) = await listed(town, path)
    assert (found["title"], found["language"], found["alternative"]) == ("Plan, revu", "fr", TOLD["alternative"])
    kinds = [each["media_type"] for each in found["versions"]]
    assert kinds == ["application/pdf", "application/vnd.oasis.opendocument.text"]
    for each, content in zip(found["versions"], (PDF, odt()), strict=True):
        read = await town.client.get(each["path"])
        assert (read.status_code, read.content) == (200, content)
        assert (each["sha256"], each["size"]) == (sha256(content).hexdigest(), len(content))
        safe = {"x-content-type-options": "nosniff", "content-disposition": "attachment"}
        assert safe.items() <= read.headers.items()
        assert read.headers["content-security-policy"] == "default-src 'none'; sandbox"
        again = await town.client.get(each["path"], headers={"If-None-Match": read.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("visible_to", "people"), [("everybody", 200), ("accounts", 200), ("agents", 404)])
async def test_documents_are_read_by_those_who_see_their_process(town: Town, visible_to: str, people: int) -> None:
    process, ada = await published(town, visible_to=visible_to), town.service.citizen()
    path = f"/processes/{process['id']}/documents"
    made = (await send(town, town.service.agent(), f"/v1{path}")).json()
    visible = f"/v1/visible-processes/{process['id']}/documents"
    listed_, read = [
        await town.client.get(each, headers=ada.headers) for each in (visible, f"{visible}/{made['id']}/versions/1")
    ]
    assert (listed_.status_code, read.status_code) == (people, people)
    if people == 200:
        assert (listed_.json()["items"], read.content) == ([made], PDF)
    own = await town.client.get(f"/v1{path}/{made['id']}/versions/1", headers=town.service.agent().headers)
    assert own.content == PDF
    strangers = await town.client.get(made["versions"][0]["path"])
    assert strangers.status_code == (200 if visible_to == "everybody" else 404)
    neighbour = town.service.citizen("lutece")
    assert (await town.client.get(visible, headers=neighbour.headers)).status_code == 404


async def test_a_withdrawn_document_leaves_its_digests_and_an_act_and_no_words(town: Town) -> None:
    agent, process = town.service.agent(), await published(town)
    path = f"/processes/{process['id']}/documents"
    made = (await send(town, agent, f"/v1{path}")).json()
    one = f"/v1{path}/{made['id']}"
    assert (await town.client.delete(one, headers=agent.headers | {"If-Match": '"7"'})).status_code == 412
    gone = await town.client.delete(one, headers=agent.headers | {"If-Match": '"1"'})
    assert gone.status_code == 204
    assert await listed(town, path) == []
    assert (await town.client.get(made["versions"][0]["path"])).status_code == 404
    assert (await town.client.delete(one, headers=agent.headers | {"If-Match": '"2"'})).status_code == 404
    pool = town.service.runtime.database.pool
    (row,) = await pool.fetch("SELECT title, alternative, withdrawn_at IS NOT NULL AS gone FROM document")
    assert (row["title"], row["alternative"], row["gone"]) == (None, None, True)
    (version,) = await pool.fetch("SELECT content, digest FROM document_version")
    assert (version["content"], version["digest"]) == (None, sha256(PDF).digest())
    acts = (await town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    assert '"withdrawProcessDocument"' in acts[-1]
    assert made["id"] in acts[-1]
    sent = json.loads(acts[-2])
    assert (sent["act"], sent["of"]) == ("sendProcessDocument", {"process_id": process["id"], "id": made["id"]})
    assert sent["details"] == {"sha256": sha256(PDF).hexdigest(), "words_sha256": sha256(canonical(TOLD)).hexdigest()}


async def test_what_it_is_decides_its_content_and_an_image_loses_what_its_camera_wrote(town: Town) -> None:
    agent = town.service.agent()
    made = (await post_plainly(town, agent, "/v1/assemblies", assembly_body())).json()
    path = f"/v1/assemblies/{made['id']}/documents"
    for content in (b"<html><script>alert(1)</script></html>", b"MZ\x90\x00", b"", ods()):
        assert (await send(town, agent, path, content)).status_code == 415
    sent = await send(town, agent, path, jpeg(), more={"Content-Type": "text/html"})
    assert sent.status_code == 201, sent.text
    assert sent.json()["versions"][0]["media_type"] == "image/jpeg"
    kept = await town.service.runtime.database.pool.fetchval("SELECT content FROM document_version")
    assert b"Appareil de Camille" not in kept
    acts = (await town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    assert json.loads(acts[-1])["details"]["sha256"] == sha256(kept).hexdigest(), "as everybody gets it"
    for told in ({"title": ""}, {"language": "French!"}, {"title": "a\x00b"}):
        assert (await send(town, agent, path, told=told)).status_code == 422
    assert (await send(town, town.service.citizen(), path)).status_code == 403
    assert (await send(town, town.service.agent("lutece"), path)).status_code == 404


async def test_there_is_room_for_so_many_and_the_same_key_publishes_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, process = town.service.agent(), await published(town)
    path = f"/v1/processes/{process['id']}/documents"
    monkeypatch.setattr(use_case, "MOST", 2)
    first = [await send(town, agent, path, more={"Idempotency-Key": "one"}) for _ in range(2)]
    assert first[0].json() == first[1].json()
    other = await send(town, agent, path, PDF, {"title": "Autre"}, {"Idempotency-Key": "one"})
    assert other.status_code == 422
    assert (await send(town, agent, path)).status_code == 201
    full = await send(town, agent, path)
    assert (full.status_code, full.json()["code"]) == (409, "too-many-documents")
    monkeypatch.setattr(use_case, "MOST_BYTES", 2 * len(PDF))
    versions = f"{path}/{first[0].json()['id']}/versions"
    assert (await send(town, agent, versions, PDF, more={"If-Match": '"1"'})).status_code == 409
    assert document.MOST_BYTES > document.MAX_BYTES
