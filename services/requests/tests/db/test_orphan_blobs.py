# SPDX-License-Identifier: EUPL-1.2
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from requests_town import Town, photo
from sqlalchemy.exc import DBAPIError

from parvis_kit.ids import uuid7
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor
from parvis_requests.service.sweep_blobs import sweep_blobs
from parvis_requests.service.upload_attachment import attachment_of, thumbnail_of, upload_attachment
from parvis_testing import Caller

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


class FullAfter(FileBlobs):
    """A disk that is full once it holds so many files more."""

    def __init__(self, directory: Path, left: int) -> None:
        super().__init__(directory)
        self._left = left

    async def put(self, key: UUID, content: bytes) -> None:
        if not self._left:
            raise OSError(28, "No space left on device")
        self._left -= 1
        await super().put(key, content)


def files(directory: Path) -> set[str]:
    return {path.name for path in directory.rglob("*") if path.is_file()}


def grow_old(directory: Path, unfinished: UUID) -> None:
    written = next(directory.rglob(unfinished.hex))
    written.rename(written.with_suffix(".part"))
    long_ago = (YESTERDAY - timedelta(hours=1)).timestamp()
    for path in directory.rglob("*"):
        os.utime(path, (long_ago, long_ago))


async def upload(town: Town, caller: Caller, blobs: FileBlobs, collectivity: str = "paris") -> UUID:
    runtime, actor = town.service.runtime, Actor(caller.person, collectivity, is_agent=False)
    async with runtime.database.unit_of_work() as uow:
        taken = await upload_attachment(
            uow.session, actor, photo(), persons=runtime.persons, blobs=blobs, scan=Scan.UNCHECKED
        )
        await uow.commit()
    return taken.attachment.id


@pytest.mark.parametrize("left", [0, 1])
async def test_a_disk_that_is_full_in_the_middle_of_an_upload_leaves_nothing_of_it(
    town: Town, tmp_path: Path, left: int
) -> None:
    with pytest.raises(OSError, match="No space"):
        await upload(town, town.service.citizen(), FullAfter(tmp_path, left))
    assert files(tmp_path) == set()
    assert await town.count("attachment") == 0


async def test_a_row_that_the_database_refuses_leaves_no_file(town: Town, tmp_path: Path) -> None:
    with pytest.raises(DBAPIError):
        await upload(town, town.service.citizen(), FileBlobs(tmp_path), collectivity="no\0name")
    assert files(tmp_path) == set()


async def test_what_a_kill_left_is_swept_and_what_a_row_names_or_may_get_one_stays(town: Town, tmp_path: Path) -> None:
    blobs, database = FileBlobs(tmp_path), town.service.runtime.database
    kept = await upload(town, town.service.citizen(), blobs)
    named = files(tmp_path)
    assert named == {kept.hex, thumbnail_of(kept).hex}
    lost, half = uuid7(), uuid7()
    for key in (lost, thumbnail_of(lost), half):
        await blobs.put(key, b"sealed")
    grow_old(tmp_path, unfinished=half)
    young = uuid7()
    await blobs.put(young, b"its row comes")
    assert await sweep_blobs(database, blobs, YESTERDAY) == 3
    assert files(tmp_path) == {*named, young.hex}
    assert await sweep_blobs(database, blobs, YESTERDAY) == 0


def test_a_blob_tells_to_which_attachment_it_belongs() -> None:
    id_ = uuid7()
    assert thumbnail_of(id_).version == 8
    assert attachment_of(thumbnail_of(id_)) == attachment_of(id_) == id_
