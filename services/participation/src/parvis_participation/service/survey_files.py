# SPDX-License-Identifier: EUPL-1.2
"""Files that answer a survey: known by their content, cleaned, looked at, and sealed with the key of who sent them.

They lie in the database, as they are few and small beside those of requests: what is answered and its files are stored,
kept and forgotten together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import merged_accounts, survey_exports, survey_files, survey_responses, surveys
from parvis_participation.db.survey_tables import Survey, SurveyExport, SurveyFile
from parvis_participation.domain.errors import SurveyAnsweredError
from parvis_participation.domain.survey_errors import FileNotAskedError, TooManyFilesError
from parvis_participation.domain.survey_form import QuestionKind, questions_of
from parvis_participation.service.clean_files import Look, clean_photo, known, look_at
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.respondent import Respondent

MAX_BYTES: Final = 10 * 1024 * 1024
KINDS: Final = {"image/jpeg": "photo", "image/png": "photo", "image/webp": "photo", "application/pdf": "pdf"}
"""The media types that are kept, and what a question calls them."""
MOST_UNANSWERED: Final = 20
"""How many files somebody has sent to a survey at once before they answer; less where its questions take few."""
_TRIES: Final = 2
"""How often each file may be sent, as one that was the wrong one."""
_UNANSWERED: Final = timedelta(days=1)
_ANSWERING: Final = timedelta(minutes=15)
"""So long after a file was sent nobody else of as many bytes takes its place: its sender is about to answer."""
_WAITING_PART: Final = 4
"""Files that wait for an answer have this part of the bytes of the answers, beside those."""
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Filing:
    """What taking a file needs: keys, an antivirus or None, and bounds.

    All answered files of a survey have ``most_mib`` at most, and those that wait a quarter of it beside; all photos of
    a town's proposals ``photos_mib``.
    """

    persons: PersonKeys
    look: Look | None
    most_mib: int
    photos_mib: int


async def check_asked(
    session: AsyncSession, respondent: Respondent, survey_id: UUID, question: str, now: datetime
) -> list[str]:
    """The kinds of files that the question of an open survey takes.

    Raises NotFoundError, SurveyNotOpenError or FileNotAskedError.
    """
    row = await surveys.one(session, respondent.collectivity, survey_id, published=True)
    surveys.entity(row).check_open(now)
    for each in questions_of(row.form):
        if each.code == question and each.kind is QuestionKind.FILE:
            return list(each.settings["kinds"])
    raise FileNotAskedError


async def cleaned(content: bytes, kinds: list[str], look: Look | None) -> tuple[str, bytes]:
    """The media type, and the content as it is kept; outside of any transaction, as it takes some time.

    Raises FileError, FileNotAskedError of another kind, InfectedFileError or AntivirusAwayError.
    """
    media_type, content = await known(content)
    if KINDS.get(media_type) not in kinds:
        raise FileNotAskedError
    if KINDS[media_type] == "photo":
        content = (await clean_photo(content)).content
    await look_at(content, look)
    return media_type, content


async def keep_file(
    session: AsyncSession, respondent: Respondent, survey_id: UUID, question: str, media_type: str, content: bytes,
    *, filing: Filing, now: datetime,
) -> SurveyFile:  # fmt: skip
    """Store it until they answer, a day at most.

    Raises NotFoundError, SurveyNotOpenError, SurveyAnsweredError or TooManyFilesError.
    """
    row = await surveys.answerable(session, respondent.collectivity, survey_id)
    surveys.entity(row).check_open(now)
    person = await merged_accounts.standing(session, respondent.person)
    if await survey_responses.of_person(session, row.id, person) is not None:
        raise SurveyAnsweredError
    await survey_files.one_at_a_time(session, row.id)
    held = await survey_files.bytes_of(session, row.id, answered=True) + len(content)
    if await survey_files.unanswered(session, row.id, person) >= _most(row) or held > filing.most_mib * _MIB:
        raise TooManyFilesError
    most_waiting = max(filing.most_mib * _MIB // _WAITING_PART, MAX_BYTES)
    await _make_room(session, row.id, person, len(content), most_waiting, now)
    file_id = uuid7()
    sealed = (await filing.persons.of(person)).seal_bytes(context(file_id), content)
    about = {"collectivity": row.collectivity, "survey_id": row.id, "person": person, "question": question}
    what = {"media_type": media_type, "size": len(content), "content": sealed, "created_at": now}
    file = SurveyFile(id=file_id, **about, response_id=None, **what)
    session.add(file)
    await session.flush()
    return file


async def _make_room(session: AsyncSession, survey_id: UUID, person: UUID, size: int, most: int, now: datetime) -> None:
    """Let what waits for an answer stay within ``most`` bytes; who has the most waiting gives way.

    Else a few accounts that never answer would close a survey to everybody. Raises TooManyFilesError for whoever would
    have the most themselves, and where others of as much have sent theirs just now.
    """
    mine = await survey_files.bytes_waiting(session, survey_id, person) + size
    total = await survey_files.bytes_of(session, survey_id, answered=False) + size
    while total > most:
        if total == size:
            raise TooManyFilesError
        oldest, held = await survey_files.heaviest(session, survey_id)
        if oldest.person == person or held < mine or (held == mine and oldest.created_at > now - _ANSWERING):
            raise TooManyFilesError
        total -= oldest.size
        await survey_files.discard(session, oldest.id)
        session.expunge(oldest)


def _most(row: Survey) -> int:
    taken: int = sum(each.settings["at_most"] for each in questions_of(row.form) if each.kind is QuestionKind.FILE)
    return min(MOST_UNANSWERED, _TRIES * taken)


async def open_file(
    session: AsyncSession, persons: PersonKeys, collectivity: str, agent: UUID, survey_id: UUID, file_id: UUID,
    *, now: datetime,
) -> tuple[str, bytes]:  # fmt: skip
    """The media type and content of an answer, for an agent; that they took it is written down, in this transaction.

    Raises NotFoundError, or KeyDestroyedError of somebody who was erased.
    """
    row = await surveys.one(session, collectivity, survey_id)
    file = await survey_files.answered(session, row.id, file_id)
    content = await _opened(persons, file)
    taken = {"survey_id": row.id, "agent": agent, "questions": [file.question], "rows": 1}
    await survey_exports.note(session, SurveyExport(id=uuid7(), collectivity=collectivity, **taken, created_at=now))
    return file.media_type, content


async def seal_moved_files(database: Database, persons: PersonKeys) -> int:
    """Seal files of accounts that went into others for those; each in a transaction of its own. Returns how many.

    Not as the merge is taken note of, for which everybody's acts wait: a file is of 10 MiB, and a survey has many.
    """

    async def seal_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            file = await survey_files.to_seal(uow.session, failed)
            if file is None:
                return False
            failed.append(file.id)
            try:
                content = await _opened(persons, file)
                file.content = (await persons.of(file.person)).seal_bytes(context(file.id), content)
                file.sealed_for = None
            except KeyDestroyedError:  # of somebody erased: nobody opens it again
                await survey_files.discard(uow.session, file.id)
            await uow.commit()
        return True

    return await in_turn(seal_one)


async def _opened(persons: PersonKeys, file: SurveyFile) -> bytes:
    """What is in it; raises KeyDestroyedError of somebody who was erased, under either account."""
    key = await persons.of(file.person)
    if file.sealed_for is not None:
        key = await persons.of(file.sealed_for)
    return key.open_bytes(context(file.id), file.content)


async def purge_files(database: Database, now: datetime) -> None:
    """Forget files that were sent a day ago and are no answers."""
    async with database.unit_of_work() as uow:
        await survey_files.purge(uow.session, now - _UNANSWERED)
        await uow.commit()


def context(file_id: UUID) -> str:
    """What the sealed content is bound to."""
    return f"survey_file.content/{file_id}"
