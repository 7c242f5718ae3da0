# SPDX-License-Identifier: EUPL-1.2
import io
import struct
import zlib

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


async def test_the_stored_file_is_sealed(town: Town) -> None:
    await town.upload(town.service.citizen(), photo())
    folder = town.service.runtime.settings.attachments_directory
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not any(path.read_bytes().startswith(b"\xff\xd8") for path in files)


async def test_a_text_file_named_jpg_is_refused(town: Town) -> None:
    answer = await town.upload(town.service.citizen(), b"I am not a photo\n" * 10)
    assert (answer.status_code, answer.json()["code"]) == (415, "unknown-file-kind")
    assert await town.count("attachment") == 0
    assert await town.count("idempotency_record") == 0


async def test_a_truncated_photo_is_refused(town: Town) -> None:
    answer = await town.upload(town.service.citizen(), photo((400, 400))[:500])
    assert answer.json()["code"] == "not-an-image"


async def test_a_photo_of_thirty_megabytes_is_refused(town: Town) -> None:
    answer = await town.upload(town.service.citizen(), b"\xff\xd8" + bytes(30_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await town.count("attachment") == 0


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


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")
