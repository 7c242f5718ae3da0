# SPDX-License-Identifier: EUPL-1.2
import io
import random
from typing import Any

import pytest
from files import DOCX, ODT, archive, docx, odt, pdf
from PIL import Image
from requests_town import TOWN_HALL, Town, photo

from parvis_testing import Caller

PROOFS = [
    {"code": "identity", "name": {"fr": "Identité", "en": "Identity"}, "files": {"kinds": ["photo", "pdf"]}},
    {
        "code": "letter",
        "name": {"fr": "Courrier", "en": "Letter"},
        "required": False,
        "files": {"kinds": ["odt", "docx"], "max_files": 1, "max_mib": 1},
    },
]


async def sent(town: Town, citizen: Caller, *contents: bytes) -> list[str]:
    answers = [await town.upload(citizen, content, "application/octet-stream") for content in contents]
    assert [answer.status_code for answer in answers] == [201] * len(contents)
    return [answer.json()["id"] for answer in answers]


async def ask(town: Town, citizen: Caller, **changes: Any) -> Any:
    return await town.submit(citizen, request_type="with-proofs", answers={}, position=None, **changes)


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [(pdf(), "pdf", "application/pdf"), (odt(), "odt", ODT), (docx(), "docx", DOCX)],
)
async def test_a_document_is_recognised_by_its_content_and_comes_back_whole(
    town: Town, content: bytes, kind: str, media_type: str
) -> None:
    citizen = town.service.citizen()
    uploaded = await town.upload(citizen, content, "image/jpeg")
    body = uploaded.json()
    assert (body["kind"], body["media_type"], body["width"], body["thumbnail"]) == (kind, media_type, None, None)
    answer = await town.get(citizen, uploaded.headers["location"])
    assert (answer.content, answer.headers["content-type"]) == (content, media_type)
    assert answer.headers["content-disposition"] == "attachment"
    assert (await town.get(citizen, f"{uploaded.headers['location']}/thumbnail")).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"I am not a photo\n" * 10, 415, "unknown-file-kind"),
        (pdf()[:-8], 415, "unknown-file-kind"),
        (docx("application/vnd.ms-word.document.macroEnabled"), 415, "unknown-file-kind"),
        (archive(readme="An archive of something else"), 415, "unknown-file-kind"),
        (odt()[:60], 415, "unknown-file-kind"),
        (archive(mimetype=ODT, content_xml=bytes(201 * 1024 * 1024)), 422, "archive-too-large"),
        (archive(mimetype=ODT, **{f"m{n}": "" for n in range(2_001)}, content_xml=""), 422, "archive-too-large"),
    ],
    ids=["text", "half-pdf", "macros", "other-archive", "half-archive", "bomb", "many-members"],
)
async def test_what_is_no_such_file_is_refused_and_leaves_nothing(
    town: Town, content: bytes, status: int, code: str
) -> None:
    answer = await town.upload(town.service.citizen(), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await town.count("attachment") == await town.count("idempotency_record") == 0


async def test_a_request_has_several_files_of_several_kinds(town: Town) -> None:
    citizen = town.service.citizen()
    await town.publish("with-proofs", documents=PROOFS)
    front, back, letter, extra = await sent(town, citizen, photo(), pdf(), odt(), pdf(b"Plan"))
    documents = {"identity": [front, back], "letter": [letter]}
    filed = await ask(town, citizen, documents=documents, attachments=[extra])
    assert filed.status_code == 201
    read = (await town.get(town.service.agent(), filed.headers["location"])).json()
    assert {(a["id"], a["kind"], a["document"]) for a in read["attachments"]} == {
        (front, "photo", "identity"), (back, "pdf", "identity"), (letter, "odt", "letter"), (extra, "pdf", None),
    }  # fmt: skip


async def test_a_type_says_which_files_it_takes_how_many_and_how_large(town: Town) -> None:
    citizen = town.service.citizen()
    await town.publish("with-proofs", documents=PROOFS, files={"kinds": ["photo"], "max_files": 1})
    proof, other, large, first, second = await sent(
        town, citizen, pdf(), docx(), archive(mimetype=ODT, content_xml=_noise(1_100_000)), photo(), photo()
    )
    for documents, attachments, where, fault in (
        ({"identity": [other]}, [], "/documents/identity", "wrong-kind"),
        ({"identity": [proof], "letter": [large]}, [], "/documents/letter", "too-large"),
        ({"identity": [proof], "letter": [other, large]}, [], "/documents/letter", "too-many"),
        ({"identity": [proof]}, [first, second], "/attachments", "too-many"),
        ({"identity": [proof]}, [other], "/attachments", "wrong-kind"),
    ):
        answer = await ask(town, citizen, documents=documents, attachments=attachments)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-files")
        assert (where, fault) in {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert await town.count("request") == 0
    assert (await ask(town, citizen, documents={"identity": [proof]}, attachments=[first])).status_code == 201
    offered = await town.offered("with-proofs")
    assert offered
    assert offered["documents"][1]["files"] == {"kinds": ["odt", "docx"], "max_files": 1, "max_mib": 1}


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
async def test_where_a_photo_was_taken_is_proposed_once_and_kept_nowhere(town: Town, format_: str) -> None:
    citizen = town.service.citizen()
    uploaded = await town.upload(citizen, photo(place=(48.8566, 2.3522), format_=format_))
    proposed = uploaded.json()["position"]
    assert proposed["coordinates"] == pytest.approx(TOWN_HALL, abs=1e-4)
    answer = await town.get(citizen, uploaded.headers["location"])
    kept = Image.open(io.BytesIO(answer.content))
    assert (kept.format, dict(kept.getexif()), dict(kept.getexif().get_ifd(0x8825))) == (format_, {}, {})
    assert b"Camera of somebody" not in answer.content
    filed = await town.submit(citizen, attachments=[uploaded.json()["id"]], position=proposed)
    assert filed.status_code == 201
    assert "position" not in filed.json()["attachments"][0]


@pytest.mark.parametrize("place", [None, (120.0, 2.0), (48.0, 9_000.0)])
async def test_a_photo_without_a_usable_place_proposes_none(town: Town, place: tuple[float, float] | None) -> None:
    uploaded = await town.upload(town.service.citizen(), photo(place=place))
    assert (uploaded.status_code, uploaded.json()["position"]) == (201, None)


async def test_a_photo_has_a_small_picture_for_whoever_may_see_the_photo(town: Town) -> None:
    citizen = town.service.citizen()
    uploaded = await town.upload(citizen, photo((1_600, 800), place=(48.8566, 2.3522)))
    path = uploaded.json()["thumbnail"]
    answer = await town.get(citizen, path)
    image = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["content-type"], image.format, image.size) == ("image/webp", "WEBP", (320, 160))
    assert len(image.getexif()) == 0
    assert (await town.get(town.service.citizen(), path)).status_code == 404
    assert (await town.get(town.service.agent(), path)).status_code == 404
    await town.submit(citizen, attachments=[uploaded.json()["id"]])
    assert (await town.get(town.service.agent(), path)).status_code == 200


def _noise(length: int) -> bytes:
    return random.Random(4).randbytes(length)  # noqa: S311 - what cannot be packed, no secret
