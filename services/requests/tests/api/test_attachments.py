# SPDX-License-Identifier: EUPL-1.2
import io
from pathlib import Path

import pytest
from files import png_header
from PIL import Image
from requests_town import Town, photo


async def test_a_photo_comes_back_without_what_the_camera_wrote(town: Town) -> None:
    citizen = town.service.citizen()
    uploaded = await town.upload(citizen, photo(gps=True))
    assert uploaded.status_code == 201
    answer = await town.get(citizen, uploaded.headers["location"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (40, 30)
    assert dict(image.getexif()) == {}
    assert b"Camera of somebody" not in answer.content


def stored(town: Town) -> set[Path]:
    """The files of all attachments."""
    return {path for path in town.service.runtime.settings.attachments_directory.rglob("*") if path.is_file()}


async def test_the_stored_file_is_sealed(town: Town) -> None:
    before = stored(town)
    await town.upload(town.service.citizen(), photo())
    files = stored(town) - before
    assert len(files) == 2, "the photo and its thumbnail"
    assert not any(file.read_bytes().startswith(b"\xff\xd8") for file in files)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"I am not a photo\n" * 10, 415, "unknown-file-kind"),
        (b"\xff\xd8" + bytes(30_000_000), 413, "body-too-large"),
        (photo((400, 400))[:500], 415, "not-an-image"),
    ],
    ids=["a text named .jpg", "30 MB", "truncated"],
)
async def test_what_is_no_photo_or_too_large_is_refused_and_nothing_of_it_is_stored(
    town: Town, content: bytes, status: int, code: str
) -> None:
    before = stored(town)
    answer = await town.upload(town.service.citizen(), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await town.count("attachment") == 0
    assert await town.count("idempotency_record") == 0
    assert stored(town) == before


async def test_a_small_file_that_swells_into_a_huge_image_is_refused(town: Town) -> None:
    answer = await town.upload(town.service.citizen(), png_header(20_000, 20_000), "image/png")
    assert answer.json()["code"] in {"image-too-large", "not-an-image"}
    assert await town.count("attachment") == 0


async def test_agents_see_a_photo_once_it_belongs_to_a_request(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    uploaded = (await town.upload(citizen, photo())).json()["id"]
    path = f"/v1/attachments/{uploaded}"
    assert (await town.get(agent, path)).status_code == 404
    await town.submit(citizen, attachments=[uploaded])
    assert (await town.get(agent, path)).status_code == 200
    assert (await town.get(town.service.citizen(), path)).status_code == 404
    assert (await town.get(town.service.agent("lutece"), path)).status_code == 404
