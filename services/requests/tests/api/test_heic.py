# SPDX-License-Identifier: EUPL-1.2
"""Photos as telephones keep them: read by a process that can do nothing else."""

import asyncio
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from files import heic
from PIL import Image
from requests_town import Town

from parvis_files import heic as reader
from parvis_files.errors import HeicError, ImageTooLargeError, NotAnImageError

# Drawn for these tests and coded by libheif and x265: 64 by 48 points, blue with a red square in the upper left corner,
# to be turned by a quarter, taken at 48°51'24" N 2°21'3" E; and 8,000 by 6,400 white ones.
DATA: Final = Path(__file__).parents[1] / "data"
PHOTO: Final = (DATA / "photo.heic").read_bytes()
LARGE: Final = (DATA / "large.heic").read_bytes()
CONFINED: Final = """
import os, sys
from parvis_files import heic_decoder as decoder
from parvis_files.confined import confined
assert confined(decoder._MEMORY, decoder._CPU_SECONDS)
for path in (sys.argv[1], f"/proc/{os.getppid()}/environ", f"/proc/{os.getppid()}/mem", "/tmp"):
    try:
        os.open(path, os.O_RDONLY)
    except PermissionError:
        continue
    sys.exit(f"{path} was opened")
"""


async def test_it_becomes_an_upright_jpeg_without_what_the_camera_wrote(town: Town) -> None:
    citizen = town.service.citizen()
    uploaded = await town.upload(citizen, PHOTO)
    body = uploaded.json()
    assert (uploaded.status_code, body["media_type"], body["kind"]) == (201, "image/jpeg", "photo")
    assert body["position"]["coordinates"] == pytest.approx([2.3508, 48.8567], abs=1e-3)
    answer = await town.get(citizen, uploaded.headers["location"])
    image = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["content-type"], image.format, image.size) == ("image/jpeg", "JPEG", (48, 64))
    assert len(image.getexif()) == 0
    red, green, blue = image.convert("RGB").getpixel((40, 6))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 80
    assert (await town.get(citizen, body["thumbnail"])).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(heic(), 415, "not-an-image"), (PHOTO[:-300], 415, "not-an-image"), (LARGE, 422, "image-too-large")],
    ids=["empty", "cut", "large"],
)
async def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    town: Town, content: bytes, status: int, code: str
) -> None:
    answer = await town.upload(town.service.citizen(), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await town.count("attachment") == await town.count("idempotency_record") == 0


def test_the_reader_opens_no_file_and_looks_into_no_other_process(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("secret")
    done = subprocess.run([sys.executable, "-c", CONFINED, str(key)], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


async def test_without_a_kernel_that_confines_it_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unconfined.py").write_text(
        "import sys; from parvis_files import confined, heic_decoder as decoder\n"
        "confined._CREATE_RULESET = 100_000\nsys.exit(decoder.main())\n"
    )
    monkeypatch.setattr(reader, "_PROGRAM", (str(tmp_path / "unconfined.py"),))
    with pytest.raises(HeicError):
        await reader.jpeg_of_heic(PHOTO, 10_000)


async def test_the_reader_is_ended_when_it_takes_too_long_or_its_caller_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    (tmp_path / "slow.py").write_text(
        f"import os, time\nopen({str(started)!r}, 'a').write(f'{{os.getpid()}}\\n')\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(reader, "_PROGRAM", (str(tmp_path / "slow.py"),))
    left = asyncio.create_task(reader.jpeg_of_heic(PHOTO, 10_000))
    await asyncio.to_thread(_wait_for, started)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    monkeypatch.setattr(reader, "_SECONDS", 3.0)
    with pytest.raises(HeicError):
        await reader.jpeg_of_heic(PHOTO, 10_000)
    for pid in started.read_text().split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


async def test_the_reader_is_refused_more_memory_than_it_is_bound_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bound.py").write_text(
        "import sys; from pathlib import Path; from parvis_files import heic_decoder as decoder\n"
        "pages = int(Path('/proc/self/statm').read_text().split()[0])\n"
        "decoder._MEMORY = min(decoder._MEMORY, pages * 4096 + (256 << 20))\nsys.exit(decoder.main())\n"
    )
    monkeypatch.setattr(reader, "_PROGRAM", (str(tmp_path / "bound.py"),))
    assert Image.open(io.BytesIO(await reader.jpeg_of_heic(PHOTO, 10**9))).size == (48, 64)
    with pytest.raises(NotAnImageError):
        await reader.jpeg_of_heic(LARGE, 10**9)


async def test_the_bound_of_pixels_is_asked_before_a_pixel_is_decoded() -> None:
    assert Image.open(io.BytesIO(await reader.jpeg_of_heic(PHOTO, 64 * 48))).size == (48, 64)
    with pytest.raises(ImageTooLargeError):
        await reader.jpeg_of_heic(PHOTO, 64 * 48 - 1)
    with pytest.raises(NotAnImageError):
        await reader.jpeg_of_heic(b"", 10_000)


def _wait_for(started: Path) -> None:
    while not started.exists() or "\n" not in started.read_text():
        time.sleep(0.05)
